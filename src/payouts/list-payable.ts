/** Selects the ledger entries to include in a payout run. */
import type { LedgerEntry } from "../commissions/ledger.ts";
import { boundaryOf } from "./payout-window.ts";
import type { DraftOrder } from "./statements/statement.ts";

type Stated = Pick<
  LedgerEntry,
  "id" | "number" | "kind" | "amount" | "currency" | "occurred_at" | "clears_at" | "corrects"
>;

/**
 * Selects the unstated entries that belong to the run's month, by the basis in the terms. A correction is included
 * together with the entry it corrects, whatever its own date, so that reversed sales are never paid. Negative entries
 * that correct nothing, and returned payments, are included at once. Payments themselves are never included. `isStated`
 * says whether a statement already has an entry.
 */
export function listPayable<Entry extends Stated>(
  entries: readonly Entry[],
  isStated: (id: string) => boolean,
  order: Pick<DraftOrder, "month" | "payout" | "drafted_at">,
): Entry[] {
  const before = boundaryOf(order.payout, order.month);
  const taken = new Set<string>();
  const isDue = ({ kind, amount, occurred_at, clears_at, corrects }: Entry): boolean => {
    if (kind === "payout") return corrects !== null;
    if (corrects !== null) return taken.has(corrects) || isStated(corrects);
    if (amount < 0) return true;
    const at = order.payout.basis === "cleared" ? clears_at : occurred_at;
    return at < before && clears_at <= order.drafted_at;
  };
  // In order of number, a correction comes after the entry it corrects.
  const inOrder = entries.toSorted((a, b) => a.number - b.number);
  return inOrder.filter((entry) => {
    const due = isDue(entry);
    if (due) taken.add(entry.id);
    return due;
  });
}
