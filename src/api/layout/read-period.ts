/** The days of reports: `?from=` and `?to=`. */
import * as v from "valibot";
import type { Period } from "../../clicks/counts/queries.ts";
import { dayOf, toIsoDay } from "../../lib/calendar.ts";
import { Problem } from "../../lib/problem.ts";
import { calendarDay } from "../../lib/validation.ts";

const DAYS_DEFAULT = 30;
/** A year and a day. */
const DAYS_MAX = 366;

/** The parameters of a period. */
export const periodFields = { from: v.optional(calendarDay), to: v.optional(calendarDay) };

/** The requested days; by default today and the 29 days before. `name` is the parameter of the first one. Throws 422. */
export function readPeriod(
  { from, to }: { from?: number | undefined; to?: number | undefined },
  now: number,
  name = "from",
): Period {
  const last_day = to ?? dayOf(now);
  const first_day = from ?? last_day - DAYS_DEFAULT + 1;
  if (first_day > last_day) throw new Problem(422, `invalid_${name}`, `${name}: must not be after the last day.`, name);
  if (last_day - first_day >= DAYS_MAX) {
    throw new Problem(422, `invalid_${name}`, `${name}: a period can have at most ${DAYS_MAX} days.`, name);
  }
  return { first_day, last_day };
}

/** A period as the API shows it. */
export function viewPeriod({ first_day, last_day }: Period) {
  return { from: toIsoDay(first_day), to: toIsoDay(last_day) };
}
