/**
 * Calendar months in UTC. If a month has no such day, its last day is used: January 31 plus one month is February 28.
 */
import { MS_PER_DAY } from "../lib/time.ts";

/** Adds calendar months to a time (ms), or subtracts them if negative. The time of day stays the same. */
export function addMonths(at: number, months: number): number {
  const from = new Date(at);
  const month = from.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(from.getUTCFullYear(), month, Math.min(from.getUTCDate(), lastDay));
  return midnight + (at - Math.floor(at / MS_PER_DAY) * MS_PER_DAY);
}

/**
 * The whole calendar months between two times (ms), compared by date only: checkouts charge renewals minutes or hours
 * before or after the anniversary. 0 if the second is earlier.
 */
export function monthsBetween(from: number, to: number): number {
  const [first, last] = [new Date(from), new Date(to)];
  const apart = (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth();
  const midnight = Math.floor(from / MS_PER_DAY) * MS_PER_DAY;
  return Math.max(addMonths(midnight, apart) <= to ? apart : apart - 1, 0);
}
