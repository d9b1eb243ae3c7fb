/** When a month's payments are made, and what they include. Times in ms. */
import { addToMonth, monthOf, startOfDate, startOfMonth } from "../lib/calendar.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import type { Payout } from "../programs/terms.ts";

/** One of a month's payout windows. */
export interface PayWindow {
  /** The month of the payments, such as 2026-03. */
  month: string;
  /** 1 or 2. Left out for 1. */
  window?: number;
}

/** A month's windows, in order. Runs of earlier releases have no second one. */
export function listWindows({ second_window }: Payout, month: string): PayWindow[] {
  return second_window == null ? [{ month }] : [{ month }, { month, window: 2 }];
}

/** The days on which a window's payments are made: the starts of the first and of the last. */
export function windowOf(payout: Payout, { month, window = 1 }: PayWindow): { from: number; to: number } {
  const { first_day, last_day } = (window === 2 ? payout.second_window : null) ?? payout;
  return { from: startOfDate(month, first_day), to: startOfDate(month, last_day) };
}

/** Whether a window's last payment day is over. */
export function isOver({ to }: { to: number }, now: number): boolean {
  return now >= to + MS_PER_DAY;
}

/** A window pays what has cleared, or was earned, before this time and hasn't been paid before. */
export function boundaryOf({ lag_months, second_window }: Payout, { month, window = 1 }: PayWindow): number {
  return window === 2 && second_window != null
    ? startOfDate(addToMonth(month, 1 - lag_months), second_window.before_day)
    : startOfMonth(month, 1 - lag_months);
}

/** The window that pays what clears, or was earned, at a time. */
export function payWindowOf(payout: Payout, at: number): PayWindow {
  const month = addToMonth(monthOf(at), payout.lag_months);
  const earlier = listWindows(payout, addToMonth(month, -1)).find(({ window }) => window === 2);
  return earlier !== undefined && at < boundaryOf(payout, earlier) ? earlier : { month };
}

/** The name of a window: `2026-03`, or `2026-03/2` for the second. */
export function nameWindow({ month, window = 1 }: PayWindow): string {
  return window === 1 ? month : `${month}/${window}`;
}
