/** How the click log does: clicks on their way to it, clicks that can't be stored, and its counts. */
import { toIsoDay } from "../lib/calendar.ts";
import { formatDuration } from "../lib/format-duration.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../lib/time.ts";
import { countOf, isoOf, okItem, type StatusItem, secondsSince, statusOf } from "./status.ts";

/** A queue as the platform reports it. `oldest_at` in ms; null if it is empty. */
export interface QueueReading {
  messages: number;
  oldest_at: number | null;
}

/** A message is stored within seconds. Retries after a short outage of D1 take minutes. */
const CLICK_AGE_MS = { warning: 10 * MS_PER_MINUTE, failing: MS_PER_HOUR };

/** Clicks that wait in the two queues to be stored. Null: the platform didn't tell. */
export function judgeClickQueue(queues: { clicks: QueueReading; dead: QueueReading } | null, now: number): StatusItem {
  const name = "click_queue";
  if (queues === null) {
    const values = { messages: null, dead_letter_messages: null, oldest_at: null, oldest_seconds: null };
    return okItem(name, values, "The queues' backlog isn't known, because the platform doesn't report it.");
  }
  const { clicks, dead } = queues;
  const times = [clicks.oldest_at, dead.oldest_at].filter((at) => at !== null);
  const oldest_at = times.length === 0 ? null : Math.min(...times);
  const values = {
    messages: clicks.messages,
    dead_letter_messages: dead.messages,
    oldest_at: isoOf(oldest_at),
    oldest_seconds: secondsSince(oldest_at, now),
  };
  const age = oldest_at === null ? 0 : now - oldest_at;
  const status = statusOf(age, CLICK_AGE_MS);
  const detail =
    oldest_at === null
      ? "No click is waiting to be stored."
      : `The oldest click has waited ${formatDuration(age)} to be stored.`;
  if (status === "ok") return okItem(name, values, detail);
  const fix =
    "Look for `click_message_retried` in the Worker's log. Clicks are retried for eight hours, then kept as dead clicks.";
  return { name, status, values, detail, fix };
}

/** Dead clicks that nobody has replayed. */
export interface DeadClicksReading {
  messages: number;
  clicks: number;
  oldest_at: number | null;
}

/** Dead clicks are deleted with the click log's retention; this long before, they fail the status. */
const DELETED_SOON_MS = 14 * MS_PER_DAY;

export function judgeDeadClicks(reading: DeadClicksReading, retention_days: number, now: number): StatusItem {
  const name = "dead_clicks";
  const { messages, clicks, oldest_at } = reading;
  const values = { messages, clicks, oldest_at: isoOf(oldest_at) };
  if (oldest_at === null) return okItem(name, values, "No click is left unstored.");
  const left = oldest_at + retention_days * MS_PER_DAY - now;
  const isLate = left <= DELETED_SOON_MS;
  return {
    ...{ name, status: isLate ? "failing" : "warning", values },
    detail: `${countOf(clicks, "click")} couldn't be stored${isLate ? `; the oldest are deleted in ${formatDuration(left)}` : ""}.`,
    fix: "Read the reasons with `GET /v1/dead-clicks`, then store them with `POST /v1/dead-clicks/replay` or delete them.",
  };
}

/** The latest check of a day's counts. `day` since the epoch, `checked_at` in ms. */
export interface CheckReading {
  day: number;
  checked_at: number;
  differences: number;
  mended: number;
}

/** The check runs every night. */
const CHECK_AGE_MS = 50 * MS_PER_HOUR;

/** The latest check of each day, the newest first. */
export function judgeClickChecks(checks: readonly CheckReading[], now: number): StatusItem {
  const name = "click_checks";
  const different = checks.filter(({ differences, mended }) => differences > mended).map(({ day }) => toIsoDay(day));
  const last = Math.max(...checks.map(({ checked_at }) => checked_at));
  const values = {
    days: checks.length,
    days_with_differences: different,
    last_checked_at: checks.length === 0 ? null : isoOf(last),
  };
  if (different.length > 0) {
    return {
      ...{ name, status: "failing", values },
      detail: `The counts of ${different.length === 1 ? different[0] : countOf(different.length, "day")} differ from the click log.`,
      fix: 'Correct them with `POST /v1/click-checks` and `"mend": true` for these days.',
    };
  }
  if (checks.length > 0 && now - last > CHECK_AGE_MS) {
    return {
      ...{ name, status: "warning", values, detail: `The counts were last checked ${formatDuration(now - last)} ago.` },
      fix: "Look for `hourly_task_failed` and `counts_not_checked` in the Worker's log.",
    };
  }
  const detail =
    checks.length === 0 ? "No day has been checked yet." : "All checked counts are what the click log adds up to.";
  return okItem(name, values, detail);
}
