/** The D1 statements of the previous release, run against the schema before and after today's migrations. */
import { readJson } from "./fixture.ts";
import type { Server, Statement } from "./server.ts";

/** The outcome of a statement. */
type Outcome = { rows: unknown[][] } | { error: string };

/** A statement with an outcome changed by the migrations. */
export interface ChangedStatement {
  sql: string;
  before: string;
  after: string;
}

/**
 * Runs every recorded statement with its recorded parameters on two databases with the same rows, one of which is
 * migrated. Each must have the same outcome on both, because the previous release still serves while migrations are applied.
 */
export async function comparePrevious(server: Server): Promise<ChangedStatement[]> {
  const statements = readJson<Statement[]>("statements.json");
  const before = await server.control<Outcome[]>("try", { binding: "UNMIGRATED", statements });
  const after = await server.control<Outcome[]>("try", { binding: "MIGRATED", statements });
  return statements.flatMap(({ sql }, n) => {
    const outcomes = { before: describe(before[n]), after: describe(after[n]) };
    return outcomes.before === outcomes.after ? [] : [{ sql, ...outcomes }];
  });
}

/** The statement's rows, sorted, because not every statement sorts them. */
function describe(outcome: Outcome | undefined): string {
  if (outcome === undefined || "error" in outcome) return outcome?.error ?? "not run";
  return outcome.rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join("\n");
}
