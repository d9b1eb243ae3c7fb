/** A program's groups of enrollments. */
import { and, eq } from "drizzle-orm";
import * as v from "valibot";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findGroup, findProgram } from "../api/layout/find-records.ts";
import { readJson } from "../api/layout/read-json.ts";
import { diffFields } from "../audit/diff-fields.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { Problem } from "../lib/problem.ts";
import { displayName } from "../lib/validation.ts";
import { DEFAULT_GROUP, groupSlug } from "./group.ts";
import { type Group, listGroups } from "./group-queries.ts";
import { programGroups } from "./tables.ts";

/** The body of `POST …/groups`. */
export const newGroup = v.strictObject({ slug: groupSlug, name: displayName });
/** The body of `PATCH …/groups/:group`. */
export const groupChange = v.strictObject({ name: displayName });

export function addGroupRoutes(app: ApiApp): void {
  app.get("/programs/:program/groups", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const groups = await listGroups(c.var.db, program.id);
    return c.json({ data: groups.map((group) => viewGroup(program, group)), next: null });
  });

  app.post("/programs/:program/groups", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { slug, name } = await readJson(c.req, newGroup);
    const row = { program_id: program.id, slug, name, created_at: now };
    const exists = new Problem(409, "group_exists", `${program.slug} has a group "${slug}" already.`, "slug");
    if (slug === DEFAULT_GROUP) throw exists;
    const change = { ...changeOf(program, slug, "created"), before: null, after: { name } };
    try {
      const response = { status: 201, body: viewGroup(program, row) } as const;
      return await commitChange(c, [db.insert(programGroups).values(row)], [change], response);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw exists;
    }
  });

  app.patch("/programs/:program/groups/:group", async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const group = await findGroup(db, program.id, c.req.param("group"));
    const { name } = await readJson(c.req, groupChange);
    const { slug } = group;
    const { program_id: p, slug: s } = programGroups;
    const statement =
      slug === DEFAULT_GROUP
        ? db
            .insert(programGroups)
            .values({ program_id: program.id, slug, name, created_at: program.created_at })
            .onConflictDoUpdate({ target: [p, s], set: { name } })
        : db
            .update(programGroups)
            .set({ name })
            .where(and(eq(p, program.id), eq(s, slug)));
    const change = { ...changeOf(program, slug, "updated"), ...diffFields({ name: group.name }, { name }) };
    return commitChange(c, [statement], [change], { status: 200, body: viewGroup(program, { ...group, name }) });
  });
}

function changeOf({ id }: { id: number }, slug: string, verb: string) {
  return { action: `group.${verb}`, program_id: id, subject_type: "group", subject: slug };
}

function viewGroup(program: { slug: string; created_at: number }, { slug, name, created_at }: Group) {
  return { program: program.slug, slug, name, created_at: toIsoTime(created_at ?? program.created_at) };
}
