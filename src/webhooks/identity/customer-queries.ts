import { and, asc, eq, gt, isNull } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { customers } from "../tables.ts";

/** The next Customer objects of a programme after a key, in the order of keys; those that were merged have nothing of their own. */
export async function listCustomers(db: Database, programId: number, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ key: customers.key })
    .from(customers)
    .where(and(eq(customers.program_id, programId), gt(customers.key, after), isNull(customers.merged_into)))
    .orderBy(asc(customers.key))
    .limit(limit);
  return rows.map(({ key }) => key);
}
