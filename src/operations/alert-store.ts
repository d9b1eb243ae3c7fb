/** What the status job remembers. */
import { lt, notInArray, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import type { ItemState } from "./decide-alerts.ts";
import { SIZE_DAYS } from "./judge-work.ts";
import { databaseSizes, statusChecks, statusItems } from "./tables.ts";

/** The only row of `status_checks`. */
const ROW = 1;

/**
 * Starts a check at `now` (ms), in one statement, so that only one of several crons does: false if the last one was less than
 * `interval` before.
 */
export async function startCheck(db: Database, now: number, interval: number): Promise<boolean> {
  const started = await db
    .insert(statusChecks)
    .values({ id: ROW, checked_at: now })
    .onConflictDoUpdate({
      target: statusChecks.id,
      set: { checked_at: now },
      setWhere: sql`${statusChecks.checked_at} <= ${now - interval}`,
    })
    .returning({ id: statusChecks.id });
  return started.length > 0;
}

/** What is remembered of all items. */
export function readStates(db: Database): Promise<ItemState[]> {
  return db.select().from(statusItems);
}

/** Remembers these items and no others, and the channels that the last alert couldn't be sent to; null if none was sent. */
export async function saveStates(
  db: Database,
  states: readonly ItemState[],
  failed_channels: readonly string[] | null,
): Promise<void> {
  const names = states.map(({ name }) => name);
  await db.batch([
    db.delete(statusItems).where(notInArray(statusItems.name, names)),
    ...states.map((state) =>
      db.insert(statusItems).values(state).onConflictDoUpdate({ target: statusItems.name, set: state }),
    ),
    ...(failed_channels === null ? [] : [db.update(statusChecks).set({ failed_channels: [...failed_channels] })]),
  ]);
}

/** Records the size of the database on a day (since the epoch), and forgets old sizes. */
export async function recordSize(db: Database, { day, bytes }: { day: number; bytes: number }): Promise<void> {
  await db.batch([
    db
      .insert(databaseSizes)
      .values({ day, bytes })
      .onConflictDoUpdate({
        target: databaseSizes.day,
        set: { bytes },
        setWhere: sql`${databaseSizes.bytes} <> excluded.bytes`,
      }),
    db.delete(databaseSizes).where(lt(databaseSizes.day, day - SIZE_DAYS.kept)),
  ]);
}
