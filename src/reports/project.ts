/** The read models' updates: every one may come twice, late, or after a newer one. */
import { lt, sql } from "drizzle-orm";
import type { LedgerEntry } from "../commissions/ledger.ts";
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

/** Adds a ledger entry; entries never change. */
export async function projectEntry(db: Database, entry: LedgerEntry): Promise<void> {
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
      baseAmount: entry.base_amount,
      rateBps: entry.rate_bps,
      termsVersion: entry.terms_version,
      occurredAt: entry.occurred_at,
      clearsAt: entry.clears_at,
      corrects: entry.corrects,
    })
    .onConflictDoNothing();
}
