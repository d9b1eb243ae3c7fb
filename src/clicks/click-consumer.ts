import { logError } from "../lib/platform/log.ts";
import { backOffSeconds } from "./back-off.ts";
import { type StoredMessage, storeMessages } from "./message-store.ts";

const RETRY_MAX_SECONDS = 300;

/**
 * Consumes the click queue: one D1 batch per queue batch. Clicks that can't be stored are sent to the dead-letter queue by
 * `park`, without the other clicks of their message. A message is acknowledged once each of its clicks is in one of the two
 * places; if D1 or the dead-letter queue fails, it is retried with growing delays.
 */
export async function consumeClicks(
  batch: MessageBatch<unknown>,
  db: D1Database,
  park: (clicks: unknown[]) => Promise<unknown>,
): Promise<void> {
  const stored = await storeMessages(db, batch.messages);
  if (stored.every(({ refused, failure }) => refused.length === 0 && failure === null)) return batch.ackAll();
  for (const message of stored) await settle(message, park);
}

async function settle(
  { message, refused, failure }: StoredMessage<Message>,
  park: (clicks: unknown[]) => Promise<unknown>,
): Promise<void> {
  try {
    if (failure !== null) throw failure;
    if (refused.length > 0) {
      logError("clicks_refused", { message_id: message.id, clicks: refused.length });
      await park(refused.map(({ raw }) => raw));
    }
    message.ack();
  } catch (error) {
    logError("click_message_retried", { message_id: message.id, attempts: message.attempts, error });
    message.retry({ delaySeconds: backOffSeconds(message.attempts, RETRY_MAX_SECONDS, Math.random()) });
  }
}
