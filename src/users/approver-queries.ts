/** Which users may approve now: an approval counts only while its user may still give it. */
import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { includesPrograms, isPermitted } from "./roles.ts";
import { users } from "./tables.ts";

/** A user of the team, or one who was. */
export interface TeamUser {
  name: string;
  /** Whether the user may approve the program's payout runs now. */
  may_approve: boolean;
}

/** All users by id, with who may approve a program's payout runs now. Removed users are included, because runs name them. */
export async function loadTeam(db: Database, programId: number): Promise<Map<string, TeamUser>> {
  const rows = await db.select().from(users).orderBy(users.name);
  return new Map(
    rows.map(({ id, name, role, program_ids, removed_at }) => {
      const isActive = removed_at === null && includesPrograms(program_ids, [programId]);
      return [id, { name, may_approve: isActive && isPermitted(role, "pay") }];
    }),
  );
}

/** The ids of the users who may approve a program's payout runs now. */
export async function listApprovers(db: Database, programId: number): Promise<Set<string>> {
  const team = await loadTeam(db, programId);
  return new Set([...team].filter(([, { may_approve }]) => may_approve).map(([id]) => id));
}

/** The ids of the owners, for a condition of a statement. */
export function selectOwners(db: Database) {
  return db
    .select({ id: users.id })
    .from(users)
    .where(and(isNull(users.removed_at), eq(users.role, "owner")));
}
