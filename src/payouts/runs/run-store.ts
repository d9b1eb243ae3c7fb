/** Stores payout runs in D1. Each change is made by one command. Throws if D1 is unavailable. */
import { and, asc, eq, gt, gte, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { enrollments } from "../../affiliates/tables.ts";
import { type AuditActor, type Change, recordChange } from "../../audit/audit-store.ts";
import type { Database } from "../../db/database.ts";
import { keysetOf } from "../../db/keyset.ts";
import { type List, type SortedPage, sortedPageOf } from "../../lib/paging.ts";
import type { PayWindow } from "../payout-window.ts";
import type { DraftOrder, PayeeEligibility } from "../statements/statement.ts";
import { payees, payoutCommands, payoutRuns, statements, taxForms } from "../tables.ts";
import { NO_PROGRESS, type RunState } from "./run.ts";

/** A run as stored. */
export type Run = typeof payoutRuns.$inferSelect;

/** A command with its author and time (ms). The same key means the same command; of an approval, if the author is the same. */
export interface Command {
  key: string;
  /** `create 2026-03`, `approve run_…`, `pay run_…`, `cancel run_…`, `fail st_1_2_3`. */
  command: string;
  by: string;
  at: number;
  /** The change for the audit log; null for the cron's commands. */
  audit: { by: AuditActor; change: Change } | null;
}

/** The result of a command. `exists`: its key was already used for this command. `conflict`: for a different one, or for another author's approval. */
export type Commanded = { status: "done" | "exists"; run: Run } | { status: "conflict" } | { status: "changed" };

/** The fields of a new run. */
export type NewRun = Pick<Run, "id" | "program_id" | "month" | "window_number" | "terms_version" | "payout"> &
  Partial<Pick<Run, "created_by_approver">>;

/** Creates a run. `changed`: another run is in progress. */
export async function createRun(
  db: Database,
  { created_by_approver = null, ...made }: NewRun,
  command: Command,
): Promise<Commanded> {
  const known = await recallCommand(db, made.program_id, command);
  if (known !== null) return known;
  const run: Run = {
    ...made,
    status: "drafting",
    cursor: 0,
    drafted_at: command.at,
    progress: NO_PROGRESS,
    created_by: command.by,
    created_by_approver,
    approvals: [],
    paid_at: null,
    finished_at: null,
  };
  const [created] = await db.batch([
    db.insert(payoutRuns).values(run).onConflictDoNothing().returning({ id: payoutRuns.id }),
    keepCommand(db, run, command),
    ...audit(db, command),
  ]);
  if (created.length > 0) return { status: "done", run };
  return (await recallCommand(db, made.program_id, command)) ?? { status: "changed" };
}

/** The fields a command changes. */
export type RunChange = Pick<Run, "status"> & Partial<Pick<Run, "approvals" | "paid_at" | "progress" | "cursor">>;

/** Changes a run if it is still as read; otherwise returns `changed`. */
export async function changeRun(db: Database, run: Run, change: RunChange, command: Command): Promise<Commanded> {
  const [changed] = await db.batch([
    db
      .update(payoutRuns)
      .set(change)
      .where(
        and(
          eq(payoutRuns.id, run.id),
          eq(payoutRuns.status, run.status),
          eq(payoutRuns.approvals, sql`${JSON.stringify(run.approvals)}`),
          run.paid_at === null ? isNull(payoutRuns.paid_at) : eq(payoutRuns.paid_at, run.paid_at),
        ),
      )
      .returning({ id: payoutRuns.id }),
    keepCommand(db, run, command),
    ...audit(db, command),
  ]);
  if (changed.length > 0) return { status: "done", run: { ...run, ...change } };
  return (await recallCommand(db, run.program_id, command)) ?? { status: "changed" };
}

/**
 * Records that payments of a run have been reported, so that it can no longer be canceled. Returns false if the run
 * can't be paid because it was canceled meanwhile.
 */
export async function beginPayments(db: Database, { id }: Run, at: number): Promise<boolean> {
  const begun = await db
    .update(payoutRuns)
    .set({ paid_at: sql`coalesce(${payoutRuns.paid_at}, ${at})` })
    .where(and(eq(payoutRuns.id, id), inArray(payoutRuns.status, ["approved", "paying", "paid"])))
    .returning({ id: payoutRuns.id });
  return begun.length > 0;
}

/** Records a command that doesn't change the run itself. The account's object makes sure it takes effect only once. */
export async function recordCommand(db: Database, run: Run, command: Command): Promise<Commanded> {
  const { program_id: programId } = run;
  const row = { program_id: programId, key: command.key, run_id: run.id, command: command.command };
  await db.batch([
    db
      .insert(payoutCommands)
      .values({ ...row, commanded_by: command.by, commanded_at: command.at })
      .onConflictDoNothing(),
    ...audit(db, command),
  ]);
  return (await recallCommand(db, programId, command)) ?? { status: "changed" };
}

/** Must follow the change in the same batch, since it records the command only if something changed. */
function keepCommand(db: Database, { id, program_id }: Pick<Run, "id" | "program_id">, command: Command) {
  return db
    .insert(payoutCommands)
    .select(
      sql`SELECT ${program_id}, ${command.key}, ${id}, ${command.command}, ${command.by}, ${command.at} WHERE changes() > 0`,
    );
}

/** Must follow the statement that records the command in the same batch: a repeated command adds no entry. */
function audit(db: Database, command: Command) {
  return command.audit === null ? [] : [recordChange(db, command.audit.by, command.audit.change, command.at)];
}

/**
 * The result of a command that was already applied, or null for a new one. An approval with another API key is another one: two
 * users who approve a run with the same key each mean their own approval.
 */
export async function recallCommand(
  db: Database,
  programId: number,
  { key, command, by }: Command,
): Promise<Commanded | null> {
  const row = await db
    .select({ command: payoutCommands.command, by: payoutCommands.commanded_by, run: payoutRuns })
    .from(payoutCommands)
    .innerJoin(payoutRuns, eq(payoutRuns.id, payoutCommands.run_id))
    .where(and(eq(payoutCommands.program_id, programId), eq(payoutCommands.key, key)))
    .get();
  if (row === undefined) return null;
  const isSame = row.command === command && (row.by === by || !command.startsWith("approve "));
  return isSame ? { status: "exists", run: row.run } : { status: "conflict" };
}

/** A program's run by id, or null. */
export async function findRun(db: Database, programId: number, id: string): Promise<Run | null> {
  const row = await db
    .select()
    .from(payoutRuns)
    .where(and(eq(payoutRuns.id, id), eq(payoutRuns.program_id, programId)))
    .get();
  return row ?? null;
}

/** Whether a program has a run for a payout window. */
export async function hasRun(db: Database, programId: number, { month, window = 1 }: PayWindow): Promise<boolean> {
  const row = await db
    .select({ id: payoutRuns.id })
    .from(payoutRuns)
    .where(and(eq(payoutRuns.program_id, programId), eq(payoutRuns.month, month), eq(payoutRuns.window_number, window)))
    .limit(1)
    .get();
  return row !== undefined;
}

/** Whether one of the program's runs was drafted before a time (ms) and not finished until then, so that no other could be. */
export async function wasRunOpen(db: Database, programId: number, at: number): Promise<boolean> {
  const isOpen = or(isNull(payoutRuns.finished_at), gte(payoutRuns.finished_at, at));
  const row = await db
    .select({ id: payoutRuns.id })
    .from(payoutRuns)
    .where(and(eq(payoutRuns.program_id, programId), lt(payoutRuns.drafted_at, at), isOpen))
    .limit(1)
    .get();
  return row !== undefined;
}

/** Filters of {@link listRuns}; null matches all. */
export interface RunFilter {
  program_id: number;
  status: Run["status"] | null;
  month: string | null;
}

/** A page of a program's runs. */
export async function listRuns<View>(
  db: Database,
  { program_id, status, month }: RunFilter,
  page: SortedPage<"drafted_at" | "month">,
  view: (run: Run) => View,
): Promise<List<View>> {
  const { month: inMonth, window_number, drafted_at, id } = payoutRuns;
  const keys = page.sort === "month" ? [inMonth, window_number, drafted_at, id] : [drafted_at, id];
  const { isAfter, order } = keysetOf(keys, page);
  const rows = await db
    .select()
    .from(payoutRuns)
    .where(
      and(
        eq(payoutRuns.program_id, program_id),
        status === null ? undefined : eq(payoutRuns.status, status),
        month === null ? undefined : eq(inMonth, month),
        isAfter,
      ),
    )
    .orderBy(...order)
    .limit(page.limit + 1);
  return sortedPageOf(rows, page, view, (run) =>
    page.sort === "month" ? [run.month, run.window_number, run.drafted_at, run.id] : [run.drafted_at, run.id],
  );
}

/** Some of the runs in progress across all programs, in an order that keeps a stuck run from blocking the others. */
export async function listWorking(db: Database, limit: number): Promise<Run[]> {
  return db
    .select()
    .from(payoutRuns)
    .where(inArray(payoutRuns.status, ["drafting", "paying", "cancelling"]))
    .orderBy(sql`random()`)
    .limit(limit);
}

/** Advances a run from where a step began. Returns false if another invocation has already done so. */
export async function moveRun(
  db: Database,
  run: Run,
  moved: Pick<Run, "status" | "cursor" | "progress" | "finished_at">,
): Promise<boolean> {
  const changed = await db
    .update(payoutRuns)
    .set(moved)
    .where(and(eq(payoutRuns.id, run.id), eq(payoutRuns.status, run.status), eq(payoutRuns.cursor, run.cursor)))
    .returning({ id: payoutRuns.id });
  return changed.length > 0;
}

/** An affiliate with everything a payment to them depends on. */
export interface PayeeOf extends PayeeEligibility {
  affiliate_id: number;
}

/** The affiliates of a program after an id, in order of id. */
export async function listPayees(db: Database, programId: number, after: number, limit: number): Promise<PayeeOf[]> {
  const { affiliate_id: affiliateId } = enrollments;
  return db
    .select({
      affiliate_id: affiliateId,
      status: enrollments.status,
      tax_form_received_at: taxForms.received_at,
      method: sql<string | null>`(SELECT ${payees.method} FROM ${payees} WHERE ${payees.affiliate_id} = ${affiliateId}
        ORDER BY ${payees.version} DESC LIMIT 1)`,
    })
    .from(enrollments)
    .leftJoin(taxForms, eq(taxForms.affiliate_id, affiliateId))
    .where(and(eq(enrollments.program_id, programId), gt(affiliateId, after)))
    .orderBy(asc(affiliateId))
    .limit(limit);
}

/**
 * Up to `limit` affiliates with a payment in a drafted run and negative entries that came after their statement's last
 * entry, in order.
 */
export async function listCorrected(db: Database, run: Pick<Run, "id">, limit: number): Promise<number[]> {
  const { affiliate_id, program_id, currency, payable, run_id, status, statement } = statements;
  const last = sql`(SELECT coalesce(max(value), 0) FROM json_each(${statement}, '$.entries'))`;
  const isCorrected = sql`EXISTS (SELECT 1 FROM ledger_entries AS e WHERE e.affiliate_id = ${affiliate_id}
    AND e.program_id = ${program_id} AND e.number > ${last} AND e.currency = ${currency} AND e.amount < 0
    AND e.kind <> 'payout')`;
  const rows = await db
    .selectDistinct({ affiliate_id })
    .from(statements)
    .where(and(eq(run_id, run.id), eq(status, "drafted"), gt(payable, 0), isCorrected))
    .orderBy(asc(affiliate_id))
    .limit(limit);
  return rows.map((row) => row.affiliate_id);
}

/** The state that commands are decided from. */
export function stateOf({ status, created_by_approver, approvals, paid_at }: Run): RunState {
  return { status, created_by_approver, approvals, paid_at };
}

/** The draft order sent to every account. */
export function orderOf({ id, month, window_number, payout, drafted_at }: Run, program_currency: string): DraftOrder {
  const window = window_number === 1 ? {} : { window: window_number };
  return { run: id, month, ...window, program_currency, payout, drafted_at };
}
