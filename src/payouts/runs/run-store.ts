/** Payout runs in D1: made, found and changed, each change by one command. Throws while D1 is away. */
import { and, asc, desc, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { enrollments } from "../../affiliates/tables.ts";
import type { Database } from "../../db/database.ts";
import type { DraftOrder, PayeeStanding } from "../statements/statement.ts";
import { payees, payoutCommands, payoutRuns, taxForms } from "../tables.ts";
import { NO_PROGRESS, type RunState } from "./run.ts";

/** A run as it is kept. */
export type Run = typeof payoutRuns.$inferSelect;

/** A command, by whom and when (ms). The same key again is the same command. */
export interface Command {
  key: string;
  /** `create 2026-03`, `approve run_…`, `pay run_…`, `cancel run_…`, `fail st_1_2_3`. */
  command: string;
  by: string;
  at: number;
}

/** What a command has come to. `exists`: its key was used for this very command before; `conflict`: for another one. */
export type Commanded = { status: "done" | "exists"; run: Run } | { status: "conflict" } | { status: "changed" };

/** What a new run is made with. */
export type NewRun = Pick<Run, "id" | "program_id" | "month" | "terms_version" | "payout">;

/** Makes a run. `changed`: there is one under way. */
export async function createRun(db: Database, made: NewRun, command: Command): Promise<Commanded> {
  const known = await recallCommand(db, made.program_id, command);
  if (known !== null) return known;
  const run: Run = {
    ...made,
    status: "drafting",
    cursor: 0,
    drafted_at: command.at,
    progress: NO_PROGRESS,
    created_by: command.by,
    approvals: [],
    paid_at: null,
    finished_at: null,
  };
  const [created] = await db.batch([
    db.insert(payoutRuns).values(run).onConflictDoNothing().returning({ id: payoutRuns.id }),
    keepCommand(db, run, command),
  ]);
  if (created.length > 0) return { status: "done", run };
  return (await recallCommand(db, made.program_id, command)) ?? { status: "changed" };
}

/** What a command changes of a run. */
export type RunChange = Pick<Run, "status"> & Partial<Pick<Run, "approvals" | "paid_at" | "progress" | "cursor">>;

/** Changes a run that is still as it was read. `changed`: it is not. */
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
  ]);
  if (changed.length > 0) return { status: "done", run: { ...run, ...change } };
  return (await recallCommand(db, run.program_id, command)) ?? { status: "changed" };
}

/**
 * Keeps that payments of a run are told of, from which on it cannot be cancelled. False where it may not be paid any more: it
 * was cancelled meanwhile.
 */
export async function beginPayments(db: Database, { id }: Run, at: number): Promise<boolean> {
  const begun = await db
    .update(payoutRuns)
    .set({ paid_at: sql`coalesce(${payoutRuns.paid_at}, ${at})` })
    .where(and(eq(payoutRuns.id, id), inArray(payoutRuns.status, ["approved", "paying", "paid"])))
    .returning({ id: payoutRuns.id });
  return begun.length > 0;
}

/** Keeps a command that changes no run by itself; its object does what it says once. */
export async function recordCommand(db: Database, run: Run, command: Command): Promise<Commanded> {
  const { program_id: programId } = run;
  const row = { program_id: programId, key: command.key, run_id: run.id, command: command.command };
  await db
    .insert(payoutCommands)
    .values({ ...row, commanded_by: command.by, commanded_at: command.at })
    .onConflictDoNothing();
  return (await recallCommand(db, programId, command)) ?? { status: "changed" };
}

/** In the same batch, right after what it commands: nothing is kept where nothing was changed. */
function keepCommand(db: Database, { id, program_id }: Pick<Run, "id" | "program_id">, command: Command) {
  return db
    .insert(payoutCommands)
    .select(
      sql`SELECT ${program_id}, ${command.key}, ${id}, ${command.command}, ${command.by}, ${command.at} WHERE changes() > 0`,
    );
}

/** What a command came to that was taken before; null for a new one. */
export async function recallCommand(
  db: Database,
  programId: number,
  { key, command }: Command,
): Promise<Commanded | null> {
  const row = await db
    .select({ command: payoutCommands.command, run: payoutRuns })
    .from(payoutCommands)
    .innerJoin(payoutRuns, eq(payoutRuns.id, payoutCommands.run_id))
    .where(and(eq(payoutCommands.program_id, programId), eq(payoutCommands.key, key)))
    .get();
  if (row === undefined) return null;
  return row.command === command ? { status: "exists", run: row.run } : { status: "conflict" };
}

/** A program's run; null where it has none of this id. */
export async function findRun(db: Database, programId: number, id: string): Promise<Run | null> {
  const row = await db
    .select()
    .from(payoutRuns)
    .where(and(eq(payoutRuns.id, id), eq(payoutRuns.program_id, programId)))
    .get();
  return row ?? null;
}

/** A program's runs, newest first; those of a month where one is named. */
export async function listRuns(db: Database, programId: number, month?: string): Promise<Run[]> {
  return db
    .select()
    .from(payoutRuns)
    .where(and(eq(payoutRuns.program_id, programId), month === undefined ? undefined : eq(payoutRuns.month, month)))
    .orderBy(desc(payoutRuns.drafted_at), desc(payoutRuns.id));
}

/** Some of the runs that are under way, of all programs: one that cannot go on does not keep the others from it. */
export async function listWorking(db: Database, limit: number): Promise<Run[]> {
  return db
    .select()
    .from(payoutRuns)
    .where(inArray(payoutRuns.status, ["drafting", "paying", "cancelling"]))
    .orderBy(sql`random()`)
    .limit(limit);
}

/** Moves a run on from where a step began; false where another has done so meanwhile. */
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

/** An account's affiliate with what a payment to it needs. */
export interface PayeeOf extends PayeeStanding {
  affiliate_id: number;
}

/** The affiliates of a program after an id, in the order of ids. */
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

/** A run as its commands see it. */
export function stateOf({ status, created_by, approvals, paid_at }: Run): RunState {
  return { status, created_by, approvals, paid_at };
}

/** What a run asks of every account. */
export function orderOf({ id, month, payout, drafted_at }: Run, program_currency: string): DraftOrder {
  return { run: id, month, program_currency, payout, drafted_at };
}
