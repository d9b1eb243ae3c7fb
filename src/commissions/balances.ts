import type { LedgerEntry } from "./ledger.ts";

/** What is owed and paid in one currency, in minor units. `earned - paid` always equals `reserve + due`. */
export interface Balances {
  /** All entries except payouts, net of reversals. */
  earned: number;
  /** Still in the hold period. */
  reserve: number;
  /** Cleared and not yet paid. Negative if more was reversed than had cleared; the debt is carried over. */
  due: number;
  paid: number;
  currency: string;
}

type Moved = Pick<LedgerEntry, "kind" | "amount" | "currency" | "occurred_at" | "clears_at">;

/**
 * The balances at a time (ms), for each currency with entries by then. An entry counts from its own time and is in
 * reserve until it clears. A correction clears together with the entry it corrects.
 */
export function balancesOf(entries: Iterable<Moved>, at: number): Balances[] {
  const byCurrency = new Map<string, Balances>();
  for (const { kind, amount, currency, occurred_at, clears_at } of entries) {
    if (occurred_at > at) continue;
    const found = byCurrency.get(currency) ?? { earned: 0, reserve: 0, due: 0, paid: 0, currency };
    byCurrency.set(currency, found);
    if (kind === "payout") found.paid -= amount;
    else found.earned += amount;
    if (clears_at > at) found.reserve += amount;
    else found.due += amount;
  }
  return [...byCurrency.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
