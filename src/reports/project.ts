/** The read models' updates: every one may come twice, late, or after a newer one. */
import { isNull, lt, sql } from "drizzle-orm";
import { completeEntry, type LedgerEntry } from "../commissions/ledger.ts";
import type { ConversionRecord } from "../customers/conversion.ts";
import type { Database } from "../db/database.ts";
import { conversions, ledgerEntries } from "../db/schema.ts";

/** Keeps a conversion's newest revision. */
export async function projectConversion(db: Database, record: ConversionRecord): Promise<void> {
  const { touch, reason } = record.credit;
  const row = {
    programId: record.program_id,
    affiliateId: touch?.affiliate_id ?? null,
    linkId: touch?.link_id ?? null,
    type: record.type,
    status: record.status,
    amount: record.amount,
    refunded: record.refunded,
    currency: record.currency,
    occurredAt: record.occurred_at,
    reason,
    record: JSON.stringify(record),
    revision: record.revision,
    // A message of before test mode may still have been on its way.
    test: record.test ?? false,
  };
  await db
    .insert(conversions)
    .values({ id: record.id, ...row })
    .onConflictDoUpdate({
      target: conversions.id,
      set: row,
      setWhere: lt(conversions.revision, sql`excluded.revision`),
    });
}

/** Adds a ledger entry; entries never change. One that was projected before there were hashes is given its hash. */
export async function projectEntry(db: Database, told: LedgerEntry): Promise<void> {
  // A message of an earlier version may still have been on its way.
  const entry = completeEntry(told);
  const hash = entry.hash ?? null;
  await db
    .insert(ledgerEntries)
    .values({
      id: entry.id,
      programId: entry.program_id,
      affiliateId: entry.affiliate_id,
      number: entry.number,
      kind: entry.kind,
      amount: entry.amount,
      currency: entry.currency,
      conversion: entry.conversion,
      fromAffiliateId: entry.from_affiliate_id,
      baseAmount: entry.base_amount,
      rule: entry.rule,
      rateBps: entry.rate_bps,
      flat: entry.flat,
      tier: entry.tier,
      termsVersion: entry.terms_version,
      reason: entry.reason,
      occurredAt: entry.occurred_at,
      clearsAt: entry.clears_at,
      corrects: entry.corrects,
      hash,
    })
    .onConflictDoUpdate({ target: ledgerEntries.id, set: { hash }, setWhere: isNull(ledgerEntries.hash) });
}
