/** D1 lookups about an account's program and affiliate. All throw if D1 is unavailable. */

import { and, asc, desc, eq, lte } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import { affiliates, enrollmentStatuses } from "../affiliates/tables.ts";
import type { Database } from "../db/database.ts";
import { programs } from "../programs/tables.ts";

/** Facts about an account that never change. */
export interface AccountDetails {
  program_currency: string;
  /** The affiliate's sponsor, or null. */
  sponsor_id: number | null;
}

export async function loadAccountDetails(
  db: Database,
  { program_id, affiliate_id }: AccountKey,
): Promise<AccountDetails> {
  const [[program], [affiliate]] = await db.batch([
    db.select({ currency: programs.currency }).from(programs).where(eq(programs.id, program_id)),
    db.select({ sponsor_id: affiliates.sponsor_id }).from(affiliates).where(eq(affiliates.id, affiliate_id)),
  ]);
  if (program === undefined) throw new Error(`there is no program ${program_id}`);
  const sponsor_id = affiliate?.sponsor_id ?? null;
  return { program_currency: program.currency, sponsor_id: sponsor_id === affiliate_id ? null : sponsor_id };
}

/**
 * Whether an affiliate was approved in a program at a time (ms): by their last status change until then, or by their
 * first known status if the time is earlier. False if they aren't enrolled.
 */
export async function loadApproved(db: Database, account: AccountKey, at: number): Promise<boolean> {
  const isOwn = and(
    eq(enrollmentStatuses.program_id, account.program_id),
    eq(enrollmentStatuses.affiliate_id, account.affiliate_id),
  );
  const { status } = enrollmentStatuses;
  const [[last], [first]] = await db.batch([
    db
      .select({ status })
      .from(enrollmentStatuses)
      .where(and(isOwn, lte(enrollmentStatuses.at, at)))
      .orderBy(desc(enrollmentStatuses.at))
      .limit(1),
    db.select({ status }).from(enrollmentStatuses).where(isOwn).orderBy(asc(enrollmentStatuses.at)).limit(1),
  ]);
  return (last ?? first)?.status === "approved";
}
