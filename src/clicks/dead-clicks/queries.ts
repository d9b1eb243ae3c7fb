import { and, asc, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { type List, type PageRequest, pageOf } from "../../lib/paging.ts";
import { deadClicks } from "../tables.ts";

type Row = typeof deadClicks.$inferSelect;

/** Parked clicks of one message in the API. */
export interface DeadClicksView {
  id: string;
  received_at: string;
  /** Number of clicks. */
  clicks: number;
  error: string;
  replayed_at: string | null;
}

/** The cursor format of both lists. */
export const DEAD_CLICKS_CURSOR = /^\d{1,15}\.[0-9a-f]{64}$/;

const listed = {
  id: deadClicks.id,
  received_at: deadClicks.received_at,
  clicks: deadClicks.clicks,
  error: deadClicks.error,
  replayed_at: deadClicks.replayed_at,
};

/** Lists parked clicks by message, newest first, without the clicks themselves. */
export async function readDeadClicks(db: Database, page: PageRequest): Promise<List<DeadClicksView>> {
  const rows = await db
    .select(listed)
    .from(deadClicks)
    .where(pastCursor(page.cursor, sql`<`))
    .orderBy(desc(deadClicks.received_at), desc(deadClicks.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, viewDeadClicks, cursorOf);
}

/** Lists messages that weren't replayed, oldest first, with their clicks. */
export async function listUnreplayed(db: Database, page: PageRequest): Promise<List<Row>> {
  const rows = await db
    .select()
    .from(deadClicks)
    .where(and(isNull(deadClicks.replayed_at), pastCursor(page.cursor, sql`>`)))
    .orderBy(asc(deadClicks.received_at), asc(deadClicks.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, (row) => row, cursorOf);
}

/** Reads one message with its parked clicks, null for none. */
export async function readDeadClicksById(db: Database, id: string): Promise<Row | null> {
  return (await db.select().from(deadClicks).where(eq(deadClicks.id, id)).get()) ?? null;
}

export function viewDeadClicks({ id, received_at, clicks, error, replayed_at }: Omit<Row, "body">): DeadClicksView {
  return {
    id,
    received_at: new Date(received_at).toISOString(),
    clicks,
    error,
    replayed_at: replayed_at === null ? null : new Date(replayed_at).toISOString(),
  };
}

function cursorOf({ received_at, id }: { received_at: number; id: string }): string {
  return `${received_at}.${id}`;
}

function pastCursor(cursor: string | null, direction: SQL): SQL | undefined {
  if (cursor === null) return undefined;
  const [time, id] = cursor.split(".");
  return sql`(${deadClicks.received_at}, ${deadClicks.id}) ${direction} (${Number(time)}, ${id})`;
}
