/** Payment months such as `2026-03`, all in UTC. */
import type { Payout } from "../programs/terms.ts";

/** The format of a month. */
export const MONTH_PATTERN = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The month of a time (ms). */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** The start of a month, or of one `later` months after it, in ms. */
export function startOfMonth(month: string, later = 0): number {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return Date.UTC(year, number - 1 + later, 1);
}

/** Adds months to a month. */
export function addToMonth(month: string, later: number): string {
  return monthOf(startOfMonth(month, later));
}

/** A day of a month, in ms. If the month has no such day, its last day. */
export function dayOfMonth(month: string, day: number): number {
  const last = new Date(startOfMonth(month, 1) - 1).getUTCDate();
  return startOfMonth(month) + (Math.min(day, last) - 1) * 86_400_000;
}

/** The payment window of a month: the starts of its first and its last day, in ms. */
export function windowOf({ first_day, last_day }: Payout, month: string): { from: number; to: number } {
  return { from: dayOfMonth(month, first_day), to: dayOfMonth(month, last_day) };
}

/** The time (ms) before which entries must have cleared, or been earned, to be paid in a month. */
export function boundaryOf({ lag_months }: Payout, month: string): number {
  return startOfMonth(month, 1 - lag_months);
}

/** The month in which an entry that clears, or is earned, at a time (ms) is paid. */
export function payMonthOf({ lag_months }: Payout, at: number): string {
  return addToMonth(monthOf(at), lag_months);
}
