/** What an affiliate sees first. Clicks come from the daily counts; the click log is never read. */
import { and, between, count, desc, eq, inArray, ne, sql } from "drizzle-orm";
import type { Balances } from "../commissions/balances.ts";
import type { TierView } from "../commissions/judge-tier.ts";
import { type ConversionRecord, parseRecord } from "../customers/conversion.ts";
import type { Database } from "../db/database.ts";
import { clickDays, conversions, enrolments, ledgerEntries, links, programs } from "../db/schema.ts";
import type { Env } from "../env.ts";
import type { NextPayout } from "../payouts/next-payout.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../time.ts";
import { COUNTED, readBalances } from "./affiliate.ts";
import type { Period } from "./counts.ts";
import { readNextPayout } from "./next-payout.ts";
import { IS_REAL } from "./test-mode.ts";
import { readTier } from "./tier.ts";

/** An affiliate in a programme. */
export interface AccountKey {
  programId: number;
  affiliateId: number;
}

/** A programme that the affiliate is in, or has asked to be. */
export interface AffiliateProgram {
  id: number;
  slug: string;
  name: string;
  currency: string;
  status: "pending" | "approved" | "rejected" | "suspended";
}

/** A conversion with what it earned, net of what was taken back; null where it has no entry. */
export interface EarnedConversion {
  record: ConversionRecord;
  commission: { amount: number; currency: string; clears_at: number } | null;
}

/** What happened in a period. */
export interface Activity {
  /** Counted clicks. */
  clicks: number;
  unique_visitors: number;
  leads: number;
  trials: number;
  sales: number;
  /** Net of what was taken back in the period, minor units of the programme's currency; payouts are none. */
  earned: number;
}

/** All figures of the overview. */
export interface Overview {
  activity: Activity;
  before: Activity;
  /** Clicks and sales of the period by day, or by hour where it is a single day: `at` is when it begins, ms. */
  clicks_at: { at: number; count: number }[];
  sales_at: { at: number; count: number }[];
  /** The programme's currency first, then any other that the ledger has entries in. */
  balances: Balances[];
  /** Null where the terms have no tiers. */
  tier: TierView | null;
  /** Null where the terms have no payouts, or nothing is to come. */
  next_payout: NextPayout | null;
}

/** The programmes of an affiliate, approved ones first. */
export async function readAffiliatePrograms(db: Database, affiliateId: number): Promise<AffiliateProgram[]> {
  const { id, slug, name, currency } = programs;
  // Programmes are few, and the key of enrolments begins with one: they lead the join.
  return db
    .select({ id, slug, name, currency, status: enrolments.status })
    .from(programs)
    .crossJoin(enrolments)
    .where(and(eq(enrolments.programId, programs.id), eq(enrolments.affiliateId, affiliateId)))
    .orderBy(sql`${enrolments.status} <> 'approved'`, enrolments.createdAt, programs.id);
}

/** Reads the overview as of `now`, ms. */
export async function readOverview(
  db: Database,
  accounts: Env["ACCOUNTS"],
  asked: { program: AffiliateProgram; affiliateId: number; period: Period & { before: Period }; now: number },
): Promise<Overview> {
  const { program, affiliateId, period, now } = asked;
  const account = { programId: program.id, affiliateId };
  const { currency } = program;
  const [current, previous, balances, tier, next_payout] = await Promise.all([
    readActivity(db, account, currency, period),
    readActivity(db, account, currency, period.before),
    readBalances(db, account, now),
    readTier(db, accounts, account, now),
    readNextPayout(db, accounts, { program, affiliateId, status: program.status, now }),
  ]);
  const own = balances.find((found) => found.currency === currency);
  return {
    activity: current.activity,
    before: previous.activity,
    clicks_at: current.clicks_at,
    sales_at: current.sales_at,
    balances: [
      own ?? { earned: 0, reserve: 0, due: 0, paid: 0, currency },
      ...balances.filter((found) => found.currency !== currency),
    ],
    tier,
    next_payout,
  };
}

/** The affiliate's links in the programme. */
export const ownLinks = ({ programId, affiliateId }: AccountKey) =>
  and(eq(links.affiliateId, affiliateId), eq(links.programId, programId));

/** The conversions that are credited to the affiliate, without those of test mode. */
export const ownConversions = ({ programId, affiliateId }: AccountKey) =>
  and(eq(conversions.affiliateId, affiliateId), eq(conversions.programId, programId), IS_REAL);

/** The times of a period, from its first day's beginning to its last day's end. */
export const occurredWithin = (column: typeof conversions.occurredAt | typeof ledgerEntries.occurredAt, days: Period) =>
  between(column, days.first_day * MS_PER_DAY, (days.last_day + 1) * MS_PER_DAY - 1);

/** The entries of an account that earned it something in a period, or took it back, in one currency. */
export const earnedWithin = ({ programId, affiliateId }: AccountKey, currency: string, period: Period) =>
  and(
    eq(ledgerEntries.affiliateId, affiliateId),
    eq(ledgerEntries.programId, programId),
    eq(ledgerEntries.currency, currency),
    ne(ledgerEntries.kind, "payout"),
    occurredWithin(ledgerEntries.occurredAt, period),
  );

async function readActivity(db: Database, account: AccountKey, currency: string, period: Period) {
  const isHourly = period.first_day === period.last_day;
  const inPeriod = between(clickDays.day, period.first_day, period.last_day);
  const unit = sql.raw(String(isHourly ? MS_PER_HOUR : MS_PER_DAY));
  const at = sql<number>`${conversions.occurredAt} / ${unit} * ${unit}`;
  const [clicksByDay, hours, converted, earned] = await db.batch([
    db
      .select({
        at: sql<number>`${clickDays.day} * ${sql.raw(String(MS_PER_DAY))}`,
        count: sql<number>`coalesce(sum(${clickDays.clicks}) filter (where ${clickDays.verdict} = ${COUNTED}), 0)`,
        visitors: sql<number>`sum(${clickDays.visitors})`,
      })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.linkId, links.id), inPeriod))
      .where(ownLinks(account))
      .groupBy(clickDays.day),
    db
      .select({
        at: sql<number>`${clickDays.day} * ${sql.raw(String(MS_PER_DAY))} + hours.key * ${sql.raw(String(MS_PER_HOUR))}`,
        count: sql<number>`sum(hours.value)`,
      })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.linkId, links.id), inPeriod, eq(clickDays.verdict, COUNTED)))
      .crossJoin(sql`json_each(${clickDays.details}, '$.hour') AS hours`)
      .where(isHourly ? ownLinks(account) : sql`false`)
      .groupBy(sql`1`),
    db
      .select({ at, type: conversions.type, count: count() })
      .from(conversions)
      .where(and(ownConversions(account), occurredWithin(conversions.occurredAt, period)))
      .groupBy(at, conversions.type),
    db
      .select({ amount: sql<number>`coalesce(sum(${ledgerEntries.amount}), 0)` })
      .from(ledgerEntries)
      .where(earnedWithin(account, currency, period)),
  ]);
  const sumOf = (rows: readonly { count: number }[]) => rows.reduce((sum, row) => sum + row.count, 0);
  const of = (type: string) => converted.filter((row) => row.type === type);
  const activity: Activity = {
    clicks: sumOf(clicksByDay),
    unique_visitors: clicksByDay.reduce((sum, row) => sum + row.visitors, 0),
    leads: sumOf(of("lead")),
    trials: sumOf(of("trial")),
    sales: sumOf(of("sale")),
    earned: earned[0]?.amount ?? 0,
  };
  return { activity, clicks_at: isHourly ? hours : clicksByDay, sales_at: of("sale") };
}

/** What each of these conversions has earned the affiliate. */
export async function addCommissions(
  db: Database,
  affiliateId: number,
  records: readonly ConversionRecord[],
): Promise<EarnedConversion[]> {
  if (records.length === 0) return [];
  const { conversion, currency, amount, clearsAt } = ledgerEntries;
  const ids = JSON.stringify(records.map((record) => record.id));
  const earned = await db
    .select({
      conversion,
      currency: sql<string>`max(${currency})`,
      amount: sql<number>`sum(${amount})`,
      clears_at: sql<number>`max(${clearsAt})`,
    })
    .from(ledgerEntries)
    .where(
      and(inArray(conversion, sql`(SELECT value FROM json_each(${ids}))`), eq(ledgerEntries.affiliateId, affiliateId)),
    )
    .groupBy(conversion);
  const earnedBy = new Map(earned.map(({ conversion: id, ...commission }) => [id, commission]));
  return records.map((record) => ({ record, commission: earnedBy.get(record.id) ?? null }));
}

/** The latest conversions of an affiliate. */
export async function readLatestConversions(
  db: Database,
  account: AccountKey,
  limit: number,
): Promise<EarnedConversion[]> {
  const rows = await db
    .select({ record: conversions.record })
    .from(conversions)
    .where(ownConversions(account))
    .orderBy(desc(conversions.occurredAt), desc(conversions.id))
    .limit(limit);
  return addCommissions(
    db,
    account.affiliateId,
    rows.map((row) => parseRecord(row.record)),
  );
}
