import { and, asc, count, eq, sql } from "drizzle-orm";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { auditActorOf, commitChange } from "../api/layout/commit-change.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { readIdempotencyKey } from "../api/layout/idempotency-key.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { recordChange } from "../audit/audit-store.ts";
import { diffFields } from "../audit/diff-fields.ts";
import type { Database } from "../db/database.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { type PageRequest, pageOf } from "../lib/paging.ts";
import { hashText } from "../lib/platform/vault.ts";
import { Problem } from "../lib/problem.ts";
import type { DestinationRules } from "../links/destination.ts";
import type { programs } from "../programs/tables.ts";
import { checkDestination, creativeChange, newCreative, toColumns } from "./creative-fields.ts";
import { creatives } from "./tables.ts";

type Creative = typeof creatives.$inferSelect;

/** They are all on one page of the portal. Parallel calls may exceed the limit slightly. */
const CREATIVES_MAX = 100;
const ID_DIGITS = 24;
/** Position and id. */
const CURSOR = /^(\d{1,9})\.(cr_[0-9a-f]{24})$/;

/** `/programs/:program/creatives`: banners and texts for affiliates to use with their links, and resources. */
export function addCreativeRoutes(app: ApiApp): void {
  app.post("/programs/:program/creatives", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const key = readIdempotencyKey(c.req, "creative");
    const { kind, ...fields } = await readJson(c.req, newCreative);
    const columns = toColumns(fields);
    const id = `cr_${(await hashText(`${program.id}\n${key}`)).slice(0, ID_DIGITS)}`;
    const digest = await hashText(JSON.stringify([kind, Object.entries(columns).sort()]));
    const known = await findRow(db, program.id, id);
    // A repeated call gets the stored creative, even if the destination rules have changed since.
    if (known !== null) return c.json(viewRepeated(known, digest, program.slug), 200);
    checkDestination(columns.destination_url, rulesOf(program));
    await refuseTooMany(db, program);
    const row = {
      ...{ url: null, width: null, height: null, alt: null, text: null, destination_url: null },
      ...{ position: nextPosition(program.id), title: fields.title, ...columns },
      ...{ id, program_id: program.id, kind, digest, created_at: now },
    };
    const change = { ...changeOf(row, "created"), before: null, after: { kind, ...columns } };
    const [added] = await db.batch([
      db.insert(creatives).values(row).onConflictDoNothing().returning(),
      recordChange(db, auditActorOf(c), change, now),
    ]);
    if (added[0] !== undefined) return c.json(viewCreative(added[0], program.slug), 201);
    // A concurrent call with the same key inserted the row first.
    return c.json(viewRepeated(await findCreative(db, program, id), digest, program.slug), 200);
  });

  app.get("/programs/:program/creatives", allowQuery(...PAGING), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    return c.json(await readCreatives(c.var.db, program, readPage(c.req.query(), CURSOR)));
  });

  app.get("/programs/:program/creatives/:creative", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    return c.json(viewCreative(await findCreative(c.var.db, program, c.req.param("creative")), program.slug));
  });

  app.patch("/programs/:program/creatives/:creative", async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const creative = await findCreative(db, program, c.req.param("creative"));
    const changes = toColumns(await readJson(c.req, creativeChange[creative.kind]));
    checkDestination(changes.destination_url, rulesOf(program));
    if (Object.keys(changes).length === 0)
      throw new Problem(422, "invalid_body", "The body must contain at least one field to change.");
    const changed = { ...creative, ...changes };
    const view = (row: Creative) => viewCreative(row, program.slug);
    return commitChange(
      c,
      [db.update(creatives).set(changes).where(eq(creatives.id, creative.id))],
      [{ ...changeOf(creative, "updated"), ...diffFields(view(creative), view(changed)) }],
      { status: 200, body: view(changed) },
    );
  });

  app.delete("/programs/:program/creatives/:creative", async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const creative = await findCreative(db, program, c.req.param("creative"));
    const { id: _, program: __, ...before } = viewCreative(creative, program.slug);
    return commitChange(
      c,
      [db.delete(creatives).where(eq(creatives.id, creative.id))],
      [{ ...changeOf(creative, "deleted"), before, after: null }],
      { status: 200, body: { ...viewCreative(creative, program.slug), status: "deleted" } },
    );
  });
}

type Program = typeof programs.$inferSelect;

function changeOf({ id, program_id }: Pick<Creative, "id" | "program_id">, verb: string) {
  return { action: `creative.${verb}`, program_id, subject_type: "creative", subject: id };
}

function rulesOf({ destination_hosts: hosts, referral_parameter: reserved_parameter }: Program): DestinationRules {
  return { hosts, reserved_parameter };
}

/** The response to a repeated call. Throws 409 if the key was used with another body. */
function viewRepeated(creative: Creative, digest: string, program: string) {
  if (creative.digest === digest) return viewCreative(creative, program);
  throw new Problem(409, "idempotency_key_reused", "This Idempotency-Key was already used for another creative.");
}

async function refuseTooMany(db: Database, program: { id: number; slug: string }): Promise<void> {
  const row = await db.select({ n: count() }).from(creatives).where(eq(creatives.program_id, program.id)).get();
  if ((row?.n ?? 0) < CREATIVES_MAX) return;
  const detail = `${program.slug} has reached the limit of ${CREATIVES_MAX} creatives. Delete one first.`;
  throw new Problem(409, "too_many_creatives", detail);
}

/** One after the highest position. */
function nextPosition(programId: number) {
  const { position } = creatives;
  return sql<number>`(SELECT coalesce(max(${position}), 0) + 1 FROM ${creatives} WHERE ${creatives.program_id} = ${programId})`;
}

async function findRow(db: Database, programId: number, id: string): Promise<Creative | null> {
  const isThis = and(eq(creatives.id, id), eq(creatives.program_id, programId));
  return (await db.select().from(creatives).where(isThis).get()) ?? null;
}

async function findCreative(db: Database, program: { id: number; slug: string }, id: string): Promise<Creative> {
  const row = await findRow(db, program.id, id);
  if (row === null) throw new Problem(404, "creative_not_found", `${program.slug} has no creative "${id}".`);
  return row;
}

/** In the order that affiliates see. */
async function readCreatives(db: Database, program: { id: number; slug: string }, { limit, cursor }: PageRequest) {
  const [, position, id] = CURSOR.exec(cursor ?? "") ?? [];
  const { program_id: programId } = creatives;
  const isAfter = sql`(${creatives.position}, ${creatives.id}) > (${Number(position)}, ${id})`;
  const rows = await db
    .select()
    .from(creatives)
    .where(and(eq(programId, program.id), cursor === null ? undefined : isAfter))
    .orderBy(asc(creatives.position), asc(creatives.id))
    .limit(limit + 1);
  return pageOf(
    rows,
    limit,
    (row) => viewCreative(row, program.slug),
    (row) => `${row.position}.${row.id}`,
  );
}

function viewCreative(row: Creative, program: string) {
  return {
    id: row.id,
    program,
    kind: row.kind,
    title: row.title,
    position: row.position,
    ...(row.kind !== "text" && { url: row.url }),
    ...(row.kind === "image" && { width: row.width, height: row.height, alt: row.alt }),
    ...(row.kind === "text" && { text: row.text }),
    ...(row.kind !== "resource" && { destination_url: row.destination_url }),
    created_at: toIsoTime(row.created_at),
  };
}
