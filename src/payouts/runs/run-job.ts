/**
 * Processes payout runs in steps. Each step calls a limited number of Account objects and is stored together with the
 * run's progress.
 */
import { and, eq, exists, isNotNull, notExists, or, sql } from "drizzle-orm";
import { nanoid } from "nanoid";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { type Database, openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { monthOf } from "../../lib/calendar.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { programs, programTerms } from "../../programs/tables.ts";
import { loadTerms } from "../../programs/terms-queries.ts";
import { cutInto } from "../files/payment.ts";
import { loadPaying } from "../files/payment-queries.ts";
import { isOver, listWindows, nameWindow, windowOf } from "../payout-window.ts";
import type { Paying } from "../statements/change-statement.ts";
import { projectStatement } from "../statements/projection-store.ts";
import { countStatements } from "../statements/queries.ts";
import { listGates, type Statement } from "../statements/statement.ts";
import { payoutRuns } from "../tables.ts";
import { addStep, CRON, isStepped, STEPPED, type SteppedStatus, type StepResult } from "./run.ts";
import {
  createRun,
  findRun,
  hasRun,
  listCorrected,
  listPayees,
  listWorking,
  moveRun,
  orderOf,
  type PayeeOf,
  type Run,
  wasRunOpen,
} from "./run-store.ts";

/** How much of a run one invocation processes. */
export interface StepLimits {
  affiliates_a_step: number;
  steps: number;
}

/**
 * Each affiliate takes one call to their object. Cloudflare allows 1,000 subrequests to its own services per invocation
 * on any plan.
 */
const STEP_LIMITS: StepLimits = { affiliates_a_step: 200, steps: 4 };
/** The minute cron also makes calls for deliveries, merges and sweeps. */
const CRON_STEP_LIMITS: StepLimits = { affiliates_a_step: 200, steps: 2 };
/** The number of concurrent calls. */
const CALLS_AT_ONCE = 20;
const RUNS_A_MINUTE = 1;
const PROGRAMS_AT_ONCE = 50;

/** Processes a run until it has no work left or the invocation's limit is reached. Returns the run's current state. */
export async function workRun(
  env: Pick<Env, "DB" | "ACCOUNTS">,
  programId: number,
  id: string,
  now: number,
  limits = STEP_LIMITS,
): Promise<Run | null> {
  const db = openDatabase(env.DB);
  for (let steps = 0; steps < limits.steps; steps += 1) {
    const run = await findRun(db, programId, id);
    if (run === null || !isStepped(run.status)) return run;
    await workStep({ db, accounts: env.ACCOUNTS }, run, run.status, { now, limit: limits.affiliates_a_step });
  }
  return findRun(db, programId, id);
}

/** Continues unfinished runs. Called by the minute cron. */
export async function workRuns(env: Env, now: number): Promise<void> {
  for (const run of await listWorking(openDatabase(env.DB), RUNS_A_MINUTE))
    await workRun(env, run.program_id, run.id, now, CRON_STEP_LIMITS);
}

/**
 * Drafts the run of each program in whose payment window `now` (ms) is, unless the window has a run. Where the run before it was
 * still open on the window's days, its run is drafted once that one is finished. Called by the hourly cron.
 */
export async function draftDueRuns(env: Env, now: number): Promise<void> {
  const db = openDatabase(env.DB);
  const month = monthOf(now);
  const ofWindow = (number: number) =>
    db
      .select({ id: payoutRuns.id })
      .from(payoutRuns)
      .where(
        and(eq(payoutRuns.program_id, programs.id), eq(payoutRuns.month, month), eq(payoutRuns.window_number, number)),
      );
  const hasSecond = db
    .select({ program_id: programTerms.program_id })
    .from(programTerms)
    .where(
      and(
        eq(programTerms.program_id, programs.id),
        isNotNull(sql`json_extract(${programTerms.terms}, '$.payout.second_window')`),
      ),
    );
  const hasPayouts = db
    .select({ program_id: programTerms.program_id })
    .from(programTerms)
    .where(
      and(eq(programTerms.program_id, programs.id), isNotNull(sql`json_extract(${programTerms.terms}, '$.payout')`)),
    );
  const due = await db
    .select({ id: programs.id })
    .from(programs)
    .where(
      and(
        eq(programs.payout_auto_draft, true),
        sql`EXISTS ${hasPayouts}`,
        or(notExists(ofWindow(1)), and(exists(hasSecond), notExists(ofWindow(2)))),
      ),
    )
    .orderBy(sql`random()`)
    .limit(PROGRAMS_AT_ONCE);
  for (const { id: programId } of due) {
    const { version, terms } = await loadTerms(db, programId, now);
    if (terms.payout === null) continue;
    const { payout } = terms;
    const begun = listWindows(payout, month).filter((one) => now >= windowOf(payout, one).from);
    const window = begun.at(-1);
    if (window === undefined || (await hasRun(db, programId, window))) continue;
    const days = windowOf(payout, window);
    if (isOver(days, now) && !(await wasRunOpen(db, programId, days.to + MS_PER_DAY))) continue;
    const made = { id: newRunId(), program_id: programId, month, window_number: window.window ?? 1 };
    const name = nameWindow(window);
    const command = { key: `cron:${name}`, command: `create ${name}`, by: CRON, at: now, audit: null };
    await createRun(db, { ...made, terms_version: version, payout }, command);
  }
}

/** The number of accounts that an approval calls. Each takes a call and at most one write per currency. */
const REVISED_MAX = 400;

/**
 * Takes refunds and other corrections since the draft into account, before a run is approved. Its statements in D1 are
 * updated at once, so that payment files have the lower amounts. If the program has more affiliates than one call can
 * process, D1 says which of them have corrections. `incomplete`: not all statements have arrived there. `more`: more
 * accounts than one call can process have corrections; the next call continues.
 */
export async function reviseRun(
  env: Pick<Env, "DB" | "ACCOUNTS">,
  run: Run,
): Promise<"revised" | "incomplete" | "more"> {
  const db = openDatabase(env.DB);
  const { currency } = await findCurrency(db, run.program_id);
  const order = orderOf(run, currency);
  const payees = await listPayees(db, run.program_id, 0, REVISED_MAX + 1);
  const isSmall = payees.length <= REVISED_MAX;
  if (!isSmall && !(await countStatements(db, run)).complete) return "incomplete";
  const accounts = isSmall
    ? payees.map(({ affiliate_id }) => affiliate_id)
    : await listCorrected(db, run, REVISED_MAX + 1);
  for (const piece of cutInto(accounts.slice(0, REVISED_MAX), CALLS_AT_ONCE)) {
    await Promise.all(
      piece.map(async (affiliate_id) => {
        const account = env.ACCOUNTS.getByName(accountKeyOf({ program_id: run.program_id, affiliate_id }));
        const statements: Statement[] = await account.reviseStatements(order);
        const revised = statements.filter(({ drafted_as }) => drafted_as !== undefined);
        for (const statement of revised) await projectStatement(db, statement);
      }),
    );
  }
  return accounts.length <= REVISED_MAX ? "revised" : "more";
}

/** Generates a run id. */
export function newRunId(): string {
  return `run_${nanoid()}`;
}

/** For phases that pay nothing. */
const NOTHING_PAID = (): Paying => ({ method: null, has_details: false, downloaded: [], disputed: {} });

async function workStep(
  { db, accounts }: { db: Database; accounts: Env["ACCOUNTS"] },
  run: Run,
  phase: SteppedStatus,
  { now, limit }: { now: number; limit: number },
): Promise<void> {
  const payees = await listPayees(db, run.program_id, run.cursor, limit);
  const { currency } = await findCurrency(db, run.program_id);
  const result: StepResult & { statements: Statement[] } = { affiliates: payees.length, statements: [], busy: 0 };
  const affiliates = payees.map(({ affiliate_id }) => affiliate_id);
  const paying = phase === "paying" ? await loadPaying(db, run, affiliates) : NOTHING_PAID;
  for (let from = 0; from < payees.length; from += CALLS_AT_ONCE) {
    const asked = payees.slice(from, from + CALLS_AT_ONCE);
    const answers = await Promise.all(
      asked.map((payee) => runAccountStep(accounts, run, phase, payee, { currency, now, paying })),
    );
    for (const answer of answers) {
      if (answer === "busy") result.busy += 1;
      else result.statements.push(...answer);
    }
  }
  const isLast = payees.length < limit;
  await moveRun(db, run, {
    status: isLast ? STEPPED[phase] : run.status,
    cursor: isLast ? 0 : (payees.at(-1)?.affiliate_id ?? run.cursor),
    progress: addStep(run.cursor === 0 ? { ...run.progress, affiliates: 0 } : run.progress, phase, result),
    finished_at: isLast && phase !== "drafting" ? now : null,
  });
}

async function runAccountStep(
  accounts: Env["ACCOUNTS"],
  run: Run,
  phase: SteppedStatus,
  payee: PayeeOf,
  { currency, now, paying }: { currency: string; now: number; paying: (affiliateId: number) => Paying },
): Promise<Statement[] | "busy"> {
  const key = { program_id: run.program_id, affiliate_id: payee.affiliate_id };
  const account = accounts.getByName(accountKeyOf(key));
  switch (phase) {
    case "drafting": {
      const drafted = await account.draftStatements(key, orderOf(run, currency), listGates(run.payout, payee));
      return drafted.status === "busy" ? "busy" : drafted.statements;
    }
    case "paying":
      return account.payStatements(run.id, run.paid_at ?? now, paying(payee.affiliate_id));
    case "cancelling":
      return account.cancelStatements(run.id, now);
  }
}

async function findCurrency(db: Database, programId: number): Promise<{ currency: string }> {
  const found = await db.select({ currency: programs.currency }).from(programs).where(eq(programs.id, programId)).get();
  if (found === undefined) throw new Error(`there is no program ${programId}`);
  return found;
}
