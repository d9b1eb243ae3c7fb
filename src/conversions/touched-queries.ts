/** Conversions for which an affiliate's touches were considered but not credited. The affiliate sees only its own touches. */
import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { entryColumns, explainRows, isEntryOf } from "../commissions/entry-queries.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { type ConversionRecord, parseRecord } from "../customers/conversion.ts";
import type { ConsideredTouch } from "../customers/explain.ts";
import { explainLoss, explainRuling } from "../customers/explain-loss.ts";
import { conversions, touchedConversions } from "../customers/tables.ts";
import { IS_REAL } from "../customers/test-mode-queries.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import { type List, type PageRequest, pageOf } from "../lib/paging.ts";
import { programs } from "../programs/tables.ts";

/** Reveals nothing about the credited affiliate or the customer: no amount, no product, no other touches. */
export interface TouchedView {
  id: string;
  program: string;
  type: ConversionRecord["type"];
  occurred_at: string;
  /** Notes on the whole conversion: a dispute and its reason. */
  notes: string[];
  touches: {
    source: ConsideredTouch["source"];
    clicked_at: string;
    link: string | null;
    channel: string | null;
    coupon: string | null;
    outcome: string;
    text: string;
  }[];
}

const columns = {
  record: conversions.record,
  program: programs.slug,
  program_name: programs.name,
  currency: programs.currency,
};

/** The conversions for which an affiliate's touches were considered but not credited, newest first. */
export async function readTouched(
  db: Database,
  account: { program_id: number; affiliate_id: number },
  page: PageRequest,
): Promise<List<TouchedView>> {
  return runQuery(db, defineTouchedQuery(db, account, page));
}

/** The same, as a query for a batch. */
export function defineTouchedQuery(
  db: Database,
  account: { program_id: number; affiliate_id: number },
  page: PageRequest,
): Query<List<TouchedView>> {
  const {
    affiliate_id: affiliateId,
    program_id: programId,
    occurred_at: occurredAt,
    conversion_id: conversionId,
  } = touchedConversions;
  const [time, id] = page.cursor?.split(".") ?? [];
  const newest = db
    .select(columns)
    .from(touchedConversions)
    .innerJoin(conversions, eq(conversions.id, conversionId))
    .innerJoin(programs, eq(programs.id, conversions.program_id))
    .where(
      and(
        eq(affiliateId, account.affiliate_id),
        eq(programId, account.program_id),
        time === undefined ? undefined : sql`(${occurredAt}, ${conversionId}) < (${Number(time)}, ${id})`,
      ),
    )
    .orderBy(desc(occurredAt), desc(conversionId))
    .limit(page.limit + 1);
  return defineQuery([newest], ([rows]) =>
    pageOf(
      rows.map((row) => ({ record: parseRecord(row.record), program: row.program })),
      page.limit,
      ({ record, program }) => viewTouched(record, program, account.affiliate_id),
      ({ record }) => `${record.occurred_at}.${record.id}`,
    ),
  );
}

/**
 * One of these conversions, with the affiliate's ledger entries for it if the credit was moved away. Second-tier commission is
 * left out, because it would identify the credited affiliate. Null if it isn't one of the affiliate's.
 */
export async function readTouchedConversion(db: Database, affiliateId: number, id: string) {
  const isTouched = and(eq(touchedConversions.conversion_id, id), eq(touchedConversions.affiliate_id, affiliateId));
  const isOwnEntry = and(
    eq(ledgerEntries.conversion, id),
    isEntryOf(affiliateId),
    inArray(ledgerEntries.kind, ["commission", "reversal"]),
    isNull(ledgerEntries.from_affiliate_id),
  );
  const [rows, entries] = await db.batch([
    db
      .select(columns)
      .from(touchedConversions)
      .innerJoin(conversions, eq(conversions.id, touchedConversions.conversion_id))
      .innerJoin(programs, eq(programs.id, conversions.program_id))
      .where(and(isTouched, IS_REAL)),
    db.select(entryColumns).from(ledgerEntries).where(isOwnEntry).orderBy(ledgerEntries.number),
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  const record = parseRecord(row.record);
  const view = viewTouched(record, row.program, affiliateId);
  const explained = await explainRows(db, { id: record.program_id, currency: row.currency }, entries, "affiliate");
  return { view, program: { slug: row.program, name: row.program_name }, entries: explained };
}

function viewTouched(record: ConversionRecord, program: string, affiliateId: number): TouchedView {
  const { ruling, considered } = record.credit;
  return {
    id: record.id,
    program,
    type: record.type,
    occurred_at: new Date(record.occurred_at).toISOString(),
    notes: ruling === null ? [] : [explainRuling(ruling, affiliateId)],
    touches: considered
      .filter((touch) => touch.affiliate_id === affiliateId)
      .map((touch) => ({
        source: touch.source,
        clicked_at: new Date(touch.clicked_at).toISOString(),
        link: touch.link,
        channel: touch.channel,
        coupon: touch.coupon,
        outcome: touch.outcome,
        text: explainLoss(touch, record),
      })),
  };
}
