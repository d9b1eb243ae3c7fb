/** Waits for a Worker's background work after its responses. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningWorker } from "./workers.ts";

/** A process that uses less in {@link IDLE_MS} is idle: everything recorded has been relayed. */
const IDLE_CPU_SECONDS = 0.03;
const IDLE_MS = 300;
const TIMEOUT_MS = 60_000;

/** Waits until the Worker's process is idle, or for a minute. */
export async function waitUntilIdle(worker: RunningWorker): Promise<void> {
  const until = Date.now() + TIMEOUT_MS;
  for (let before = worker.readCpuSeconds(); Date.now() < until; ) {
    await sleep(IDLE_MS);
    const now = worker.readCpuSeconds();
    if (before === null || now === null || now - before < IDLE_CPU_SECONDS) return;
    before = now;
  }
}
