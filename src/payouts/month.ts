/** Months of payments, `2026-03`, all in UTC. */
import type { Payout } from "../programs/terms.ts";

/** How a month is written. */
export const MONTH_PATTERN = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The month that a time (ms) lies in. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** When a month begins that is so many months after another, ms. */
export function startOfMonth(month: string, later = 0): number {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return Date.UTC(year, number - 1 + later, 1);
}

/** A month so many months later. */
export function addToMonth(month: string, later: number): string {
  return monthOf(startOfMonth(month, later));
}

/** Days of a month: a window that is to end on the 31st ends on the last one there is. */
export function dayOfMonth(month: string, day: number): number {
  const last = new Date(startOfMonth(month, 1) - 1).getUTCDate();
  return startOfMonth(month) + (Math.min(day, last) - 1) * 86_400_000;
}

/** The window of a month's payments: the starts of its first day and of its last, ms. */
export function windowOf({ first_day, last_day }: Payout, month: string): { from: number; to: number } {
  return { from: dayOfMonth(month, first_day), to: dayOfMonth(month, last_day) };
}

/** What has cleared, or was earned, before this time (ms) is paid in a month. */
export function boundaryOf({ lag_months }: Payout, month: string): number {
  return startOfMonth(month, 1 - lag_months);
}

/** The month in which what clears, or was earned, at a time (ms) is paid. */
export function payMonthOf({ lag_months }: Payout, at: number): string {
  return addToMonth(monthOf(at), lag_months);
}
