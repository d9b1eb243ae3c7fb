/** What became of entries, by the statements that have them. */
import { carriedOf, type Statement } from "./statement.ts";

/**
 * Of an account's statements, in order, those that tell what became of what `numbers` state: these, and for each that paid
 * nothing and carries something over, the one by which that was paid, used up, or is carried on by now.
 */
export function followStatements(statements: readonly Statement[], numbers: readonly number[]): Statement[] {
  const told = new Set<Statement>();
  for (const first of statements.filter(({ number }) => numbers.includes(number))) {
    told.add(first);
    if (!isCarriedOn(first)) continue;
    const later = statements.filter(
      ({ number, currency, status }) => number > first.number && currency === first.currency && status !== "cancelled",
    );
    const last = later.find((statement) => !isCarriedOn(statement)) ?? later.at(-1);
    if (last !== undefined) told.add(last);
  }
  return [...told].sort((a, b) => a.number - b.number);
}

/** Nothing of it was paid, and something is left: the next statement in its currency begins with it. */
function isCarriedOn(statement: Statement): boolean {
  return (statement.status === "carried" || statement.status === "failed") && carriedOf(statement) !== 0;
}
