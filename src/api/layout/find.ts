/** Things that a call names: found, or the 404 or 422 that says which one is not there. */
import { and, eq } from "drizzle-orm";
import { affiliates, enrollments } from "../../affiliates/tables.ts";
import type { Database } from "../../db/database.ts";
import { Problem } from "../../lib/problem.ts";
import { links } from "../../links/tables.ts";
import { programs } from "../../programs/tables.ts";

type Program = typeof programs.$inferSelect;
type Affiliate = typeof affiliates.$inferSelect;
type Link = typeof links.$inferSelect;

/** A name in a body that leads nowhere is a 422 with its field; one in the path is a 404. */
function missing(what: string, name: string, field: string | null): Problem {
  return field === null
    ? new Problem(404, `${what}_not_found`, `There is no ${what} "${name}".`)
    : new Problem(422, `${what}_not_found`, `There is no ${what} "${name}".`, field);
}

export async function findProgram(db: Database, slug: string, field: string | null = null): Promise<Program> {
  const row = await db.select().from(programs).where(eq(programs.slug, slug)).get();
  if (row === undefined) throw missing("program", slug, field);
  return row;
}

export async function findAffiliate(db: Database, username: string, field: string | null = null): Promise<Affiliate> {
  const row = await db.select().from(affiliates).where(eq(affiliates.username, username.toLowerCase())).get();
  if (row === undefined) throw missing("affiliate", username, field);
  return row;
}

/** A link by its slug and, where several redirect hosts have that slug, its host. */
export async function findLink(db: Database, slug: string, host: string | undefined): Promise<Link> {
  const isThis = and(eq(links.slug, slug.toLowerCase()), host === undefined ? undefined : eq(links.host, host));
  const rows = await db.select().from(links).where(isThis).limit(2);
  const [row, another] = rows;
  if (row === undefined) throw missing("link", slug, null);
  if (another === undefined) return row;
  throw new Problem(409, "slug_ambiguous", `Several hosts have a link "${slug}": say which by ?host=.`, "host");
}

/** The enrolment of an affiliate in a programme, null for none. */
export async function findEnrollment(db: Database, programId: number, affiliateId: number) {
  const isThis = and(eq(enrollments.program_id, programId), eq(enrollments.affiliate_id, affiliateId));
  return (await db.select().from(enrollments).where(isThis).get()) ?? null;
}
