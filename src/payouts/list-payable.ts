/** Which entries of a ledger a run states. */
import type { LedgerEntry } from "../commissions/ledger.ts";
import { boundaryOf } from "./payout-window.ts";
import type { DraftOrder } from "./statements/statement.ts";

type Stated = Pick<
  LedgerEntry,
  "id" | "number" | "kind" | "amount" | "currency" | "occurred_at" | "clears_at" | "corrects"
>;

/**
 * Of the entries that are in no statement yet, those that the run's month is for, by the terms' basis. A correction goes with
 * what it corrects, whatever its own time is, so that nobody is paid what has been reversed; what is negative and corrects
 * nothing, and a payment that was returned, are stated at once. A payment itself is never stated: it is what a statement
 * comes to. `isStated` says of an entry's id whether a statement has it.
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
  // In the order of their numbers a correction comes after what it corrects.
  const inOrder = entries.toSorted((a, b) => a.number - b.number);
  return inOrder.filter((entry) => {
    const due = isDue(entry);
    if (due) taken.add(entry.id);
    return due;
  });
}
