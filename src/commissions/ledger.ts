/** The lines of an affiliate's ledger, and how they are named and read. */

/**
 * What moves an affiliate's balance: the `commission` of a sale, the `override` of a sale by an affiliate that it brought
 * in, a `bonus` at a milestone, a `reversal` that corrects one of the first two, an `adjustment` by an admin, a `payout`.
 */
export type EntryKind = "commission" | "override" | "bonus" | "reversal" | "adjustment" | "payout";

/**
 * One line of an affiliate's ledger. Never changed: a correction is another entry, which names the one it corrects. What
 * does not apply to an entry, or was not kept when it was posted, is null.
 */
export interface LedgerEntry {
  id: string;
  program_id: number;
  affiliate_id: number;
  /** 1, 2, 3 … within the account. */
  number: number;
  kind: EntryKind;
  /** Signed minor units. A commission of 0 says why a sale earned nothing. */
  amount: number;
  currency: string;
  conversion: string | null;
  /** Of an override and its reversals: the affiliate whose sale it was. */
  from_affiliate_id: number | null;
  /** What the rate was applied to. */
  base_amount: number | null;
  /** The rule that matched: its index in the terms' `rates`. */
  rule: number | null;
  /** One of the two is stated where a rule matched. */
  rate_bps: number | null;
  flat: number | null;
  /** The tier by which the sale was judged. */
  tier: string | null;
  terms_version: number | null;
  /** In words: of an adjustment why, of a commission of 0 why it is, of a bonus what for. */
  reason: string | null;
  /** Milliseconds since the epoch: of the sale, or of what corrected it. */
  occurred_at: number;
  /** When it leaves the reserve; a correction's is that of the entry it corrects. */
  clears_at: number;
  corrects: string | null;
  /** SHA-256 in hex over the hash of the entry before and this one: see chain.ts. */
  hash: string;
}

/** An entry that has not been chained to those before it. */
export type UnchainedEntry = Omit<LedgerEntry, "hash">;

/** Names and numbers entries of one account. */
export type NumberEntry = () => Pick<LedgerEntry, "id" | "number">;

/** The name of an entry in its account. */
export function entryIdOf(account: { program_id: number; affiliate_id: number }, number: number): string {
  return `en_${account.program_id}_${account.affiliate_id}_${number}`;
}

/** The number of an entry by its name. */
export function entryNumberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf("_") + 1));
}

/** Names the Account object of an affiliate in a program. */
export function accountKeyOf(account: { program_id: number; affiliate_id: number }): string {
  return `${account.program_id}:${account.affiliate_id}`;
}

/** Everything that an entry may lack: what does not apply, and what older versions did not keep. */
export const blankEntry = {
  conversion: null,
  from_affiliate_id: null,
  base_amount: null,
  rule: null,
  rate_bps: null,
  flat: null,
  tier: null,
  terms_version: null,
  reason: null,
  corrects: null,
} satisfies Partial<LedgerEntry>;

/** Reads an entry as it was stored, with what an older version did not write. */
export function completeEntry<Entry extends UnchainedEntry>(stored: Entry): Entry {
  return { ...blankEntry, ...stored };
}

/** A ledger entry's kind as a heading: `second_tier` is `Second tier`. */
export function nameKind(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
