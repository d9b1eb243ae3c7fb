import { asc } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { isInScope, type ProgramScope } from "../scope-queries.ts";
import { programs } from "../tables.ts";

/** More than a company has; the API lists all. */
const PROGRAMS_SHOWN = 100;

/** The programs that a user may see, by name, for the navigation. */
export async function listNavPrograms(db: Database, scope: ProgramScope): Promise<{ slug: string; name: string }[]> {
  const { slug, name, id } = programs;
  return db.select({ slug, name }).from(programs).where(isInScope(id, scope)).orderBy(asc(name)).limit(PROGRAMS_SHOWN);
}
