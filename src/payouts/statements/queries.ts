/** Reads statements from D1, where they are projected from the Account objects. */
import { and, asc, desc, eq, gt, lt, lte, sql } from "drizzle-orm";
import { affiliates } from "../../affiliates/tables.ts";
import type { Database } from "../../db/database.ts";
import { type List, type PageRequest, pageOf } from "../../lib/paging.ts";
import { explainBlock } from "../explain-block.ts";
import type { Progress, RunStatus } from "../runs/run.ts";
import { statements } from "../tables.ts";
import { type Block, carriedOf, type PaidBy, type Statement } from "./statement.ts";

/** A statement as shown by the API. */
export interface StatementView {
  id: string;
  affiliate: string;
  number: number;
  run: string;
  month: string;
  /** Which of the month's payout windows. */
  window: number;
  status: Statement["status"];
  currency: string;
  opening: number;
  /** The number of entries included. */
  entries: number;
  total: number;
  /** The amount the run pays or has paid. */
  payable: number;
  /** The amount carried into the next statement. */
  carried: number;
  /** Why nothing is paid. */
  blocked: { code: string; text: string }[];
  drafted_at: string;
  changed_at: string;
  /** The ids of the ledger entries for the payment and its return. */
  payment: string | null;
  returned: string | null;
  reason: string | null;
  /** How it was paid; null until then. */
  paid_by: Pick<PaidBy, "source" | "method" | "reference"> | null;
}

export function viewStatement(statement: Statement, affiliate: string): StatementView {
  const { currency } = statement;
  return {
    id: statement.id,
    affiliate,
    number: statement.number,
    run: statement.run,
    month: statement.month,
    window: statement.window ?? 1,
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
    paid_by: statement.paid_by === undefined ? null : viewPaidBy(statement.paid_by),
  };
}

function viewPaidBy({ source, method, reference }: PaidBy): StatementView["paid_by"] {
  return { source, method, reference };
}

const shown = { id: statements.id, statement: statements.statement, affiliate: affiliates.username };

const read = (text: string): Statement => JSON.parse(text);

/** A statement among those of its run, with whom to ask about it. */
export interface RunStatementView extends StatementView {
  name: string;
  email: string;
}

/** Which of a run's statements are listed; null for all. */
export interface StatementFilter {
  status: Statement["status"] | null;
  /** Only those that pay nothing for this reason, among others. */
  blocked: Block["code"] | null;
  /** Whether they have a payment. */
  has_payment: boolean | null;
}

const shownInRun = { ...shown, name: affiliates.name, email: affiliates.email };

/** A run's statements, ordered by id. */
export async function readRunStatements(
  db: Database,
  runId: string,
  { status, blocked, has_payment }: StatementFilter,
  page: PageRequest,
): Promise<List<RunStatementView>> {
  const hasBlock = sql`EXISTS (SELECT 1 FROM json_each(${statements.statement}, '$.blocked') WHERE value ->> 'code' = ${blocked})`;
  const rows = await db
    .select(shownInRun)
    .from(statements)
    .innerJoin(affiliates, eq(affiliates.id, statements.affiliate_id))
    .where(
      and(
        eq(statements.run_id, runId),
        page.cursor === null ? undefined : gt(statements.id, page.cursor),
        status === null ? undefined : eq(statements.status, status),
        has_payment === null ? undefined : has_payment ? gt(statements.payable, 0) : lte(statements.payable, 0),
        blocked === null ? undefined : hasBlock,
      ),
    )
    .orderBy(asc(statements.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, viewInRun, ({ id }) => id);
}

/** One of a run's statements, or null. */
export async function readRunStatement(db: Database, runId: string, id: string): Promise<RunStatementView | null> {
  const row = await db
    .select(shownInRun)
    .from(statements)
    .innerJoin(affiliates, eq(affiliates.id, statements.affiliate_id))
    .where(and(eq(statements.run_id, runId), eq(statements.id, id)))
    .get();
  return row === undefined ? null : viewInRun(row);
}

function viewInRun(row: { statement: string; affiliate: string; name: string; email: string }) {
  const { statement, affiliate, name, email } = row;
  return { ...viewStatement(read(statement), affiliate), name, email };
}

/** How many of a run's statements exist, and how many of them have arrived in D1. */
export interface StatementCount {
  /** Whether the run is drafted and all of its statements have arrived. */
  complete: boolean;
  /** Grows while the run is being drafted. */
  drafted: number;
  available: number;
}

/** Counts a run's statements. They are read from D1, where they arrive moments after they are drafted. */
export async function countStatements(
  db: Database,
  { id, status, progress }: { id: string; status: RunStatus; progress: Progress },
): Promise<StatementCount> {
  const available = await db.$count(statements, eq(statements.run_id, id));
  const drafted = Object.values(progress.drafted).reduce((sum, tally) => sum + tally.statements, 0);
  return { complete: status !== "drafting" && available >= drafted, drafted, available };
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

/** A run's statement by id, or null. */
export async function findStatement(db: Database, runId: string, id: string): Promise<Statement | null> {
  const row = await db
    .select({ statement: statements.statement })
    .from(statements)
    .where(and(eq(statements.run_id, runId), eq(statements.id, id)))
    .get();
  return row === undefined ? null : read(row.statement);
}
