import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "./current-worker.ts";

const EVERY_MINUTE = "* * * * *";

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** The next noon after a time, in ms. Hourly runs at night would also check every day's counts. */
export function noonAfter(at: number): number {
  return Math.ceil(at / DAY) * DAY + 12 * HOUR;
}

/** The minute's cron of the real Worker at a time in ms, with optional changes to bindings and settings. */
export function runMinute(at: number, changes: Record<string, unknown> = {}): Promise<void> {
  return runScheduled({ scheduledTime: at, cron: EVERY_MINUTE }, changes);
}

/** The hourly cron of the real Worker, with optional changes to bindings and settings. */
export function runCron(at: number, changes: Record<string, unknown> = {}): Promise<void> {
  return runScheduled({ scheduledTime: at, cron: "7 * * * *" }, changes);
}

async function runScheduled(event: { scheduledTime: number; cron: string }, changes: Record<string, unknown> = {}) {
  const ctx = createExecutionContext();
  await worker.scheduled?.(createScheduledController(event), { ...env, ...changes }, ctx);
  await waitOnExecutionContext(ctx);
}
