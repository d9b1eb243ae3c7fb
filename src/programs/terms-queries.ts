import { and, desc, eq, lt, lte, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import type { PageRequest } from "../lib/paging.ts";
import { programTerms } from "./tables.ts";
import { completeTerms, type ProgramTerms } from "./terms.ts";

/** Terms with the version that they are. */
export interface TermsVersion {
  version: number;
  terms: ProgramTerms;
}

/** The same with the time (ms) from which on it is in force. */
export interface DatedTerms extends TermsVersion {
  effective_from: number;
}

const { version, terms, effective_from: effectiveFrom } = programTerms;
const ofProgram = (programId: number) => eq(programTerms.program_id, programId);

/**
 * The terms in force at a time (ms): the newest version that had begun, else the first one ever, for what came before.
 * Throws where the program has none.
 */
export async function loadTerms(db: Database, programId: number, at: number): Promise<TermsVersion> {
  return runQuery(db, defineTermsQuery(db, programId, at));
}

/** Defines the same query for a batch. */
export function defineTermsQuery(db: Database, programId: number, at: number): Query<TermsVersion> {
  const begun = db
    .select({ version: sql`max(${version})` })
    .from(programTerms)
    .where(and(ofProgram(programId), lte(effectiveFrom, at)));
  const first = db
    .select({ version: sql`min(${version})` })
    .from(programTerms)
    .where(ofProgram(programId));
  const inForce = db
    .select({ version, terms })
    .from(programTerms)
    .where(and(ofProgram(programId), sql`${version} = coalesce((${begun}), (${first}))`));
  return defineQuery([inForce], ([[found]]) => {
    if (found === undefined) throw new Error(`program ${programId} has no terms`);
    return { version: found.version, terms: completeTerms(found.terms) };
  });
}

/** Some versions of a program's terms, by their numbers; those that there are not are left out. */
export async function loadVersions(
  db: Database,
  programId: number,
  versions: Iterable<number>,
): Promise<Map<number, ProgramTerms>> {
  const wanted = [...new Set(versions)];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .select({ version, terms })
    .from(programTerms)
    .where(and(ofProgram(programId), sql`${version} IN (SELECT value FROM json_each(${JSON.stringify(wanted)}))`));
  return new Map(rows.map((row) => [row.version, completeTerms(row.terms)]));
}

const dated = { version, effective_from: effectiveFrom, terms };

/** One version of a program's terms; null if there is no such version. */
export async function loadVersion(db: Database, programId: number, number: number): Promise<DatedTerms | null> {
  const row = await db
    .select(dated)
    .from(programTerms)
    .where(and(ofProgram(programId), eq(version, number)))
    .get();
  return row === undefined ? null : { ...row, terms: completeTerms(row.terms) };
}

/** The newest version, in force or announced. Throws where the program has none. */
export async function loadNewestVersion(db: Database, programId: number): Promise<DatedTerms> {
  const [newest] = await listVersionPage(db, programId, { limit: 0, cursor: null });
  if (newest === undefined) throw new Error(`program ${programId} has no terms`);
  return newest;
}

/** When each version begins, newest first, without its terms: a version can have hundreds of kilobytes. */
export async function listVersionDates(
  db: Database,
  programId: number,
): Promise<Pick<DatedTerms, "version" | "effective_from">[]> {
  return db
    .select({ version, effective_from: effectiveFrom })
    .from(programTerms)
    .where(ofProgram(programId))
    .orderBy(desc(version));
}

/** All versions of a program's terms, newest first. */
export async function listVersions(db: Database, programId: number): Promise<DatedTerms[]> {
  const rows = await db.select(dated).from(programTerms).where(ofProgram(programId)).orderBy(desc(version));
  return rows.map((row) => ({ ...row, terms: completeTerms(row.terms) }));
}

/** The rows of a page of versions and one more, newest first; see `pageOf`. The cursor is a version. */
export async function listVersionPage(db: Database, programId: number, { limit, cursor }: PageRequest) {
  const rows = await db
    .select(dated)
    .from(programTerms)
    .where(and(ofProgram(programId), cursor === null ? undefined : lt(version, Number(cursor))))
    .orderBy(desc(version))
    .limit(limit + 1);
  return rows.map((row): DatedTerms => ({ ...row, terms: completeTerms(row.terms) }));
}

/** The version in force at a time (ms) among all, newest first: as {@link loadTerms} finds it. Null where there is none. */
export function findInForce<Version extends Pick<DatedTerms, "effective_from">>(
  versions: readonly Version[],
  at: number,
): Version | null {
  return versions.find(({ effective_from }) => effective_from <= at) ?? versions.at(-1) ?? null;
}
