/** When a delivery is attempted again. */
import type { EventResult } from "./outcome.ts";

const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 3_600_000;

/** The delay before the next attempt after `attempts` failed ones, in ms: 5 s, doubled each time, up to an hour. */
export function retryDelay(attempts: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_MAX_MS);
}

/**
 * The time (ms) of a delivery's next attempt, where this one was made at `now` after `attempts` earlier ones: the earliest
 * that one of its events needs, null where none does.
 */
export function nextAttemptAt(
  results: readonly Pick<EventResult, "outcome" | "waits_until">[],
  attempts: number,
  now: number,
): number | null {
  const times = results.flatMap(({ outcome, waits_until }) => {
    if (outcome.status === "spooled") return [now + retryDelay(attempts + 1)];
    return waits_until === null ? [] : [waits_until];
  });
  return times.length === 0 ? null : Math.min(...times);
}
