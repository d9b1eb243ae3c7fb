import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";

const EVERY_MINUTE = "* * * * *";

/** The minute's run of the real Worker, at a time (ms), with other bindings or settings where they are given. */
export function runMinute(at: number, changes: Record<string, unknown> = {}): Promise<void> {
  return runScheduled({ scheduledTime: at, cron: EVERY_MINUTE }, changes);
}

/** The hourly run of the real Worker, with other bindings or settings where they are given. */
export function runCron(at: number, changes: Record<string, unknown> = {}): Promise<void> {
  return runScheduled({ scheduledTime: at, cron: "7 * * * *" }, changes);
}

async function runScheduled(event: { scheduledTime: number; cron: string }, changes: Record<string, unknown> = {}) {
  const ctx = createExecutionContext();
  await worker.scheduled?.(createScheduledController(event), { ...env, ...changes }, ctx);
  await waitOnExecutionContext(ctx);
}
