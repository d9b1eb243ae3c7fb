import { and, asc, desc, eq, lt, lte, sql } from "drizzle-orm";
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
  const columns = { version, terms };
  const inForce = db
    .select(columns)
    .from(programTerms)
    .where(and(ofProgram(programId), lte(effectiveFrom, at)))
    .orderBy(desc(version))
    .limit(1);
  const first = db.select(columns).from(programTerms).where(ofProgram(programId)).orderBy(asc(version)).limit(1);
  return defineQuery([inForce, first], ([[newest], [oldest]]) => {
    const found = newest ?? oldest;
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

/** All versions of a program's terms, newest first. */
export async function listVersions(db: Database, programId: number): Promise<DatedTerms[]> {
  const rows = await db
    .select({ version, effective_from: effectiveFrom, terms })
    .from(programTerms)
    .where(ofProgram(programId))
    .orderBy(desc(version));
  return rows.map((row) => ({ ...row, terms: completeTerms(row.terms) }));
}

/** A page of the versions of a program's terms, newest first. The cursor is a version. */
export async function listVersionPage(db: Database, programId: number, { limit, cursor }: PageRequest) {
  const rows = await db
    .select({ version, effective_from: effectiveFrom, terms })
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
