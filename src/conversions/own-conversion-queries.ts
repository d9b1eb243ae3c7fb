/** An affiliate's conversions, each with what it earned. */
import { and, between, desc, eq, inArray, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import { isEntryOf } from "../commissions/entry-queries.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { type ConversionRecord, parseRecord } from "../customers/conversion.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import { type List, type PageRequest, pageOf } from "../lib/paging.ts";
import { ownConversions } from "./credit-queries.ts";

/** A conversion with what it earned, net of what was taken back; null where it has no entry. */
export interface EarnedConversion {
  record: ConversionRecord;
  commission: { amount: number; currency: string; clears_at: number } | null;
}

/** Which of them; null filters nothing. */
export interface OwnConversionFilter {
  /** Milliseconds since the epoch, `until` excluded. */
  within: { since: number; until: number } | null;
  type: string | null;
  link_id: number | null;
}

/** No filter. */
export const ALL_OWN: OwnConversionFilter = { within: null, type: null, link_id: null };

/** The conversions credited to an affiliate in a programme, newest first; `limit` at most 90. */
export async function readOwnConversions(
  db: Database,
  account: AccountKey,
  filter: OwnConversionFilter,
  page: PageRequest,
): Promise<List<EarnedConversion>> {
  const { data, next } = await runQuery(db, defineOwnConversionsQuery(db, account, filter, page));
  return { data: await addCommissions(db, account.affiliate_id, data), next };
}

/** Defines the same query for a batch, without the commissions earned. */
export function defineOwnConversionsQuery(
  db: Database,
  account: AccountKey,
  { within, type, link_id: linkId }: OwnConversionFilter,
  page: PageRequest,
): Query<List<ConversionRecord>> {
  const [time, id] = page.cursor?.split(".") ?? [];
  // Said in one range: by two bounds, or by the pair, SQLite goes through the conversions of the whole programme.
  const last = Math.min(within === null ? Infinity : within.until - 1, time === undefined ? Infinity : Number(time));
  const found = db
    .select({ record: conversions.record })
    .from(conversions)
    .where(
      and(
        ownConversions(account),
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

/** What each of some conversions earned the affiliate. */
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
