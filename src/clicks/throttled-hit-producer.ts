/** Counts hits that get no row in the click log because their network has sent too many. */

import { dayOf } from "../lib/calendar.ts";
import { logError } from "../lib/platform/log.ts";

/** Throttled hits of a link on a day. */
export interface ThrottledHits {
  link_id: number;
  /** Days since the epoch, UTC. */
  day: number;
  hits: number;
}

/** Long enough that a flood writes few rows, shorter than `waitUntil` lasts. */
const COUNTING_WINDOW_MS = 5_000;
/** Stands for "no timer set". */
const NO_TIMER = Number.NEGATIVE_INFINITY;

/**
 * Adds up the throttled hits of one isolate and stores their number every few seconds. Like `ClickPacker` it holds values only,
 * and the first hit of a window carries its timer. A crash loses at most the numbers of a window.
 */
export class ThrottledHitCounter {
  #waiting = new Map<string, ThrottledHits>();
  #timerSetAt = NO_TIMER;

  /** Counts a hit at a time (ms). The promise, for `waitUntil`, never rejects; null if a running timer covers the hit. */
  count(
    { link_id, at }: { link_id: number; at: number },
    store: (hits: ThrottledHits[]) => Promise<unknown>,
  ): Promise<void> | null {
    this.#add({ link_id, day: dayOf(at), hits: 1 });
    const now = Date.now();
    if (now >= this.#timerSetAt && now < this.#timerSetAt + COUNTING_WINDOW_MS) return null;
    this.#timerSetAt = now;
    return this.#flush(store);
  }

  #add({ link_id, day, hits }: ThrottledHits): void {
    const key = `${link_id}/${day}`;
    this.#waiting.set(key, { link_id, day, hits: (this.#waiting.get(key)?.hits ?? 0) + hits });
  }

  async #flush(store: (hits: ThrottledHits[]) => Promise<unknown>): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, COUNTING_WINDOW_MS));
    this.#timerSetAt = NO_TIMER;
    const hits = [...this.#waiting.values()];
    this.#waiting.clear();
    try {
      await store(hits);
    } catch (error) {
      logError("throttled_hits_wait_in_memory", { rows: hits.length, error });
      for (const some of hits) this.#add(some);
    }
  }
}
