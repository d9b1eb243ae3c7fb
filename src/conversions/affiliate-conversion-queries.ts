/** An affiliate's conversions and what each earned. */
import { and, between, desc, eq, inArray, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import { isEntryOf } from "../commissions/entry-queries.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { type ConversionRecord, parseRecord } from "../customers/conversion.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import { type List, type PageRequest, pageOf } from "../lib/paging.ts";
import { isConversionOf } from "./credit-queries.ts";

/** A conversion with its commission net of refunds. `commission` is null without ledger entries. */
export interface EarnedConversion {
  record: ConversionRecord;
  commission: { amount: number; currency: string; clears_at: number } | null;
}

/** Filters of the list; null matches all. */
export interface AffiliateConversionFilter {
  /** Milliseconds since the epoch, `until` excluded. */
  within: { since: number; until: number } | null;
  type: string | null;
  link_id: number | null;
}

/** Matches all conversions. */
export const NO_FILTER: AffiliateConversionFilter = { within: null, type: null, link_id: null };

/** The conversions credited to an affiliate in a program, newest first. `limit` is at most 90. */
export async function readAffiliateConversions(
  db: Database,
  account: AccountKey,
  filter: AffiliateConversionFilter,
  page: PageRequest,
): Promise<List<EarnedConversion>> {
  const { data, next } = await runQuery(db, defineAffiliateConversionsQuery(db, account, filter, page));
  return { data: await addCommissions(db, account.affiliate_id, data), next };
}

/** The same without commissions, as a query for a batch. */
export function defineAffiliateConversionsQuery(
  db: Database,
  account: AccountKey,
  { within, type, link_id: linkId }: AffiliateConversionFilter,
  page: PageRequest,
): Query<List<ConversionRecord>> {
  const [time, id] = page.cursor?.split(".") ?? [];
  // One BETWEEN: with two bounds, or a row comparison, SQLite would scan the conversions of the whole program.
  const last = Math.min(within === null ? Infinity : within.until - 1, time === undefined ? Infinity : Number(time));
  const found = db
    .select({ record: conversions.record })
    .from(conversions)
    .where(
      and(
        isConversionOf(account),
        last === Infinity ? undefined : between(conversions.occurred_at, within?.since ?? 0, last),
        type === null ? undefined : eq(conversions.type, type),
        linkId === null ? undefined : eq(conversions.link_id, linkId),
        time === undefined
          ? undefined
          : sql`(+${conversions.occurred_at}, ${conversions.id}) < (${Number(time)}, ${id})`,
      ),
    )
    .orderBy(desc(conversions.occurred_at), desc(conversions.id))
    .limit(page.limit + 1);
  return defineQuery([found], ([rows]) =>
    pageOf(
      rows.map(({ record }) => parseRecord(record)),
      page.limit,
      (record) => record,
      (record) => `${record.occurred_at}.${record.id}`,
    ),
  );
}

/** Adds what each conversion earned the affiliate. */
export async function addCommissions(
  db: Database,
  affiliateId: number,
  records: readonly ConversionRecord[],
): Promise<EarnedConversion[]> {
  if (records.length === 0) return [];
  const { conversion, currency, amount, clears_at: clearsAt } = ledgerEntries;
  const ids = records.map((record) => record.id);
  const earned = await db
    .select({
      conversion,
      currency: sql<string>`max(${currency})`,
      amount: sql<number>`sum(${amount})`,
      clears_at: sql<number>`max(${clearsAt})`,
    })
    .from(ledgerEntries)
    .where(and(inArray(conversion, ids), isEntryOf(affiliateId)))
    .groupBy(conversion);
  const earnedBy = new Map(earned.map(({ conversion: id, ...commission }) => [id, commission]));
  return records.map((record) => ({ record, commission: earnedBy.get(record.id) ?? null }));
}
