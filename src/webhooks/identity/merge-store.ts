/** Customers who turn out to be one: said in D1 first, so that every later event goes to the one; then the other hands over. */
import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { customers, unrelayedCustomers } from "../tables.ts";

/** Which objects are merged into which, and when (ms). */
export interface Merge {
  key: string;
  merges: readonly string[];
  program_id: number;
  at: number;
}

/**
 * Makes it known that these customers are one, unless another event has said otherwise meanwhile; where the event goes, and what
 * has still to hand over. Whoever is merged is so for good, and nothing is merged into what was merged itself.
 */
export async function mergeCustomers(
  db: Database,
  { key: into, merges, program_id: programId, at }: Merge,
): Promise<{ customer_key: string; merging: string[] }> {
  const isOpen = sql`NOT EXISTS (SELECT 1 FROM customers WHERE key = ${into} AND merged_into IS NOT NULL)`;
  const results = await db.batch([
    db.insert(customers).values({ key: into, program_id: programId, first_seen_at: at }).onConflictDoNothing(),
    ...merges.flatMap((from) => [
      db
        .insert(customers)
        .select(sql`SELECT ${from}, ${programId}, ${into}, 0, NULL, ${at} WHERE ${isOpen}`)
        .onConflictDoUpdate({
          target: customers.key,
          set: { merged_into: sql`excluded.merged_into` },
          setWhere: isNull(customers.merged_into),
        }),
      // What was merged into it goes along.
      db
        .update(customers)
        .set({ merged_into: into })
        .where(and(eq(customers.merged_into, from), isOpen)),
    ]),
    db
      .insert(unrelayedCustomers)
      .values([into, ...merges].map((key) => ({ key, since: at })))
      .onConflictDoUpdate({
        target: unrelayedCustomers.key,
        set: { since: sql`max(${unrelayedCustomers.since}, excluded.since)` },
      }),
    db
      .select({ root: sql<string>`coalesce(${customers.merged_into}, ${customers.key})`.as("root") })
      .from(customers)
      .where(eq(customers.key, into)),
  ]);
  const [root] = results.at(-1) as { root: string }[];
  const customer_key = root?.root ?? into;
  return { customer_key, merging: await listMerging(db, customer_key) };
}

async function listMerging(db: Database, into: string): Promise<string[]> {
  const isMerging = and(eq(customers.merged_into, into), eq(customers.handed_over, false));
  const rows = await db.select({ key: customers.key }).from(customers).where(isMerging);
  return rows.map(({ key }) => key);
}

/** Keeps that these have handed over all that they knew. */
export async function closeMerges(db: Database, keys: readonly string[]): Promise<void> {
  if (keys.length > 0)
    await db
      .update(customers)
      .set({ handed_over: true })
      .where(inArray(customers.key, [...keys]));
}

/** Merges that a crash has left half done. */
export async function listOpenMerges(db: Database, limit: number): Promise<{ from: string; into: string }[]> {
  const rows = await db
    .select({ from: customers.key, into: customers.merged_into })
    .from(customers)
    .where(and(isNotNull(customers.merged_into), eq(customers.handed_over, false)))
    .limit(limit);
  return rows.map(({ from, into }) => ({ from, into: into ?? from }));
}
