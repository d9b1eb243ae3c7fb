/** Calculates how much of a sale refunds, chargebacks and failed payments reverse. */
import { minorDigitsOf } from "../../lib/currency.ts";
import { portionOf } from "../../lib/money.ts";
import type { PaymentState } from "../../webhooks/conversion-event.ts";
import type { Conversion, ReversalType } from "../conversion.ts";
import { type Fact, timeOfFact } from "../fact.ts";

/** One refund or chargeback as reported by its event. Amounts in minor units, times in milliseconds. */
export interface Reversal {
  /** The part of the sale's amount that is reversed, or null if only `gross` is known. */
  amount: number | null;
  /** The part of the gross payment that is reversed. */
  gross: number | null;
  /** Whether the amount is the total refunded so far instead of this refund alone. */
  cumulative: boolean;
  currency: string | null;
  at: number;
  type: ReversalType;
}

/** The total of a sale's refunds and chargebacks. */
export type ReversalSum = Pick<Conversion, "refunded" | "refunded_at" | "reversal_type" | "notes">;

const REVERSAL_EVENTS: ReadonlySet<string> = new Set(["refund", "refund_failed", "chargeback", "chargeback_won"]);

/** The reversals that are stated by a payment's facts, which are in canonical order. Each refund and chargeback counts once. */
export function collectReversals(ordered: readonly Fact[]): Reversal[] {
  const parts = new Map<string, SentReversal>();
  for (const fact of ordered.filter(({ event }) => REVERSAL_EVENTS.has(event.type))) {
    const { name, part } = readReversal(fact);
    const known = parts.get(name);
    // The first statement of a refund counts, unless it failed in between. At one time, which providers state in seconds, it failed.
    const isAgain = known?.type === "refund_failed" && part.at > known.at;
    if (known === undefined || isUndone(part) || isAgain) parts.set(name, part);
  }
  return applyState([...parts], ordered);
}

/** With the namespace of its event. */
type SentReversal = Reversal & { namespace: string };

/** Parses a refund or chargeback, with an id that is the same each time it is reported. */
function readReversal(fact: Fact): { name: string; part: SentReversal } {
  const { type, refund, amount, gross, cumulative = false, currency, namespace } = fact.event;
  const kind = type === "refund" || type === "refund_failed" ? "refund" : "chargeback";
  const name = `${kind}:${refund ?? fact.id}`;
  return {
    name,
    part: { amount, gross, cumulative, currency, at: timeOfFact(fact), type: reversalTypeOf(type), namespace },
  };
}

function reversalTypeOf(type: Fact["event"]["type"]): ReversalType {
  return type === "chargeback" || type === "chargeback_won" || type === "refund_failed" ? type : "refund";
}

/**
 * Applies the latest state of the whole payment, where its provider sends one: refunds that it no longer has were deleted, and
 * a payment that isn't paid is reversed as a whole. Each applies from the first of the states that agree with the latest. A
 * provider doesn't list refunds that the merchant sends as generic events, so its states say nothing about them.
 */
function applyState(parts: readonly [string, SentReversal][], facts: readonly Fact[]): Reversal[] {
  const states = facts.flatMap((fact) => stateOf(fact) ?? []).sort(compareStates);
  const reversals = parts.map(([name, { namespace, ...part }]) => ({ name, namespace, part }));
  const latest = states.at(-1);
  if (latest === undefined) return reversals.map(({ part }) => part);
  const since = (agrees: (state: TimedState) => boolean) =>
    states[states.findLastIndex((state) => !agrees(state)) + 1]?.at ?? latest.at;
  const stated = new Set(states.flatMap(({ refunds }) => refunds.map((refund) => `refund:${refund}`)));
  const applied = reversals.map(({ name, namespace, part }): Reversal => {
    const has = ({ refunds }: TimedState) => refunds.some((refund) => name === `refund:${refund}`);
    // A refund that no state ever had is newer than the states before it.
    const lacks = (state: TimedState) => !has(state) && (stated.has(name) || state.at >= part.at);
    if (part.type !== "refund" || namespace !== latest.namespace || !lacks(latest)) return part;
    return { ...part, at: since(lacks), type: "refund_failed" };
  });
  if (states.every(({ is_paid }) => is_paid)) return applied;
  const at = since(({ is_paid }) => is_paid === latest.is_paid);
  const type = latest.is_paid ? "paid_again" : "unpaid";
  return [...applied, { amount: null, gross: null, cumulative: false, currency: null, at, type }];
}

/** The fact with the latest state of the whole payment; undefined where its provider sends none. */
export function findLatestState<Kind extends Fact>(facts: readonly Kind[]): Kind | undefined {
  const stated = facts.flatMap((fact) => {
    const state = stateOf(fact);
    return state === null ? [] : [{ fact, state }];
  });
  return stated.sort((a, b) => compareStates(a.state, b.state)).at(-1)?.fact;
}

type TimedState = PaymentState & { at: number; namespace: string };

function stateOf({ event: { payment_state, namespace }, received_at }: Fact): TimedState | null {
  if (payment_state === undefined) return null;
  return { ...payment_state, at: Math.min(payment_state.at ?? received_at, received_at), namespace };
}

/** By time. Some shops give it in seconds: of two states of one time, the paid one with more refunds is the later one. */
function compareStates(a: TimedState, b: TimedState): number {
  return a.at - b.at || Number(a.is_paid) - Number(b.is_paid) || a.refunds.length - b.refunds.length;
}

const UNDOING: ReadonlySet<ReversalType> = new Set(["refund_failed", "paid_again", "chargeback_won"]);

/** Whether nothing is reversed: the refund failed, the payment was made after all, or the merchant won the chargeback. */
function isUndone({ type }: Pick<Reversal, "type">): boolean {
  return UNDOING.has(type);
}

/**
 * Adds up the reversals of a sale, at most its amount. Parts with only a gross amount are converted as one sum, and
 * once the whole gross payment is refunded, the whole amount is reversed, also where the parts state rounded net amounts.
 * This way partial reversals always add up exactly.
 */
export function addUpReversals(
  parts: Iterable<Reversal>,
  sale: Pick<Conversion, "amount" | "gross" | "currency">,
): ReversalSum {
  const notes: string[] = [];
  const applied: Reversal[] = [];
  for (const part of parts) {
    const obstacle = isUndone(part) ? null : refuseReversal(part, sale.currency);
    if (obstacle === null) applied.push(part);
    else notes.push(obstacle);
  }
  const last = applied.reduce<Reversal | null>((latest, part) => (latest && latest.at > part.at ? latest : part), null);
  const refunded_at = last?.at ?? null;
  const dated = { refunded_at, ...(last !== null && { reversal_type: last.type }) };
  if (applied.some((part) => !isUndone(part) && isWhole(part))) {
    const isUnpaid = applied.some(({ type }) => type === "unpaid");
    const note = isUnpaid
      ? "The payment failed or was canceled after it had been paid."
      : "The sale was rejected as a whole.";
    return { refunded: sale.amount ?? 0, ...dated, notes: [...notes, note] };
  }
  const totals = weighReversals(withoutEarlierTotals(applied), sale);
  const say = (minor: number) => formatAmount(minor, sale.currency);
  if (totals.by_gross > 0 && totals.paid !== totals.amount) {
    const share = say(totals.refunded - Math.min(totals.by_amount, totals.refunded));
    notes.push(
      `${say(totals.by_gross)} of the ${say(totals.paid)} paid with tax and shipping were refunded, which reverses ${share} of the sale of ${say(totals.amount)}.`,
    );
  }
  if (totals.exceeds) {
    notes.push(
      `Refunds of ${say(totals.total)} exceed the sale of ${say(totals.amount)}; no more than the sale is reversed.`,
    );
  }
  return { refunded: totals.refunded, ...dated, notes };
}

/** Of the parts that report a running total, only the largest counts, whatever order they arrived in. */
function withoutEarlierTotals(parts: readonly Reversal[]): Reversal[] {
  const size = (part: Reversal) => part.gross ?? part.amount ?? 0;
  const totals = parts.filter((part) => part.cumulative && !isUndone(part));
  const last = totals.reduce<Reversal | null>(
    (most, part) => (most !== null && size(most) >= size(part) ? most : part),
    null,
  );
  return parts.filter((part) => !totals.includes(part) || part === last);
}

/** A tracker's rejection has no amount and reverses the whole sale. */
function isWhole({ amount, gross, currency }: Pick<Reversal, "amount" | "gross" | "currency">): boolean {
  return amount === null && gross === null && currency === null;
}

/**
 * Why a reversal can't be applied, in words, or null if it can. Negative amounts are refused when they are received, but
 * earlier releases stored some.
 */
function refuseReversal({ amount, gross, currency }: Reversal, ofSale: string | null): string | null {
  if (isWhole({ amount, gross, currency })) return null;
  if (!isAmount(amount) || !isAmount(gross)) return "A refund with an invalid amount was not applied.";
  if (currency !== ofSale) {
    return currency === null
      ? "A refund without a currency was not applied."
      : `A refund in ${currency} was not applied to a sale in ${ofSale}.`;
  }
  return amount === null && gross === null ? "A refund without an amount was not applied." : null;
}

function isAmount(units: number | null): boolean {
  return units === null || (Number.isSafeInteger(units) && units >= 0);
}

/** A part may be the sum of several items, each of whose net amounts is rounded. */
const ROUNDED_UNITS_PER_PART = 10;

function weighReversals(parts: readonly Reversal[], sale: Pick<Conversion, "amount" | "gross">) {
  const amount = sale.amount ?? 0;
  const paid = sale.gross ?? amount;
  let by_amount = 0;
  let by_gross = 0;
  /** The gross total of those parts with an amount that also state a gross amount. */
  let gross_stated = 0;
  let amount_without_gross = 0;
  /** The number of parts whose amount is the rounded rest of a gross amount. */
  let rounded = 0;
  for (const part of parts) {
    if (isUndone(part)) continue;
    if (part.amount === null) {
      by_gross += part.gross ?? 0;
      continue;
    }
    by_amount += part.amount;
    if (part.gross === null) amount_without_gross += part.amount;
    else gross_stated += part.gross;
    if (part.gross !== null && part.gross !== part.amount) rounded += 1;
  }
  const refunded_gross = by_gross + gross_stated + (amount > 0 ? portionOf(paid, amount_without_gross, amount) : 0);
  const total = by_amount + (paid > 0 ? portionOf(amount, by_gross, paid) : by_gross);
  const is_all_paid_back = refunded_gross >= paid;
  return {
    amount,
    paid,
    by_amount,
    by_gross,
    total,
    // Never less than nothing: a correction must not make the conversion worth more than its sale.
    refunded: Math.max(
      isWholeSum({ missing: amount - total, by_gross, rounded, is_all_paid_back }) ? amount : Math.min(total, amount),
      0,
    ),
    // Ignore an excess that is only due to rounding.
    exceeds: total > amount && (refunded_gross > paid || !isRounding({ excess: total - amount, by_gross, rounded })),
  };
}

/**
 * Whether parts that add up to less than the sale reverse all of it: everything that was paid was refunded, or all items were, but
 * not their shipping, and the rest is due to rounding. Each part, and the sale itself, may be off by half a unit.
 */
function isWholeSum(sum: { missing: number; by_gross: number; rounded: number; is_all_paid_back: boolean }): boolean {
  const { missing, by_gross, rounded, is_all_paid_back } = sum;
  if (is_all_paid_back && (by_gross > 0 || missing <= rounded * ROUNDED_UNITS_PER_PART)) return true;
  return rounded > 1 && missing <= (rounded + 1) / 2;
}

function isRounding({ excess, by_gross, rounded }: { excess: number; by_gross: number; rounded: number }): boolean {
  return by_gross > 0 || excess <= rounded * ROUNDED_UNITS_PER_PART;
}

/** Formats money, such as `55.00 USD`. */
function formatAmount(minor: number, currency: string | null): string {
  if (currency === null) return String(minor);
  const digits = minorDigitsOf(currency);
  const text = String(minor).padStart(digits + 1, "0");
  return digits === 0 ? `${text} ${currency}` : `${text.slice(0, -digits)}.${text.slice(-digits)} ${currency}`;
}
