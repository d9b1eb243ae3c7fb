import type { AttributedSale } from "../customers/conversion.ts";
import { portionOf, shareOf } from "../money.ts";
import { rateOf } from "../programs/terms.ts";
import { MS_PER_DAY } from "../time.ts";

/** What moves an affiliate's balance. */
export type EntryKind = "commission" | "reversal";

/** One line of an affiliate's ledger. Never changed: a correction is another entry, which names the one it corrects. */
export interface LedgerEntry {
  id: string;
  program_id: number;
  affiliate_id: number;
  /** 1, 2, 3 … within the account. */
  number: number;
  kind: EntryKind;
  /** Signed minor units. */
  amount: number;
  currency: string;
  conversion: string;
  /** What the rate was applied to. */
  base_amount: number;
  rate_bps: number;
  terms_version: number;
  /** Milliseconds since the epoch: of the sale, or of what corrected it. */
  occurred_at: number;
  /** When it leaves the reserve; a correction's is that of the entry it corrects. */
  clears_at: number;
  corrects: string | null;
}

/** Names and numbers entries of one account. */
export type NumberEntry = () => Pick<LedgerEntry, "id" | "number">;

/**
 * The entries that bring a sale's own entries to what its newest state earns: the commission when it is first credited,
 * then a reversal for each change. Reversals go by the cumulative amount taken back, so that parts add up to the whole.
 */
export function postSale(entries: readonly LedgerEntry[], sale: AttributedSale, next: NumberEntry): LedgerEntry[] {
  const rate_bps = rateOf(sale.terms);
  const earned = shareOf(sale.amount, rate_bps);
  const common = {
    program_id: sale.program_id,
    affiliate_id: sale.affiliate_id,
    currency: sale.currency,
    conversion: sale.conversion,
    base_amount: sale.amount,
    rate_bps,
    terms_version: sale.terms_version,
    clears_at: sale.occurred_at + sale.terms.hold_days * MS_PER_DAY,
  };
  const posted: LedgerEntry[] = [];
  let commission = entries.find((entry) => entry.kind === "commission");
  if (commission === undefined && sale.credited && earned > 0) {
    commission = {
      ...next(),
      ...common,
      kind: "commission",
      amount: earned,
      occurred_at: sale.occurred_at,
      corrects: null,
    };
    posted.push(commission);
  }
  if (commission === undefined) return posted;
  const kept = sale.credited ? earned - portionOf(earned, sale.refunded, Math.max(sale.amount, 1)) : 0;
  const correction = kept - [...entries, ...posted].reduce((sum, entry) => sum + entry.amount, 0);
  if (correction !== 0) {
    const { clears_at } = commission;
    posted.push({
      ...next(),
      ...common,
      kind: "reversal",
      amount: correction,
      occurred_at: sale.changed_at,
      clears_at,
      corrects: commission.id,
    });
  }
  return posted;
}
