import { withTimeout } from "../lib/platform/with-timeout.ts";
import type { Click } from "../redirect/click.ts";
import { countFitting } from "./click-bytes.ts";

/** Long enough to gather what an isolate serves at once, short enough that a crash loses little. */
const PACKING_WINDOW_MS = 5;
/** 100 clicks are about 45 KB; with the longest texts that anyone can send they would be more than a message may hold. */
const PACK_SIZE = 100;
/** The queue takes 128 KB a message. */
const PACK_MAX_BYTES = 100_000;
/** A way that takes longer is given up for the other; storing is idempotent, should both succeed. */
const SEND_TIMEOUT_MS = 3_000;
/** Clicks kept for another try while neither queue nor D1 takes them; past that the first in line are dropped, loudly. */
const WAITING_CAPACITY = 10_000;
/** In place of a time. */
const NO_TIMER = Number.NEGATIVE_INFINITY;

/** Where packs go. */
export interface ClickSink {
  /** The way in: the queue, or straight into D1. */
  first: (pack: Click[]) => Promise<unknown>;
  /** The way round it: the other of the two. What both took is stored once. */
  second: (pack: Click[]) => Promise<unknown>;
}

/**
 * Packs the clicks of one isolate into few messages. It holds values only: requests wait on timers of their own, none for
 * another's promise. The requests of one packing window share the first one's timer, so that a busy isolate sends few
 * messages, each of which costs more than the clicks in it; should that request be cancelled, the first timer after the
 * window takes what it left.
 */
export class ClickPacker {
  #waiting: Click[] = [];
  #timerSetAt = NO_TIMER;

  /** Takes a click. The promise, for `waitUntil`, never rejects; null where a timer set just now covers the click. */
  log(click: Click, sink: ClickSink): Promise<void> | null {
    this.#waiting.push(click);
    // The real clock, not the click's: it says what else this isolate serves now.
    const now = Date.now();
    if (now >= this.#timerSetAt && now < this.#timerSetAt + PACKING_WINDOW_MS) return null;
    this.#timerSetAt = now;
    return this.#flush(sink);
  }

  async #flush(sink: ClickSink): Promise<void> {
    await pause(PACKING_WINDOW_MS);
    // From here on a click needs a timer of its own, even if the clock has not moved.
    this.#timerSetAt = NO_TIMER;
    while (
      this.#waiting.length > 0 &&
      (await this.#send(this.#waiting.splice(0, countFitting(this.#waiting, PACK_SIZE, PACK_MAX_BYTES)), sink))
    );
  }

  /** Whether the pack was taken; one that was not waits again. */
  async #send(pack: Click[], sink: ClickSink): Promise<boolean> {
    try {
      await withTimeout(SEND_TIMEOUT_MS, sink.first(pack));
      return true;
    } catch (firstError) {
      try {
        await withTimeout(SEND_TIMEOUT_MS, sink.second(pack));
        return true;
      } catch (secondError) {
        console.error("clicks wait in memory", pack.length, firstError, secondError);
        this.#putBack(pack);
        return false;
      }
    }
  }

  #putBack(pack: Click[]): void {
    // At the end, so that a pack that is never taken does not stand before all others.
    this.#waiting.push(...pack);
    const excess = this.#waiting.length - WAITING_CAPACITY;
    if (excess > 0) {
      this.#waiting.splice(0, excess);
      console.error("clicks lost", excess);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
