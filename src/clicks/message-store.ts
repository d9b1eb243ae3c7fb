import { recordClicks } from "./click-store.ts";
import { type ReceivedClick, type RefusedClick, readClicks } from "./read-clicks.ts";

/** What became of a message: each of its clicks is stored or refused, unless it is undecided. */
export interface StoredMessage<Message> {
  message: Message;
  /** Clicks that are not stored however often they come, as long as nothing else changes. */
  refused: RefusedClick[];
  /** Why D1 neither took nor refused some of them, so that the message is to come again; null where it is decided. */
  undecided: unknown;
}

/**
 * Writes to D1 that looking for the clicks at fault may take; what is not told apart by then is refused together. (Links
 * that are gone, the one fault that readers do not see, are found by one query, however many clicks are theirs.)
 */
const WRITES_MAX = 64;

/**
 * Stores the clicks of messages in one D1 batch. Where the whole is not taken, the clicks at fault are found and all others
 * stored; once D1 fails for another reason than a click, nothing more is asked of it. Clicks from before `oldest_at`, in ms
 * since the epoch, are refused. Never rejects.
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
    return read.map(({ message, refused }) => ({ message, refused, undecided: null }));
  } catch (error) {
    console.error("click messages not stored at once", messages.length, error);
  }
  const stored: StoredMessage<Message>[] = [];
  const budget = { writes: WRITES_MAX };
  let undecided: unknown = null;
  const links = await findLinks(db, received).catch((error) => {
    undecided = error;
    return new Set<number>();
  });
  for (const { message, received, refused } of read) {
    if (undecided === null) {
      try {
        refused.push(...(await storeApart(db, received, links, budget)));
      } catch (error) {
        undecided = error;
      }
    }
    stored.push({ message, refused, undecided });
  }
  return stored;
}

/** Stores one message's clicks, in the order of time, in which they are judged. Those that cannot be stored. */
async function storeApart(
  db: D1Database,
  received: readonly ReceivedClick[],
  links: ReadonlySet<number>,
  budget: { writes: number },
): Promise<RefusedClick[]> {
  const isLinked = ({ click }: ReceivedClick) => links.has(click.link_id);
  const unlinked = received.filter((one) => !isLinked(one));
  const linked = received.filter(isLinked);
  linked.sort(({ click: a }, { click: b }) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return [...refuse(unlinked, "link_id: there is no such link"), ...(await storeByHalves(db, linked, budget))];
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

/** Which links of clicks there are. */
async function findLinks(db: D1Database, received: readonly ReceivedClick[]): Promise<Set<number>> {
  const asked = new Set(received.map(({ click }) => click.link_id));
  const { results } = await db
    .prepare("SELECT id FROM links WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify([...asked]))
    .all<{ id: number }>();
  return new Set(results.map(({ id }) => id));
}

/** Whether D1 was there and refused the rows; anything else may pass. */
function isFaultOfClicks(error: unknown): boolean {
  return /constraint failed|SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(String(error));
}
