/** `/programs/:program/announcements`: what a merchant tells the affiliates of a program. */
import { and, desc, eq, lt } from "drizzle-orm";
import { nanoid } from "nanoid";
import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { pageOf } from "../lib/paging.ts";
import { Problem } from "../lib/problem.ts";
import { shortText } from "../lib/validation.ts";
import type { Announcement } from "./queries.ts";
import { announcements } from "./tables.ts";

const TEXT_MAX_CHARACTERS = 2_000;
const TIME_DIGITS = 9;
const RANDOM_CHARACTERS = 12;
/** The time in base 36, so that ids are in the order of the announcements, and random characters. */
const ANNOUNCEMENT_ID = /^an_[0-9a-z]{9}[A-Za-z0-9_-]{12}$/;

/** The body of `POST …/announcements`. Line breaks are normalized to `\n`. */
export const newAnnouncement = v.strictObject({
  title: v.pipe(shortText, v.trim(), v.minLength(1, "must not be empty")),
  text: v.pipe(
    v.string(),
    v.transform((text) => text.replaceAll(/\r\n?/g, "\n").trim()),
    v.string(),
    v.minLength(1, "must not be empty"),
    v.maxLength(TEXT_MAX_CHARACTERS, `must have at most ${TEXT_MAX_CHARACTERS} characters`),
    v.regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, "must not contain control characters other than tabs and line breaks"),
  ),
});

export function addAnnouncementRoutes(app: ApiApp): void {
  app.get("/programs/:program/announcements", allowQuery(...PAGING), async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { limit, cursor } = readPage(c.req.query(), ANNOUNCEMENT_ID);
    const rows = await db
      .select()
      .from(announcements)
      .where(and(eq(announcements.program_id, program.id), cursor === null ? undefined : lt(announcements.id, cursor)))
      .orderBy(desc(announcements.id))
      .limit(limit + 1);
    return c.json(pageOf(rows, limit, viewAnnouncement, ({ id }) => id));
  });

  app.post("/programs/:program/announcements", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { title, text } = await readJson(c.req, newAnnouncement);
    const id = `an_${now.toString(36).padStart(TIME_DIGITS, "0")}${nanoid(RANDOM_CHARACTERS)}`;
    const row = { id, program_id: program.id, title, text, created_at: now };
    const change = { ...changeOf(row, "created"), before: null, after: { title, text } };
    const body = viewAnnouncement(row);
    return commitChange(c, [db.insert(announcements).values(row)], [change], { status: 201, body });
  });

  app.delete("/programs/:program/announcements/:announcement", async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const id = c.req.param("announcement");
    const isThis = and(eq(announcements.id, id), eq(announcements.program_id, program.id));
    const missing = new Problem(404, "announcement_not_found", `There is no announcement "${id}".`);
    const row = await db.select().from(announcements).where(isThis).get();
    if (row === undefined) throw missing;
    const before = { title: row.title, text: row.text };
    return commitChange(
      c,
      [db.delete(announcements).where(isThis)],
      [{ ...changeOf(row, "deleted"), before, after: null }],
      { status: 200, body: { ...viewAnnouncement(row), status: "deleted" } },
      { if_unchanged: missing },
    );
  });
}

function changeOf({ id, program_id }: { id: string; program_id: number }, verb: string) {
  return { action: `announcement.${verb}`, program_id, subject_type: "announcement", subject: id };
}

function viewAnnouncement({ id, title, text, created_at }: Announcement) {
  return { id, title, text, created_at: toIsoTime(created_at) };
}
