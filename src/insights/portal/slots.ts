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
  /** What was earned, in minor units by currency. */
  earned: Record<string, number>;
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

/** What was earned in one hour or day, in minor units. */
export interface TimedAmount {
  at: number;
  amount: number;
  currency: string;
}

/** What a chart shows of a period. */
export interface Activities {
  clicks: readonly TimedCount[];
  sales: readonly TimedCount[];
  earned?: readonly TimedAmount[];
}

/** Longer periods are shown by week: daily columns would be too narrow to see or tap. */
const DAYS_SHOWN_MAX = 124;
const DAYS_PER_WEEK = 7;

/** The slot length of a period. Periods of more than `days_max` days have weeks. */
export function unitOf(range: DayRange, days_max = DAYS_SHOWN_MAX): SlotUnit {
  const days = countDays(range);
  return days === 1 ? "hour" : days <= days_max ? "day" : "week";
}

/** The length of a slot in ms. */
export const SLOT_MS: Readonly<Record<SlotUnit, number>> = {
  hour: MS_PER_HOUR,
  day: MS_PER_DAY,
  week: DAYS_PER_WEEK * MS_PER_DAY,
};

/** All slots of the period, zeros included. Weeks are counted back from the last day, so the first may be short. Ignores what is outside the period. */
export function fillSlots(range: DayRange, { clicks, sales, earned = [] }: Activities, days_max?: number): Slots {
  const unit = unitOf(range, days_max);
  const length = SLOT_MS[unit];
  const [start, end] = [startOfDay(range.first_day), startOfDay(range.last_day + 1)];
  const count = Math.ceil((end - start) / length);
  const first = end - count * length;
  const slots: Slot[] = Array.from({ length: count }, (_, place) => ({
    ...{ at: Math.max(first + place * length, start), clicks: 0, sales: 0, earned: {} },
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
  for (const { at, amount, currency } of earned) {
    const slot = slotOf(at);
    if (slot !== undefined) slot.earned[currency] = (slot.earned[currency] ?? 0) + amount;
  }
  return { unit, slots };
}
