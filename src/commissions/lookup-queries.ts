/** What an account must know of its program and its affiliate, asked of D1. All throw while D1 is away. */

import { and, asc, desc, eq, lte } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import { affiliates, enrollmentStatuses } from "../affiliates/tables.ts";
import type { Database } from "../db/database.ts";
import { programs } from "../programs/tables.ts";

/** An account's surroundings that never change. */
export interface Surroundings {
  program_currency: string;
  /** Who brought the affiliate in, null for nobody. */
  sponsor_id: number | null;
}

export async function loadSurroundings(db: Database, { program_id, affiliate_id }: AccountKey): Promise<Surroundings> {
  const [[program], [affiliate]] = await db.batch([
    db.select({ currency: programs.currency }).from(programs).where(eq(programs.id, program_id)),
    db.select({ sponsor_id: affiliates.sponsor_id }).from(affiliates).where(eq(affiliates.id, affiliate_id)),
  ]);
  if (program === undefined) throw new Error(`there is no program ${program_id}`);
  const sponsor_id = affiliate?.sponsor_id ?? null;
  return { program_currency: program.currency, sponsor_id: sponsor_id === affiliate_id ? null : sponsor_id };
}

/**
 * Whether an affiliate stood approved in a program at a time (ms): by the last change until then, or by the first one ever
 * for what came before that, as for those who sell. Nobody is approved who is not enrolled.
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
