import { and, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { hashText } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../lib/time.ts";
import { type StoredMessage, storeMessages } from "../message-store.ts";
import { deadClicks } from "../tables.ts";

/** Clicks of one message that could not be stored, as they came. */
export type DeadClickRow = typeof deadClicks.$inferSelect;

const ERROR_MAX_CHARACTERS = 500;
/** So that no row leaves the log between the look at its time and the insert that has to find it. */
const RETENTION_MARGIN_MS = MS_PER_HOUR;
const DELETED_AT_ONCE = 1_000;

/**
 * Keeps clicks that could not be stored. Known by what they are: the same ones again are one row, which stays as it is.
 */
export async function parkClicks(
  db: Database,
  { clicks, error, received_at }: { clicks: unknown[]; error: string; received_at: number },
): Promise<void> {
  const row = {
    id: await hashText(JSON.stringify(clicks)),
    received_at: received_at,
    clicks: clicks.length,
    error: error.slice(0, ERROR_MAX_CHARACTERS),
    body: clicks,
  };
  await db.insert(deadClicks).values(row).onConflictDoNothing();
}

/**
 * The oldest click, in ms since the epoch, that can be stored late: the row of an older one may have left the log, by which
 * one would know that it is counted. (Where the retention has just been made longer, this is said too late for what had
 * left before.)
 */
export function oldestStorableTime(now: number, retention_days: number): number {
  return now - retention_days * MS_PER_DAY + RETENTION_MARGIN_MS;
}

/** What became of dead clicks that were replayed. */
export interface Replay {
  row: DeadClickRow;
  /** Why some of them are still not stored; null where all are. */
  problem: Problem | null;
}

/**
 * Stores dead clicks, however often it is asked to: what is stored already changes nothing. Rows whose clicks are all in
 * are marked as replayed, the others stay as they are.
 */
export async function replayDeadClicks(
  db: Database,
  rows: readonly DeadClickRow[],
  { now, oldest_at }: { now: number; oldest_at: number },
): Promise<Replay[]> {
  const replays = (await storeMessages(db.$client, rows, oldest_at)).map((stored) => ({
    row: stored.message,
    problem: problemOf(stored),
  }));
  const ids = replays.filter(({ problem }) => problem === null).map(({ row }) => row.id);
  const isStored = sql`${deadClicks.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  await db
    .update(deadClicks)
    .set({ replayed_at: now })
    .where(and(isStored, isNull(deadClicks.replayed_at)));
  return replays;
}

function problemOf({ message, refused, undecided }: StoredMessage<DeadClickRow>): Problem | null {
  if (undecided !== null) {
    return new Problem(503, "storage_unavailable", "The clicks could not be stored now; please try again.");
  }
  const [first] = refused;
  if (first === undefined) return null;
  const old = refused.find((one) => one.is_too_old);
  const detail = `${refused.length} of ${message.clicks} cannot be stored: ${(old ?? first).reason}.`;
  return old === undefined ? new Problem(422, "clicks_refused", detail) : new Problem(409, "too_old", detail);
}

/** Deletes dead clicks that came before the log's retention, which can be replayed no more; so many at once at most. */
export async function deleteOldDeadClicks(db: Database, now: number, retention_days: number): Promise<void> {
  const old = db
    .select({ id: deadClicks.id })
    .from(deadClicks)
    .where(lt(deadClicks.received_at, now - retention_days * MS_PER_DAY))
    .orderBy(deadClicks.received_at)
    .limit(DELETED_AT_ONCE);
  const deleted = await db
    .delete(deadClicks)
    .where(inArray(deadClicks.id, old))
    .returning({ clicks: deadClicks.clicks, replayed_at: deadClicks.replayed_at });
  const lost = deleted.filter((row) => row.replayed_at === null).reduce((sum, row) => sum + row.clicks, 0);
  if (lost > 0) console.error("dead clicks that nobody replayed are past the log's retention and deleted", lost);
}
