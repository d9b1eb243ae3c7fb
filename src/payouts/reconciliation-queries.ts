/**
 * Checks that payouts add up: ledgers, statements, their projections in D1, and the totals of runs. Changes nothing.
 */
import { and, asc, eq, gt, sql } from "drizzle-orm";
import { affiliates, enrollments } from "../affiliates/tables.ts";
import { readBalances } from "../commissions/balance-queries.ts";
import { type Balances, balancesOf } from "../commissions/balances.ts";
import { accountKeyOf } from "../commissions/ledger.ts";
import { checkLedger } from "../commissions/ledger-check-queries.ts";
import { readWholeLedger } from "../commissions/ledger-file-queries.ts";
import type { Database } from "../db/database.ts";
import type { Env } from "../env.ts";
import type { Progress, RunStatus } from "./runs/run.ts";
import { checkStatements } from "./statements/check-statements.ts";
import type { Statement } from "./statements/statement.ts";
import { statements } from "./tables.ts";

const STATEMENTS_A_PAGE = 500;
/** The maximum number of differences listed per account. */
const DIFFERENCES_MAX = 50;

/** An account's differences, in words. */
export interface AccountDifferences {
  affiliate: string;
  differences: string[];
}

/**
 * Checks a page of a program's accounts, ordered by affiliate id. `next` is the id to continue after, or null at the
 * end.
 */
export async function checkAccounts(
  db: Database,
  objects: Env["ACCOUNTS"],
  asked: { program_id: number; after: number; limit: number; now: number },
): Promise<{ checked: number; accounts: AccountDifferences[]; next: number | null }> {
  const rows = await db
    .select({ id: enrollments.affiliate_id, username: affiliates.username })
    .from(enrollments)
    .innerJoin(affiliates, eq(affiliates.id, enrollments.affiliate_id))
    .where(and(eq(enrollments.program_id, asked.program_id), gt(enrollments.affiliate_id, asked.after)))
    .orderBy(asc(enrollments.affiliate_id))
    .limit(asked.limit);
  const accounts: AccountDifferences[] = [];
  for (const { id, username } of rows) {
    const account = { program_id: asked.program_id, affiliate_id: id };
    const differences = await checkAccount(db, objects, account, asked.now);
    if (differences.length > 0)
      accounts.push({ affiliate: username, differences: differences.slice(0, DIFFERENCES_MAX) });
  }
  return { checked: rows.length, accounts, next: rows.length < asked.limit ? null : (rows.at(-1)?.id ?? null) };
}

async function checkAccount(
  db: Database,
  objects: Env["ACCOUNTS"],
  account: { program_id: number; affiliate_id: number },
  now: number,
): Promise<string[]> {
  // Read D1 first, so that changes made meanwhile appear as not projected yet, never as unknown.
  const shown = await db
    .select({ number: statements.number, statement: statements.statement })
    .from(statements)
    .where(and(eq(statements.affiliate_id, account.affiliate_id), eq(statements.program_id, account.program_id)));
  const balances = await readBalances(db, { program_id: account.program_id, affiliate_id: account.affiliate_id }, now);
  const ledger = await checkLedger(db, objects, account);
  const held = await readAllStatements(objects, account);
  const entries = await readWholeLedger(objects, account);
  const texts = new Map(shown.map(({ number, statement }) => [number, statement]));
  const numbers = new Set(held.map(({ number }) => number));
  return [
    ...(ledger.fault === null ? [] : [`the ledger's chain is broken: ${JSON.stringify(ledger.fault)}`]),
    ...compareBalances(balances, balancesOf(entries, now)),
    ...ledger.differences.map(({ number, difference }) => `entry ${number} is ${difference.replaceAll("_", " ")}`),
    ...checkStatements(entries, held).map(({ statement, fault }) =>
      statement === null ? fault : `statement ${statement}: ${fault}`,
    ),
    ...held
      .filter((statement) => texts.get(statement.number) !== JSON.stringify(statement))
      .map(({ number }) => `statement ${number} is ${texts.has(number) ? "shown otherwise" : "not projected"}`),
    ...shown.filter(({ number }) => !numbers.has(number)).map(({ number }) => `statement ${number} is unknown`),
  ];
}

function compareBalances(shown: readonly Balances[], held: readonly Balances[]): string[] {
  const currencies = [...new Set([...shown, ...held].map(({ currency }) => currency))];
  return currencies.flatMap((currency) => {
    const [one, other] = [shown, held].map((balances) => balances.find((found) => found.currency === currency));
    return (["earned", "reserve", "due", "paid"] as const).flatMap((name) => {
      const [said = 0, is = 0] = [one?.[name], other?.[name]];
      return said === is ? [] : [`${currency}: ${name} is shown as ${said}, by the ledger it is ${is}`];
    });
  });
}

async function readAllStatements(
  objects: Env["ACCOUNTS"],
  account: { program_id: number; affiliate_id: number },
): Promise<Statement[]> {
  const object = objects.getByName(accountKeyOf(account));
  const all: Statement[] = [];
  for (let more = true; more; ) {
    const page: Statement[] = await object.readStatements(all.at(-1)?.number ?? 0, STATEMENTS_A_PAGE);
    all.push(...page);
    more = page.length === STATEMENTS_A_PAGE;
  }
  return all;
}

/** Totals of a run's statements in D1, by currency and status. */
export interface RunSum {
  currency: string;
  status: string;
  statements: number;
  payments: number;
  amount: number;
}

export async function sumRun(db: Database, runId: string): Promise<RunSum[]> {
  const { currency, status, payable } = statements;
  return db
    .select({
      currency,
      status,
      statements: sql<number>`count(*)`,
      payments: sql<number>`sum(${payable} > 0)`,
      amount: sql<number>`sum(${payable})`,
    })
    .from(statements)
    .where(eq(statements.run_id, runId))
    .groupBy(currency, status)
    .orderBy(currency, status);
}

/** What a run's totals don't include, in one currency. */
export interface RunChanges {
  /** The amount recorded as paid after the run itself was. */
  late: number;
  /** The amount by which the approval lowered drafted payments. */
  lowered: number;
}

/** What changed in a run since its totals were made, by currency. */
export async function sumChanges(db: Database, runId: string): Promise<Map<string, RunChanges>> {
  const { currency, payable, statement } = statements;
  const rows = await db
    .select({
      currency,
      late: sql<number>`coalesce(sum(${payable}) FILTER (WHERE json_extract(${statement}, '$.paid_by.is_late') = 1), 0)`,
      lowered: sql<number>`coalesce(sum(json_extract(${statement}, '$.drafted_as.payable') - ${payable}), 0)`,
    })
    .from(statements)
    .where(eq(statements.run_id, runId))
    .groupBy(currency);
  return new Map(rows.map(({ currency: of, late, lowered }) => [of, { late, lowered }]));
}

/**
 * Lists, in words, where a run's totals differ from its statements. Payments may have failed or been returned since.
 * While a run is being drafted or canceled, accounts are ahead of its totals, and totals of a run canceled halfway
 * never catch up. For these runs, only check that no statement is left to pay.
 */
export function compareRun(
  { status, progress }: { status: RunStatus; progress: Progress },
  sums: readonly RunSum[],
  changes: ReadonlyMap<string, RunChanges>,
): string[] {
  if (status === "drafting" || status === "cancelling") return [];
  if (status === "cancelled") {
    const left = sums.filter((sum) => sum.status !== "cancelled");
    return left.map((sum) => `${sum.currency}: ${sum.statements} statements are ${sum.status}, the run is cancelled`);
  }
  const currencies = new Set([...Object.keys(progress.drafted), ...sums.map(({ currency }) => currency)]);
  return [...currencies].flatMap((currency) => {
    const own = sums.filter((sum) => sum.currency === currency);
    const add = (of: readonly RunSum[], what: "statements" | "amount") => of.reduce((sum, one) => sum + one[what], 0);
    const drafted = progress.drafted[currency] ?? { statements: 0, amount: 0 };
    const wentOut = own.filter(({ status }) => status === "paid" || status === "returned");
    const { late, lowered } = changes.get(currency) ?? { late: 0, lowered: 0 };
    const paid = (progress.paid[currency]?.amount ?? 0) + late;
    return [
      ...describeDifference(`${currency}: statements drafted`, drafted.statements, add(own, "statements")),
      ...describeDifference(`${currency}: amount drafted`, drafted.amount, add(own, "amount") + lowered),
      ...(status === "paid" ? describeDifference(`${currency}: amount paid`, paid, add(wentOut, "amount")) : []),
    ];
  });
}

function describeDifference(what: string, said: number, shown: number): string[] {
  return said === shown ? [] : [`${what}: the run says ${said}, its statements ${shown}`];
}
