import { and, asc, desc, eq, lte } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { programTerms } from "../db/schema.ts";
import { completeTerms, type ProgramTerms } from "./terms.ts";

/** Terms with the version that they are. */
export interface TermsVersion {
  version: number;
  terms: ProgramTerms;
}

/**
 * The terms in force at a time (ms): the newest version that had begun, else the first one ever, for what came before.
 * Throws where the programme has none.
 */
export async function loadTerms(db: Database, programId: number, at: number): Promise<TermsVersion> {
  const columns = { version: programTerms.version, terms: programTerms.terms };
  const ofProgram = eq(programTerms.programId, programId);
  const [inForce, first] = await db.batch([
    db
      .select(columns)
      .from(programTerms)
      .where(and(ofProgram, lte(programTerms.effectiveFrom, at)))
      .orderBy(desc(programTerms.version))
      .limit(1),
    db.select(columns).from(programTerms).where(ofProgram).orderBy(asc(programTerms.version)).limit(1),
  ]);
  const found = inForce[0] ?? first[0];
  if (found === undefined) throw new Error(`programme ${programId} has no terms`);
  return { version: found.version, terms: completeTerms(found.terms) };
}
