/** The days that a page is about, the days that they are compared with, and how both are named. All days are UTC. */
import { addMonths, dayOf, monthOf, parseDay, startOfDay, startOfMonth, toIsoDay } from "../../lib/calendar.ts";

/** UTC days, both included, as days since the epoch. */
export interface DayRange {
  first_day: number;
  last_day: number;
}

/** The periods on offer; `custom` is from a day to a day. */
export const PERIODS = ["today", "7d", "30d", "90d", "month", "last-month", "year", "custom"] as const;
export type PeriodName = (typeof PERIODS)[number];

const LENGTHS = { today: 1, "7d": 7, "30d": 30, "90d": 90 } as const;
const DEFAULT = "30d";
/** A leap year. */
const CUSTOM_DAYS_MAX = 366;

/** A period with the one that it is compared with. */
export interface Period extends DayRange {
  name: PeriodName;
  before: DayRange;
  /** What was asked for and cannot be, in words; the default is shown instead. Null where all is well. */
  fault: string | null;
}

/** What a page's address says of the period. */
export interface AskedPeriod {
  period?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Reads what was asked for, at `now` (ms). What is not on offer is the last 30 days. */
export function readPeriod({ period, from, to }: AskedPeriod, now: number): Period {
  const today = dayOf(now);
  const name = PERIODS.find((known) => known === period) ?? DEFAULT;
  if (name !== "custom") return { name, ...rangeOf(name, today), fault: null };
  const asked = readRange(from, to, today);
  if (typeof asked === "string") return { name: DEFAULT, ...rangeOf(DEFAULT, today), fault: asked };
  return { name, ...withEqualBefore(asked), fault: null };
}

function readRange(from: string | undefined, to: string | undefined, today: number): DayRange | string {
  const [first_day, last_day] = [readDay(from), readDay(to)];
  if (first_day === null || last_day === null) return "Please name both days, such as 2026-01-03.";
  if (first_day > last_day) return "The first day must not come after the last.";
  if (first_day > today) return "Nothing has happened yet on days to come.";
  if (last_day - first_day >= CUSTOM_DAYS_MAX) return `Please ask for at most ${CUSTOM_DAYS_MAX} days at a time.`;
  return { first_day, last_day };
}

function readDay(text = ""): number | null {
  const day = parseDay(text);
  return day === null || day < 0 ? null : day;
}

function rangeOf(name: Exclude<PeriodName, "custom">, today: number): DayRange & { before: DayRange } {
  const now = startOfDay(today);
  const firstOfMonth = (months: number) => dayOf(startOfMonth(monthOf(now), months));
  const thisMonth = firstOfMonth(0);
  const lastMonth = firstOfMonth(-1);
  switch (name) {
    case "month": {
      const last_day = Math.min(lastMonth + (today - thisMonth), thisMonth - 1);
      return { first_day: thisMonth, last_day: today, before: { first_day: lastMonth, last_day } };
    }
    case "last-month":
      return {
        first_day: lastMonth,
        last_day: thisMonth - 1,
        before: { first_day: firstOfMonth(-2), last_day: lastMonth - 1 },
      };
    case "year": {
      const january = `${monthOf(now).slice(0, 4)}-01`;
      const before = { first_day: dayOf(startOfMonth(january, -12)), last_day: dayOf(addMonths(now, -12)) };
      return { first_day: dayOf(startOfMonth(january)), last_day: today, before };
    }
    default:
      return withEqualBefore({ first_day: today - LENGTHS[name] + 1, last_day: today });
  }
}

function withEqualBefore({ first_day, last_day }: DayRange) {
  const days = last_day - first_day + 1;
  return { first_day, last_day, before: { first_day: first_day - days, last_day: first_day - 1 } };
}

/** How many days a range has. */
export function countDays({ first_day, last_day }: DayRange): number {
  return last_day - first_day + 1;
}

/** Whether a time (ms) lies in a range. */
export function isWithin(range: DayRange, ms: number): boolean {
  const day = dayOf(ms);
  return day >= range.first_day && day <= range.last_day;
}

/** How each period on offer is named where it is chosen. */
export const PERIOD_NAMES: Record<PeriodName, string> = {
  today: "Today",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
  month: "This month",
  "last-month": "Last month",
  year: "This year",
  custom: "Other days",
};

/** `Last 30 days`, `This month`, `1 Jan – 3 Jan 2026` (days as `sayDay` says them): a heading. */
export function namePeriod(period: Period, sayDay: (day: number) => string): string {
  const { name, first_day, last_day } = period;
  if (name === "custom")
    return first_day === last_day ? sayDay(first_day) : `${sayDay(first_day)} – ${sayDay(last_day)}`;
  return name === "7d" || name === "30d" || name === "90d" ? `Last ${PERIOD_NAMES[name]}` : PERIOD_NAMES[name];
}

/** With what a period is compared: `the 30 days before`, `the month before`. */
export function nameBefore(period: Period): string {
  switch (period.name) {
    case "today":
      return "all of yesterday";
    case "month":
      return "the same days of last month";
    case "last-month":
      return "the month before";
    case "year":
      return "the same days of last year";
    default: {
      const days = countDays(period);
      return days === 1 ? "the day before" : `the ${days} days before`;
    }
  }
}

/** What of an address keeps the period; without what the default says anyway, unless `isWhole`. */
export function queryOfPeriod(period: Period, isWhole = false): Record<string, string> {
  const { name, first_day, last_day } = period;
  if (name === "custom") return { period: name, from: toIsoDay(first_day), to: toIsoDay(last_day) };
  return name === DEFAULT && !isWhole ? {} : { period: name };
}
