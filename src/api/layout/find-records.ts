/** Finds the records that a call refers to by name, or throws the 404 or 422 that says which one does not exist. */
import { and, eq } from "drizzle-orm";
import { affiliates, enrollments } from "../../affiliates/tables.ts";
import type { Database } from "../../db/database.ts";
import { Problem } from "../../lib/problem.ts";
import { links } from "../../links/tables.ts";
import { type Group, listGroups } from "../../programs/group-queries.ts";
import { programs } from "../../programs/tables.ts";

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

/** Finds a link by its slug. Throws 404, or 409 if several hosts have that slug and `host` is undefined. */
export async function findLink(db: Database, slug: string, host: string | undefined): Promise<Link> {
  const isThis = and(eq(links.slug, slug.toLowerCase()), host === undefined ? undefined : eq(links.host, host));
  const rows = await db.select().from(links).where(isThis).limit(2);
  const [row, another] = rows;
  if (row === undefined) throw missing("link", slug, null);
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
