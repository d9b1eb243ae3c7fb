import type { Click } from "../redirect/click.ts";
import { within } from "../within.ts";

/** Long enough to gather what an isolate serves at once, short enough that a crash loses little. */
const PACKING_WINDOW_MS = 5;
/** 100 clicks are about 30 KB; with the longest sub-ids that anyone can send they would be more than a message may hold. */
const PACK_SIZE = 100;
/** The queue takes 128 KB a message. */
const PACK_MAX_BYTES = 100_000;
/** A send that takes longer is given up for the direct insert, which is idempotent, should both succeed. */
const SEND_TIMEOUT_MS = 3_000;
/** Clicks kept for another try while neither queue nor D1 takes them; past that the first in line are dropped, loudly. */
const WAITING_CAPACITY = 10_000;

/** Where packs go. */
export interface ClickSink {
  /** The way in: the queue. */
  send: (pack: Click[]) => Promise<unknown>;
  /** The way round it: straight into D1. */
  insert: (pack: Click[]) => Promise<unknown>;
}

/**
 * Packs the clicks of one isolate into few messages. It holds values only: requests wait on timers of their own, none for
 * another's promise. Requests of the same millisecond share the first one's timer, which is half of what logging costs a
 * busy isolate; should that request be cancelled, the next millisecond's timer takes what it left.
 */
export class ClickPacker {
  #waiting: Click[] = [];
  #timerSetAt = -1;

  /** Takes a click. The promise, for `waitUntil`, never rejects; null where a timer set just now covers the click. */
  log(click: Click, sink: ClickSink): Promise<void> | null {
    this.#waiting.push(click);
    // The real clock, not the click's: it says what else this isolate serves now.
    const now = Date.now();
    if (now === this.#timerSetAt) return null;
    this.#timerSetAt = now;
    return this.#flush(sink);
  }

  async #flush(sink: ClickSink): Promise<void> {
    await pause(PACKING_WINDOW_MS);
    // From here on a click needs a timer of its own, even if the clock has not moved.
    this.#timerSetAt = -1;
    while (this.#waiting.length > 0 && (await this.#send(this.#waiting.splice(0, countForPack(this.#waiting)), sink)));
  }

  /** Whether the pack was taken; one that was not waits again. */
  async #send(pack: Click[], sink: ClickSink): Promise<boolean> {
    try {
      await within(SEND_TIMEOUT_MS, sink.send(pack));
      return true;
    } catch (sendError) {
      try {
        await within(SEND_TIMEOUT_MS, sink.insert(pack));
        return true;
      } catch (insertError) {
        console.error("clicks wait in memory", pack.length, sendError, insertError);
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

/** How many of the first clicks fit into one message. */
function countForPack(clicks: readonly Click[]): number {
  let bytes = 0;
  const first = clicks.slice(0, PACK_SIZE);
  const tooMany = first.findIndex((click) => {
    bytes += boundBytes(click);
    return bytes > PACK_MAX_BYTES;
  });
  return tooMany === -1 ? first.length : Math.max(tooMany, 1);
}

/** No fewer than the bytes of a click as JSON: three a character (sub-ids hold no control characters), and what is always there. */
function boundBytes({ subs, referrer, reason }: Click): number {
  const texts = [...(subs ?? []), referrer, reason];
  return 300 + texts.reduce((sum, text) => sum + 3 * (text?.length ?? 1), 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
