/** Applications to programs. */
import { and, count, desc, eq, gt, lt, lte, ne, or, sql } from "drizzle-orm";
import { nanoid } from "nanoid";
import { affiliates, enrollments } from "../affiliates/tables.ts";
import type { Database } from "../db/database.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";
import { programs } from "../programs/tables.ts";
import type { APPLICATION_STATUSES } from "./application-form.ts";
import { applications } from "./tables.ts";

/** A row of `applications`. */
export type Application = typeof applications.$inferSelect;

/** How long the link that confirms an email address works. */
export const CONFIRM_HOURS = 24;
const CONFIRM_MS = CONFIRM_HOURS * MS_PER_HOUR;
/** How long a rejected application is kept, unless its applicant may not apply again. */
const REJECTED_DAYS = 365;
/** Applications that one address can have unconfirmed, because anyone can enter it. */
const UNCONFIRMED_MAX = 3;

const TIME_DIGITS = 9;
const RANDOM_CHARACTERS = 12;

/** Matches an application's id, which begins with the time. */
export const APPLICATION_ID = /^apl_[0-9a-z]{9}[A-Za-z0-9_-]{12}$/;

/** A new application that isn't confirmed yet. */
export function newApplication(
  fields: Omit<Application, "id" | "status" | "created_at" | "confirmed_at" | "decided_at" | "reason" | "may_reapply">,
  now: number,
): Application {
  const id = `apl_${now.toString(36).padStart(TIME_DIGITS, "0")}${nanoid(RANDOM_CHARACTERS)}`;
  const open = {
    status: "unconfirmed" as const,
    confirmed_at: null,
    decided_at: null,
    reason: null,
    may_reapply: true,
  };
  return { ...fields, ...open, id, created_at: now };
}

/** The statement that stores an application. */
export function insertApplication(db: Database, row: Application) {
  return db.insert(applications).values(row);
}

/** Stores an application. False if its address has too many that aren't confirmed. */
export async function storeApplication(db: Database, row: Application): Promise<boolean> {
  const { email, status, created_at } = applications;
  const isWaiting = and(eq(email, row.email), eq(status, "unconfirmed"), gt(created_at, row.created_at - CONFIRM_MS));
  const waiting = await db.select({ waiting: count() }).from(applications).where(isWaiting).get();
  if ((waiting?.waiting ?? 0) >= UNCONFIRMED_MAX) return false;
  await insertApplication(db, row);
  return true;
}

/** An application; null if there is none. */
export async function findApplication(db: Database, id: string): Promise<Application | null> {
  return (await db.select().from(applications).where(eq(applications.id, id)).get()) ?? null;
}

/** Whether an application's email address can still be confirmed at a time (ms). */
export function isConfirmable({ status, created_at }: Application, now: number): boolean {
  return status === "unconfirmed" && created_at > now - CONFIRM_MS;
}

/** A program's applications, newest first, from before an id. Those that aren't confirmed are the applicants' own. */
export async function listApplications(
  db: Database,
  programId: number,
  filter: { status: (typeof APPLICATION_STATUSES)[number] | null; before: string | null },
  limit: number,
): Promise<Application[]> {
  const { program_id, status, id } = applications;
  return db
    .select()
    .from(applications)
    .where(
      and(
        eq(program_id, programId),
        filter.status === null ? ne(status, "unconfirmed") : eq(status, filter.status),
        filter.before === null ? undefined : lt(id, filter.before),
      ),
    )
    .orderBy(desc(id))
    .limit(limit);
}

/** Whether someone else has, or has asked for, a username. `now` in ms. */
export async function isUsernameTaken(
  db: Database,
  username: string,
  given: { email: string | null; now: number },
): Promise<boolean> {
  const taken = await db.select({ id: affiliates.id }).from(affiliates).where(eq(affiliates.username, username)).get();
  if (taken !== undefined) return true;
  const { status, created_at } = applications;
  const isOpen = or(eq(status, "in_review"), and(eq(status, "unconfirmed"), gt(created_at, given.now - CONFIRM_MS)));
  const asked = await db
    .select({ id: applications.id })
    .from(applications)
    .where(and(eq(applications.username, username), ne(applications.email, given.email ?? ""), isOpen))
    .limit(1)
    .get();
  return asked !== undefined;
}

/** Why someone can't join a program now; null if they can. */
export type Refusal = "enrolled" | "in_review" | "not_again";

/** Why a person can't join a program. */
export async function findRefusal(
  db: Database,
  programId: number,
  { email, affiliate_id }: { email: string; affiliate_id: number | null },
): Promise<Refusal | null> {
  const [[enrollment], earlier] = await db.batch([
    db
      .select({ status: enrollments.status, may_reapply: enrollments.may_reapply })
      .from(enrollments)
      .where(and(eq(enrollments.program_id, programId), eq(enrollments.affiliate_id, affiliate_id ?? 0))),
    db
      .select({ status: applications.status, may_reapply: applications.may_reapply })
      .from(applications)
      .where(and(eq(applications.program_id, programId), eq(applications.email, email)))
      .orderBy(desc(applications.id))
      .limit(10),
  ]);
  if (enrollment?.status === "approved" || enrollment?.status === "pending" || enrollment?.status === "suspended") {
    return "enrolled";
  }
  if (enrollment !== undefined && (enrollment.status === "banned" || !enrollment.may_reapply)) return "not_again";
  if (earlier.some(({ status }) => status === "in_review")) return "in_review";
  const decided = earlier.find(({ status }) => status === "approved" || status === "rejected");
  return decided?.status === "rejected" && !decided.may_reapply ? "not_again" : null;
}

/** The statement that gives an application, whose email address is confirmed, to the merchant. */
export function putInReview(
  db: Database,
  id: string,
  { affiliate_id, group_slug }: Pick<Application, "affiliate_id" | "group_slug">,
  now: number,
) {
  return db
    .update(applications)
    .set({ status: "in_review", confirmed_at: now, affiliate_id, group_slug })
    .where(and(eq(applications.id, id), eq(applications.status, "unconfirmed")));
}

/**
 * The statement that fails, and its batch with it, if an application was decided before: it would store a second row with the
 * same id.
 */
export function requireUndecided(db: Database, id: string) {
  return db
    .insert(applications)
    .select(
      sql`SELECT * FROM applications AS decided WHERE decided.id = ${id} AND decided.status IN ('approved', 'rejected')`,
    );
}

/** The statement that approves an application. */
export function markApproved(
  db: Database,
  { id, group_slug, confirmed_at }: Pick<Application, "id" | "group_slug" | "confirmed_at">,
  affiliate_id: Application["affiliate_id"] | ReturnType<typeof sql<number>>,
  now: number,
) {
  return db
    .update(applications)
    .set({ status: "approved", affiliate_id, group_slug, confirmed_at: confirmed_at ?? now, decided_at: now })
    .where(
      and(eq(applications.id, id), or(eq(applications.status, "unconfirmed"), eq(applications.status, "in_review"))),
    );
}

/** The statement that rejects an application. */
export function markRejected(
  db: Database,
  id: string,
  decision: Pick<Application, "reason" | "may_reapply">,
  now: number,
) {
  return db
    .update(applications)
    .set({ status: "rejected", decided_at: now, ...decision })
    .where(and(eq(applications.id, id), eq(applications.status, "in_review")));
}

/** Deletes applications that were never confirmed, and rejected ones after a year, at `now` (ms). */
export async function deleteOldApplications(db: Database, now: number): Promise<void> {
  const { status, created_at, decided_at, may_reapply } = applications;
  await db
    .delete(applications)
    .where(
      or(
        and(eq(status, "unconfirmed"), lte(created_at, now - CONFIRM_MS)),
        and(eq(status, "rejected"), eq(may_reapply, true), lte(decided_at, now - REJECTED_DAYS * MS_PER_DAY)),
      ),
    );
}

/** What an affiliate's applications say about it, oldest first, with the program's slug. */
export async function listOwnApplications(db: Database, affiliateId: number) {
  const { status, name, email, username, country, answers, terms_version, reason } = applications;
  const { shares_email, created_at, confirmed_at, decided_at } = applications;
  return db
    .select({
      ...{ program: programs.slug, status, name, email, username, country, answers, terms_version, reason },
      ...{ shares_email, created_at, confirmed_at, decided_at },
    })
    .from(applications)
    .innerJoin(programs, eq(programs.id, applications.program_id))
    .where(eq(applications.affiliate_id, affiliateId))
    .orderBy(applications.id);
}

/** The ids of an affiliate's applications. */
export async function listApplicationIds(db: Database, affiliateId: number): Promise<string[]> {
  const rows = await db
    .select({ id: applications.id })
    .from(applications)
    .where(eq(applications.affiliate_id, affiliateId));
  return rows.map(({ id }) => id);
}

/** The statement that removes what an affiliate's applications say about the person. */
export function eraseApplications(db: Database, affiliateId: number) {
  return db
    .update(applications)
    .set({ name: "", email: sql`'erased-' || ${applications.id}`, answers: [], country: null, reason: null })
    .where(eq(applications.affiliate_id, affiliateId));
}
