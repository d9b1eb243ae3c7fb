import { backOffSeconds } from "./back-off.ts";
import { type StoredMessage, storeMessages } from "./message-store.ts";

const RETRY_MAX_SECONDS = 300;

/**
 * The queue's consumer: one D1 batch per queue batch. A click that cannot be stored goes to the dead letters by `bury`,
 * without the others of its message. A message is acknowledged when each of its clicks is in one place or the other; while
 * D1 or the dead letters do not take them it comes again, later each time.
 */
export async function consumeClicks(
  batch: MessageBatch<unknown>,
  db: D1Database,
  bury: (clicks: unknown[]) => Promise<unknown>,
): Promise<void> {
  const stored = await storeMessages(db, batch.messages);
  if (stored.every(({ refused, undecided }) => refused.length === 0 && undecided === null)) return batch.ackAll();
  for (const one of stored) await settle(one, bury);
}

async function settle(
  { message, refused, undecided }: StoredMessage<Message>,
  bury: (clicks: unknown[]) => Promise<unknown>,
): Promise<void> {
  try {
    if (undecided !== null) throw undecided;
    if (refused.length > 0) {
      console.error("clicks that cannot be stored", message.id, refused.length, refused[0]?.reason);
      await bury(refused.map(({ raw }) => raw));
    }
    message.ack();
  } catch (error) {
    console.error("click message comes again", message.id, message.attempts, error);
    message.retry({ delaySeconds: backOffSeconds(message.attempts, RETRY_MAX_SECONDS, Math.random()) });
  }
}
