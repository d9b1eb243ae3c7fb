import type { Click } from "../redirect/click.ts";
import { recordClicks } from "./record-clicks.ts";

/** Waits before a batch that D1 did not take is delivered again: 5 s, 10 s, 20 s … at most 5 minutes. */
const RETRY_FIRST_SECONDS = 5;
const RETRY_MAX_SECONDS = 300;

/** The queue's consumer: one D1 batch per queue batch; acknowledged only when it is stored, delivered again otherwise. */
export async function consumeClicks(batch: MessageBatch<Click[]>, db: D1Database): Promise<void> {
  try {
    await recordClicks(
      db,
      batch.messages.flatMap((message) => message.body),
    );
    batch.ackAll();
  } catch (error) {
    console.error("click batch not stored", batch.messages.length, error);
    for (const message of batch.messages) {
      message.retry({ delaySeconds: Math.min(RETRY_FIRST_SECONDS * 2 ** (message.attempts - 1), RETRY_MAX_SECONDS) });
    }
  }
}
