/** What refunds and chargebacks reverse of a sale. */
import { minorDigitsOf } from "../lib/currency.ts";
import { portionOf } from "../lib/money.ts";
import type { Conversion } from "./conversion.ts";
import { type Fact, timeOfFact } from "./fact.ts";

/** One refund or chargeback as its event tells it. Minor units, milliseconds. */
export interface TakenBack {
  /** As much of the sale's amount; null where only `gross` is known. */
  amount: number | null;
  /** As much of all that was paid. */
  gross: number | null;
  /** The sum is all that was given back of the payment so far, not this refund's own. */
  cumulative: boolean;
  currency: string | null;
  at: number;
  /** The chargeback was won: nothing is reversed. */
  is_won: boolean;
}

/** What a sale's refunds and chargebacks add up to. */
export type TakenBackSum = Pick<Conversion, "refunded" | "refunded_at" | "notes">;

/** Reads a refund or a chargeback, and the name that makes it one however often it is told. */
export function readTakenBack(fact: Fact): { name: string; part: TakenBack } {
  const { type, refund, amount, gross, cumulative = false, currency } = fact.event;
  const name = `${type === "refund" ? "refund" : "chargeback"}:${refund ?? fact.id}`;
  return {
    name,
    part: { amount, gross, cumulative, currency, at: timeOfFact(fact), is_won: type === "chargeback_won" },
  };
}

/**
 * Adds up what is reversed of a sale, never more than its amount. What only its gross is known of is converted by the
 * sum of all such parts, not each by itself, and once all that was paid has been given back, all of the amount is taken
 * back: so the parts add up to the whole exactly, whichever way each is told.
 */
export function addUpTakenBack(
  parts: Iterable<TakenBack>,
  sale: Pick<Conversion, "amount" | "gross" | "currency">,
): TakenBackSum {
  const notes: string[] = [];
  const applied: TakenBack[] = [];
  for (const part of parts) {
    const obstacle = part.is_won ? null : refuseTakenBack(part, sale.currency);
    if (obstacle === null) applied.push(part);
    else notes.push(obstacle);
  }
  const refunded_at = applied.length === 0 ? null : Math.max(...applied.map((part) => part.at));
  if (applied.some((part) => !part.is_won && isWhole(part))) {
    return { refunded: sale.amount ?? 0, refunded_at, notes: [...notes, "The sale was rejected as a whole."] };
  }
  const taken = weighTakenBack(withoutEarlierTotals(applied), sale);
  const say = (minor: number) => sayMoney(minor, sale.currency);
  if (taken.by_gross > 0 && taken.paid !== taken.amount) {
    const share = say(taken.refunded - Math.min(taken.by_amount, taken.refunded));
    notes.push(
      `${say(taken.by_gross)} of the ${say(taken.paid)} paid with tax and shipping were given back, which reverses ${share} of the sale of ${say(taken.amount)}.`,
    );
  }
  if (taken.exceeds) {
    notes.push(
      `Refunds of ${say(taken.total)} exceed the sale of ${say(taken.amount)}; no more than the sale is reversed.`,
    );
  }
  return { refunded: taken.refunded, refunded_at, notes };
}

/** Of the parts that tell a total so far, the largest is the last, whichever came when; the others are in it. */
function withoutEarlierTotals(parts: readonly TakenBack[]): TakenBack[] {
  const size = (part: TakenBack) => part.gross ?? part.amount ?? 0;
  const totals = parts.filter((part) => part.cumulative && !part.is_won);
  const last = totals.reduce<TakenBack | null>(
    (most, part) => (most !== null && size(most) >= size(part) ? most : part),
    null,
  );
  return parts.filter((part) => !totals.includes(part) || part === last);
}

/** A tracker's rejection of a sale names no sum: it takes all of it back. */
function isWhole({ amount, gross, currency }: Pick<TakenBack, "amount" | "gross" | "currency">): boolean {
  return amount === null && gross === null && currency === null;
}

/** Why a part cannot be applied, in words; null where it can. */
function refuseTakenBack({ amount, gross, currency }: TakenBack, ofSale: string | null): string | null {
  if (isWhole({ amount, gross, currency })) return null;
  if (currency !== ofSale) {
    return currency === null
      ? "A refund without a currency was not applied."
      : `A refund in ${currency} was not applied to a sale in ${ofSale}.`;
  }
  return amount === null && gross === null ? "A refund without an amount was not applied." : null;
}

function weighTakenBack(parts: readonly TakenBack[], sale: Pick<Conversion, "amount" | "gross">) {
  const amount = sale.amount ?? 0;
  const paid = sale.gross ?? amount;
  let by_amount = 0;
  let by_gross = 0;
  /** Of the parts that state an amount, as far as they state it too. */
  let gross_stated = 0;
  let amount_without_gross = 0;
  for (const part of parts) {
    if (part.is_won) continue;
    if (part.amount === null) {
      by_gross += part.gross ?? 0;
      continue;
    }
    by_amount += part.amount;
    if (part.gross === null) amount_without_gross += part.amount;
    else gross_stated += part.gross;
  }
  const given_back = by_gross + gross_stated + (amount > 0 ? portionOf(paid, amount_without_gross, amount) : 0);
  const total = by_amount + (paid > 0 ? portionOf(amount, by_gross, paid) : by_gross);
  const isAllGivenBack = by_gross > 0 && given_back >= paid;
  return {
    amount,
    paid,
    by_amount,
    by_gross,
    total,
    refunded: isAllGivenBack ? amount : Math.min(total, amount),
    // A minor unit too many that only rounding made is none.
    exceeds: total > amount && (by_gross === 0 || given_back > paid),
  };
}

/** `55.00 USD`. */
function sayMoney(minor: number, currency: string | null): string {
  if (currency === null) return String(minor);
  const digits = minorDigitsOf(currency);
  const text = String(minor).padStart(digits + 1, "0");
  return digits === 0 ? `${text} ${currency}` : `${text.slice(0, -digits)}.${text.slice(-digits)} ${currency}`;
}
