import type { Database } from "../../db/database.ts";
import { logError } from "../../lib/platform/log.ts";
import { backOffSeconds } from "../back-off.ts";
import { type StoredMessage, storeMessages } from "../message-store.ts";
import { toList } from "../read-clicks.ts";
import { parkClicks } from "./dead-click-store.ts";

const RETRY_MAX_SECONDS = 3_600;
/**
 * Deliveries, over about half a day, during which a failing D1 is retried. After them the clicks of a message are parked if D1
 * accepts that, before the queue deletes the message: after a day on the free plan.
 */
const DELIVERIES_BEFORE_PARKING = 20;

/**
 * Consumes the dead-letter queue: tries again to store the clicks, which succeeds after a long outage of D1, and parks those
 * that can't be stored. While D1 accepts neither, a message is retried with growing delays of up to an hour and a half. Clicks
 * from before `oldest_at`, in ms since the epoch, are parked, not stored.
 */
export async function consumeDeadClicks(batch: MessageBatch<unknown>, db: Database, oldest_at: number): Promise<void> {
  for (const stored of await storeMessages(db.$client, batch.messages, oldest_at)) await settle(stored, db);
}

async function settle(stored: StoredMessage<Message>, db: Database): Promise<void> {
  const { message } = stored;
  try {
    const { clicks, error } = clicksToPark(stored);
    if (clicks.length > 0) await parkClicks(db, { clicks, error, received_at: message.timestamp.getTime() });
    message.ack();
  } catch (error) {
    logError("dead_click_message_retried", { message_id: message.id, attempts: message.attempts, error });
    message.retry({ delaySeconds: backOffSeconds(message.attempts, RETRY_MAX_SECONDS, Math.random()) });
  }
}

/** The clicks of a message to park, and why. Throws if the message must be retried. */
function clicksToPark({ message, refused, failure }: StoredMessage<Message>): { clicks: unknown[]; error: string } {
  if (failure === null) {
    const reasons = new Set(refused.map(({ reason }) => reason));
    return { clicks: refused.map(({ raw }) => raw), error: [...reasons].join("; ") };
  }
  if (message.attempts < DELIVERIES_BEFORE_PARKING) throw failure;
  return { clicks: toList(message.body), error: String(failure) };
}
