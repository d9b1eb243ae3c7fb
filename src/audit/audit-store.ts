/** Writes the audit log. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import { nanoid } from "nanoid";
import type { Database } from "../db/database.ts";
import type { AuditMessage } from "./audit-message.ts";
import { type AuditedFields, auditEntries } from "./tables.ts";

/** What changed. `before` and `after` hold the changed fields only, without secrets; null for a record that didn't or doesn't exist. */
export interface Change {
  /** The noun and the past participle, such as `program.updated`. */
  action: string;
  /** The program that the record belongs to, null for none. A program that the batch creates is found by a subquery. */
  program_id: number | SQL | null;
  /** The noun, such as `program`. */
  subject_type: string;
  /** The record's public id: a slug, a username, an id. */
  subject: string;
  before: AuditedFields | null;
  after: AuditedFields | null;
}

/** Who made a change: a user's or a key's id, an affiliate's username, or the job that did it. */
export interface AuditActor {
  actor_kind: "user" | "key" | "affiliate" | "system";
  actor: string;
  /** The API key that a user's call carried, null for none. */
  key_id: string | null;
}

const TIME_DIGITS = 9;
const ORDER_DIGITS = 3;
const RANDOM_CHARACTERS = 9;

/** How many ids this isolate has made, modulo what fits, so that entries of one batch are in its order. */
let made = 0;

/** Matches an entry's id: `aud_`, the time in base 36, its place among those of that time, and random characters. */
export const AUDIT_ID = /^aud_[0-9a-z]{9}[A-Za-z0-9_-]{12}$/;

/** The first id of an entry at `time` (ms), without what follows the time. It sorts before all later ids. */
export function firstAuditIdAt(time: number): string {
  return `aud_${Math.max(time, 0).toString(36).padStart(TIME_DIGITS, "0")}`;
}

/**
 * The statement that removes the values of some fields from a record's entries, because the person behind it was erased. That
 * they were changed, when and by whom, stays.
 */
export function forgetValues(
  db: Database,
  record: Pick<Change, "subject_type" | "subject">,
  fields: readonly string[],
) {
  const nulls = sql.join(
    fields.map((field) => sql`${`$.${field}`}, NULL`),
    sql`, `,
  );
  return db
    .update(auditEntries)
    .set({
      before: sql`json_replace(${auditEntries.before}, ${nulls})`,
      after: sql`json_replace(${auditEntries.after}, ${nulls})`,
    })
    .where(and(eq(auditEntries.subject_type, record.subject_type), eq(auditEntries.subject, record.subject)));
}

/**
 * The statement that adds an entry. Place it in the batch of the change, right after the statement that makes it: it adds
 * nothing if that statement changed no row, unless `always` is set.
 */
export function recordChange(db: Database, by: AuditActor, change: Change, at: number, { always = false } = {}) {
  const id = newAuditId(at);
  const { action, program_id, subject_type, subject } = change;
  const toJson = (fields: AuditedFields | null) => (fields === null ? null : JSON.stringify(fields));
  return db.insert(auditEntries).select(sql`
    SELECT ${id}, ${at}, ${by.actor_kind}, ${by.actor}, ${by.key_id}, ${action}, ${program_id}, ${subject_type}, ${subject},
      ${toJson(change.before)}, ${toJson(change.after)} WHERE ${always ? sql`true` : sql`changes() > 0`}`);
}

/**
 * The message that records a change which an object makes. Pass it to the object with the command. The object puts it in its
 * outbox in the transaction of the change, and drops it if the command changes nothing, such as a repeated one.
 */
export function describeChange(
  by: AuditActor,
  change: Change & { program_id: number | null },
  at: number,
): AuditMessage {
  return { to: "audit", entry: { id: newAuditId(at), at, ...by, ...change } };
}

/** Adds an entry that an object sent. An entry that is sent again has the same id, and adds nothing. */
export async function projectAuditEntry(db: Database, { entry }: AuditMessage): Promise<void> {
  await db.insert(auditEntries).values(entry).onConflictDoNothing();
}

/** Removes the notes that only merchants read from the entries about conversions whose customer is erased: they may name it. */
export async function eraseNotes(db: Database, conversions: readonly string[]): Promise<void> {
  await db.run(sql`UPDATE ${auditEntries} SET after = json_remove(after, '$.internal_note')
    WHERE subject_type = 'conversion' AND subject IN (SELECT value FROM json_each(${JSON.stringify(conversions)}))
      AND json_extract(after, '$.internal_note') IS NOT NULL`);
}

function newAuditId(at: number): string {
  made = (made + 1) % 36 ** ORDER_DIGITS;
  return `${firstAuditIdAt(at)}${made.toString(36).padStart(ORDER_DIGITS, "0")}${nanoid(RANDOM_CHARACTERS)}`;
}
