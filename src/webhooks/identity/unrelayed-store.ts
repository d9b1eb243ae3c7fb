/** Which Customer objects have something to relay, as D1 knows it: a cron finds by it what an alarm missed. */
import { and, eq, lt, lte } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { unrelayedCustomers } from "../tables.ts";

/** That an object has told all that it had received until a time, ms. */
export interface Relayed {
  key: string;
  until: number;
}

/** The statement that removes an object's row, unless the object has received something since. */
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

/** Keeps that objects have told all that they had. */
export async function markRelayed(db: Database, relayed: readonly Relayed[]): Promise<void> {
  const [first, ...others] = relayed.map((one) => clearRelayed(db, one));
  if (first !== undefined) await db.batch([first, ...others]);
}
