/**
 * Runs a payout over thousands of affiliates in steps, and kills the runtime in the middle of it. Measures the calls and the
 * time per invocation, and fails unless every affiliate is paid exactly once.
 *
 *     npm run bench:payouts -- --affiliates 10000 --kills 6 --seed 1
 *
 * --affiliates  number of affiliates, each with one cleared entry
 * --kills       kills (SIGKILL) while drafting, and as many while paying
 * --seed        seed of the random times of the kills
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createRandom } from "../support/seeded-random.ts";
import { readCount } from "./flags.ts";
import { amountOf } from "./payouts-amounts.ts";
import { describeMachine, quantile, show } from "./report.ts";
import { call, PROGRAM, setUpProgram } from "./set-up.ts";
import { ADMIN_TOKEN, type RunningWorker, startLastclick } from "./workers.ts";

const { values: flags } = parseArgs({
  options: {
    affiliates: { type: "string", default: "10000" },
    kills: { type: "string", default: "6" },
    seed: { type: "string", default: "1" },
  },
});
const affiliates = readCount("affiliates", flags.affiliates, 100_000);
const kills = readCount("kills", flags.kills, 100, 0);
const random = createRandom(readCount("seed", flags.seed, 2 ** 31, 0));

/** The first affiliate id. */
const FIRST = 1_000;
const ACCOUNTS_PER_FILL = 1_000;
const ACCOUNTS_PER_PAGE = 50;
const TIMEOUT_MS = 120_000;
/** A step takes about a second, so most kills happen in the middle of one. */
const KILL_WITHIN_MS = 2_000;
const MINUTES_PER_DAY = 1_440;

const month = new Date().toISOString().slice(0, 7);
const terms = { payout: { basis: "cleared", lag_months: 0, first_day: 1, last_day: 31, gates: [] } };
const folder = mkdtempSync(join(tmpdir(), "lastclick-payouts-"));
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

interface Answer {
  calls: number;
  seconds: number;
  // biome-ignore lint/suspicious/noExplicitAny: a run as returned by the API.
  json: any;
}

async function run(): Promise<boolean> {
  await using worker = await startLastclick({ folder, main: "test/bench/payouts-worker.ts", onLog: () => {} });
  await setUpProgram(worker, { terms });
  const programId = await enrollAffiliates(worker);
  console.log(`${describeMachine()}\n${affiliates} affiliates, ${kills} kills`);
  for (let from = FIRST; from < FIRST + affiliates; from += ACCOUNTS_PER_FILL) {
    const to = Math.min(from + ACCOUNTS_PER_FILL, FIRST + affiliates) - 1;
    const body = JSON.stringify({ program_id: programId, from, to });
    await fetch(new URL("bench/fill", worker.url), { method: "POST", body });
  }
  const path = `v1/programs/${PROGRAM}/payouts/runs`;
  const answers: Answer[] = [];
  let left = kills;
  const startedAt = performance.now();

  /** Repeats a command until it is answered, despite kills. Its idempotency key makes it one command. */
  const command = async (to: string, key: string, body?: object): Promise<Answer> => {
    for (;;) {
      const killed = left > 0 ? sleep(random.below(KILL_WITHIN_MS)).then(() => worker.kill()) : null;
      if (killed !== null) left -= 1;
      const answer = await post(worker, `${path}${to}`, key, body).catch(() => null);
      await killed;
      if (answer !== null) {
        answers.push(answer);
        return answer;
      }
    }
  };
  const stepUntil = async (id: string, until: string): Promise<Answer> => {
    for (;;) {
      const answer = await command(`/${id}/steps`, "steps");
      if (answer.json.status === until) return answer;
    }
  };
  const { id } = (await command("", "create", { month })).json;
  const drafted = await stepUntil(id, "draft");
  left += kills;
  await command(`/${id}/approve`, "approve");
  await command(`/${id}/pay`, "pay");
  const paid = await stepUntil(id, "paid");
  const seconds = (performance.now() - startedAt) / 1_000;

  const expected = Array.from({ length: affiliates }, (_, n) => amountOf(FIRST + n)).reduce((sum, one) => sum + one, 0);
  const shown = await awaitProjection(worker, id);
  const different = await reconcile(worker);
  const calls = answers.map((answer) => answer.calls);
  const durations = answers.map((answer) => answer.seconds);
  console.log(
    `${answers.length} invocations in ${show(seconds, 1)} s, with ${2 * kills} kills during and between them`,
  );
  console.log(`calls per invocation: median ${show(quantile(calls, 0.5))}, at most ${show(Math.max(...calls))}`);
  console.log(
    `seconds per invocation: median ${show(quantile(durations, 0.5), 2)}, at most ${show(Math.max(...durations), 2)}`,
  );
  console.log(`drafted ${JSON.stringify(drafted.json.drafted)}, paid ${JSON.stringify(paid.json.paid)}`);
  console.log(
    `expected ${show(affiliates)} payments of ${show(expected)} in total; the ledgers have ${show(shown.payments)} payments of ${show(shown.amount)}`,
  );
  console.log(
    `accounts that don't reconcile: ${different.length}${different.length > 0 ? `: ${JSON.stringify(different.slice(0, 5))}` : ""}`,
  );
  return shown.payments === affiliates && shown.amount === expected && different.length === 0;
}

async function enrollAffiliates(worker: RunningWorker): Promise<number> {
  const db = await worker.openDatabase();
  const programId = await db.prepare("SELECT id FROM programs WHERE slug = ?").bind(PROGRAM).first<number>("id");
  if (programId === null) throw new Error("There is no program.");
  const ids = "WITH RECURSIVE n (id) AS (SELECT ?1 UNION ALL SELECT id + 1 FROM n WHERE id < ?2)";
  const last = FIRST + affiliates - 1;
  await db.batch([
    db
      .prepare(
        `INSERT INTO affiliates (id, username, name, email, created_at)
         ${ids} SELECT id, 'bench-' || id, 'Bench', 'bench-' || id || '@example.com', 0 FROM n`,
      )
      .bind(FIRST, last),
    db
      .prepare(
        `INSERT INTO enrolments (program_id, affiliate_id, status, created_at) ${ids} SELECT ?3, id, 'approved', 0 FROM n`,
      )
      .bind(FIRST, last, programId),
    // Without payment details no file contains them, and the run leaves them unpaid.
    db
      .prepare(
        `INSERT INTO payees (affiliate_id, version, changed_at, changed_by, method, sealed_details)
         ${ids} SELECT id, 1, 0, 'merchant', 'paypal', '' FROM n`,
      )
      .bind(FIRST, last),
  ]);
  return programId;
}

async function post(worker: RunningWorker, path: string, key: string, body?: object): Promise<Answer> {
  const at = performance.now();
  const response = await fetch(new URL(path, worker.url), {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, "Idempotency-Key": key },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  const calls = Number(response.headers.get("x-calls"));
  return { calls, seconds: (performance.now() - at) / 1_000, json: JSON.parse(text) };
}

/** Waits until D1 shows all payments, or for two minutes. Returns the payments in D1. A day of cron runs finds lost alarms. */
async function awaitProjection(worker: RunningWorker, run: string): Promise<{ payments: number; amount: number }> {
  const db = await worker.openDatabase();
  for (let minute = 0; minute < MINUTES_PER_DAY; minute += 1) await worker.runCron("* * * * *", minute * 60_000);
  for (const until = Date.now() + TIMEOUT_MS; ; await sleep(500)) {
    const found = await db
      .prepare(
        "SELECT count(*) AS payments, coalesce(-sum(amount), 0) AS amount FROM ledger_entries WHERE kind = 'payout'",
      )
      .first<{ payments: number; amount: number }>();
    const paid = await db
      .prepare("SELECT count(*) AS n FROM statements WHERE run_id = ? AND status = 'paid'")
      .bind(run)
      .first<number>("n");
    if ((paid === affiliates && found?.payments === affiliates) || Date.now() > until) {
      return found ?? { payments: 0, amount: 0 };
    }
  }
}

async function reconcile(worker: RunningWorker): Promise<unknown[]> {
  const different: unknown[] = [];
  for (let cursor: string | null = "0"; cursor !== null; ) {
    const path: string = `programs/${PROGRAM}/payouts/reconciliation?limit=${ACCOUNTS_PER_PAGE}&cursor=${cursor}`;
    const page = await call(worker, path);
    different.push(...page.data);
    cursor = page.next;
  }
  return different;
}
