/** Parses a run's payment files again and checks that they contain what the run pays. */

import { readCsv } from "../../lib/csv.ts";
import { parseDecimal } from "../../lib/currency.ts";
import { explainLeftOut } from "./explain-unpaid.ts";
import type { PayingStatement } from "./payment-queries.ts";
import type { FilePlan, PaymentFile } from "./plan-files.ts";

/** The columns of each provider's file, counted from 0. */
const COLUMNS: Readonly<Record<PaymentFile["provider"], { statement: number; amount: number; currency: number }>> = {
  paypal: { statement: 3, amount: 1, currency: 2 },
  wise: { statement: 2, amount: 5, currency: 6 },
};

type Paying = Pick<PayingStatement, "id" | "currency" | "payable">;

/**
 * Lists, in words, the differences between the files and the statements they are for. Each statement must appear once,
 * in a file or among those left out, with its amount, and each file must match its stated total.
 */
export function checkFiles({ files, left_out }: FilePlan, paying: readonly Paying[]): string[] {
  const open = new Map(paying.map((statement) => [statement.id, statement]));
  const differences: string[] = [];
  const take = (id: string, place: string): Paying | null => {
    const statement = open.get(id) ?? null;
    if (statement === null) differences.push(`${place} contains ${id}, which has no payment or is listed twice`);
    open.delete(id);
    return statement;
  };
  for (const { name, provider, currency, total, statements, text } of files) {
    const columns = COLUMNS[provider];
    const rows = new Map(readCsv(text).rows.map(({ cells }) => [cells[columns.statement], cells]));
    let sum = 0;
    for (const id of statements) {
      const statement = take(id, name);
      if (statement === null) continue;
      sum += statement.payable;
      // Compare amounts, not text: PayPal's 500 and Wise's 500.00 are the same number of forints.
      const row = rows.get(id);
      const written = row === undefined ? null : parseDecimal(row[columns.amount] ?? "", statement.currency);
      const isRight = written === statement.payable && row?.[columns.currency] === statement.currency;
      if (statement.currency !== currency || !isRight) {
        differences.push(`${name} does not pay ${statement.payable} ${statement.currency} for ${id}`);
      }
    }
    if (sum !== total) differences.push(`${name} lists a total of ${total}, but its statements add up to ${sum}`);
  }
  for (const { statement: id, amount } of left_out) {
    const statement = take(id, "what is left out");
    if (statement !== null && statement.payable !== amount) {
      differences.push(`${id} is left out with ${amount}, it pays ${statement.payable}`);
    }
  }
  return [...differences, ...[...open.keys()].map((id) => `${id} is in no file`)];
}

/** A payment with its status, as far as checking it needs. */
type Settled = Pick<PayingStatement, "id" | "status" | "source" | "reason">;

/**
 * Lists, in words, the payments whose status differs from what the files contain or the provider's reports say: those
 * left unpaid, and those marked as paid without a file or against a report. `disputed` has the reports' words and
 * `downloaded` the payments in downloaded files, by statement id.
 */
export function checkPayments(
  { left_out }: Pick<FilePlan, "left_out">,
  paying: readonly Settled[],
  { disputed, downloaded }: { disputed: ReadonlyMap<string, string>; downloaded: ReadonlySet<string> },
): string[] {
  const reasons = new Map(left_out.map(({ statement, reason }) => [statement, reason]));
  return paying.flatMap(({ id, status, source, reason }) => {
    if (status === "unpaid") return [`${id} is not paid: ${reason}`];
    if (status !== "paid" || source === "manual") return [];
    const missing = reasons.get(id);
    const isInNoFile = missing !== undefined && !downloaded.has(id);
    const dispute = disputed.get(id);
    return [
      ...(isInNoFile ? [`${id} is marked as paid, but is in no file: ${explainLeftOut(missing)}`] : []),
      ...(dispute === undefined ? [] : [`${id} is marked as paid, but: ${dispute}`]),
    ];
  });
}
