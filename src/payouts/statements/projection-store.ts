import { eq, lt, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "../../db/database.ts";
import { statements } from "../tables.ts";
import type { Statement } from "./statement.ts";

/** Stores a statement's newest revision in D1. `alongside` are statements of downstream folders for the same batch. */
export async function projectStatement(
  db: Database,
  statement: Statement,
  alongside: readonly BatchItem<"sqlite">[] = [],
): Promise<void> {
  const row = {
    program_id: statement.program_id,
    affiliate_id: statement.affiliate_id,
    number: statement.number,
    run_id: statement.run,
    status: statement.status,
    currency: statement.currency,
    payable: statement.payable,
    revision: statement.revision,
    statement: JSON.stringify(statement),
  };
  const keep = db
    .insert(statements)
    .values({ id: statement.id, ...row })
    .onConflictDoUpdate({
      target: statements.id,
      set: row,
      setWhere: lt(statements.revision, sql`excluded.revision`),
    });
  await db.batch([keep, ...alongside]);
}

/** The statement that deletes a program's statements in D1 before they are projected again from its Account objects. */
export function dropStatements(db: Database, program_id: number) {
  return db.delete(statements).where(eq(statements.program_id, program_id));
}
