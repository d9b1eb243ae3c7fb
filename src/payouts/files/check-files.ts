/** Parses a run's payment files again and checks that they contain what the run pays. */

import { readCsv } from "../../lib/csv.ts";
import { writeAmount } from "./payment.ts";
import type { PayingStatement } from "./payment-queries.ts";
import type { FilePlan } from "./plan-files.ts";

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
    if (statement === null) differences.push(`${place} has ${id}, which is not to be paid, or in another place too`);
    open.delete(id);
    return statement;
  };
  for (const { name, currency, total, statements, text } of files) {
    const rows = new Map(readCsv(text).rows.flatMap(({ cells }) => cells.map((cell) => [cell, cells] as const)));
    let sum = 0;
    for (const id of statements) {
      const statement = take(id, name);
      if (statement === null) continue;
      sum += statement.payable;
      const isWritten = rows.get(id)?.includes(writeAmount(statement.payable, statement.currency)) ?? false;
      if (statement.currency !== currency || !isWritten) {
        differences.push(`${name} does not pay ${statement.payable} ${statement.currency} for ${id}`);
      }
    }
    if (sum !== total) differences.push(`${name} is said to come to ${total}, its statements come to ${sum}`);
  }
  for (const { statement: id, amount } of left_out) {
    const statement = take(id, "what is left out");
    if (statement !== null && statement.payable !== amount) {
      differences.push(`${id} is left out with ${amount}, it pays ${statement.payable}`);
    }
  }
  return [...differences, ...[...open.keys()].map((id) => `${id} is in no file`)];
}
