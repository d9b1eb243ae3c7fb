/** What a conversion has earned its affiliate, and what has become of it. */
import type { Statement } from "../payouts/statements/statement.ts";

/**
 * `reserve`: in its hold period. `due`: to be paid. `paid`: a payment included it. `offset`: it reduced what the affiliate
 * owed, so that nothing was paid. `reversed`: refunds and corrections reversed all of it.
 */
export const COMMISSION_STATES = ["reserve", "due", "paid", "offset", "reversed"] as const;

/** A conversion's commission, net of reversals, in minor units. `state` is null if it never earned anything. */
export interface ConversionCommission {
  amount: number;
  currency: string;
  state: (typeof COMMISSION_STATES)[number] | null;
}

/** One of the conversion's ledger entries. `clears_at` in ms. */
export interface EarnedEntry {
  amount: number;
  currency: string;
  clears_at: number;
}

/** `statements` are those that show what happened to what was earned, in order. Null without entries. `now` in ms. */
export function describeCommission(
  entries: readonly EarnedEntry[],
  statements: readonly Pick<Statement, "status" | "total">[],
  now: number,
): ConversionCommission | null {
  const [first] = entries;
  if (first === undefined) return null;
  const amount = entries.reduce((sum, entry) => sum + entry.amount, 0);
  return { amount, currency: first.currency, state: stateOf(entries, amount, statements, now) };
}

function stateOf(
  entries: readonly EarnedEntry[],
  amount: number,
  statements: readonly Pick<Statement, "status" | "total">[],
  now: number,
): ConversionCommission["state"] {
  if (amount === 0) return entries.some((entry) => entry.amount !== 0) ? "reversed" : null;
  if (entries.some(({ clears_at }) => clears_at > now)) return "reserve";
  const last = statements.at(-1);
  if (last?.status === "paid") return "paid";
  return last?.status === "carried" && last.total <= 0 ? "offset" : "due";
}
