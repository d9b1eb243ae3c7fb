/** Selects the ledger entries to include in a payout run when it is drafted, and when it is approved. */
import type { LedgerEntry } from "../commissions/ledger.ts";
import { boundaryOf } from "./payout-window.ts";
import type { DraftOrder } from "./statements/statement.ts";

type Stated = Pick<
  LedgerEntry,
  "id" | "number" | "kind" | "amount" | "currency" | "occurred_at" | "clears_at" | "corrects" | "conversion"
>;

/**
 * Selects the unstated entries that belong to the run's window, by the basis in the terms. A correction is included
 * together with the entry it corrects, whatever its own date, so that reversed sales are never paid. Negative entries
 * that correct nothing, and returned payments, are included at once. Payments themselves are never included. `isStated`
 * says whether a statement already has an entry. `settledAt` says when the merchant received the money of an entry's sale, in
 * ms, which counts if the terms pay only after that.
 */
export function listPayable<Entry extends Stated>(
  entries: readonly Entry[],
  isStated: (id: string) => boolean,
  order: Pick<DraftOrder, "month" | "window" | "payout" | "drafted_at">,
  settledAt: (entry: Entry) => number | null = () => null,
): Entry[] {
  const before = boundaryOf(order.payout, order);
  return select(entries, isStated, (entry) => {
    const { kind, amount, occurred_at, clears_at, corrects, conversion } = entry;
    if (kind === "payout") return corrects !== null;
    if (amount < 0) return true;
    const at = order.payout.basis === "cleared" ? clears_at : occurred_at;
    if (at >= before || clears_at > order.drafted_at) return false;
    if (!order.payout.after_settlement || conversion === null) return true;
    const settled_at = settledAt(entry);
    return settled_at !== null && settled_at <= order.drafted_at;
  });
}

/**
 * Selects the unstated entries that an approval must still take into account: corrections of stated entries, such as
 * the reversal of a refunded sale, and negative entries. Other entries wait for the next run.
 */
export function listCorrections<Entry extends Stated>(
  entries: readonly Entry[],
  isStated: (id: string) => boolean,
): Entry[] {
  return select(entries, isStated, ({ kind, amount }) => kind !== "payout" && amount < 0);
}

/** Selects entries in order of number. A correction goes with the entry it corrects, for any other `isDue` decides. */
function select<Entry extends Stated>(
  entries: readonly Entry[],
  isStated: (id: string) => boolean,
  isDueAlone: (entry: Entry) => boolean,
): Entry[] {
  const taken = new Set<string>();
  const isDue = (entry: Entry): boolean => {
    const { kind, corrects } = entry;
    if (kind === "payout" || corrects === null) return isDueAlone(entry);
    return taken.has(corrects) || isStated(corrects);
  };
  // In order of number, a correction comes after the entry it corrects.
  const inOrder = entries.toSorted((a, b) => a.number - b.number);
  return inOrder.filter((entry) => {
    const due = isDue(entry);
    if (due) taken.add(entry.id);
    return due;
  });
}
