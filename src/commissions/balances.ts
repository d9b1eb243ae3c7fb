import type { LedgerEntry } from "./ledger.ts";

/** What is owed and paid in one currency, minor units. `earned - paid` is always `reserve + due`. */
export interface Balances {
  /** All but payouts, net of what was reversed. */
  earned: number;
  /** Still in its hold. */
  reserve: number;
  /** Cleared and not yet paid; below 0 where more was reversed than had cleared, and carried on. */
  due: number;
  paid: number;
  currency: string;
}

type Moved = Pick<LedgerEntry, "kind" | "amount" | "currency" | "occurred_at" | "clears_at">;

/**
 * The balances at a time (ms), by currency, each that has entries by then. An entry counts from its own time on, and is in
 * the reserve until it clears: a correction clears with what it corrects, so that both leave the reserve together.
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
