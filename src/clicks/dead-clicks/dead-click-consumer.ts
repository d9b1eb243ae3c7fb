import type { Database } from "../../db/database.ts";
import { backOffSeconds } from "../back-off.ts";
import { type StoredMessage, storeMessages } from "../message-store.ts";
import { toList } from "../read-clicks.ts";
import { parkClicks } from "./dead-click-store.ts";

const RETRY_MAX_SECONDS = 3_600;
/**
 * Deliveries, over about half a day, in which a D1 that fails is waited for. From then on what it does not take as clicks
 * is kept as a dead letter, if it takes that, before the queue deletes it: after a day on the free plan.
 */
const PATIENCE_DELIVERIES = 20;

/**
 * The dead letters' consumer: tries once more to store the clicks, which only had to wait if D1 was away for long, and
 * keeps in D1 those that cannot be stored. While D1 takes neither, a message comes again, up to an hour and a half later
 * each time. Clicks from before `oldest_at`, in ms since the epoch, are kept, not stored.
 */
export async function consumeDeadClicks(batch: MessageBatch<unknown>, db: Database, oldest_at: number): Promise<void> {
  for (const one of await storeMessages(db.$client, batch.messages, oldest_at)) await settle(one, db);
}

async function settle(stored: StoredMessage<Message>, db: Database): Promise<void> {
  const { message } = stored;
  try {
    const { clicks, error } = restOf(stored);
    if (clicks.length > 0) await parkClicks(db, { clicks, error, received_at: message.timestamp.getTime() });
    message.ack();
  } catch (error) {
    console.error("dead click message comes again", message.id, message.attempts, error);
    message.retry({ delaySeconds: backOffSeconds(message.attempts, RETRY_MAX_SECONDS, Math.random()) });
  }
}

/** What of a message is to be kept, and why. Throws why it is to come again. */
function restOf({ message, refused, undecided }: StoredMessage<Message>): { clicks: unknown[]; error: string } {
  if (undecided === null) {
    const reasons = new Set(refused.map(({ reason }) => reason));
    return { clicks: refused.map(({ raw }) => raw), error: [...reasons].join("; ") };
  }
  if (message.attempts < PATIENCE_DELIVERIES) throw undecided;
  return { clicks: toList(message.body), error: String(undecided) };
}
