/** Who may join a program that is open to customers only. */
import { sql } from "drizzle-orm";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { customerIdentifiers, customers } from "../webhooks/tables.ts";

/**
 * Whether someone with this email (by its keyed hash) has paid in the program, and not got everything back. Purchases in test
 * mode don't count.
 */
export async function isPayingCustomer(db: Database, programId: number, emailHash: string): Promise<boolean> {
  const row = await db.get(sql`SELECT 1 FROM ${customerIdentifiers} k
    LEFT JOIN ${customers} c ON c.key = k.customer_key
    JOIN ${conversions} s ON s.program_id = k.program_id AND s.customer_key = coalesce(c.merged_into, k.customer_key)
    WHERE k.program_id = ${programId} AND k.name = ${`email:${emailHash}`}
      AND s.type = 'sale' AND s.status <> 'refunded' AND s.test = 0
    LIMIT 1`);
  return row !== undefined && row !== null;
}
