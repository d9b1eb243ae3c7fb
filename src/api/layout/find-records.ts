/** Finds the records that a call refers to by name, or throws the 404 or 422 that says which one does not exist. */
import { and, eq, inArray } from "drizzle-orm";
import { affiliates, enrollments } from "../../affiliates/tables.ts";
import type { Database } from "../../db/database.ts";
import { Problem } from "../../lib/problem.ts";
import { isServedOn, preferenceOn } from "../../links/host-queries.ts";
import { links } from "../../links/tables.ts";
import { type Group, listGroups } from "../../programs/group-queries.ts";
import { programs } from "../../programs/tables.ts";
import type { ApiCall } from "./api-app.ts";

type Program = typeof programs.$inferSelect;
type Affiliate = typeof affiliates.$inferSelect;
type Link = typeof links.$inferSelect;

/** 422 with the field for a name in the body, 404 for a name in the path (`field` null). */
function missing(what: string, name: string, field: string | null): Problem {
  return field === null
    ? new Problem(404, `${what}_not_found`, `There is no ${what} "${name}".`)
    : new Problem(422, `${what}_not_found`, `There is no ${what} "${name}".`, field);
}

/** Finds a program by its slug. `field` is the body field with the slug, null for a slug in the path. Throws 404 or 422. */
export async function findProgram(db: Database, slug: string, field: string | null = null): Promise<Program> {
  const row = await db.select().from(programs).where(eq(programs.slug, slug)).get();
  if (row === undefined) throw missing("program", slug, field);
  return row;
}

/** Finds an affiliate by username. `field` is the body field with the name, null for a name in the path. Throws 404 or 422. */
export async function findAffiliate(db: Database, username: string, field: string | null = null): Promise<Affiliate> {
  const row = await db.select().from(affiliates).where(eq(affiliates.username, username.toLowerCase())).get();
  if (row === undefined) throw missing("affiliate", username, field);
  return row;
}

/** As {@link findProgram}, for a slug in a body or a query: a program that the actor may not see is as if it didn't exist. */
export async function findVisibleProgram(c: ApiCall, slug: string, field: string): Promise<Program> {
  const program = await findProgram(c.var.db, slug, field);
  if (!maySee(c, program.id)) throw missing("program", slug, field);
  return program;
}

/**
 * As {@link findAffiliate}, for a username in a body or a query: an affiliate that is in none of the programs that the actor may
 * see is as if it didn't exist. With `or_in_none`, one that is in no program at all is found.
 */
export async function findVisibleAffiliate(
  c: ApiCall,
  username: string,
  field: string | null,
  { or_in_none = false } = {},
): Promise<Affiliate> {
  const affiliate = await findAffiliate(c.var.db, username, field);
  if (c.var.actor.program_ids === null) return affiliate;
  const own = await c.var.db
    .select({ program_id: enrollments.program_id })
    .from(enrollments)
    .where(eq(enrollments.affiliate_id, affiliate.id));
  const isVisible = own.some(({ program_id }) => maySee(c, program_id)) || (or_in_none && own.length === 0);
  if (!isVisible) throw missing("affiliate", username, field);
  return affiliate;
}

/** Whether the actor of a call may see a program. */
export function maySee(c: ApiCall, programId: number): boolean {
  const { program_ids } = c.var.actor;
  return program_ids === null || program_ids.includes(programId);
}

/**
 * Finds a link by its slug. `field` is the parameter with the slug, null for a slug in the path. Throws 404 or 422, also if the
 * actor may not see its program, or 409 if several hosts have that slug and `host` is undefined.
 */
export async function findLink(
  c: ApiCall,
  slug: string,
  host: string | undefined,
  field: string | null = null,
): Promise<Link> {
  const { db, actor } = c.var;
  const isThis = and(
    eq(links.slug, slug.toLowerCase()),
    host === undefined ? undefined : isServedOn(host),
    actor.program_ids === null ? undefined : inArray(links.program_id, [...actor.program_ids]),
  );
  const rows = await db
    .select()
    .from(links)
    .where(isThis)
    .orderBy(...(host === undefined ? [links.id] : preferenceOn(host)))
    .limit(host === undefined ? 2 : 1);
  const [row, another] = rows;
  if (row === undefined) throw missing("link", slug, field);
  if (another === undefined) return row;
  throw new Problem(409, "slug_ambiguous", `Several hosts have a link "${slug}"; add ?host= to choose one.`, "host");
}

/** Finds a program's group by its slug. `field` is the body field with the slug, null for a slug in the path. Throws 404 or 422. */
export async function findGroup(
  db: Database,
  programId: number,
  slug: string,
  field: string | null = null,
): Promise<Group> {
  const found = (await listGroups(db, programId)).find((group) => group.slug === slug);
  if (found === undefined) throw missing("group", slug, field);
  return found;
}

/** Finds an affiliate's enrollment in a program, null for none. */
export async function findEnrollment(db: Database, programId: number, affiliateId: number) {
  const isThis = and(eq(enrollments.program_id, programId), eq(enrollments.affiliate_id, affiliateId));
  return (await db.select().from(enrollments).where(isThis).get()) ?? null;
}
