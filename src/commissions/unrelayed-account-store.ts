/** Which Account objects had something left to send after a relay. */
import { and, eq } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { Database } from "../db/database.ts";
import { unrelayedAccounts } from "./tables.ts";

/** Accounts that could not send everything. */
export async function listUnrelayedAccounts(db: Database, limit: number): Promise<AccountKey[]> {
  const { program_id, affiliate_id } = unrelayedAccounts;
  return db.select({ program_id, affiliate_id }).from(unrelayedAccounts).limit(limit);
}

/** Records whether an account has something left to send, at a time (ms). */
export async function recordRelay(
  db: Database,
  { program_id, affiliate_id }: AccountKey,
  isUnrelayed: boolean,
  now: number,
): Promise<void> {
  const isThis = and(eq(unrelayedAccounts.program_id, program_id), eq(unrelayedAccounts.affiliate_id, affiliate_id));
  if (!isUnrelayed) await db.delete(unrelayedAccounts).where(isThis);
  else await db.insert(unrelayedAccounts).values({ program_id, affiliate_id, since: now }).onConflictDoNothing();
}
