/** Limits queries to the programs that a reader may see, or asks for. */
import { type AnyColumn, eq, type SQL, sql } from "drizzle-orm";
import { enrollments } from "../affiliates/tables.ts";

/** The ids of programs, null for all. */
export type ProgramScope = readonly number[] | null;

/** Matches rows of the programs; undefined for all. `programId` is the column with the program's id. */
export function isInScope(programId: AnyColumn, scope: ProgramScope): SQL | undefined {
  if (scope === null) return undefined;
  const [only] = scope;
  return scope.length === 1 && only !== undefined ? eq(programId, only) : sql`${programId} IN ${listOf(scope)}`;
}

/** Matches affiliates that are enrolled in one of the programs; undefined for all. `affiliateId` is the column with the id. */
export function isEnrolledInScope(affiliateId: AnyColumn, scope: ProgramScope): SQL | undefined {
  if (scope === null) return undefined;
  return sql`EXISTS (SELECT 1 FROM ${enrollments} AS e WHERE e.affiliate_id = ${affiliateId} AND e.program_id IN ${listOf(scope)})`;
}

function listOf(ids: readonly number[]): SQL {
  return sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;
}
