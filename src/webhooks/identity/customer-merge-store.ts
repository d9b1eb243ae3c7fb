/** Merges of customers: recorded in D1 first, so that later events go to the remaining one; then the other hands over. */
import { and, eq, inArray, isNotNull, isNull, not, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { runBatch } from "../../db/named-batch.ts";
import { customers } from "../tables.ts";
import { isErasedCustomer } from "./identifier-queries.ts";
import { markUnrelayed } from "./unrelayed-store.ts";

/** Which customers are merged into which one, and when (ms). */
export interface Merge {
  key: string;
  merges: readonly string[];
  program_id: number;
  at: number;
}

/**
 * Records that these customers are one, unless another event has merged them differently in the meantime. Returns the
 * customer that the event belongs to, and the customers that still have to hand over. A merge is permanent, and nothing is
 * merged into a customer that was merged itself.
 */
export async function mergeCustomers(
  db: Database,
  { key: into, merges, program_id, at }: Merge,
): Promise<{ customer_key: string; merging: string[] }> {
  const isOpen = sql`NOT EXISTS (SELECT 1 FROM customers WHERE key = ${into} AND merged_into IS NOT NULL)`;
  const keys = JSON.stringify([into, ...merges]);
  const { merged } = await runBatch(db, {
    target: db.insert(customers).values({ key: into, program_id, first_seen_at: at }).onConflictDoNothing(),
    merges: merges.flatMap((from) => [
      db
        .insert(customers)
        .select(sql`SELECT ${from}, ${program_id}, ${into}, 0, NULL, ${at} WHERE ${isOpen}`)
        .onConflictDoUpdate({
          target: customers.key,
          set: { merged_into: sql`excluded.merged_into` },
          setWhere: isNull(customers.merged_into),
        }),
      // Customers that were merged into it earlier are merged too.
      db
        .update(customers)
        .set({ merged_into: into })
        .where(and(eq(customers.merged_into, from), isOpen)),
    ]),
    unrelayed: markUnrelayed(db, sql`SELECT value, ${at} FROM json_each(${keys}) WHERE true`),
    merged: db
      .select({ key: sql<string>`coalesce(${customers.merged_into}, ${customers.key})`.as("merged_key") })
      .from(customers)
      .where(eq(customers.key, into)),
  });
  const customer_key = merged[0]?.key ?? into;
  return { customer_key, merging: await listMerging(db, customer_key) };
}

async function listMerging(db: Database, into: string): Promise<string[]> {
  const isMerging = and(eq(customers.merged_into, into), eq(customers.handed_over, false));
  const rows = await db.select({ key: customers.key }).from(customers).where(isMerging);
  return rows.map(({ key }) => key);
}

/** Records that the objects of merged customers have handed over everything. */
export async function closeMerges(db: Database, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await db
    .update(customers)
    .set({ handed_over: true })
    .where(inArray(customers.key, [...keys]));
}

/** Merges that were recorded but not completed, such as after a crash; without erasures. */
export async function listOpenMerges(db: Database, limit: number): Promise<{ from: string; into: string }[]> {
  const rows = await db
    .select({ from: customers.key, into: customers.merged_into })
    .from(customers)
    .where(
      and(
        isNotNull(customers.merged_into),
        eq(customers.handed_over, false),
        not(isErasedCustomer(customers.merged_into)),
      ),
    )
    .limit(limit);
  return rows.map(({ from, into }) => ({ from, into: into ?? from }));
}
