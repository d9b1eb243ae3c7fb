/** Ledger entries, their ids and their stored format. */

/**
 * What changes an affiliate's balance: the `commission` on a sale, the `override` (second-tier commission) on a
 * referred affiliate's sale, a `bonus` at a milestone, a `reversal` of one of these, an `adjustment` by an
 * admin, or a `payout`.
 */
export type EntryKind = "commission" | "override" | "bonus" | "reversal" | "adjustment" | "payout";

/**
 * One ledger entry. Entries never change: a correction is a new entry that references the one it corrects. Fields that
 * don't apply, or weren't stored when it was posted, are null.
 */
export interface LedgerEntry {
  id: string;
  program_id: number;
  affiliate_id: number;
  /** 1, 2, 3 … within the account. */
  number: number;
  kind: EntryKind;
  /** Signed minor units. A commission of 0 has the reason why the sale earned nothing. */
  amount: number;
  currency: string;
  conversion: string | null;
  /** For a second-tier commission and its reversals: the affiliate who made the sale. */
  from_affiliate_id: number | null;
  /** The amount the rate was applied to. */
  base_amount: number | null;
  /** The rule that matched: its index in the terms' `rates`, or in the affiliate's own if `own_rates_from` is set. */
  rule: number | null;
  /** Since when the affiliate has the own rates that the rule is from, in ms. */
  own_rates_from: number | null;
  /** Exactly one of the three is set if a rule matched. A fraction is written `2/12`. */
  rate_bps: number | null;
  rate_fraction: string | null;
  flat: number | null;
  /** The tier that applied to the sale. */
  tier: string | null;
  /** When the sale was recorded and its tier decided, in ms: it counts the sales known then. */
  tier_at: number | null;
  terms_version: number | null;
  /** In words: the reason for an adjustment, for a commission of 0, or for a bonus. */
  reason: string | null;
  /** When the sale or correction happened, in milliseconds since the epoch. */
  occurred_at: number;
  /** When it leaves the reserve. A correction clears with the entry it corrects. */
  clears_at: number;
  corrects: string | null;
  /** SHA-256, in hex, of the previous entry's hash and this entry; see chain.ts. */
  hash: string;
}

/** An entry that hasn't been chained yet. */
export type UnchainedEntry = Omit<LedgerEntry, "hash">;

/** Returns the next entry id and number in one account. */
export type NumberEntry = () => Pick<LedgerEntry, "id" | "number">;

/** The id of an entry in its account. */
export function entryIdOf(account: { program_id: number; affiliate_id: number }, number: number): string {
  return `en_${account.program_id}_${account.affiliate_id}_${number}`;
}

/** The number of an entry, from its id. */
export function entryNumberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf("_") + 1));
}

/** The key of an affiliate's Account object in a program. */
export function accountKeyOf(account: { program_id: number; affiliate_id: number }): string {
  return `${account.program_id}:${account.affiliate_id}`;
}

/** Default values for fields that don't apply or that older versions didn't store. */
export const blankEntry = {
  conversion: null,
  from_affiliate_id: null,
  base_amount: null,
  rule: null,
  own_rates_from: null,
  rate_bps: null,
  rate_fraction: null,
  flat: null,
  tier: null,
  tier_at: null,
  terms_version: null,
  reason: null,
  corrects: null,
} satisfies Partial<LedgerEntry>;

/** Completes a stored entry with fields that older versions didn't write. */
export function completeEntry<Entry extends UnchainedEntry>(stored: Entry): Entry {
  return { ...blankEntry, ...stored };
}

/** An entry's kind as a heading: `second_tier` becomes `Second tier`. */
export function nameKind(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
