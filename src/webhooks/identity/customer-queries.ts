import { and, asc, eq, gt, isNotNull, isNull } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { customers } from "../tables.ts";

/** The keys of a program's Customer objects after a key, in order; without merged customers, whose objects are empty. */
export async function listCustomers(db: Database, programId: number, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ key: customers.key })
    .from(customers)
    .where(and(eq(customers.program_id, programId), gt(customers.key, after), isNull(customers.merged_into)))
    .orderBy(asc(customers.key))
    .limit(limit);
  return rows.map(({ key }) => key);
}

/** The same, with merged customers. */
export async function listAllCustomers(
  db: Database,
  programId: number,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .select({ key: customers.key })
    .from(customers)
    .where(and(eq(customers.program_id, programId), gt(customers.key, after)))
    .orderBy(asc(customers.key))
    .limit(limit);
  return rows.map(({ key }) => key);
}

/** A program's merged customers after a key, in order, with the keys of the objects that they were merged into. */
export async function listMergedCustomers(
  db: Database,
  programId: number,
  after: string,
  limit: number,
): Promise<{ key: string; merged_into: string }[]> {
  const rows = await db
    .select({ key: customers.key, merged_into: customers.merged_into })
    .from(customers)
    .where(and(eq(customers.program_id, programId), gt(customers.key, after), isNotNull(customers.merged_into)))
    .orderBy(asc(customers.key))
    .limit(limit);
  return rows.flatMap(({ key, merged_into }) => (merged_into === null ? [] : [{ key, merged_into }]));
}
