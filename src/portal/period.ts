/** The days that a page is about, and rows put into them. */
import { MS_PER_DAY } from "../time.ts";

/** Periods on offer, in days. */
export const PERIODS = [7, 30, 90] as const;
const PERIOD_DEFAULT = 30;

/** The UTC days of a period, as days since the epoch, today being the last. */
export interface Period {
  days: number;
  first_day: number;
  last_day: number;
}

/** One day's counts. */
export interface DayCounts {
  /** Days since the epoch, UTC. */
  day: number;
  clicks: number;
  sales: number;
}

/** Reads `?days=`; what is not on offer is the default. */
export function readPeriod(text: string | undefined, now: number): Period {
  const days = PERIODS.find((period) => String(period) === text) ?? PERIOD_DEFAULT;
  const today = Math.floor(now / MS_PER_DAY);
  return { days, first_day: today - days + 1, last_day: today };
}

/** Every day of the period with its counts, zeros included, oldest first. What lies outside is left out. */
export function fillDays(
  period: Period,
  clicks: readonly { day: number; clicks: number }[],
  sales: readonly { day: number; sales: number }[],
): DayCounts[] {
  const days: DayCounts[] = [];
  for (let day = period.first_day; day <= period.last_day; day += 1) days.push({ day, clicks: 0, sales: 0 });
  for (const row of clicks) {
    const at = days[row.day - period.first_day];
    if (at !== undefined) at.clicks += row.clicks;
  }
  for (const row of sales) {
    const at = days[row.day - period.first_day];
    if (at !== undefined) at.sales += row.sales;
  }
  return days;
}
