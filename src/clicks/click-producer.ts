import { logError } from "../lib/platform/log.ts";
import { withTimeout } from "../lib/platform/with-timeout.ts";
import type { Click } from "../redirect/click.ts";
import { countFitting } from "./click-bytes.ts";

/** Long enough to collect concurrent clicks of an isolate, short enough that a crash loses little. */
const PACKING_WINDOW_MS = 5;
/** 100 clicks are about 45 KB; with the longest possible texts they would exceed a message's limit. */
const PACK_SIZE = 100;
/** A queue message has at most 128 KB. */
const PACK_MAX_BYTES = 100_000;
/** After this the other destination is tried. Both may succeed: storing is idempotent. */
const SEND_TIMEOUT_MS = 3_000;
/** Clicks kept in memory while neither the queue nor D1 accepts them; beyond that the oldest are dropped, with an error in the log. */
const WAITING_CAPACITY = 10_000;
/** Stands for "no timer set". */
const NO_TIMER = Number.NEGATIVE_INFINITY;

/** Where packs of clicks are sent. */
export interface ClickSink {
  /** Tried first: the queue or D1. */
  first: (pack: Click[]) => Promise<unknown>;
  /** Tried if the first fails: the other one. Clicks that both accepted are stored once. */
  second: (pack: Click[]) => Promise<unknown>;
}

/**
 * Packs the clicks of one isolate into few messages, each of which costs more than the clicks in it. It holds values only, so
 * that no request waits for another's promise. The requests of a packing window share the timer of the first one; if that
 * request is canceled, the first timer after the window sends its clicks.
 */
export class ClickPacker {
  #waiting: Click[] = [];
  #timerSetAt = NO_TIMER;

  /** Adds a click. The promise, for `waitUntil`, never rejects; null if a running timer covers the click. */
  log(click: Click, sink: ClickSink): Promise<void> | null {
    this.#waiting.push(click);
    // The real clock, not the click's time: the window is about what this isolate is serving now.
    const now = Date.now();
    if (now >= this.#timerSetAt && now < this.#timerSetAt + PACKING_WINDOW_MS) return null;
    this.#timerSetAt = now;
    return this.#flush(sink);
  }

  async #flush(sink: ClickSink): Promise<void> {
    await pause(PACKING_WINDOW_MS);
    // From here on a new click needs its own timer, even if the clock hasn't advanced.
    this.#timerSetAt = NO_TIMER;
    while (
      this.#waiting.length > 0 &&
      (await this.#send(this.#waiting.splice(0, countFitting(this.#waiting, PACK_SIZE, PACK_MAX_BYTES)), sink))
    );
  }

  /** Whether the pack was accepted; otherwise its clicks wait in memory. */
  async #send(pack: Click[], sink: ClickSink): Promise<boolean> {
    try {
      await withTimeout(SEND_TIMEOUT_MS, sink.first(pack));
      return true;
    } catch (firstError) {
      try {
        await withTimeout(SEND_TIMEOUT_MS, sink.second(pack));
        return true;
      } catch (secondError) {
        logError("clicks_wait_in_memory", { clicks: pack.length, first: firstError, second: secondError });
        this.#putBack(pack);
        return false;
      }
    }
  }

  #putBack(pack: Click[]): void {
    // At the end, so that a pack that always fails doesn't block the others.
    this.#waiting.push(...pack);
    const excess = this.#waiting.length - WAITING_CAPACITY;
    if (excess > 0) {
      this.#waiting.splice(0, excess);
      logError("clicks_lost", { clicks: excess });
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
