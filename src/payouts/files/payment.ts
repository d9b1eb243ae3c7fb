/** The payments that payment files are built from. */
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";
import type { PaymentDetails } from "../payees/payment-details.ts";

/** A statement's amount to be paid. */
export interface Payable {
  /** The statement id, which providers return in their reports. */
  statement: string;
  /** Minor units, above 0. */
  amount: number;
  currency: string;
}

/** A statement to be paid, with its recipient. */
export interface Payment extends Payable {
  /** The note shown to the payee. */
  note: string;
  /** Null if none were entered or they were erased. */
  details: PaymentDetails | null;
  /** Whether the affiliate changed them too shortly before the approval, so that the payment waits. */
  is_waiting?: boolean;
}

/** Why a payment is in no file and must be made another way. */
export type LeftOutReason =
  | "payment_details_missing"
  | "payment_details_new"
  | "currency_not_paid"
  | "no_fractions_paid"
  | "reference_too_long";

/** `1234.50`: all digits of the currency, a decimal point, no thousands separator. */
export function writeAmount(amount: number, currency: string): string {
  return shiftPoint(amount, minorDigitsOf(currency));
}

/** Whether an amount has no fraction. Some providers don't accept fractions. */
export function isWhole(amount: number, currency: string): boolean {
  return amount % 10 ** minorDigitsOf(currency) === 0;
}

/** Splits a list into pieces of at most `size`. */
export function cutInto<Item>(items: readonly Item[], size: number): Item[][] {
  const pieces: Item[][] = [];
  for (let from = 0; from < items.length; from += size) pieces.push(items.slice(from, from + size));
  return pieces;
}
