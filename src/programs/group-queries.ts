/** A program's groups. The default group comes first. */
import { asc, eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { DEFAULT_GROUP, DEFAULT_GROUP_NAME } from "./group.ts";
import { programGroups } from "./tables.ts";

/** A group of a program's enrollments. */
export interface Group {
  slug: string;
  name: string;
  /** In ms; null for the default group, which is as old as its program. */
  created_at: number | null;
}

/** The default group, and the others by their slugs. */
export async function listGroups(db: Database, programId: number): Promise<Group[]> {
  const rows = await db
    .select({ slug: programGroups.slug, name: programGroups.name, created_at: programGroups.created_at })
    .from(programGroups)
    .where(eq(programGroups.program_id, programId))
    .orderBy(asc(programGroups.slug));
  const renamed = rows.find(({ slug }) => slug === DEFAULT_GROUP);
  const others = rows.filter((row) => row !== renamed);
  return [{ slug: DEFAULT_GROUP, name: renamed?.name ?? DEFAULT_GROUP_NAME, created_at: null }, ...others];
}

/** The names of a program's groups, by their slugs. */
export async function loadGroupNames(db: Database, programId: number): Promise<Map<string, string>> {
  return new Map((await listGroups(db, programId)).map(({ slug, name }) => [slug, name]));
}
