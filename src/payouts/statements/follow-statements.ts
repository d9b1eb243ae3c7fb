/** Finds the statements that show what happened to entries. */
import { entryNumberOf } from "../../commissions/ledger.ts";
import { carriedOf, type Statement, type StatementStatus } from "./statement.ts";

/**
 * Selects, from an account's ordered statements, those that include the entries in `numbers`. If one paid nothing and
 * carried a balance over, also selects the statement in which that balance was paid, used up, or is carried now.
 */
export function followStatements(statements: readonly Statement[], numbers: readonly number[]): Statement[] {
  const followed = new Set<Statement>();
  for (const first of statements.filter(({ number }) => numbers.includes(number))) {
    followed.add(first);
    if (!isCarriedOn(first)) continue;
    const later = statements.filter(
      ({ number, currency, status }) => number > first.number && currency === first.currency && status !== "cancelled",
    );
    const last = later.find((statement) => !isCarriedOn(statement)) ?? later.at(-1);
    if (last !== undefined) followed.add(last);
  }
  return [...followed].sort((a, b) => a.number - b.number);
}

/**
 * {@link followStatements} for ledger entries by their numbers, and on to the statements that include the return of a payment.
 * `statedBy` gives the number of the statement that includes an entry, null for none.
 */
export function followEntries(
  statements: readonly Statement[],
  statedBy: (entry: number) => number | null,
  entries: readonly number[],
): Statement[] {
  const numbersOf = (some: readonly number[]) => some.map(statedBy).filter((number) => number !== null);
  let numbers = numbersOf(entries);
  for (;;) {
    const followed = followStatements(statements, numbers);
    const returns = followed.flatMap(({ returned }) => (returned === null ? [] : [entryNumberOf(returned)]));
    const more = numbersOf(returns).filter((number) => !numbers.includes(number));
    if (more.length === 0) return followed;
    numbers = [...numbers, ...more];
  }
}

const UNPAID: readonly StatementStatus[] = ["carried", "unpaid", "failed"];

/** Nothing was paid and a balance is left, so the next statement in this currency opens with it. */
function isCarriedOn(statement: Statement): boolean {
  return UNPAID.includes(statement.status) && carriedOf(statement) !== 0;
}
