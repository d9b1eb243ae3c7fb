/** The programs that users and keys are limited to, as ids and as slugs. */
import { inArray } from "drizzle-orm";
import * as v from "valibot";
import type { Database } from "../db/database.ts";
import { Problem } from "../lib/problem.ts";
import { programs } from "../programs/tables.ts";

/** Each is a parameter of a query, and D1 allows 100. */
const PROGRAMS_MAX = 50;

/** The field `programs` of a user or a key: slugs, or null for all. */
export const programSlugs = v.nullable(
  v.pipe(
    v.array(v.string()),
    v.minLength(1, "must name at least one program, or be null for all"),
    v.maxLength(PROGRAMS_MAX, `must name at most ${PROGRAMS_MAX} programs`),
  ),
);

/** The ids of programs; null for all. Throws 422 for a slug that doesn't exist. */
export async function findProgramIds(db: Database, slugs: readonly string[] | null): Promise<number[] | null> {
  if (slugs === null) return null;
  const columns = { id: programs.id, slug: programs.slug };
  const found = await db
    .select(columns)
    .from(programs)
    .where(inArray(programs.slug, [...slugs]));
  const missing = slugs.find((slug) => !found.some((one) => one.slug === slug));
  if (missing === undefined) return found.map(({ id }) => id).sort((a, b) => a - b);
  throw new Problem(422, "program_not_found", `There is no program "${missing}".`, "programs");
}

/** Reads the slugs of programs. Returns a function that gives those of a limit; null for all. */
export async function loadProgramSlugs(
  db: Database,
  limits: readonly (readonly number[] | null)[],
): Promise<(ids: readonly number[] | null) => string[] | null> {
  const ids = [...new Set(limits.flatMap((limit) => limit ?? []))];
  const slugs = new Map<number, string>();
  for (let from = 0; from < ids.length; from += PROGRAMS_MAX) {
    const part = inArray(programs.id, ids.slice(from, from + PROGRAMS_MAX));
    const rows = await db.select({ id: programs.id, slug: programs.slug }).from(programs).where(part);
    for (const { id, slug } of rows) slugs.set(id, slug);
  }
  return (limit) => limit?.flatMap((id) => slugs.get(id) ?? []).sort() ?? null;
}
