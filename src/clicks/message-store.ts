import { logError } from "../lib/platform/log.ts";
import { recordClicks } from "./click-store.ts";
import { type ReceivedClick, type RefusedClick, readClicks } from "./read-clicks.ts";

/** The result for a message: each of its clicks is stored or refused, unless there was a failure. */
export interface StoredMessage<Message> {
  message: Message;
  /** Clicks that can't be stored; a retry wouldn't help. */
  refused: RefusedClick[];
  /** Why D1 failed for some of the clicks, so that the message must be retried; null if it didn't. */
  failure: unknown;
}

/**
 * D1 writes that the search for invalid clicks may take; groups that are still mixed then are refused as a whole. (Clicks of
 * deleted links, the one fault that validation can't see, are found by a single query.)
 */
const WRITES_MAX = 64;

/**
 * Stores the clicks of messages in one D1 batch. If the batch fails, the invalid clicks are found and all others stored; once
 * D1 fails for another reason, no further write is tried. Clicks from before `oldest_at`, in ms since the epoch, are refused.
 * Never rejects.
 */
export async function storeMessages<Message extends { body: unknown }>(
  db: D1Database,
  messages: readonly Message[],
  oldest_at = Number.NEGATIVE_INFINITY,
): Promise<StoredMessage<Message>[]> {
  const read = messages.map((message) => ({ message, ...readClicks(message.body, oldest_at) }));
  const received = read.flatMap((one) => one.received);
  try {
    await record(db, received);
    return read.map(({ message, refused }) => ({ message, refused, failure: null }));
  } catch (error) {
    logError("click_batch_not_stored", { messages: messages.length, error });
  }
  const stored: StoredMessage<Message>[] = [];
  const budget = { writes: WRITES_MAX };
  let failure: unknown = null;
  const links = await findLinks(db, received).catch((error) => {
    failure = error;
    return new Set<number>();
  });
  for (const { message, received, refused } of read) {
    if (failure === null) {
      try {
        refused.push(...(await storeSeparately(db, received, links, budget)));
      } catch (error) {
        failure = error;
      }
    }
    stored.push({ message, refused, failure });
  }
  return stored;
}

/** Stores one message's clicks in order of time, as duplicates are judged in that order. Returns the refused ones. */
async function storeSeparately(
  db: D1Database,
  received: readonly ReceivedClick[],
  links: ReadonlySet<number>,
  budget: { writes: number },
): Promise<RefusedClick[]> {
  const isLinked = ({ click }: ReceivedClick) => links.has(click.link_id);
  const unlinked = received.filter((one) => !isLinked(one));
  const linked = received.filter(isLinked);
  linked.sort(({ click: a }, { click: b }) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return [...refuse(unlinked, "link_id: no such link"), ...(await storeByHalves(db, linked, budget))];
}

async function storeByHalves(
  db: D1Database,
  received: readonly ReceivedClick[],
  budget: { writes: number },
): Promise<RefusedClick[]> {
  try {
    budget.writes -= 1;
    await record(db, received);
    return [];
  } catch (error) {
    if (!isFaultOfClicks(error)) throw error;
    if (received.length === 1 || budget.writes <= 0) return refuse(received, String(error));
    const middle = Math.ceil(received.length / 2);
    return [
      ...(await storeByHalves(db, received.slice(0, middle), budget)),
      ...(await storeByHalves(db, received.slice(middle), budget)),
    ];
  }
}

async function record(db: D1Database, received: readonly ReceivedClick[]): Promise<void> {
  const clicks = received.map(({ click }) => click);
  await recordClicks(db, clicks);
}

function refuse(received: readonly ReceivedClick[], reason: string): RefusedClick[] {
  return received.map(({ raw }) => ({ raw, reason, is_too_old: false }));
}

/** Which of the clicks' links exist. */
async function findLinks(db: D1Database, received: readonly ReceivedClick[]): Promise<Set<number>> {
  const ids = new Set(received.map(({ click }) => click.link_id));
  const { results } = await db
    .prepare("SELECT id FROM links WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify([...ids]))
    .all<{ id: number }>();
  return new Set(results.map(({ id }) => id));
}

/** Whether D1 rejected the rows; any other error may be temporary. */
function isFaultOfClicks(error: unknown): boolean {
  return /constraint failed|SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(String(error));
}
