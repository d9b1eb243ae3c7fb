import { blankEntry, type NumberEntry, type UnchainedEntry } from "./ledger.ts";

/** A manual correction by an admin. */
export interface Adjustment {
  program_id: number;
  affiliate_id: number;
  /** Signed minor units, not 0. */
  amount: number;
  currency: string;
  /** The reason, shown to the affiliate. */
  reason: string;
}

/**
 * The result of an adjustment: posted, already posted with the same key, or refused because the key was used for a
 * different one.
 */
export type Adjusted<Entry> =
  | { status: "posted"; entry: Entry }
  | { status: "exists"; entry: Entry }
  | { status: "conflict" };

/** Decides an adjustment at a time (ms), given the existing entry for its key. Adjustments have no hold period. */
export function postAdjustment<Entry extends UnchainedEntry>(
  adjustment: Adjustment,
  made: Entry | null,
  { now, next }: { now: number; next: NumberEntry },
): Adjusted<Entry | UnchainedEntry> {
  const { amount, currency, reason } = adjustment;
  if (made !== null) {
    const isSame = made.amount === amount && made.currency === currency && made.reason === reason;
    return isSame ? { status: "exists", entry: made } : { status: "conflict" };
  }
  const entry: UnchainedEntry = {
    ...blankEntry,
    ...next(),
    ...adjustment,
    kind: "adjustment",
    occurred_at: now,
    clears_at: now,
  };
  return { status: "posted", entry };
}
