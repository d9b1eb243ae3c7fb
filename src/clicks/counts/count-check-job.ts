import { dayOf, toIsoDay } from "../../lib/calendar.ts";
import { logError } from "../../lib/platform/log.ts";
import { type CheckOptions, checkDay, type DayCheck, hasGap } from "./count-check-store.ts";

/** Differences of a day that are stored in detail; their number is stored in any case. */
const DETAILS_MAX = 100;
/**
 * The ages, in days, at which a day is checked: after it ends, after late clicks have arrived, and then twice more. It is also
 * checked before its clicks leave D1.
 */
const AGES = [1, 2, 7, 30];

/** Checks a day and records the result. `now` in ms. */
export async function checkAndRecord(day: number, now: number, tools: CheckOptions): Promise<DayCheck> {
  const check = await checkDay(day, tools);
  const { clicks, differences, mended } = check;
  const details = JSON.stringify(differences.slice(0, DETAILS_MAX));
  await tools.db
    .prepare(
      `INSERT INTO click_checks (checked_at, day, clicks, differences, mended, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
    )
    .bind(now, day, clicks, differences.length, mended, details)
    .run();
  if (differences.length > 0)
    logError("counts_differ_from_log", { day: toIsoDay(day), differences: differences.length });
  return check;
}

/** The nightly check of the days with certain ages. A day that can't be read doesn't stop the others. */
export async function checkNightly(
  tools: CheckOptions,
  { retention_days, now }: { retention_days: number; now: number },
): Promise<void> {
  const today = dayOf(now);
  const ages = new Set([...AGES, retention_days].filter((age) => age <= retention_days));
  for (const age of ages) {
    try {
      if (!(await hasGap(tools.db, today - age))) await checkAndRecord(today - age, now, tools);
    } catch (error) {
      logError("counts_not_checked", { day: toIsoDay(today - age), error });
    }
  }
}
