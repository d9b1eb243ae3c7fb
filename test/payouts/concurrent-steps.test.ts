/**
 * Invocations that work on one run at the same time, in any order, with late calls, lost calls and lost responses, and the run's
 * commands in between: each affiliate is paid once, none is left out, and the run matches its statements.
 */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { accountKeyOf } from "../../src/commissions/ledger.ts";
import { openDatabase } from "../../src/db/database.ts";
import type { Env } from "../../src/env.ts";
import { monthOf } from "../../src/lib/calendar.ts";
import { compareRun, sumRun } from "../../src/payouts/reconciliation-queries.ts";
import {
  approveRun,
  cancelRun,
  isStepped,
  payRun,
  type RunRefusal,
  type RunState,
} from "../../src/payouts/runs/run.ts";
import { newRunId, workRun } from "../../src/payouts/runs/run-job.ts";
import { type Command, changeRun, createRun, findRun, type Run, stateOf } from "../../src/payouts/runs/run-store.ts";
import { checkStatements } from "../../src/payouts/statements/check-statements.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import type { Payout } from "../../src/programs/terms.ts";
import { makePayable } from "../support/payout-story.ts";
import { fc, runs } from "../support/random.ts";
import { eventually, setUp } from "../support/story.ts";

const HISTORIES = runs({ deep: 60, quick: 10 });
const AFFILIATES = 3;
const AMOUNT = 1_000;
const PAYOUT = { ...kartra.payout, basis: "cleared", lag_months: 0, minimum: 0, gates: [] } as unknown as Payout;
/** As small as possible, so that most histories end in the middle of a step. */
const STINT = { affiliates_a_step: 2, steps: 2 };

/** The result of a call to an account: a lost call never arrives, and an unanswered one arrives without a response. */
type Fate = "arrives" | "is lost" | "is not answered";

interface Account {
  program_id: number;
  affiliate_id: number;
}

const bindings = env as unknown as Env;
const db = openDatabase(env.DB);
const objectOf = (account: Account) => bindings.ACCOUNTS.getByName(accountKeyOf(account));

/** The bindings of an invocation; the scheduler decides when its calls reach the accounts. */
function delay(scheduler: fc.Scheduler, nextFate: () => Fate): Pick<Env, "DB" | "ACCOUNTS"> {
  const late =
    (call: (...args: unknown[]) => Promise<unknown>, name: string) =>
    async (...args: unknown[]) => {
      const fate = nextFate();
      await scheduler.schedule(Promise.resolve(), `${name} ${fate}`);
      if (fate === "is lost") throw new Error("the invocation ended");
      const answer = await call(...args);
      if (fate === "is not answered") throw new Error("the invocation ended");
      return answer;
    };
  const getByName = (name: string) => {
    const object = bindings.ACCOUNTS.getByName(name);
    return {
      draftStatements: late((...args) => object.draftStatements(...(args as [never, never, never])), "draft"),
      payStatements: late((...args) => object.payStatements(...(args as [never, never, never])), "pay"),
      cancelStatements: late((...args) => object.cancelStatements(...(args as [never, never])), "cancel"),
    };
  };
  return { DB: env.DB, ACCOUNTS: { getByName } as unknown as Env["ACCOUNTS"] };
}

async function setUpAccounts(): Promise<Account[]> {
  const { program, affiliates } = await setUp({ affiliates: AFFILIATES });
  for (const { username } of affiliates) await makePayable(username);
  const { results } = await env.DB.prepare(
    `SELECT program_id, affiliate_id FROM enrolments WHERE program_id = (SELECT id FROM programs WHERE slug = ?)
     ORDER BY affiliate_id`,
  )
    .bind(program)
    .all<{ program_id: number; affiliate_id: number }>();
  expect(results).toHaveLength(AFFILIATES);
  return results;
}

let commands = 0;
const commandOf = (command: string): Command => {
  commands += 1;
  return { key: `key-${commands}`, command, by: "first", at: Date.now(), audit: null };
};

async function draft(programId: number): Promise<Run> {
  const made = {
    id: newRunId(),
    program_id: programId,
    month: monthOf(Date.now()),
    window_number: 1,
    terms_version: 1,
    payout: PAYOUT,
  };
  const created = await createRun(db, made, commandOf("create"));
  if (!("run" in created)) throw new Error(`no run: ${created.status}`);
  return created.run;
}

/** Applies a command if the run's current state accepts it, as the API does. */
async function give(
  { program_id: programId, id }: Run,
  decide: (state: RunState) => RunState | RunRefusal,
): Promise<void> {
  const run = await findRun(db, programId, id);
  const decided = run === null ? "run_not_draft" : decide(stateOf(run));
  if (run === null || typeof decided === "string") return;
  const { status, approvals } = decided;
  const begun = { status, approvals: [...approvals], cursor: 0, ...(status === "paying" && { paidAt: Date.now() }) };
  await changeRun(db, run, begun, commandOf(`${status} ${id}`));
}

const approve = (state: RunState) =>
  approveRun(state, { key: "first", at: Date.now() }, { needed: 1, approvers: new Set() });

/** Completes all late calls and ends the run: as commanded, or paid. */
async function finish(run: Run): Promise<Run> {
  for (let turns = 0; turns < 20; turns += 1) {
    const now = await workRun(bindings, run.program_id, run.id, Date.now());
    if (now?.status === "paid" || now?.status === "cancelled") return now;
    if (now !== null && isStepped(now.status)) continue;
    await give(run, approve);
    await give(run, payRun);
  }
  throw new Error("the run does not end");
}

const anyFate = fc.constantFrom<Fate[]>("arrives", "arrives", "arrives", "arrives", "is lost", "is not answered");
const anyPlan = fc.record({
  /** The number of times each invocation continues the run. */
  invocations: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  cancels: fc.boolean(),
  /** The other accounts get no request before the adjustment. */
  with_something_due: fc.integer({ min: 0, max: AFFILIATES }),
  /** A negative adjustment is due at once, so a late draft includes it. */
  comes_later: fc.constantFrom(0, -500),
});

test(`simultaneous invocations pay each affiliate once: ${HISTORIES} histories`, { tags: ["deep"] }, async () => {
  const accounts = await setUpAccounts();
  const program_id = accounts[0]?.program_id ?? 0;
  const earn = async (amount: number, of = accounts) => {
    commands += 1;
    const adjustment = { amount, currency: "USD", reason: "earned" };
    const key = `earned-${commands}`;
    await Promise.all(of.map((account) => objectOf(account).adjust(key, { ...account, ...adjustment }, Date.now())));
  };
  const seen = { paid: 0, cancelled: 0, ended: 0 };
  const property = fc.asyncProperty(
    fc.scheduler(),
    anyPlan,
    fc.infiniteStream(anyFate),
    async (scheduler, plan, fates) => {
      await earn(AMOUNT, accounts.slice(0, plan.with_something_due));
      const run = await draft(program_id);
      const late = delay(scheduler, () => fates.next().value);
      const invocations = plan.invocations.map(async (times) => {
        for (let time = 0; time < times; time += 1) {
          await workRun(late, run.program_id, run.id, Date.now(), STINT).catch(() => {
            seen.ended += 1;
          });
        }
      });
      const admin = [approve, payRun].map(async (decide) => {
        await scheduler.schedule(Promise.resolve(), "command");
        await give(run, decide);
      });
      if (plan.comes_later !== 0)
        admin.push(scheduler.schedule(Promise.resolve(), "earn").then(() => earn(plan.comes_later)));
      if (plan.cancels) admin.push(scheduler.schedule(Promise.resolve(), "cancel").then(() => give(run, cancelRun)));
      const [sleeper, ...others] = invocations;
      await scheduler.waitFor(Promise.all([...others, ...admin]));
      const ended = await finish(run);
      // A call may arrive after the run is over.
      await scheduler.waitFor(Promise.resolve(sleeper));
      seen[ended.status as "paid" | "cancelled"] += 1;
      for (const account of accounts) {
        const own = await objectOf(account).readStatements(0, 10_000);
        expect(own.filter(({ status }) => status === "drafted")).toEqual([]);
      }
      await eventually(async () => expect(compareRun(ended, await sumRun(db, run.id), new Map())).toEqual([]));
      // Whatever the run left is in the next.
      expect((await finish(await draft(program_id))).progress.busy).toBe(0);
      for (const account of accounts) {
        const entries = await objectOf(account).readEntries(0, 100_000);
        expect(checkStatements(entries, await objectOf(account).readStatements(0, 10_000))).toEqual([]);
        expect(entries.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(0);
      }
    },
  );
  await fc.assert(property, { numRuns: HISTORIES });
  console.log(`seen in them: ${JSON.stringify(seen)}`);
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(0);
});
