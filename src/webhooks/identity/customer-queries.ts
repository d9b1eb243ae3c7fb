import { and, asc, eq, gt, isNull } from "drizzle-orm";
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
