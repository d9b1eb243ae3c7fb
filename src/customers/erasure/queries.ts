import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { customers } from "../../webhooks/tables.ts";

/** Whether a new customer has a key whose earlier customer was, or is being, erased into another object. */
export async function hasNewCustomer(db: Database, key: string, erased_into: string): Promise<boolean> {
  const row = await db
    .select({ key: customers.key })
    .from(customers)
    .where(and(eq(customers.key, key), sql`${customers.merged_into} IS NOT ${erased_into}`))
    .get();
  return row !== undefined;
}
