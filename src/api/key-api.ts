/** API keys: `ADMIN_TOKEN` is the first; others are created and revoked here. */
import { and, desc, eq, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { nanoid } from "nanoid";
import * as v from "valibot";
import { toIsoTime } from "../lib/iso-time.ts";
import { pageOf } from "../lib/paging.ts";
import { hashText } from "../lib/platform/vault.ts";
import { Problem } from "../lib/problem.ts";
import { displayName } from "../lib/validation.ts";
import { type Actor, ROLES } from "../users/actor.ts";
import { KEY_PREFIX } from "../users/key-queries.ts";
import { findProgramIds, loadProgramSlugs, programSlugs } from "../users/program-queries.ts";
import { includesPrograms, includesRole, intersectPrograms, listIncludedRoles } from "../users/roles.ts";
import { users } from "../users/tables.ts";
import { allowQuery, PAGING } from "./layout/allow-query.ts";
import type { ApiApp, ApiCall } from "./layout/api-app.ts";
import { commitChange } from "./layout/commit-change.ts";
import { permit, refuseLimited } from "./layout/permit.ts";
import { readJson } from "./layout/read-json.ts";
import { readPage } from "./layout/read-page.ts";
import { adminKeys } from "./layout/tables.ts";

const KEY_BYTES = 32;

/** When a key was created, and its id. */
const CURSOR = /^\d{1,15}\.key_[A-Za-z0-9_-]{1,40}$/;

/** The body of `POST /v1/keys`. */
export const newKey = v.strictObject({
  name: displayName,
  /** By default that of the user, or of the caller. */
  role: v.optional(v.picklist(ROLES, `must be one of: ${ROLES.join(", ")}`)),
  /** By default those of the user, or of the caller. */
  programs: v.optional(programSlugs),
  /** The id of the user that the key belongs to. */
  user: v.optional(v.nullable(v.string()), null),
});

type Key = Omit<typeof adminKeys.$inferSelect, "hash">;
type ProgramNames = Awaited<ReturnType<typeof loadProgramSlugs>>;

export function addKeyRoutes(app: ApiApp): void {
  app.post("/keys", permit("keys", { checks_programs: true }), async (c) => {
    const { db, now, actor } = c.var;
    const { name, programs, user, ...said } = await readJson(c.req, newKey);
    const owner = await findKeyUser(c, user);
    const most = owner ?? actor;
    const { role = most.role } = said;
    const program_ids = programs === undefined ? most.program_ids : await findProgramIds(db, programs);
    refuseMore({ role, program_ids }, most);
    const random = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const key = `${KEY_PREFIX}${random.toBase64({ alphabet: "base64url", omitPadding: true })}`;
    const row = {
      ...{ id: `key_${nanoid(12)}`, name, role, user_id: owner?.user_id ?? null, created_at: now, revoked_at: null },
      program_ids: program_ids && [...program_ids],
    };
    const names = await loadProgramSlugs(db, [program_ids]);
    return commitChange(
      c,
      [db.insert(adminKeys).values({ ...row, hash: await hashText(key) })],
      [{ ...changeOf(row, "created"), before: null, after: auditedFields(row, names) }],
      { status: 201, body: { ...viewKey(row, names), key } },
    );
  });

  app.get("/keys", permit("keys", { checks_programs: true }), allowQuery(...PAGING), async (c) => {
    const { cursor, limit } = readPage(c.req.query(), CURSOR);
    const [time, id] = cursor?.split(".") ?? [];
    const isPast =
      time === undefined ? undefined : sql`(${adminKeys.created_at}, ${adminKeys.id}) < (${Number(time)}, ${id})`;
    const rows = await c.var.db
      .select()
      .from(adminKeys)
      .where(and(isVisible(c.var.actor), isPast))
      .orderBy(desc(adminKeys.created_at), desc(adminKeys.id))
      .limit(limit + 1);
    const names = await loadProgramSlugs(
      c.var.db,
      rows.map(({ program_ids }) => program_ids),
    );
    return c.json(
      pageOf(
        rows,
        limit,
        (row) => viewKey(row, names),
        (row) => `${row.created_at}.${row.id}`,
      ),
    );
  });

  app.delete("/keys/:id", permit("keys", { checks_programs: true }), async (c) => {
    const { db, now, actor } = c.var;
    const id = c.req.param("id");
    const isActive = and(eq(adminKeys.id, id), isNull(adminKeys.revoked_at));
    const missing = new Problem(404, "key_not_found", `There is no active key "${id}".`);
    const active = await db
      .select()
      .from(adminKeys)
      .where(and(isActive, isVisible(actor)))
      .get();
    if (active === undefined) throw missing;
    const names = await loadProgramSlugs(db, [active.program_ids]);
    return commitChange(
      c,
      [db.update(adminKeys).set({ revoked_at: now }).where(isActive)],
      [{ ...changeOf(active, "revoked"), before: auditedFields(active, names), after: null }],
      { status: 200, body: viewKey({ ...active, revoked_at: now }, names) },
      { if_unchanged: missing },
    );
  });
}

/** What a user or key may do at most, and the user it is or belongs to. */
type KeyLimits = Pick<Actor, "user_id" | "role" | "program_ids">;

/**
 * The user that a new key belongs to; null for none. A user's keys create keys of that user. Keys without a user may name one if
 * they are owners, and the key may then do what both may. Throws 403 and 422.
 */
async function findKeyUser({ var: { db, actor } }: ApiCall, id: string | null): Promise<KeyLimits | null> {
  if (actor.user_id !== null) {
    if (id === null || id === actor.user_id) return actor;
    throw new Problem(403, "key_of_other_user", "user: you can only create keys of your own.", "user");
  }
  if (id === null) return null;
  if (actor.role !== "owner") {
    const detail = "user: only an owner's key that belongs to no user can create keys for users.";
    throw new Problem(403, "key_of_other_user", detail, "user");
  }
  const user = await db
    .select()
    .from(users)
    .where(and(eq(users.id, id), isNull(users.removed_at)))
    .get();
  if (user === undefined) throw new Problem(422, "user_not_found", `There is no user "${id}".`, "user");
  return { user_id: user.id, role: user.role, program_ids: intersectPrograms(user.program_ids, actor.program_ids) };
}

/** Throws 403 if a key could do more than `most`. */
function refuseMore({ role, program_ids }: Omit<KeyLimits, "user_id">, most: KeyLimits): void {
  if (!includesRole(most.role, role)) {
    const detail = `role: a key can have at most the role of its user. Choose one of: ${listIncludedRoles(most.role).join(", ")}.`;
    throw new Problem(403, "role_exceeded", detail, "role");
  }
  if (!includesPrograms(most.program_ids, program_ids)) throw refuseLimited();
  if (role !== "owner" || program_ids === null) return;
  const detail = "programs: an owner's key can't be limited to programs. Leave programs out, or choose another role.";
  throw new Problem(422, "invalid_programs", detail, "programs");
}

/** Owners see all keys; a user its own ones; a key without a user those of no user that it could create. */
function isVisible({ role, user_id, program_ids }: Actor): SQL | undefined {
  if (role === "owner") return undefined;
  if (user_id !== null) return eq(adminKeys.user_id, user_id);
  const isIncluded =
    program_ids === null
      ? undefined
      : and(
          isNotNull(adminKeys.program_ids),
          sql`NOT EXISTS (SELECT 1 FROM json_each(${adminKeys.program_ids}) WHERE value NOT IN ${program_ids})`,
        );
  return and(isNull(adminKeys.user_id), inArray(adminKeys.role, listIncludedRoles(role)), isIncluded);
}

function changeOf({ id }: Pick<Key, "id">, verb: string) {
  return { action: `key.${verb}`, program_id: null, subject_type: "key", subject: id };
}

function auditedFields({ name, role, program_ids, user_id }: Key, names: ProgramNames) {
  return { name, role, programs: names(program_ids), user: user_id };
}

function viewKey(key: Key, names: ProgramNames) {
  const { id, created_at, revoked_at } = key;
  return {
    id,
    ...auditedFields(key, names),
    created_at: toIsoTime(created_at),
    revoked_at: toIsoTime(revoked_at),
  };
}
