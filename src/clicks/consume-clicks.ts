import type { Click } from "../redirect/click.ts";
import { recordClicks } from "./record-clicks.ts";

/** Waits before a message that D1 did not take is delivered again: 5 s, 10 s, 20 s … at most 5 minutes. */
const RETRY_FIRST_SECONDS = 5;
const RETRY_MAX_SECONDS = 300;

/**
 * The queue's consumer: one D1 batch per queue batch, acknowledged when it is stored. Where the whole is not taken, each
 * message is tried alone, so that one that never can be does not take the others to the dead-letter queue.
 */
export async function consumeClicks(batch: MessageBatch<Click[]>, db: D1Database): Promise<void> {
  try {
    const clicks = batch.messages.flatMap((message) => message.body);
    await recordClicks(db, clicks);
    batch.ackAll();
  } catch (error) {
    console.error("click batch not stored", batch.messages.length, error);
    for (const message of batch.messages) await consumeAlone(message, db);
  }
}

async function consumeAlone(message: Message<Click[]>, db: D1Database): Promise<void> {
  try {
    await recordClicks(db, message.body);
    message.ack();
  } catch (error) {
    console.error("click message not stored", message.id, message.attempts, error);
    message.retry({ delaySeconds: Math.min(RETRY_FIRST_SECONDS * 2 ** (message.attempts - 1), RETRY_MAX_SECONDS) });
  }
}
