import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";

/** The hourly run of the real Worker, with other bindings or settings where they are given. */
export async function runCron(at: number, changes: Record<string, unknown> = {}) {
  const ctx = createExecutionContext();
  await worker.scheduled?.(createScheduledController({ scheduledTime: at }), { ...env, ...changes }, ctx);
  await waitOnExecutionContext(ctx);
}
