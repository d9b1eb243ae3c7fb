/** Which users may approve now: an approval counts only while its user may still give it. */
import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { includesPrograms, PERMISSIONS } from "./roles.ts";
import { users } from "./tables.ts";

/** The ids of the users who may approve a program's payout runs now. */
export async function listApprovers(db: Database, programId: number): Promise<Set<string>> {
  const rows = await db
    .select({ id: users.id, program_ids: users.program_ids })
    .from(users)
    .where(and(isNull(users.removed_at), inArray(users.role, [...PERMISSIONS.pay])));
  return new Set(rows.filter(({ program_ids }) => includesPrograms(program_ids, [programId])).map(({ id }) => id));
}

/** The ids of the owners, for a condition of a statement. */
export function selectOwners(db: Database) {
  return db
    .select({ id: users.id })
    .from(users)
    .where(and(isNull(users.removed_at), eq(users.role, "owner")));
}
