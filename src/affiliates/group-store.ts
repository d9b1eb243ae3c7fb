/** The groups that enrollments are in, with their history. */
import { and, desc, eq, lte, type SQL } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import { DEFAULT_GROUP } from "../programs/group.ts";
import type { AccountKey } from "./enrollment.ts";
import { enrollmentGroups } from "./tables.ts";

const ofAccount = ({ program_id, affiliate_id }: AccountKey) =>
  and(eq(enrollmentGroups.program_id, program_id), eq(enrollmentGroups.affiliate_id, affiliate_id));

/** The statement that moves an enrollment to a group from a time (ms) on. */
export function moveToGroup(
  db: Database,
  { program_id, affiliate_id }: { program_id: number; affiliate_id: number | SQL<number> },
  group_slug: string,
  at: number,
) {
  const { program_id: p, affiliate_id: a, at: since } = enrollmentGroups;
  return db
    .insert(enrollmentGroups)
    .values({ program_id, affiliate_id, at, group_slug })
    .onConflictDoUpdate({ target: [p, a, since], set: { group_slug } });
}

/** An enrollment's moves, newest first, with those that are scheduled. Times in ms. */
export async function listMoves(db: Database, account: AccountKey): Promise<{ group: string; from: number }[]> {
  return db
    .select({ group: enrollmentGroups.group_slug, from: enrollmentGroups.at })
    .from(enrollmentGroups)
    .where(ofAccount(account))
    .orderBy(desc(enrollmentGroups.at));
}

/** The group of an enrollment at a time (ms). */
export async function findGroupAt(db: Database, account: AccountKey, at: number): Promise<string> {
  return runQuery(db, defineGroupQuery(db, account, at));
}

/** The same, as a query for a batch. */
export function defineGroupQuery(db: Database, account: AccountKey, at: number): Query<string> {
  const newest = db
    .select({ group: enrollmentGroups.group_slug })
    .from(enrollmentGroups)
    .where(and(ofAccount(account), lte(enrollmentGroups.at, at)))
    .orderBy(desc(enrollmentGroups.at))
    .limit(1);
  return defineQuery([newest], ([[row]]) => row?.group ?? DEFAULT_GROUP);
}
