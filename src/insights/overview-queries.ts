/** The figures of an affiliate's overview. Clicks come from the daily counts, never from the click log. */

import { and, between, count, eq, ne, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { AffiliateProgram } from "../affiliates/enrollment-queries.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { clickDays } from "../clicks/tables.ts";
import { defineBalancesQuery } from "../commissions/balance-queries.ts";
import type { Balances } from "../commissions/balances.ts";
import type { TierView } from "../commissions/judge-tier.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { isConversionOf, isInPeriod } from "../conversions/credit-queries.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type QueryResults } from "../db/query-batch.ts";
import type { Env } from "../env.ts";
import { startOfDay } from "../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";
import { links } from "../links/tables.ts";
import type { NextPayout } from "../payouts/next-payout.ts";
import { type Block, listGates } from "../payouts/statements/statement.ts";
import {
  defineTierAndPayoutQueries,
  type EnrollmentAsOf,
  fetchTierAndPayout,
} from "../payouts/tier-and-payout-queries.ts";
import { COUNTED } from "../redirect/click.ts";
import { isLinkOf } from "./link-queries.ts";

/** Activity in a period. */
export interface Activity {
  /** Counted clicks. */
  clicks: number;
  unique_visitors: number;
  leads: number;
  trials: number;
  sales: number;
  /** Commissions posted in the period less reversals, in minor units by currency. */
  earned: Readonly<Record<string, number>>;
}

/** The figures of the overview. */
export interface Overview {
  activity: Activity;
  comparison: Activity;
  /** Clicks and sales by day, or by hour for a single day. `at` is the start, ms. */
  clicks_at: { at: number; count: number }[];
  sales_at: { at: number; count: number }[];
  earned_at: { at: number; amount: number; currency: string }[];
  /** The program's currency first, then any other currency in the ledger. */
  balances: Balances[];
  /** Null if the terms have no tiers. */
  tier: TierView | null;
  /** Null if the terms have no payouts or no payout is expected. */
  next_payout: NextPayout | null;
  /** Whether the terms have payouts. */
  has_payouts: boolean;
  /** What keeps the affiliate from being paid, whatever the balance. */
  payout_gates: Block[];
}

/** Which overview to build. `now` is in ms. */
export interface OverviewRequest {
  program: Pick<AffiliateProgram, "id" | "currency" | "status">;
  affiliate_id: number;
  period: Period & { comparison: Period };
  now: number;
}

const toEnrollmentAsOf = ({ program, affiliate_id: affiliateId, now }: OverviewRequest): EnrollmentAsOf => ({
  ...{ program, affiliate_id: affiliateId, status: program.status },
  ...{ at: now, now },
});

/** The D1 queries of the overview, to run in a batch with the page's other queries. */
export function defineOverviewQueries(db: Database, asked: OverviewRequest) {
  const { program, affiliate_id: affiliateId, period, now } = asked;
  const account = { program_id: program.id, affiliate_id: affiliateId };
  return {
    ...defineTierAndPayoutQueries(db, toEnrollmentAsOf(asked)),
    current: defineActivityQuery(db, account, period),
    previous: defineActivityQuery(db, account, period.comparison),
    balances: defineBalancesQuery(db, account, now),
  };
}

/** Builds the overview from the results of {@link defineOverviewQueries}. */
export async function buildOverview(
  accounts: Env["ACCOUNTS"],
  asked: OverviewRequest,
  answers: QueryResults<ReturnType<typeof defineOverviewQueries>>,
): Promise<Overview> {
  const { current, previous, balances, payee, terms_now } = answers;
  const { currency, status } = asked.program;
  const { payout } = terms_now.terms;
  const own = balances.find((found) => found.currency === currency);
  return {
    activity: current.activity,
    comparison: previous.activity,
    clicks_at: current.clicks_at,
    sales_at: current.sales_at,
    earned_at: current.earned_at,
    balances: [
      own ?? { earned: 0, reserve: 0, due: 0, paid: 0, currency },
      ...balances.filter((found) => found.currency !== currency),
    ],
    has_payouts: payout !== null,
    payout_gates: payout === null ? [] : listGates(payout, { status, ...payee }),
    ...(await fetchTierAndPayout(accounts, toEnrollmentAsOf(asked), answers)),
  };
}

/** Matches entries of an account that changed its earnings in a period. */
const earnedWithin = ({ program_id: programId, affiliate_id: affiliateId }: AccountKey, period: Period) =>
  and(
    eq(ledgerEntries.affiliate_id, affiliateId),
    eq(ledgerEntries.program_id, programId),
    ne(ledgerEntries.kind, "payout"),
    between(ledgerEntries.occurred_at, startOfDay(period.first_day), startOfDay(period.last_day + 1) - 1),
  );

function defineActivityQuery(db: Database, account: AccountKey, period: Period) {
  const isHourly = period.first_day === period.last_day;
  const inDays = between(clickDays.day, period.first_day, period.last_day);
  const unit = sql.raw(String(isHourly ? MS_PER_HOUR : MS_PER_DAY));
  const at = sql<number>`${conversions.occurred_at} / ${unit} * ${unit}`;
  const earnedAt = sql<number>`${ledgerEntries.occurred_at} / ${unit} * ${unit}`;
  const statements = [
    db
      .select({
        at: sql<number>`${clickDays.day} * ${sql.raw(String(MS_PER_DAY))}`,
        count: sql<number>`coalesce(sum(${clickDays.clicks}) filter (where ${clickDays.verdict} = ${COUNTED}), 0)`,
        visitors: sql<number>`sum(${clickDays.visitors})`,
      })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.link_id, links.id), inDays))
      .where(isLinkOf(account))
      .groupBy(clickDays.day),
    db
      .select({
        at: sql<number>`${clickDays.day} * ${sql.raw(String(MS_PER_DAY))} + hours.key * ${sql.raw(String(MS_PER_HOUR))}`,
        count: sql<number>`sum(hours.value)`,
      })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.link_id, links.id), inDays, eq(clickDays.verdict, COUNTED)))
      .crossJoin(sql`json_each(${clickDays.details}, '$.hour') AS hours`)
      .where(isHourly ? isLinkOf(account) : sql`false`)
      .groupBy(sql`1`),
    db
      .select({ at, type: conversions.type, count: count() })
      .from(conversions)
      .where(and(isConversionOf(account), isInPeriod(period)))
      .groupBy(at, conversions.type),
    db
      .select({ at: earnedAt, currency: ledgerEntries.currency, amount: sql<number>`sum(${ledgerEntries.amount})` })
      .from(ledgerEntries)
      .where(earnedWithin(account, period))
      .groupBy(ledgerEntries.currency, earnedAt),
  ] as const;
  return defineQuery(statements, ([clicksByDay, hours, converted, earned_at]) => {
    const sumOf = (rows: readonly { count: number }[]) => rows.reduce((sum, row) => sum + row.count, 0);
    const of = (type: string) => converted.filter((row) => row.type === type);
    const earned: Record<string, number> = {};
    for (const { currency, amount } of earned_at) earned[currency] = (earned[currency] ?? 0) + amount;
    const activity: Activity = {
      clicks: sumOf(clicksByDay),
      unique_visitors: clicksByDay.reduce((sum, row) => sum + row.visitors, 0),
      leads: sumOf(of("lead")),
      trials: sumOf(of("trial")),
      sales: sumOf(of("sale")),
      earned,
    };
    return { activity, clicks_at: isHourly ? hours : clicksByDay, sales_at: of("sale"), earned_at };
  });
}
