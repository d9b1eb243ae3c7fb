/** Which Customer objects have something left to relay. A cron finds the objects whose alarm was lost. */
import { and, eq, lt, lte, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { unrelayedCustomers } from "../tables.ts";

/** A Customer object that has relayed everything that it received until a time, ms. */
export interface Relayed {
  key: string;
  until: number;
}

/** The statement that marks objects as having something to relay. `rows` selects their key and the time of the event (ms). */
export function markUnrelayed(db: Database, rows: SQL) {
  return db
    .insert(unrelayedCustomers)
    .select(rows)
    .onConflictDoUpdate({
      target: unrelayedCustomers.key,
      set: { since: sql`max(${unrelayedCustomers.since}, excluded.since)` },
    });
}

/** The statement that removes an object's mark, unless the object has received something since. */
export function clearRelayed(db: Database, { key, until }: Relayed) {
  return db
    .delete(unrelayedCustomers)
    .where(and(eq(unrelayedCustomers.key, key), lte(unrelayedCustomers.since, until)));
}

/** Customer objects that have had something to relay since before a time, ms. */
export async function listUnrelayed(db: Database, before: number, limit: number): Promise<Relayed[]> {
  const { key, since } = unrelayedCustomers;
  return db.select({ key, until: since }).from(unrelayedCustomers).where(lt(since, before)).limit(limit);
}

/** Removes the marks of objects that have relayed everything. */
export async function markRelayed(db: Database, relayed: readonly Relayed[]): Promise<void> {
  const [first, ...others] = relayed.map((customer) => clearRelayed(db, customer));
  if (first !== undefined) await db.batch([first, ...others]);
}
