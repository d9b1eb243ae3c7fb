/** What payment files are made of. */
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";
import type { PaymentDetails } from "../payees/payment-details.ts";

/** A statement that is to be paid. */
export interface Payment {
  /** The statement's id: providers give it back in their reports. */
  statement: string;
  /** What the payee reads. */
  note: string;
  /** Minor units, above 0. */
  amount: number;
  currency: string;
  /** Null where there are none, or they were erased. */
  details: PaymentDetails | null;
}

/** Why a payment is in no file: it must be paid in some other way. */
export type LeftOutReason =
  | "payment_details_missing"
  | "currency_not_paid"
  | "no_fractions_paid"
  | "reference_too_long";

/** `1234.50`: with all of the currency's digits, a point, and nothing between thousands. */
export function writeAmount(amount: number, currency: string): string {
  return shiftPoint(amount, minorDigitsOf(currency));
}

/** Whether an amount is a whole number of its currency: some providers take no fractions. */
export function isWhole(amount: number, currency: string): boolean {
  return amount % 10 ** minorDigitsOf(currency) === 0;
}

/** Cuts a list into pieces of at most `size`. */
export function cutInto<Item>(items: readonly Item[], size: number): Item[][] {
  const pieces: Item[][] = [];
  for (let from = 0; from < items.length; from += size) pieces.push(items.slice(from, from + size));
  return pieces;
}
