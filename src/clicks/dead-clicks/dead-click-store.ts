import { and, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { logError } from "../../lib/platform/log.ts";
import { hashText } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../lib/time.ts";
import { cutText } from "../../lib/well-formed.ts";
import { type StoredMessage, storeMessages } from "../message-store.ts";
import { deadClicks } from "../tables.ts";

/** Parked clicks: clicks of one message that couldn't be stored, unchanged. */
export type DeadClickRow = typeof deadClicks.$inferSelect;

const ERROR_MAX_CHARACTERS = 500;
/** So that no row leaves the log between the check of its time and the insert that must find it. */
const RETENTION_MARGIN_MS = MS_PER_HOUR;
const DELETE_LIMIT = 1_000;

/** Parks clicks that couldn't be stored. The id is a hash of their content, so the same clicks again change nothing. */
export async function parkClicks(
  db: Database,
  { clicks, error, received_at }: { clicks: unknown[]; error: string; received_at: number },
): Promise<void> {
  const row = {
    id: await hashText(JSON.stringify(clicks)),
    received_at: received_at,
    clicks: clicks.length,
    error: cutText(error, ERROR_MAX_CHARACTERS),
    body: clicks,
  };
  await db.insert(deadClicks).values(row).onConflictDoNothing();
}

/**
 * The time, in ms since the epoch, of the oldest click that can still be stored: an older one may have been counted and have
 * left the log, so that it would be counted twice. (Not exact just after the retention was increased: some clicks had left by the
 * shorter retention.)
 */
export function oldestStorableTime(now: number, retention_days: number): number {
  return now - retention_days * MS_PER_DAY + RETENTION_MARGIN_MS;
}

/** The result of replaying parked clicks. */
export interface Replay {
  row: DeadClickRow;
  /** Why some of them still aren't stored; null if all are. */
  problem: Problem | null;
}

/**
 * Stores parked clicks. Idempotent: clicks that are stored already change nothing. Rows whose clicks are all stored are marked
 * as replayed.
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

function problemOf({ message, refused, failure }: StoredMessage<DeadClickRow>): Problem | null {
  if (failure !== null) {
    return new Problem(503, "storage_unavailable", "The clicks couldn't be stored. Please try again.");
  }
  const [first] = refused;
  if (first === undefined) return null;
  const old = refused.find((one) => one.is_too_old);
  const detail = `${refused.length} of ${message.clicks} clicks can't be stored: ${(old ?? first).reason}.`;
  return old === undefined ? new Problem(422, "clicks_refused", detail) : new Problem(409, "too_old", detail);
}

/** Deletes parked clicks older than the log's retention, which can't be replayed any more; at most {@link DELETE_LIMIT} per run. */
export async function deleteOldDeadClicks(db: Database, now: number, retention_days: number): Promise<void> {
  const old = db
    .select({ id: deadClicks.id })
    .from(deadClicks)
    .where(lt(deadClicks.received_at, now - retention_days * MS_PER_DAY))
    .orderBy(deadClicks.received_at)
    .limit(DELETE_LIMIT);
  const deleted = await db
    .delete(deadClicks)
    .where(inArray(deadClicks.id, old))
    .returning({ clicks: deadClicks.clicks, replayed_at: deadClicks.replayed_at });
  const lost = deleted.filter((row) => row.replayed_at === null).reduce((sum, row) => sum + row.clicks, 0);
  if (lost > 0) logError("dead_clicks_deleted_without_replay", { clicks: lost });
}
