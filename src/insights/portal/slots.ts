/** Splits a period into the columns of a chart: the hours of a single day, days, or weeks of a long period. All in UTC. */
import { startOfDay } from "../../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../lib/time.ts";
import { countDays, type DayRange } from "../../portal/layout/period.ts";

export type SlotUnit = "hour" | "day" | "week";

/** One column. */
export interface Slot {
  /** Start of the slot, ms. */
  at: number;
  clicks: number;
  sales: number;
}

/** Slots of equal length, oldest first. */
export interface Slots {
  unit: SlotUnit;
  slots: Slot[];
}

/** Clicks or sales of one hour or day. `at` is any time within it, ms. */
export interface TimedCount {
  at: number;
  count: number;
}

/** Longer periods are shown by week: daily columns would be too narrow to see or tap. */
const DAYS_SHOWN_MAX = 124;
const DAYS_PER_WEEK = 7;

/** The slot length of a period. Periods of more than `days_max` days have weeks. */
export function unitOf(range: DayRange, days_max = DAYS_SHOWN_MAX): SlotUnit {
  const days = countDays(range);
  return days === 1 ? "hour" : days <= days_max ? "day" : "week";
}

/** All slots of the period, zeros included. Weeks are counted back from the last day, so the first may be short. Ignores counts outside the period. */
export function fillSlots(
  range: DayRange,
  clicks: readonly TimedCount[],
  sales: readonly TimedCount[],
  days_max?: number,
): Slots {
  const unit = unitOf(range, days_max);
  const length = { hour: MS_PER_HOUR, day: MS_PER_DAY, week: DAYS_PER_WEEK * MS_PER_DAY }[unit];
  const [start, end] = [startOfDay(range.first_day), startOfDay(range.last_day + 1)];
  const count = Math.ceil((end - start) / length);
  const first = end - count * length;
  const slots = Array.from({ length: count }, (_, place) => ({
    at: Math.max(first + place * length, start),
    clicks: 0,
    sales: 0,
  }));
  const slotOf = (at: number) => (at < start || at >= end ? undefined : slots[Math.floor((at - first) / length)]);
  for (const row of clicks) {
    const slot = slotOf(row.at);
    if (slot !== undefined) slot.clicks += row.count;
  }
  for (const row of sales) {
    const slot = slotOf(row.at);
    if (slot !== undefined) slot.sales += row.count;
  }
  return { unit, slots };
}
