import type { Click } from "../redirect/click.ts";

/** Long enough to gather what an isolate serves at once, short enough that a crash loses little. */
const PACKING_WINDOW_MS = 5;
/** 100 clicks are about 30 KB, well under the queue's 128 KB a message. */
const PACK_SIZE = 100;
/** A send that takes longer is given up for the direct insert, which is idempotent, should both succeed. */
const SEND_TIMEOUT_MS = 3_000;
/** Clicks kept for another try while neither queue nor D1 takes them; past that the oldest are dropped, loudly. */
const WAITING_CAPACITY = 10_000;

/** Where packs go. */
export interface ClickSink {
  /** The way in: the queue. */
  send: (pack: Click[]) => Promise<unknown>;
  /** The way round it: straight into D1. */
  insert: (pack: Click[]) => Promise<unknown>;
}

/**
 * Packs the clicks of one isolate into few messages. It holds values only: each request waits on its own timer and then
 * takes what is there, so that none depends on another's being alive.
 */
export class ClickPacker {
  #waiting: Click[] = [];

  /** Takes a click; the promise, for `waitUntil`, never rejects. */
  log(click: Click, sink: ClickSink): Promise<void> {
    this.#waiting.push(click);
    return this.#flush(sink);
  }

  async #flush(sink: ClickSink): Promise<void> {
    await pause(PACKING_WINDOW_MS);
    const pack = this.#waiting.splice(0, PACK_SIZE);
    if (pack.length === 0) return;
    try {
      await within(SEND_TIMEOUT_MS, sink.send(pack));
    } catch (sendError) {
      try {
        await sink.insert(pack);
      } catch (insertError) {
        console.error("clicks wait in memory", pack.length, sendError, insertError);
        this.#putBack(pack);
      }
    }
  }

  #putBack(pack: Click[]): void {
    this.#waiting = [...pack, ...this.#waiting];
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

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
