/** The merchant's team: users with their roles. */
import { and, desc, eq, isNull, ne, or, sql } from "drizzle-orm";
import { nanoid } from "nanoid";
import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { diffFields } from "../audit/diff-fields.ts";
import { emailInvitation } from "../console/layout/sign-in-email-store.ts";
import { deleteUserSignIns, newSignInLink } from "../console/layout/sign-in-store.ts";
import type { Database } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { pageOf } from "../lib/paging.ts";
import { Problem } from "../lib/problem.ts";
import { displayName, emailAddress } from "../lib/validation.ts";
import { ROLES } from "./actor.ts";
import { findProgramIds, loadProgramSlugs, programSlugs } from "./program-queries.ts";
import { users } from "./tables.ts";

type User = typeof users.$inferSelect;
type ProgramNames = Awaited<ReturnType<typeof loadProgramSlugs>>;

/** When a user was created, and its id. */
const CURSOR = /^\d{1,15}\.usr_[A-Za-z0-9_-]{1,40}$/;

const fields = {
  email: v.pipe(emailAddress, v.toLowerCase()),
  name: displayName,
  role: v.picklist(ROLES, `must be one of: ${ROLES.join(", ")}`),
};
/** The body of `POST /v1/users`. */
export const newUser = v.strictObject({ ...fields, programs: v.optional(programSlugs, null) });
/** The body of `PATCH /v1/users/:id`. */
export const userChange = v.partial(v.strictObject({ ...fields, programs: programSlugs }));

export function addUserRoutes(app: ApiApp): void {
  app.post("/users", permit("users"), async (c) => {
    const { db, now } = c.var;
    const { email, name, role, programs } = await readJson(c.req, newUser);
    const program_ids = await findProgramIds(db, programs);
    const user = { id: `usr_${nanoid(12)}`, email, name, role, program_ids, created_at: now, removed_at: null };
    refuseLimitedOwner(user);
    const names = await loadProgramSlugs(db, [program_ids]);
    const change = { ...changeOf(user, "created"), before: null, after: auditedFields(user, names) };
    return orExists(() =>
      commitChange(c, [db.insert(users).values(user)], [change], { status: 201, body: viewUser(user, names) }),
    );
  });

  app.get("/users", permit("users"), allowQuery(...PAGING), async (c) => {
    const { db } = c.var;
    const { cursor, limit } = readPage(c.req.query(), CURSOR);
    const [time, id] = cursor?.split(".") ?? [];
    const isPast = time === undefined ? undefined : sql`(${users.created_at}, ${users.id}) < (${Number(time)}, ${id})`;
    const rows = await db
      .select()
      .from(users)
      .where(and(isNull(users.removed_at), isPast))
      .orderBy(desc(users.created_at), desc(users.id))
      .limit(limit + 1);
    const names = await loadProgramSlugs(
      db,
      rows.map(({ program_ids }) => program_ids),
    );
    return c.json(
      pageOf(
        rows,
        limit,
        (row) => viewUser(row, names),
        (row) => `${row.created_at}.${row.id}`,
      ),
    );
  });

  app.get("/users/:id", permit("users"), async (c) => {
    const user = await findUser(c.var.db, c.req.param("id"));
    return c.json(viewUser(user, await loadProgramSlugs(c.var.db, [user.program_ids])));
  });

  app.patch("/users/:id", permit("users"), async (c) => {
    const { db } = c.var;
    const user = await findUser(db, c.req.param("id"));
    const { programs, ...said } = await readJson(c.req, userChange);
    const changes = {
      ...(said.email !== undefined && { email: said.email }),
      ...(said.name !== undefined && { name: said.name }),
      ...(said.role !== undefined && { role: said.role }),
      ...(programs !== undefined && { program_ids: await findProgramIds(db, programs) }),
    };
    if (Object.keys(changes).length === 0)
      throw new Problem(422, "invalid_body", "The body must contain at least one field to change.");
    const changed = { ...user, ...changes };
    refuseLimitedOwner(changed);
    const names = await loadProgramSlugs(db, [user.program_ids, changed.program_ids]);
    const change = {
      ...changeOf(user, "updated"),
      ...diffFields(auditedFields(user, names), auditedFields(changed, names)),
    };
    const isAllowed = and(isActive(user.id), changed.role === "owner" ? undefined : isNotLastOwner(db, user.id));
    return orExists(() =>
      commitChange(
        c,
        [
          // A link, or a session from one, may be in the hands of a reader of the old mailbox.
          ...(changed.email === user.email ? [] : deleteUserSignIns(db, user.id, isAllowed)),
          db.update(users).set(changes).where(isAllowed).returning({ id: users.id }),
        ],
        [change],
        { status: 200, body: viewUser(changed, names) },
        { if_unchanged: lastOwner() },
      ),
    );
  });

  app.delete("/users/:id", permit("users"), async (c) => {
    const { db, now } = c.var;
    const user = await findUser(db, c.req.param("id"));
    const names = await loadProgramSlugs(db, [user.program_ids]);
    const change = { ...changeOf(user, "removed"), before: auditedFields(user, names), after: null };
    return commitChange(
      c,
      [
        db
          .update(users)
          .set({ removed_at: now })
          .where(and(isActive(user.id), isNotLastOwner(db, user.id)))
          .returning({ id: users.id }),
      ],
      [change],
      { status: 200, body: { ...viewUser(user, names), status: "removed" } },
      // Its sessions, sign-in links and keys are refused from now on.
      { if_unchanged: lastOwner() },
    );
  });

  app.post("/users/:id/sign-in-link", permit("users"), async (c) => {
    const { db, now } = c.var;
    const user = await findUser(db, c.req.param("id"));
    const { token, expires_at, statement } = await newSignInLink(db, user.id, c.var.actor, now);
    const url = new URL(`/admin/sign-in?token=${token}`, c.req.url).href;
    const after = { expires_at: toIsoTime(expires_at) };
    const change = { ...changeOf(user, "sign_in_link_created"), before: null, after };
    return commitChange(c, [statement], [change], { status: 201, body: { url, ...after } });
  });

  app.post("/users/:id/invitation", permit("users"), async (c) => {
    const { db, now } = c.var;
    const user = await findUser(db, c.req.param("id"));
    const { token, expires_at, statement } = await newSignInLink(db, user.id, null, now);
    const sent = await emailInvitation(c.env, { email: user.email, token, host: new URL(c.req.url).host });
    if (sent === "not_set_up") {
      const detail = "Email isn't set up. Create a sign-in link instead, and send it to the user yourself.";
      throw new Problem(409, "email_not_set_up", detail);
    }
    if (sent === "failed") {
      const detail = "The email could not be sent. Try again, or create a sign-in link instead.";
      throw new Problem(503, "email_not_sent", detail);
    }
    const after = { sent_to: user.email, expires_at: toIsoTime(expires_at) };
    const change = { ...changeOf(user, "invited"), before: null, after: { expires_at: after.expires_at } };
    return commitChange(c, [statement], [change], { status: 201, body: after });
  });
}

function isActive(id: string) {
  return and(eq(users.id, id), isNull(users.removed_at));
}

/** Checked by the statement itself, so that two owners can't remove each other at the same time. */
function isNotLastOwner(db: Database, id: string) {
  const other = db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, "owner"), isNull(users.removed_at), ne(users.id, id)));
  return or(ne(users.role, "owner"), sql`EXISTS ${other}`);
}

function lastOwner(): Problem {
  const detail = "This user is the last owner. Make another user an owner first.";
  return new Problem(409, "last_owner", detail);
}

function refuseLimitedOwner({ role, program_ids }: Pick<User, "role" | "program_ids">): void {
  if (role !== "owner" || program_ids === null) return;
  const detail = "programs: an owner can't be limited to programs. Leave programs out, or choose another role.";
  throw new Problem(422, "invalid_programs", detail, "programs");
}

async function orExists(commit: () => Promise<Response>): Promise<Response> {
  try {
    return await commit();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new Problem(409, "user_exists", "There is already a user with this email address.", "email");
  }
}

async function findUser(db: Database, id: string): Promise<User> {
  const user = await db.select().from(users).where(isActive(id)).get();
  if (user === undefined) throw new Problem(404, "user_not_found", `There is no user "${id}".`);
  return user;
}

function changeOf({ id }: Pick<User, "id">, verb: string) {
  return { action: `user.${verb}`, program_id: null, subject_type: "user", subject: id };
}

function auditedFields({ email, name, role, program_ids }: User, names: ProgramNames) {
  return { email, name, role, programs: names(program_ids) };
}

function viewUser(user: User, names: ProgramNames) {
  return { id: user.id, ...auditedFields(user, names), created_at: toIsoTime(user.created_at) };
}
