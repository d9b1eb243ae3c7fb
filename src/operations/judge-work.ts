/** How everything else does: settings, the database, scheduled work, payout runs, emails and alerts. */
import { formatDuration } from "../lib/format-duration.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../lib/time.ts";
import { describeMissing } from "./describe-migrations.ts";
import { countOf, isoOf, okItem, type StatusItem, secondsSince, statusOf } from "./status.ts";

/** The faults of all settings. */
export function judgeSettings(faults: readonly string[]): StatusItem {
  const name = "settings";
  const values = { faults };
  if (faults.length === 0) return okItem(name, values, "All settings are valid.");
  const fix =
    "Correct a variable in .lastclick.json, or a secret with `npx wrangler secret put`, and run `npm run deploy`.";
  return { name, status: "failing", values, detail: `${faults.join(". ")}.`, fix };
}

/** Migrations of this release that the database lacks. */
export function judgeMigrations(missing: readonly string[]): StatusItem {
  const name = "migrations";
  const described = describeMissing(missing);
  if (described === null) return okItem(name, { missing }, "The database has all migrations of this release.");
  return { name, status: "failing", values: { missing }, ...described };
}

/** The size of the database now, and at the end of earlier days (since the epoch), the oldest first. */
export interface SizeReading {
  bytes: number;
  days: readonly { day: number; bytes: number }[];
}

/** The limit of a D1 database on the paid plan. On the free plan it is 500 MB. */
export const DATABASE_MAX_BYTES = 10_000_000_000;
const FULL_IN_DAYS = { warning: 60, failing: 14 };
const FULL_SHARE = { warning: 0.8, failing: 0.95 };
/** Growth is measured over at least two days, so that a busy hour isn't taken for a trend. */
const GROWTH_DAYS_MIN = 2;

export function judgeDatabaseSize({ bytes, days }: SizeReading, today: number): StatusItem {
  const name = "database_size";
  const growth = growthOf(days, { day: today, bytes });
  const days_until_full =
    growth === null || growth <= 0 ? null : Math.max(0, Math.floor((DATABASE_MAX_BYTES - bytes) / growth));
  const values = {
    ...{ bytes, max_bytes: DATABASE_MAX_BYTES },
    bytes_a_day: growth === null ? null : Math.round(growth),
    days_until_full,
  };
  const share = bytes / DATABASE_MAX_BYTES;
  const byShare = statusOf(share, FULL_SHARE);
  const byDays =
    days_until_full === null
      ? "ok"
      : statusOf(-days_until_full, { warning: -FULL_IN_DAYS.warning, failing: -FULL_IN_DAYS.failing });
  const status = [byShare, byDays].includes("failing")
    ? "failing"
    : [byShare, byDays].includes("warning")
      ? "warning"
      : "ok";
  const full = days_until_full === null ? "" : `; at the present rate it is full in ${countOf(days_until_full, "day")}`;
  const detail = `The database has ${formatMegabytes(bytes)} of ${formatMegabytes(DATABASE_MAX_BYTES)}${full}.`;
  if (status === "ok") return okItem(name, values, detail);
  const fix = "Lower CLICK_RETENTION_DAYS (bind an ARCHIVE bucket to keep the clicks), or deploy once per brand.";
  return { name, status, values, detail, fix };
}

/** Bytes a day; null while too few days are known. */
function growthOf(days: SizeReading["days"], now: { day: number; bytes: number }): number | null {
  const [first] = days;
  if (first === undefined || now.day - first.day < GROWTH_DAYS_MIN) return null;
  return (now.bytes - first.bytes) / (now.day - first.day);
}

function formatMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000).toLocaleString("en-US")} MB`;
}

/** The job that checks the status runs every five minutes. */
const CHECK_AGE_MS = { warning: 20 * MS_PER_MINUTE, failing: MS_PER_HOUR };

/** When the scheduled work last ran (ms); null if never. */
export function judgeScheduledWork(checked_at: number | null, now: number): StatusItem {
  const name = "scheduled_work";
  const values = { last_ran_at: isoOf(checked_at), seconds_ago: secondsSince(checked_at, now) };
  const status = checked_at === null ? "warning" : statusOf(now - checked_at, CHECK_AGE_MS);
  const ago = checked_at === null ? "hasn't run yet" : `last ran ${formatDuration(now - checked_at)} ago`;
  if (status === "ok") return okItem(name, values, `Scheduled work ${ago}.`);
  const fix =
    "Check that the crons in wrangler.toml are deployed (`npm run deploy`). On a new deployment, wait a few minutes.";
  return { name, status, values, detail: `Scheduled work ${ago}.`, fix };
}

/** A run that is being drafted, paid or canceled. `affiliates` are those of this phase so far; `since` in ms. */
export interface RunReading {
  id: string;
  program: string;
  status: string;
  affiliates: number;
  since: number;
}

/** The minute's job takes 400 affiliates of one run. */
const AFFILIATES_A_MINUTE = 400;
const RUN_PATIENCE_MS = MS_PER_HOUR;
/** Several runs share the job. */
const SLOWDOWN = 4;

/** Whether a run has been in its phase for longer than its affiliates explain. */
export function isStuck({ affiliates, since }: Pick<RunReading, "affiliates" | "since">, now: number): boolean {
  return now - since > RUN_PATIENCE_MS + ((SLOWDOWN * affiliates) / AFFILIATES_A_MINUTE) * MS_PER_MINUTE;
}

export function judgeRuns(runs: readonly RunReading[], now: number): StatusItem {
  const name = "payout_runs";
  const stuck = runs.filter((run) => isStuck(run, now));
  const values = {
    working: runs.length,
    stuck: stuck.map(({ program, id, status }) => `${program}: ${id} (${status})`),
  };
  if (stuck.length === 0) return okItem(name, values, "No payout run is stuck.");
  return {
    ...{ name, status: "failing", values },
    detail: `${countOf(stuck.length, "payout run doesn't", "payout runs don't")} get on.`,
    fix: "Look for `minute_task_failed` with the task `payout_runs` in the Worker's log.",
  };
}

/** Affiliates whose emails are refused, and the most refusals in a row. */
export interface EmailReading {
  affiliates: number;
  most_attempts: number;
}

/** Fewer refusals in a row are usual. The eighth is the last: the email is given up. */
const ATTEMPTS_MIN = 3;
/** Some addresses are always wrong. */
const AFFILIATES_FAILING = 20;

export function judgeEmails(reading: EmailReading, isSetUp: boolean): StatusItem {
  const name = "emails";
  const values = { ...reading, set_up: isSetUp };
  if (!isSetUp) return okItem(name, values, "Email isn't set up.");
  const { affiliates, most_attempts } = reading;
  if (most_attempts < ATTEMPTS_MIN) return okItem(name, values, "Emails are sent.");
  return {
    ...{ name, status: affiliates >= AFFILIATES_FAILING ? "failing" : "warning", values },
    detail: `Emails to ${countOf(affiliates, "affiliate")} are refused, up to ${countOf(most_attempts, "time")} in a row.`,
    fix: "Look for the code of `email_not_sent` in the Worker's log, and check that MAIL_FROM's domain is onboarded for Email Sending.",
  };
}

/** The channels to which the last alert couldn't be sent. */
export function judgeAlerts(channels: readonly string[], failed: readonly string[]): StatusItem {
  const name = "alerts";
  const values = { channels, failed };
  if (channels.length === 0) return okItem(name, values, "Alerts aren't set up.");
  if (failed.length === 0) return okItem(name, values, "Alerts are set up.");
  return {
    ...{ name, status: "warning", values, detail: `The last alert couldn't be sent by ${failed.join(" and ")}.` },
    fix: "Check ALERT_EMAIL and ALERT_WEBHOOK_URL, and look for `alert_not_sent` in the Worker's log.",
  };
}

/** How many days of sizes are kept, and looked at. */
export const SIZE_DAYS = { kept: 90, looked_at: 14 };
