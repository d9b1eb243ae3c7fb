/** Invitations to programs. */
import { and, desc, eq, isNull, lt } from "drizzle-orm";
import { nanoid } from "nanoid";
import type { Database } from "../db/database.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import { invitations } from "./tables.ts";

/** A row of `invitations`. */
export type Invitation = typeof invitations.$inferSelect;

/** For how long an invitation works. */
export const INVITATION_DAYS = 30;

const TIME_DIGITS = 9;
const RANDOM_CHARACTERS = 12;

/** Matches an invitation's id, which begins with the time. */
export const INVITATION_ID = /^inv_[0-9a-z]{9}[A-Za-z0-9_-]{12}$/;

/** A new invitation, with the statement that stores it. */
export function newInvitation(
  db: Database,
  fields: Pick<Invitation, "program_id" | "email" | "name" | "group_slug">,
  now: number,
) {
  const id = `inv_${now.toString(36).padStart(TIME_DIGITS, "0")}${nanoid(RANDOM_CHARACTERS)}`;
  const expires_at = now + INVITATION_DAYS * MS_PER_DAY;
  const row = { id, ...fields, created_at: now, expires_at, used_at: null, revoked_at: null };
  return { row, statement: db.insert(invitations).values(row) };
}

/** A program's invitations, newest first, from before an id. */
export async function listInvitations(db: Database, programId: number, before: string | null, limit: number) {
  return db
    .select()
    .from(invitations)
    .where(and(eq(invitations.program_id, programId), before === null ? undefined : lt(invitations.id, before)))
    .orderBy(desc(invitations.id))
    .limit(limit);
}

/** An invitation of a program; null if there is none. */
export async function findInvitation(db: Database, programId: number, id: string): Promise<Invitation | null> {
  const isThis = and(eq(invitations.id, id), eq(invitations.program_id, programId));
  return (await db.select().from(invitations).where(isThis).get()) ?? null;
}

/** Whether an invitation still works at a time (ms). */
export function isInvitationOpen(invitation: Invitation, now: number): boolean {
  return invitation.used_at === null && invitation.revoked_at === null && invitation.expires_at > now;
}

/** The statement that uses up an invitation. */
export function useInvitation(db: Database, id: string, now: number) {
  return db
    .update(invitations)
    .set({ used_at: now })
    .where(and(eq(invitations.id, id), isNull(invitations.used_at)));
}

/** The statement that revokes an invitation that wasn't used. */
export function revokeInvitation(db: Database, id: string, now: number) {
  return db
    .update(invitations)
    .set({ revoked_at: now })
    .where(and(eq(invitations.id, id), isNull(invitations.used_at), isNull(invitations.revoked_at)));
}
