/** The figures of a program's overview, for the merchant. */
import { and, between, eq, isNotNull, isNull, lte, sql } from "drizzle-orm";
import { enrollments } from "../affiliates/tables.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { isInPeriod } from "../conversions/credit-queries.ts";
import { conversions } from "../customers/tables.ts";
import { IS_REAL } from "../customers/test-mode-queries.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, runQueries } from "../db/query-batch.ts";
import { dayOf, startOfDay } from "../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";
import { defineClicksQuery, defineHoursQuery, type OverviewScope, type TimedCount } from "./overview-click-queries.ts";
import { conversionDays, creditedClicks, ledgerDays } from "./tables.ts";

/** Figures of a period in one currency, in minor units. */
export interface MoneyFigures {
  currency: string;
  /** Credited sales of the period, net of refunds. */
  revenue: number;
  /** What they earned their affiliates, net of reversals, whenever it was posted; without second-tier commission. */
  commission: number;
  /** The balance that affiliates had at the period's end, and the part of it that had cleared. Null with a link or country. */
  owed: number | null;
  due: number | null;
  /** Payouts of the period. Null with a link or country. */
  paid: number | null;
}

/** The figures of a period. Conversions are those that an affiliate is credited with. */
export interface PeriodFigures {
  clicks: number;
  leads: number;
  trials: number;
  sales: number;
  /** Sales that nobody is credited with. Null with a filter. */
  uncredited_sales: number | null;
  /** The program's currency first. */
  money: MoneyFigures[];
}

/** Clicks and credited sales of a day, or of an hour. `at` is its start, ms. */
export interface Step {
  at: number;
  clicks: number;
  sales: number;
}

/** A period with the one it is compared with, and the period's steps that have anything. */
export interface ProgramFigures {
  current: PeriodFigures;
  previous: PeriodFigures;
  steps: Step[];
}

/** Reads the figures of a period and of the one before. `now` in ms. */
export async function readProgramFigures(
  db: Database,
  scope: OverviewScope,
  { current, previous }: { current: Period; previous: Period },
  now: number,
): Promise<ProgramFigures> {
  const whole = {
    first_day: Math.min(current.first_day, previous.first_day),
    last_day: Math.max(current.last_day, previous.last_day),
  };
  const isHourly = current.first_day === current.last_day && scope.country === null;
  const read = await runQueries(db, {
    clicks: defineClicksQuery(db, scope, whole, now),
    hours: defineHoursQuery(db, scope, current, isHourly, now),
    conversions: defineConversionsQuery(db, scope, whole, isHourly),
    commissions_now: defineCommissionsQuery(db, scope, current),
    commissions_before: defineCommissionsQuery(db, scope, previous),
    balances_now: defineBalancesQuery(db, scope, current, now),
    balances_before: defineBalancesQuery(db, scope, previous, now),
  });
  const within = (period: Period) => {
    const [since, until] = [startOfDay(period.first_day), startOfDay(period.last_day + 1)];
    return ({ at }: { at: number }) => at >= since && at < until;
  };
  const figuresOf = (period: Period, commissions: Sums, balances: readonly Balance[] | null) =>
    sumFigures(scope, {
      clicks: read.clicks.filter(within(period)),
      conversions: read.conversions.filter(within(period)),
      commissions,
      balances,
    });
  return {
    current: figuresOf(current, read.commissions_now, read.balances_now),
    previous: figuresOf(previous, read.commissions_before, read.balances_before),
    steps: layOutSteps(
      (isHourly ? read.hours : read.clicks).filter(within(current)),
      read.conversions.filter(within(current)),
    ),
  };
}

interface ConversionRow {
  at: number;
  type: string;
  currency: string | null;
  credited: number;
  uncredited: number;
  revenue: number;
}

type Sums = readonly { currency: string; amount: number }[];
type Balance = { currency: string; owed: number; due: number; paid: number };

/** Whether only a part of a program's clicks or sales is shown that has no balance of its own. */
const isWithoutBalance = ({ link_id, country }: OverviewScope) => link_id !== null || country !== null;

/** Whether the whole program is shown, whose sums by day are stored. */
const isWhole = (scope: OverviewScope) => scope.affiliate_id === null && !isWithoutBalance(scope);

function sumFigures(
  scope: OverviewScope,
  found: {
    clicks: readonly TimedCount[];
    conversions: readonly ConversionRow[];
    commissions: Sums;
    balances: readonly Balance[] | null;
  },
): PeriodFigures {
  const { conversions: rows, commissions, balances } = found;
  const sumOf = <Row>(of: readonly Row[], pick: (row: Row) => number) => of.reduce((sum, row) => sum + pick(row), 0);
  const sales = rows.filter(({ type }) => type === "sale");
  const credited = (type: string) =>
    sumOf(
      rows.filter((row) => row.type === type),
      (row) => row.credited,
    );
  const sold = sales.filter((row) => row.credited > 0).flatMap((row) => row.currency ?? []);
  const others = new Set([...sold, ...[...commissions, ...(balances ?? [])].map((row) => row.currency)]);
  others.delete(scope.currency);
  return {
    clicks: sumOf(found.clicks, (row) => row.count),
    leads: credited("lead"),
    trials: credited("trial"),
    sales: credited("sale"),
    uncredited_sales: isWhole(scope) ? sumOf(sales, (row) => row.uncredited) : null,
    money: [scope.currency, ...[...others].sort()].map((currency) => {
      const balance = balances?.find((row) => row.currency === currency);
      const of = (pick: "owed" | "due" | "paid") => (balances === null ? null : (balance?.[pick] ?? 0));
      return {
        currency,
        revenue: sumOf(
          sales.filter((row) => row.currency === currency),
          (row) => row.revenue,
        ),
        commission: commissions.find((row) => row.currency === currency)?.amount ?? 0,
        ...{ owed: of("owed"), due: of("due"), paid: of("paid") },
      };
    }),
  };
}

function layOutSteps(clicked: readonly TimedCount[], converted: readonly ConversionRow[]): Step[] {
  const steps = new Map<number, Step>();
  const stepAt = (at: number) => {
    const step = steps.get(at) ?? { at, clicks: 0, sales: 0 };
    steps.set(at, step);
    return step;
  };
  for (const { at, count } of clicked) if (count > 0) stepAt(at).clicks += count;
  for (const { at, type, credited } of converted) if (type === "sale" && credited > 0) stepAt(at).sales += credited;
  return [...steps.values()].sort((a, b) => a.at - b.at);
}

/** Matches a scope's conversions of a period, without test mode. */
export const isConvertedIn = (scope: OverviewScope, period: Period) =>
  and(
    eq(conversions.program_id, scope.program_id),
    IS_REAL,
    isInPeriod(period),
    scope.affiliate_id === null ? undefined : eq(conversions.affiliate_id, scope.affiliate_id),
    scope.link_id === null ? undefined : eq(conversions.link_id, scope.link_id),
    scope.country === null
      ? undefined
      : sql`EXISTS (SELECT 1 FROM ${creditedClicks}
          WHERE ${creditedClicks.id} = ${conversions.click_id} AND ${creditedClicks.country} = ${scope.country})`,
  );

/** What is left of a conversion's amount. */
export const NET_AMOUNT = sql<number>`coalesce(${conversions.amount}, 0) - ${conversions.refunded}`;

function defineConversionsQuery(db: Database, scope: OverviewScope, period: Period, isHourly: boolean) {
  if (isWhole(scope) && !isHourly) return defineConversionDaysQuery(db, scope, period);
  const unit = sql.raw(String(isHourly ? MS_PER_HOUR : MS_PER_DAY));
  const { type, currency, affiliate_id } = conversions;
  const converted = db
    .select({
      at: sql<number>`${conversions.occurred_at} / ${unit} * ${unit}`.as("at"),
      type,
      currency,
      credited: sql<number>`count(${affiliate_id})`.as("credited"),
      uncredited: sql<number>`count(*) FILTER (WHERE ${affiliate_id} IS NULL)`.as("uncredited"),
      revenue: sql<number>`coalesce(sum(${NET_AMOUNT}) FILTER (WHERE ${affiliate_id} IS NOT NULL), 0)`.as("revenue"),
    })
    .from(conversions)
    .where(isConvertedIn(scope, period))
    .groupBy(sql`1`, type, currency);
  return defineQuery([converted], ([rows]): ConversionRow[] => rows);
}

function defineConversionDaysQuery(db: Database, { program_id }: OverviewScope, { first_day, last_day }: Period) {
  const { day, type, currency, credited, uncredited, revenue } = conversionDays;
  const days = db
    .select({
      at: sql<number>`${day} * ${sql.raw(String(MS_PER_DAY))}`.as("at"),
      type,
      currency: sql<string | null>`nullif(${currency}, '')`.as("currency"),
      ...{ credited, uncredited, revenue },
    })
    .from(conversionDays)
    .where(and(eq(conversionDays.program_id, program_id), between(day, first_day, last_day)));
  return defineQuery([days], ([rows]): ConversionRow[] => rows);
}

function defineCommissionsQuery(db: Database, scope: OverviewScope, period: Period) {
  if (isWhole(scope)) return defineEarnedDaysQuery(db, scope, period);
  const { amount, currency } = ledgerEntries;
  const isOwn = and(
    eq(ledgerEntries.conversion, conversions.id),
    // The unary plus keeps SQLite from reading all entries of an affiliate.
    sql`+${ledgerEntries.affiliate_id} = ${conversions.affiliate_id}`,
    isNull(ledgerEntries.from_affiliate_id),
  );
  const earned = db
    .select({ currency, amount: sql<number>`sum(${amount})`.as("amount") })
    .from(conversions)
    .crossJoin(ledgerEntries)
    .where(and(isConvertedIn(scope, period), isNotNull(conversions.affiliate_id), isOwn))
    .groupBy(currency);
  return defineQuery([earned], ([rows]): Sums => rows);
}

function defineEarnedDaysQuery(db: Database, { program_id }: OverviewScope, { first_day, last_day }: Period) {
  const { day, currency, earned, earned_entries } = ledgerDays;
  const sums = db
    .select({ currency, amount: sql<number>`sum(${earned})`.as("amount") })
    .from(ledgerDays)
    .where(and(eq(ledgerDays.program_id, program_id), between(day, first_day, last_day)))
    .groupBy(currency)
    .having(sql`sum(${earned_entries}) > 0`);
  return defineQuery([sums], ([rows]): Sums => rows);
}

/** The balances at the end of a period, or now if that is earlier. Enrollments lead the join, so that its index has all columns. */
function defineBalancesQuery(db: Database, scope: OverviewScope, { first_day, last_day }: Period, now: number) {
  if (isWithoutBalance(scope)) return defineQuery([], (): Balance[] | null => null);
  const { program_id, affiliate_id, amount, currency, kind, occurred_at, clears_at } = ledgerEntries;
  const end = Math.min(startOfDay(last_day + 1) - 1, now);
  if (isWhole(scope)) return defineBalanceDaysQuery(db, scope, first_day, end);
  const isPaid = sql`${kind} = 'payout' AND ${occurred_at} >= ${startOfDay(first_day)}`;
  const sums = db
    .select({
      currency,
      owed: sql<number>`sum(${amount})`.as("owed"),
      due: sql<number>`coalesce(sum(${amount}) FILTER (WHERE ${clears_at} <= ${end}), 0)`.as("due"),
      paid: sql<number>`coalesce(-sum(${amount}) FILTER (WHERE ${isPaid}), 0)`.as("paid"),
    })
    .from(enrollments)
    .crossJoin(ledgerEntries)
    .where(
      and(
        eq(enrollments.program_id, scope.program_id),
        scope.affiliate_id === null ? undefined : eq(enrollments.affiliate_id, scope.affiliate_id),
        eq(affiliate_id, enrollments.affiliate_id),
        eq(program_id, scope.program_id),
        lte(occurred_at, end),
      ),
    )
    .groupBy(currency);
  return defineQuery([sums], ([rows]): Balance[] | null => rows);
}

/** Sums whole days, and takes the entries of the last day one by one: those that occur or clear after `end` (ms) don't count. */
function defineBalanceDaysQuery(db: Database, scope: OverviewScope, first_day: number, end: number) {
  const { day, currency, posted, entries, paid, available } = ledgerDays;
  const { amount, kind, occurred_at, clears_at } = ledgerEntries;
  const last_day = dayOf(end);
  const changes = sql`(
      SELECT ${currency} AS currency, ${posted} AS owed, iif(${day} < ${last_day}, ${available}, 0) AS due,
        iif(${day} >= ${first_day}, ${paid}, 0) AS paid, ${entries} AS entries
      FROM ${ledgerDays} WHERE ${ledgerDays.program_id} = ${scope.program_id} AND ${day} <= ${last_day}
      UNION ALL
      SELECT ${ledgerEntries.currency}, -${amount}, 0, iif(${kind} = 'payout' AND ${first_day} <= ${last_day}, ${amount}, 0), -1
      FROM ${ledgerEntries} WHERE ${ledgerEntries.program_id} = ${scope.program_id}
        AND ${occurred_at} > ${end} AND ${occurred_at} < ${startOfDay(last_day + 1)}
      UNION ALL
      SELECT ${ledgerEntries.currency}, 0, ${amount}, 0, 0
      FROM ${ledgerEntries} WHERE ${ledgerEntries.program_id} = ${scope.program_id}
        AND max(${occurred_at}, ${clears_at}) BETWEEN ${startOfDay(last_day)} AND ${end}
    ) AS changes`;
  const sumOf = (column: string) => sql<number>`sum(${sql.raw(`changes.${column}`)})`.as(column);
  const sums = db
    .select({
      currency: sql<string>`changes.currency`.as("currency"),
      owed: sumOf("owed"),
      due: sumOf("due"),
      paid: sumOf("paid"),
    })
    .from(changes)
    .groupBy(sql`changes.currency`)
    .having(sql`sum(changes.entries) > 0`);
  return defineQuery([sums], ([rows]): Balance[] | null => rows);
}
