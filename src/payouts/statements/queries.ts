/** Statements as D1 shows them: a projection of the Account objects. */
import { and, asc, desc, eq, gt, lt } from "drizzle-orm";
import { affiliates } from "../../affiliates/tables.ts";
import type { Database } from "../../db/database.ts";
import { type List, type PageRequest, pageOf } from "../../lib/paging.ts";
import { explainBlock } from "../explain-block.ts";
import { statements } from "../tables.ts";
import { carriedOf, type Statement } from "./statement.ts";

/** A statement as the API shows it. */
export interface StatementView {
  id: string;
  affiliate: string;
  number: number;
  run: string;
  month: string;
  status: Statement["status"];
  currency: string;
  opening: number;
  /** How many entries it states. */
  entries: number;
  total: number;
  /** What the run pays of it, or has paid. */
  payable: number;
  /** What goes into the next statement. */
  carried: number;
  /** Why nothing is paid. */
  blocked: { code: string; text: string }[];
  drafted_at: string;
  changed_at: string;
  /** The ledger's entries of its payment, and of the payment's return. */
  payment: string | null;
  returned: string | null;
  reason: string | null;
}

export function viewStatement(statement: Statement, affiliate: string): StatementView {
  const { currency } = statement;
  return {
    id: statement.id,
    affiliate,
    number: statement.number,
    run: statement.run,
    month: statement.month,
    status: statement.status,
    currency,
    opening: statement.opening,
    entries: statement.entries.length,
    total: statement.total,
    payable: statement.payable,
    carried: carriedOf(statement),
    blocked: statement.blocked.map((block) => ({ ...block, text: explainBlock(block, currency, "merchant") })),
    drafted_at: new Date(statement.drafted_at).toISOString(),
    changed_at: new Date(statement.changed_at).toISOString(),
    payment: statement.payment,
    returned: statement.returned,
    reason: statement.reason,
  };
}

const shown = { id: statements.id, statement: statements.statement, affiliate: affiliates.username };

const read = (text: string): Statement => JSON.parse(text);

/** A run's statements, in the order of their names. */
export async function readRunStatements(
  db: Database,
  { run_id: runId, page }: { run_id: string; page: PageRequest },
): Promise<List<StatementView>> {
  const rows = await db
    .select(shown)
    .from(statements)
    .innerJoin(affiliates, eq(affiliates.id, statements.affiliate_id))
    .where(and(eq(statements.run_id, runId), page.cursor === null ? undefined : gt(statements.id, page.cursor)))
    .orderBy(asc(statements.id))
    .limit(page.limit + 1);
  return pageOf(
    rows,
    page.limit,
    ({ statement, affiliate }) => viewStatement(read(statement), affiliate),
    ({ id }) => id,
  );
}

/** An affiliate's statements in a program, newest first. */
export async function readStatements(
  db: Database,
  account: { program_id: number; affiliate_id: number },
  page: PageRequest,
): Promise<List<StatementView>> {
  const rows = await db
    .select({ ...shown, number: statements.number })
    .from(statements)
    .innerJoin(affiliates, eq(affiliates.id, statements.affiliate_id))
    .where(
      and(
        eq(statements.affiliate_id, account.affiliate_id),
        eq(statements.program_id, account.program_id),
        page.cursor === null ? undefined : lt(statements.number, Number(page.cursor)),
      ),
    )
    .orderBy(desc(statements.number))
    .limit(page.limit + 1);
  return pageOf(
    rows,
    page.limit,
    ({ statement, affiliate }) => viewStatement(read(statement), affiliate),
    ({ number }) => String(number),
  );
}

/** A statement of a run by its name; null for none. */
export async function findStatement(db: Database, runId: string, id: string): Promise<Statement | null> {
  const row = await db
    .select({ statement: statements.statement })
    .from(statements)
    .where(and(eq(statements.run_id, runId), eq(statements.id, id)))
    .get();
  return row === undefined ? null : read(row.statement);
}
