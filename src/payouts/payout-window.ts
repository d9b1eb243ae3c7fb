/** When a month's payments are made, and what they include. Times in ms. */
import { addToMonth, monthOf, startOfDate, startOfMonth } from "../lib/calendar.ts";
import type { Payout } from "../programs/terms.ts";

/** The days on which a month's payments are made: the starts of the first and of the last. */
export function windowOf({ first_day, last_day }: Payout, month: string): { from: number; to: number } {
  return { from: startOfDate(month, first_day), to: startOfDate(month, last_day) };
}

/** A month pays what has cleared, or was earned, before this time. */
export function boundaryOf({ lag_months }: Payout, month: string): number {
  return startOfMonth(month, 1 - lag_months);
}

/** The month that pays what clears, or was earned, at a time. */
export function payMonthOf({ lag_months }: Payout, at: number): string {
  return addToMonth(monthOf(at), lag_months);
}
