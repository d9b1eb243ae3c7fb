/** The read models' updates: every one may come twice, late, or after a newer one. */
import { and, eq, isNull, lt, sql } from "drizzle-orm";
import { completeEntry, type LedgerEntry } from "../commissions/ledger.ts";
import { type ConversionRecord, writeRecord } from "../customers/conversion.ts";
import type { Database } from "../db/database.ts";
import { isRelayed, type Relayed } from "../db/relayed.ts";
import { conversions, ledgerEntries, touchedConversions, unrelayedCustomers } from "../db/schema.ts";
import { keepCreditedClick } from "./credited-clicks.ts";
import { noteSale } from "./note.ts";

/**
 * Keeps a conversion's newest revision, with those affiliates whose touches were weighed for nothing. `relayed`: its object has
 * nothing more to tell. `news_at`: when it is projected, ms, where the affiliate can be told of it; null where it cannot.
 */
export async function projectConversion(
  db: Database,
  record: ConversionRecord,
  relayed: Relayed | null = null,
  news_at: number | null = null,
): Promise<void> {
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
    record: writeRecord(record),
    revision: record.revision,
    // A message of before test mode, or of before customers were named, may still have been on its way.
    test: record.test ?? false,
    customerKey: record.customer_key ?? "",
    product: record.product ?? null,
    clickId: touch?.click_id ?? null,
  };
  const losers = listLosers(record).map((affiliateId) => ({
    conversionId: record.id,
    affiliateId,
    programId: record.program_id,
    occurredAt: record.occurred_at,
    revision: record.revision,
  }));
  const keptRevision = sql`(SELECT revision FROM conversions WHERE id = ${record.id})`;
  await db.batch([
    db
      .insert(conversions)
      .values({ id: record.id, ...row })
      .onConflictDoUpdate({
        target: conversions.id,
        set: row,
        setWhere: lt(conversions.revision, sql`excluded.revision`),
      }),
    ...losers.map((loser) =>
      db
        .insert(touchedConversions)
        .values(loser)
        .onConflictDoUpdate({
          target: [touchedConversions.conversionId, touchedConversions.affiliateId],
          set: loser,
          setWhere: lt(touchedConversions.revision, sql`excluded.revision`),
        }),
    ),
    // Those of an older revision than the one that is kept, should this very one have come late: they are none now.
    db
      .delete(touchedConversions)
      .where(and(eq(touchedConversions.conversionId, record.id), lt(touchedConversions.revision, keptRevision))),
    ...keepCreditedClick(db, record),
    ...noteSale(db, record, news_at),
    ...(relayed === null ? [] : [db.delete(unrelayedCustomers).where(isRelayed(relayed))]),
  ]);
}

/** Of test mode nobody sees anything. */
function listLosers({ credit, test }: ConversionRecord): number[] {
  const others = credit.considered.filter(({ affiliate_id }) => affiliate_id !== credit.touch?.affiliate_id);
  return test ? [] : [...new Set(others.map(({ affiliate_id }) => affiliate_id))];
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
