/** What an affiliate sees first. Clicks come from the daily counts; the click log is never read. */

import { and, between, count, eq, ne, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { AffiliateProgram } from "../affiliates/enrollment-queries.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { clickDays } from "../clicks/tables.ts";
import { defineBalancesQuery } from "../commissions/balance-queries.ts";
import type { Balances } from "../commissions/balances.ts";
import type { TierView } from "../commissions/judge-tier.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { inPeriod, ownConversions } from "../conversions/credit-queries.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type QueryResults } from "../db/query-batch.ts";
import type { Env } from "../env.ts";
import { startOfDay } from "../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";
import { links } from "../links/tables.ts";
import type { NextPayout } from "../payouts/next-payout.ts";
import { defineStandingQueries, fetchStanding, type StandingAsked } from "../payouts/standing-queries.ts";
import { COUNTED } from "../redirect/click.ts";
import { ownLinks } from "./link-queries.ts";

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

/** What the overview is of, and as of when, ms. */
export interface OverviewAsked {
  program: AffiliateProgram;
  affiliate_id: number;
  period: Period & { before: Period };
  now: number;
}

const standingOf = ({ program, affiliate_id: affiliateId, now }: OverviewAsked): StandingAsked => ({
  ...{ program, affiliate_id: affiliateId, status: program.status },
  ...{ at: now, now },
});

/** Defines the overview's queries; a page runs them in one batch with its own. */
export function defineOverviewQueries(db: Database, asked: OverviewAsked) {
  const { program, affiliate_id: affiliateId, period, now } = asked;
  const account = { program_id: program.id, affiliate_id: affiliateId };
  return {
    ...defineStandingQueries(db, standingOf(asked)),
    current: defineActivityQuery(db, account, program.currency, period),
    previous: defineActivityQuery(db, account, program.currency, period.before),
    balances: defineBalancesQuery(db, account, now),
  };
}

/** The overview, by what D1 has answered. */
export async function makeOverview(
  accounts: Env["ACCOUNTS"],
  asked: OverviewAsked,
  answers: QueryResults<ReturnType<typeof defineOverviewQueries>>,
): Promise<Overview> {
  const { current, previous, balances } = answers;
  const { currency } = asked.program;
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
    ...(await fetchStanding(accounts, standingOf(asked), answers)),
  };
}

/** The entries of an account that earned it something in a period, or took it back, in one currency. */
const earnedWithin = (
  { program_id: programId, affiliate_id: affiliateId }: AccountKey,
  currency: string,
  period: Period,
) =>
  and(
    eq(ledgerEntries.affiliate_id, affiliateId),
    eq(ledgerEntries.program_id, programId),
    eq(ledgerEntries.currency, currency),
    ne(ledgerEntries.kind, "payout"),
    between(ledgerEntries.occurred_at, startOfDay(period.first_day), startOfDay(period.last_day + 1) - 1),
  );

function defineActivityQuery(db: Database, account: AccountKey, currency: string, period: Period) {
  const isHourly = period.first_day === period.last_day;
  const inDays = between(clickDays.day, period.first_day, period.last_day);
  const unit = sql.raw(String(isHourly ? MS_PER_HOUR : MS_PER_DAY));
  const at = sql<number>`${conversions.occurred_at} / ${unit} * ${unit}`;
  const statements = [
    db
      .select({
        at: sql<number>`${clickDays.day} * ${sql.raw(String(MS_PER_DAY))}`,
        count: sql<number>`coalesce(sum(${clickDays.clicks}) filter (where ${clickDays.verdict} = ${COUNTED}), 0)`,
        visitors: sql<number>`sum(${clickDays.visitors})`,
      })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.link_id, links.id), inDays))
      .where(ownLinks(account))
      .groupBy(clickDays.day),
    db
      .select({
        at: sql<number>`${clickDays.day} * ${sql.raw(String(MS_PER_DAY))} + hours.key * ${sql.raw(String(MS_PER_HOUR))}`,
        count: sql<number>`sum(hours.value)`,
      })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.link_id, links.id), inDays, eq(clickDays.verdict, COUNTED)))
      .crossJoin(sql`json_each(${clickDays.details}, '$.hour') AS hours`)
      .where(isHourly ? ownLinks(account) : sql`false`)
      .groupBy(sql`1`),
    db
      .select({ at, type: conversions.type, count: count() })
      .from(conversions)
      .where(and(ownConversions(account), inPeriod(period)))
      .groupBy(at, conversions.type),
    db
      .select({ amount: sql<number>`coalesce(sum(${ledgerEntries.amount}), 0)` })
      .from(ledgerEntries)
      .where(earnedWithin(account, currency, period)),
  ] as const;
  return defineQuery(statements, ([clicksByDay, hours, converted, earned]) => {
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
  });
}
