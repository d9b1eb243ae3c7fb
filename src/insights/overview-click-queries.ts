/** The clicks of a program's overview. They come from the daily counts, never from the click log. */
import { and, between, eq, type SQL, sql } from "drizzle-orm";
import type { Period } from "../clicks/counts/queries.ts";
import { clickDays, programClickDays } from "../clicks/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery } from "../db/query-batch.ts";
import { dayOf } from "../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";
import { links } from "../links/tables.ts";
import { COUNTED } from "../redirect/click.ts";

/** Which part of a program an overview shows; null for all of it. */
export interface OverviewScope {
  program_id: number;
  /** The program's. */
  currency: string;
  affiliate_id: number | null;
  link_id: number | null;
  /** The country of clicks, ISO 3166-1 alpha-2. */
  country: string | null;
}

/** Clicks of a day or hour, which begins at `at` (ms). */
export interface TimedCount {
  at: number;
  count: number;
}

/** Matches the counted clicks of a scope's links in a period. Links lead the join, since a link's days are stored together. */
export const isCountedIn = (scope: OverviewScope, period: Period) =>
  and(
    eq(links.program_id, scope.program_id),
    scope.affiliate_id === null ? undefined : eq(links.affiliate_id, scope.affiliate_id),
    scope.link_id === null ? undefined : eq(links.id, scope.link_id),
    eq(clickDays.link_id, links.id),
    isCountedDay(period),
  );

/** Matches the counted clicks of a period's days. */
export const isCountedDay = ({ first_day, last_day }: Period) =>
  and(eq(clickDays.verdict, COUNTED), between(clickDays.day, first_day, last_day));

/** The counted clicks of a day's row, or those from the scope's country. */
export function clicksIn({ country }: OverviewScope): SQL<number> {
  return country === null ? sql<number>`${clickDays.clicks}` : clicksFrom(country, clickDays.details);
}

/** The clicks from a country in a row's details. */
function clicksFrom(country: string, column: typeof clickDays.details | typeof programClickDays.details): SQL<number> {
  const details = sql`iif(json_valid(${column}), ${column}, '{}')`;
  return sql<number>`coalesce(json_extract(${details}, ${`$.country.${country}`}), 0)`;
}

/** Whether a scope's clicks are those of the whole program, whose ended days are summed up. */
const isOfAllLinks = ({ affiliate_id, link_id }: OverviewScope) => affiliate_id === null && link_id === null;

/** The counted clicks of a scope by day, in a period until today. */
export function defineClicksQuery(db: Database, scope: OverviewScope, period: Period, now: number) {
  const count = sql<number>`sum(${clicksIn(scope)})`.as("count");
  const startOf = (day: SQL | typeof clickDays.day) => sql<number>`${day} * ${sql.raw(String(MS_PER_DAY))}`.as("at");
  if (!isOfAllLinks(scope)) {
    const counted = db
      .select({ at: startOf(clickDays.day), count })
      .from(links)
      .crossJoin(clickDays)
      .where(isCountedIn(scope, period))
      .groupBy(clickDays.day);
    return defineQuery([counted], ([rows]): TimedCount[] => rows);
  }
  const { day, clicks, details } = programClickDays;
  const summed = scope.country === null ? sql<number>`${clicks}` : clicksFrom(scope.country, details);
  const stored = db
    .select({ at: startOf(sql`${day}`), count: summed.as("count") })
    .from(programClickDays)
    .where(isSummedIn(scope, period));
  const others = db
    .select({ at: startOf(clickDays.day), count })
    .from(daysOf(period, now))
    .crossJoin(links)
    .crossJoin(clickDays)
    .where(isNotSummed(scope))
    .groupBy(clickDays.day);
  return defineQuery([stored, others], ([rows, more]): TimedCount[] => [...rows, ...more]);
}

/** Matches the days of a scope's program that are summed up. */
const isSummedIn = ({ program_id }: OverviewScope, { first_day, last_day }: Period) =>
  and(eq(programClickDays.program_id, program_id), between(programClickDays.day, first_day, last_day));

/** The days of a period until today. */
function daysOf({ first_day, last_day }: Period, now: number) {
  const length = Math.max(0, Math.min(last_day, dayOf(now)) - first_day + 1);
  const days = Array.from({ length }, (_, place) => first_day + place);
  return sql`json_each(${JSON.stringify(days)}) AS asked`;
}

/** Matches the counted clicks of a program's links on the days of {@link daysOf} that aren't summed up. */
const isNotSummed = ({ program_id }: OverviewScope) =>
  and(
    sql`NOT EXISTS (SELECT 1 FROM ${programClickDays}
      WHERE ${programClickDays.program_id} = ${program_id} AND ${programClickDays.day} = asked.value)`,
    eq(links.program_id, program_id),
    eq(clickDays.link_id, links.id),
    sql`${clickDays.day} = asked.value`,
    eq(clickDays.verdict, COUNTED),
  );

/** The counted clicks of a period's hours, if it is shown by hour. */
export function defineHoursQuery(db: Database, scope: OverviewScope, period: Period, isHourly: boolean, now: number) {
  if (!isHourly) return defineQuery([], (): TimedCount[] => []);
  const hoursOf = (details: SQL | typeof clickDays.details) =>
    sql`json_each(iif(json_valid(${details}), ${details}, '{}'), '$.hour') AS hours`;
  const at = sql<number>`${period.first_day * MS_PER_DAY} + hours.key * ${sql.raw(String(MS_PER_HOUR))}`.as("at");
  const count = sql<number>`sum(hours.value)`.as("count");
  if (!isOfAllLinks(scope)) {
    const counted = db
      .select({ at, count })
      .from(links)
      .crossJoin(clickDays)
      .crossJoin(hoursOf(clickDays.details))
      .where(isCountedIn(scope, period))
      .groupBy(sql`1`);
    return defineQuery([counted], ([rows]): TimedCount[] => rows);
  }
  const stored = db
    .select({ at, count })
    .from(programClickDays)
    .crossJoin(hoursOf(sql`${programClickDays.details}`))
    .where(isSummedIn(scope, period))
    .groupBy(sql`1`);
  const others = db
    .select({ at, count })
    .from(daysOf(period, now))
    .crossJoin(links)
    .crossJoin(clickDays)
    .crossJoin(hoursOf(clickDays.details))
    .where(isNotSummed(scope))
    .groupBy(sql`1`);
  return defineQuery([stored, others], ([rows, more]): TimedCount[] => [...rows, ...more]);
}
