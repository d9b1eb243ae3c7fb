/** A period cut into the columns of a chart: hours of a single day, days, or weeks of a long period. All UTC. */
import { startOfDay } from "../../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../lib/time.ts";
import { countDays, type DayRange } from "../../portal/layout/period.ts";

export type SlotUnit = "hour" | "day" | "week";

/** One column. */
export interface Slot {
  /** When it begins, ms. */
  at: number;
  clicks: number;
  sales: number;
}

/** Columns of one length, oldest first. */
export interface Slots {
  unit: SlotUnit;
  slots: Slot[];
}

/** Clicks or sales of one hour; `at` is any time within it, ms. */
export interface Timed {
  at: number;
  count: number;
}

/** More days than so many are shown by the week: a column for each would be narrower than a finger, and than most screens tell. */
const DAYS_SHOWN_MAX = 124;
const DAYS_A_WEEK = 7;

/** In what a period is cut. */
export function unitOf(range: DayRange): SlotUnit {
  const days = countDays(range);
  return days === 1 ? "hour" : days <= DAYS_SHOWN_MAX ? "day" : "week";
}

/** Every column of the period, zeros included. Weeks are counted back from the last day, so the first may be a short one. What lies outside is left out. */
export function fillSlots(range: DayRange, clicks: readonly Timed[], sales: readonly Timed[]): Slots {
  const unit = unitOf(range);
  const length = { hour: MS_PER_HOUR, day: MS_PER_DAY, week: DAYS_A_WEEK * MS_PER_DAY }[unit];
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
