/** The days that a page covers, the days they are compared with, and their names. All days are UTC. */
import { addMonths, dayOf, monthOf, parseDay, startOfDay, startOfMonth, toIsoDay } from "../../lib/calendar.ts";

/** UTC days, both included, as days since the epoch. */
export interface DayRange {
  first_day: number;
  last_day: number;
}

/** The available periods. `custom` has a first and a last day. */
export const PERIODS = ["today", "7d", "30d", "90d", "month", "last-month", "year", "custom"] as const;
export type PeriodName = (typeof PERIODS)[number];

const LENGTHS = { today: 1, "7d": 7, "30d": 30, "90d": 90 } as const;
const DEFAULT = "30d";
/** A leap year. */
const CUSTOM_DAYS_MAX = 366;

/** A period and the one it is compared with. */
export interface Period extends DayRange {
  name: PeriodName;
  comparison: DayRange;
  /** Why the requested period is invalid and the default is shown instead, or null. */
  error: string | null;
}

/** The query parameters of a period. */
export interface PeriodParams {
  period?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Reads the period from query parameters, at `now` (ms). Unknown names fall back to the last 30 days. */
export function readPeriod({ period, from, to }: PeriodParams, now: number): Period {
  const today = dayOf(now);
  const name = PERIODS.find((known) => known === period) ?? DEFAULT;
  if (name !== "custom") return { name, ...rangeOf(name, today), error: null };
  const range = readRange(from, to, today);
  if (typeof range === "string") return { name: DEFAULT, ...rangeOf(DEFAULT, today), error: range };
  return { name, ...withPrecedingDays(range), error: null };
}

function readRange(from: string | undefined, to: string | undefined, today: number): DayRange | string {
  const [first_day, last_day] = [readDay(from), readDay(to)];
  if (first_day === null || last_day === null) return "Enter a first and a last day, such as 2026-01-03.";
  if (first_day > last_day) return "The first day must be on or before the last day.";
  if (first_day > today) return "The first day must not be in the future.";
  if (last_day - first_day >= CUSTOM_DAYS_MAX) return `Choose at most ${CUSTOM_DAYS_MAX} days.`;
  return { first_day, last_day };
}

function readDay(text = ""): number | null {
  const day = parseDay(text);
  return day === null || day < 0 ? null : day;
}

function rangeOf(name: Exclude<PeriodName, "custom">, today: number): DayRange & { comparison: DayRange } {
  const now = startOfDay(today);
  const firstOfMonth = (months: number) => dayOf(startOfMonth(monthOf(now), months));
  const thisMonth = firstOfMonth(0);
  const lastMonth = firstOfMonth(-1);
  switch (name) {
    case "month": {
      const last_day = Math.min(lastMonth + (today - thisMonth), thisMonth - 1);
      return { first_day: thisMonth, last_day: today, comparison: { first_day: lastMonth, last_day } };
    }
    case "last-month":
      return {
        first_day: lastMonth,
        last_day: thisMonth - 1,
        comparison: { first_day: firstOfMonth(-2), last_day: lastMonth - 1 },
      };
    case "year": {
      const january = `${monthOf(now).slice(0, 4)}-01`;
      const comparison = { first_day: dayOf(startOfMonth(january, -12)), last_day: dayOf(addMonths(now, -12)) };
      return { first_day: dayOf(startOfMonth(january)), last_day: today, comparison };
    }
    default:
      return withPrecedingDays({ first_day: today - LENGTHS[name] + 1, last_day: today });
  }
}

function withPrecedingDays({ first_day, last_day }: DayRange) {
  const days = last_day - first_day + 1;
  return { first_day, last_day, comparison: { first_day: first_day - days, last_day: first_day - 1 } };
}

/** The number of days in a range. */
export function countDays({ first_day, last_day }: DayRange): number {
  return last_day - first_day + 1;
}

/** Whether a time (ms) is within a range. */
export function isWithin(range: DayRange, ms: number): boolean {
  const day = dayOf(ms);
  return day >= range.first_day && day <= range.last_day;
}

/** The names of periods in the filter. */
export const PERIOD_NAMES: Record<PeriodName, string> = {
  today: "Today",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
  month: "This month",
  "last-month": "Last month",
  year: "This year",
  custom: "Custom days",
};

/** The period as a heading: `Last 30 days`, `This month`, `Jan 1 – Jan 3, 2026`. `formatDay` formats the days. */
export function namePeriod(period: Period, formatDay: (day: number) => string): string {
  const { name, first_day, last_day } = period;
  if (name === "custom")
    return first_day === last_day ? formatDay(first_day) : `${formatDay(first_day)} – ${formatDay(last_day)}`;
  return name === "7d" || name === "30d" || name === "90d" ? `Last ${PERIOD_NAMES[name]}` : PERIOD_NAMES[name];
}

/** What a period is compared with: `the previous 30 days`, `the previous month`. */
export function nameComparison(period: Period): string {
  switch (period.name) {
    case "today":
      return "yesterday";
    case "month":
      return "the same days of last month";
    case "last-month":
      return "the previous month";
    case "year":
      return "the same days of last year";
    default: {
      const days = countDays(period);
      return days === 1 ? "the previous day" : `the previous ${days} days`;
    }
  }
}

/** The query parameters of a period. The default period needs none, unless `isWhole`. */
export function periodParams(period: Period, isWhole = false): Record<string, string> {
  const { name, first_day, last_day } = period;
  if (name === "custom") return { period: name, from: toIsoDay(first_day), to: toIsoDay(last_day) };
  return name === DEFAULT && !isWhole ? {} : { period: name };
}
