/** How often a subscription is billed, from what providers send. */
import { addMonths } from "../../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../lib/time.ts";
import type { BillingPlan } from "../conversion-event.ts";

/** Providers bill some hours before or after the exact time. */
const TOLERANCE_MS = 36 * MS_PER_HOUR;
/** Three years: the longest period that providers offer. */
const MONTHS_MAX = 36;
const MONTHS_PER_YEAR = 12;
const DAYS_PER_WEEK = 7;

/** The parameter of the endpoint's URL that states a plan: its id, a colon, and its interval, such as `month` or `3-month`. */
const PLAN_PARAMETER = "plan";
const STATED_PLAN = /^(.+):(?:([1-9]\d{0,2})-)?(day|week|month|year)$/;

/**
 * A plan that is billed every `count` units, in its largest unit: 12 months are a year, 7 days a week. Null where the unit or
 * the count isn't known.
 */
export function planEvery(unit: string | null | undefined, count: number | null | undefined = 1): BillingPlan | null {
  if (!unit || count === null || !Number.isSafeInteger(count) || count < 1) return null;
  if (unit === "month" && count % MONTHS_PER_YEAR === 0) return planOf("year", count / MONTHS_PER_YEAR);
  if (unit === "day" && count % DAYS_PER_WEEK === 0) return planOf("week", count / DAYS_PER_WEEK);
  return planOf(unit, count);
}

/** The plan of a period from its start to its end (ms). Null if it isn't a whole number of days. */
export function planBetween(start: number, end: number): BillingPlan | null {
  const plan = monthlyPlanBetween(start, end);
  if (plan !== null) return plan;
  const days = (end - start) / MS_PER_DAY;
  return planEvery("day", Math.abs(days - Math.round(days)) * MS_PER_DAY < MS_PER_HOUR ? Math.round(days) : null);
}

/** The plan of a period (ms) of whole months. Null if its end differs by more than the tolerance. */
export function monthlyPlanBetween(start: number, end: number, tolerance_ms = TOLERANCE_MS): BillingPlan | null {
  for (let months = 1; months <= MONTHS_MAX; months += 1) {
    if (Math.abs(addMonths(start, months) - end) <= tolerance_ms) return planEvery("month", months);
  }
  return null;
}

/**
 * The plan that the endpoint's URL states for the first of these ids that it names (`?plan=P-1:month&plan=P-2:3-month`), for
 * providers whose events don't contain the interval. Null if it states none; other text is ignored.
 */
export function readStatedPlan(query: URLSearchParams, ...ids: (string | null | undefined)[]): BillingPlan | null {
  const stated = query.getAll(PLAN_PARAMETER).flatMap((text) => {
    const [, id, count = "1", unit] = STATED_PLAN.exec(text.trim()) ?? [];
    return id === undefined ? [] : [{ id, plan: planEvery(unit, Number(count)) }];
  });
  const found = ids.map((id) => stated.find((one) => one.id === id)).find((one) => one !== undefined);
  return found?.plan ?? null;
}

/** Only a count other than 1 is written, so that events from before counts were read stay the same. */
function planOf(interval: string, interval_count: number): BillingPlan {
  return { interval, ...(interval_count !== 1 && { interval_count }) };
}

/** The `plan` of an event, left out where it isn't known or says no more than the subscription's `interval`. */
export function withPlan(plan: BillingPlan | null, interval: string | null = null): { plan?: BillingPlan } {
  const saysMore = plan !== null && (plan.interval !== interval || plan.interval_count !== undefined);
  return saysMore ? { plan } : {};
}
