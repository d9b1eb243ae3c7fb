/** Updates of the read models. Each one may arrive twice, late, or after a newer one. */

import { and, eq, lt, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "../db/database.ts";
import { clearRelayed, type Relayed } from "../webhooks/identity/unrelayed-store.ts";
import { type ConversionRecord, writeRecord } from "./conversion.ts";
import { conversions, touchedConversions } from "./tables.ts";

/**
 * Stores a conversion's newest revision and the affiliates whose touches were considered but not credited. `relayed`
 * means that the object has nothing more to send. `alongside` are statements of other folders that run in the same
 * batch.
 */
export async function projectConversion(
  db: Database,
  record: ConversionRecord,
  relayed: Relayed | null = null,
  alongside: readonly BatchItem<"sqlite">[] = [],
): Promise<void> {
  const { touch, reason } = record.credit;
  const row = {
    program_id: record.program_id,
    affiliate_id: touch?.affiliate_id ?? null,
    link_id: touch?.link_id ?? null,
    type: record.type,
    status: record.status,
    amount: record.amount,
    refunded: record.refunded,
    currency: record.currency,
    occurred_at: record.occurred_at,
    reason,
    record: writeRecord(record),
    revision: record.revision,
    // Older messages may lack the test flag or the customer.
    test: record.test ?? false,
    customer_key: record.customer_key ?? "",
    product: record.product ?? null,
    click_id: touch?.click_id ?? null,
  };
  const losers = listLosers(record).map((affiliate_id) => ({
    conversion_id: record.id,
    affiliate_id,
    program_id: record.program_id,
    occurred_at: record.occurred_at,
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
          target: [touchedConversions.conversion_id, touchedConversions.affiliate_id],
          set: loser,
          setWhere: lt(touchedConversions.revision, sql`excluded.revision`),
        }),
    ),
    // Also removes rows of an older revision if this revision isn't the newest.
    db
      .delete(touchedConversions)
      .where(and(eq(touchedConversions.conversion_id, record.id), lt(touchedConversions.revision, keptRevision))),
    ...alongside,
    ...(relayed === null ? [] : [clearRelayed(db, relayed)]),
  ]);
}

/** Test conversions aren't shown to affiliates. */
function listLosers({ credit, test }: ConversionRecord): number[] {
  const others = credit.considered.filter(({ affiliate_id }) => affiliate_id !== credit.touch?.affiliate_id);
  return test ? [] : [...new Set(others.map(({ affiliate_id }) => affiliate_id))];
}

/** The statements that delete a program's conversions before they are projected again from its Customer objects. */
export function dropConversions(db: Database, program_id: number) {
  return [
    db.delete(touchedConversions).where(eq(touchedConversions.program_id, program_id)),
    db.delete(conversions).where(eq(conversions.program_id, program_id)),
  ] as const;
}
