/** Calendar months in UTC. A month that has no such day ends on its last one: 31 January and a month are 28 February. */
import { MS_PER_DAY } from "../lib/time.ts";

/** A time (ms) some calendar months later, or earlier where negative, at the same time of day. */
export function addMonths(at: number, months: number): number {
  const from = new Date(at);
  const month = from.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(from.getUTCFullYear(), month, Math.min(from.getUTCDate(), lastDay));
  return midnight + (at - Math.floor(at / MS_PER_DAY) * MS_PER_DAY);
}

/**
 * Whole calendar months from one time (ms) to another, by their days: checkouts charge a renewal some minutes or hours
 * around the anniversary, and either side of it is the same month. 0 where the second is earlier.
 */
export function monthsBetween(from: number, to: number): number {
  const [first, last] = [new Date(from), new Date(to)];
  const apart = (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth();
  const midnight = Math.floor(from / MS_PER_DAY) * MS_PER_DAY;
  return Math.max(addMonths(midnight, apart) <= to ? apart : apart - 1, 0);
}
