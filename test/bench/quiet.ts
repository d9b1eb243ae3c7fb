/** Waiting for a Worker to have done what it does behind its answers. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningWorker } from "./workers.ts";

/** Idle: what was recorded has been relayed. */
const QUIET_CPU_SECONDS = 0.03;
const QUIET_MS = 300;
const QUIET_PATIENCE_MS = 60_000;

/** Waits until the Worker's process has next to nothing to do. */
export async function awaitQuiet(worker: RunningWorker): Promise<void> {
  const until = Date.now() + QUIET_PATIENCE_MS;
  for (let before = worker.readCpuSeconds(); Date.now() < until; ) {
    await sleep(QUIET_MS);
    const now = worker.readCpuSeconds();
    if (before === null || now === null || now - before < QUIET_CPU_SECONDS) return;
    before = now;
  }
}
