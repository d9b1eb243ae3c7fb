/** Notes about an affiliate in a program. The affiliate never sees them; they are erased with the person. */
import { and, desc, eq, lt } from "drizzle-orm";
import { nanoid } from "nanoid";
import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { adminKeys } from "../api/layout/tables.ts";
import type { Database } from "../db/database.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { pageOf } from "../lib/paging.ts";
import { Problem } from "../lib/problem.ts";
import { users } from "../users/tables.ts";
import { findEnrolled } from "./api.ts";
import { affiliateNotes } from "./tables.ts";

const TEXT_MAX_CHARACTERS = 2_000;
const TIME_DIGITS = 9;
const RANDOM_CHARACTERS = 12;
/** The time in base 36, so that ids are in the order of the notes, and random characters. */
const NOTE_ID = /^note_[0-9a-z]{9}[A-Za-z0-9_-]{12}$/;

/** The body of `POST …/notes`. Line breaks are normalized to `\n`. */
export const newNote = v.strictObject({
  text: v.pipe(
    v.string(),
    v.transform((text) => text.replaceAll(/\r\n?/g, "\n").trim()),
    v.string(),
    v.minLength(1, "must not be empty"),
    v.maxLength(TEXT_MAX_CHARACTERS, `must have at most ${TEXT_MAX_CHARACTERS} characters`),
    v.regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, "must not contain control characters other than tabs and line breaks"),
  ),
});

export function addNoteRoutes(app: ApiApp): void {
  app.get("/programs/:program/enrollments/:affiliate/notes", allowQuery(...PAGING), async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const { limit, cursor } = readPage(c.req.query(), NOTE_ID);
    const rows = await selectNotes(c.var.db)
      .where(
        and(
          eq(affiliateNotes.affiliate_id, affiliate.id),
          eq(affiliateNotes.program_id, program.id),
          cursor === null ? undefined : lt(affiliateNotes.id, cursor),
        ),
      )
      .orderBy(desc(affiliateNotes.id))
      .limit(limit + 1);
    return c.json(pageOf(rows, limit, viewNote, ({ id }) => id));
  });

  app.post("/programs/:program/enrollments/:affiliate/notes", async (c) => {
    const { db, now, actor } = c.var;
    const { program, affiliate } = await findEnrolled(db, c.req.param());
    if (affiliate.erased_at !== null) {
      throw new Problem(409, "affiliate_erased", `The personal data of ${affiliate.username} was erased.`);
    }
    const { text } = await readJson(c.req, newNote);
    const id = `note_${now.toString(36).padStart(TIME_DIGITS, "0")}${nanoid(RANDOM_CHARACTERS)}`;
    const { user_id, key_id } = actor;
    const row = { id, program_id: program.id, affiliate_id: affiliate.id, created_at: now, user_id, key_id, text };
    const author = await findAuthor(db, actor);
    const change = { ...changeOf(affiliate.username, program.id, "created"), before: null, after: { text } };
    const body = viewNote({ id, created_at: now, text, ...author });
    return commitChange(c, [db.insert(affiliateNotes).values(row)], [change], { status: 201, body });
  });

  app.delete("/programs/:program/enrollments/:affiliate/notes/:note", async (c) => {
    const { db } = c.var;
    const { program, affiliate } = await findEnrolled(db, c.req.param());
    const isThis = and(
      eq(affiliateNotes.id, c.req.param("note")),
      eq(affiliateNotes.affiliate_id, affiliate.id),
      eq(affiliateNotes.program_id, program.id),
    );
    const missing = new Problem(404, "note_not_found", `There is no note "${c.req.param("note")}".`);
    const [note] = await selectNotes(db).where(isThis);
    if (note === undefined) throw missing;
    const change = changeOf(affiliate.username, program.id, "deleted");
    return commitChange(
      c,
      [db.delete(affiliateNotes).where(isThis)],
      [{ ...change, before: { text: note.text }, after: null }],
      { status: 200, body: { ...viewNote(note), status: "deleted" } },
      { if_unchanged: missing },
    );
  });
}

function changeOf(subject: string, programId: number, verb: string) {
  return { action: `affiliate_note.${verb}`, program_id: programId, subject_type: "affiliate", subject };
}

function selectNotes(db: Database) {
  const { id, created_at, text } = affiliateNotes;
  return db
    .select({ id, created_at, text, user: users.name, key: adminKeys.name })
    .from(affiliateNotes)
    .leftJoin(users, eq(users.id, affiliateNotes.user_id))
    .leftJoin(adminKeys, eq(adminKeys.id, affiliateNotes.key_id))
    .$dynamic();
}

type Note = Awaited<ReturnType<typeof selectNotes>>[number];

/** The names of an actor's user and key. */
async function findAuthor(
  db: Database,
  { user_id, key_id }: { user_id: string | null; key_id: string | null },
): Promise<Pick<Note, "user" | "key">> {
  const [[user], [key]] = await db.batch([
    db
      .select({ name: users.name })
      .from(users)
      .where(eq(users.id, user_id ?? "")),
    db
      .select({ name: adminKeys.name })
      .from(adminKeys)
      .where(eq(adminKeys.id, key_id ?? "")),
  ]);
  return { user: user?.name ?? null, key: key?.name ?? null };
}

function viewNote({ id, created_at, text, user, key }: Note) {
  return { id, text, author: user ?? key, created_at: toIsoTime(created_at) };
}
