/**
 * The calendar, all in UTC. A time is in ms since the epoch. A day is counted from 1970-01-01, which is day 0, and written
 * `2026-03-05`. A month is written `2026-03`.
 */
import { MS_PER_DAY } from "./time.ts";

/** The day that a time lies in. */
export function dayOf(at: number): number {
  return Math.floor(at / MS_PER_DAY);
}

/** The time at which a day starts. */
export function startOfDay(day: number): number {
  return day * MS_PER_DAY;
}

/** Writes a day: `2026-03-05`. */
export function toIsoDay(day: number): string {
  return new Date(startOfDay(day)).toISOString().slice(0, 10);
}

/** Reads a day written `2026-03-05`; null for another text and for a day that doesn't exist. */
export function parseDay(text: string): number | null {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  // V8 reads 31 February as 3 March.
  return Number.isNaN(at) || toIsoDay(dayOf(at)) !== text ? null : dayOf(at);
}

/** How a month is written. */
export const MONTH_PATTERN = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The month that a time lies in. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** The month that comes a number of months later, or earlier if negative. */
export function addToMonth(month: string, months: number): string {
  return monthOf(startOfMonth(month, months));
}

/** The time at which a month starts, or the one that comes a number of months later. */
export function startOfMonth(month: string, monthsLater = 0): number {
  const { year, index } = readMonth(month);
  return Date.UTC(year, index + monthsLater, 1);
}

/** The time at which a date of a month starts. The 31st of a shorter month is its last day. */
export function startOfDate(month: string, date: number): number {
  const { year, index } = readMonth(month);
  return startOfExistingDate(year, index, date);
}

/** The same date and time of day a number of months later, or earlier if negative. 31 January plus a month is 28 February. */
export function addMonths(at: number, months: number): number {
  const from = new Date(at);
  const date = startOfExistingDate(from.getUTCFullYear(), from.getUTCMonth() + months, from.getUTCDate());
  return date + (at - startOfDay(dayOf(at)));
}

/**
 * The number of months between two times; 0 if the second is earlier. A time up to 24 hours before the monthly anniversary
 * counts as the anniversary: checkouts charge renewals by the merchant's day, not by the hour of the first payment.
 */
export function monthsBetween(from: number, to: number): number {
  const latest = to + MS_PER_DAY;
  const [first, last] = [new Date(from), new Date(latest)];
  const apart = (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth();
  return Math.max(addMonths(from, apart) <= latest ? apart : apart - 1, 0);
}

/** `index` counts a year's months from 0. */
function readMonth(month: string): { year: number; index: number } {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return { year, index: number - 1 };
}

/** A `monthIndex` outside of 0–11 is in an earlier or later year. */
function startOfExistingDate(year: number, monthIndex: number, date: number): number {
  const lastDate = new Date(Date.UTC(year, monthIndex + 1, 0)).getUTCDate();
  return Date.UTC(year, monthIndex, Math.min(date, lastDate));
}
