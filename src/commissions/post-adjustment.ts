import { blankEntry, type NumberEntry, type UnchainedEntry } from "./ledger.ts";

/** What an admin corrects by hand. */
export interface Adjustment {
  program_id: number;
  affiliate_id: number;
  /** Signed minor units, not 0. */
  amount: number;
  currency: string;
  /** Why, in words that the affiliate reads. */
  reason: string;
}

/** What became of a command: posted, posted before by the same key, or refused since the key was used for another. */
export type Adjusted<Entry> =
  | { status: "posted"; entry: Entry }
  | { status: "exists"; entry: Entry }
  | { status: "conflict" };

/** Decides an adjustment at a time (ms), given the entry that its key has already made. It has no hold. */
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
