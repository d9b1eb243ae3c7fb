/**
 * The affiliates that an affiliate referred, with sums only: nothing about a single sale or customer, and an email address only
 * where the referred affiliate agreed to it.
 */
import { and, between, desc, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { Period } from "../../clicks/counts/queries.ts";
import { clickDays } from "../../clicks/tables.ts";
import { ledgerEntries } from "../../commissions/tables.ts";
import { conversions } from "../../customers/tables.ts";
import { IS_REAL } from "../../customers/test-mode-queries.ts";
import type { Database } from "../../db/database.ts";
import { startOfDay } from "../../lib/calendar.ts";
import { type List, type PageRequest, pageOf } from "../../lib/paging.ts";
import { links } from "../../links/tables.ts";
import { COUNTED } from "../../redirect/click.ts";
import type { AccountKey, EnrollmentStatus } from "../enrollment.ts";
import { affiliates, enrollmentSponsors, enrollments } from "../tables.ts";

/** A figure for the period and for all time. */
interface Totals {
  in_period: number;
  all_time: number;
}

/** A referred affiliate's figures in one program. */
export interface ReferredAffiliate {
  id: number;
  username: string;
  name: string;
  /** Its email address, if it agreed when joining that the sponsor sees it. */
  email: string | null;
  /** When it became an affiliate, in milliseconds since the epoch. */
  joined_at: number;
  /** Its enrollment in the program, or null. */
  status: EnrollmentStatus | null;
  /** Counted clicks. */
  clicks: Totals;
  sales: Totals;
  /** The sponsor's second-tier commissions on its sales net of refunds, by currency, in minor units. */
  earned: (Totals & { currency: string })[];
}

const ofSales = ({ first_day, last_day }: Period) =>
  between(conversions.occurred_at, startOfDay(first_day), startOfDay(last_day + 1) - 1);

/** The referred affiliates, latest first. The cursor is an affiliate's id. `limit` is at most 90. */
export async function readReferred(
  db: Database,
  account: AccountKey,
  period: Period,
  page: PageRequest,
): Promise<List<ReferredAffiliate>> {
  const { id, username, name, email, created_at: createdAt } = affiliates;
  const isEnrolled = and(eq(enrollments.program_id, account.program_id), eq(enrollments.affiliate_id, id));
  // Also one that has another sponsor by now, because its earlier sales paid this one, and one that isn't in the program yet.
  const isReferred = sql`(${id} IN (SELECT affiliate_id FROM ${enrollmentSponsors} AS s
      WHERE s.sponsor_id = ${account.affiliate_id} AND s.program_id = ${account.program_id})
    OR (${affiliates.sponsor_id} = ${account.affiliate_id} AND ${enrollments.status} IS NULL))`;
  const sharedEmail = sql<string | null>`(SELECT ${email} FROM ${enrollmentSponsors} AS s
    WHERE s.sponsor_id = ${account.affiliate_id} AND s.program_id = ${account.program_id} AND s.affiliate_id = ${id}
      AND s.shares_email AND ${affiliates.erased_at} IS NULL LIMIT 1)`;
  const found = await db
    .select({
      id,
      username,
      name,
      email: sharedEmail.as("shared_email"),
      joined_at: createdAt,
      status: enrollments.status,
    })
    .from(affiliates)
    .leftJoin(enrollments, isEnrolled)
    .where(and(isReferred, page.cursor === null ? undefined : lt(id, Number(page.cursor))))
    .orderBy(desc(id))
    .limit(page.limit + 1);
  const { data, next } = pageOf(
    found,
    page.limit,
    (row) => row,
    (row) => String(row.id),
  );
  const ids = data.map((row) => row.id);
  if (ids.length === 0) return { data: [], next };
  const [clicks, sales, earned] = await db.batch([
    readClicks(db, account, period, ids),
    readSales(db, account, period, ids),
    readOverrides(db, account, period, ids),
  ]);
  const clicksOf = new Map(clicks.map((row) => [row.id, row]));
  const salesOf = new Map(sales.map((row) => [row.id, row]));
  const earnedOf = Map.groupBy(earned, (row) => row.id);
  return {
    data: data.map((row) => ({
      ...row,
      clicks: totalsOf(clicksOf.get(row.id)),
      sales: totalsOf(salesOf.get(row.id)),
      earned: (earnedOf.get(row.id) ?? []).map((money) => ({ ...totalsOf(money), currency: money.currency })),
    })),
    next,
  };
}

function totalsOf(found: Totals | undefined): Totals {
  return { in_period: found?.in_period ?? 0, all_time: found?.all_time ?? 0 };
}

/** The sum in the period. D1 batches need distinct column names. */
const sumWhere = (value: SQL, isInPeriod: SQL | undefined) =>
  sql<number>`coalesce(sum(${value}) filter (where ${isInPeriod}), 0)`.as("in_period");

function readClicks(
  db: Database,
  { program_id: programId }: AccountKey,
  { first_day, last_day }: Period,
  ids: number[],
) {
  return (
    db
      .select({
        id: links.affiliate_id,
        in_period: sumWhere(sql`${clickDays.clicks}`, between(clickDays.day, first_day, last_day)),
        all_time: sql<number>`sum(${clickDays.clicks})`.as("all_time"),
      })
      .from(links)
      // CROSS JOIN fixes the join order: links first, since a link's days are stored together.
      .crossJoin(clickDays)
      .where(
        and(
          inArray(links.affiliate_id, ids),
          eq(links.program_id, programId),
          eq(clickDays.link_id, links.id),
          eq(clickDays.verdict, COUNTED),
        ),
      )
      .groupBy(links.affiliate_id)
  );
}

function readSales(db: Database, { program_id: programId }: AccountKey, period: Period, ids: number[]) {
  const { affiliate_id: affiliateId, type } = conversions;
  return db
    .select({
      id: sql<number>`${affiliateId}`.as("id"),
      in_period: sumWhere(sql`1`, ofSales(period)),
      all_time: sql<number>`count(*)`.as("all_time"),
    })
    .from(conversions)
    .where(and(inArray(affiliateId, ids), eq(conversions.program_id, programId), eq(type, "sale"), IS_REAL))
    .groupBy(affiliateId);
}

function readOverrides(db: Database, account: AccountKey, period: Period, ids: number[]) {
  const {
    amount,
    currency,
    from_affiliate_id: fromAffiliateId,
    affiliate_id: affiliateId,
    program_id: programId,
    conversion,
  } = ledgerEntries;
  return db
    .select({
      id: sql<number>`${fromAffiliateId}`.as("id"),
      currency,
      in_period: sumWhere(sql`${amount}`, ofSales(period)),
      all_time: sql<number>`sum(${amount})`.as("all_time"),
    })
    .from(ledgerEntries)
    .leftJoin(conversions, eq(conversions.id, conversion))
    .where(and(eq(affiliateId, account.affiliate_id), eq(programId, account.program_id), inArray(fromAffiliateId, ids)))
    .groupBy(fromAffiliateId, currency)
    .orderBy(currency);
}
