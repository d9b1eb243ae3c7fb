/** What a provider's report changes of a run's statements: each of them once. */

import type { PayingStatement } from "./payment-queries.ts";
import type { Result, RowFault } from "./read-results.ts";

/** A statement that is to be marked, and as what. */
export interface Marking {
  line: number;
  statement: PayingStatement;
  outcome: "paid" | "failed";
  reason: string;
}

/** Everything that a report comes to. */
export interface Judgement {
  /** In the order of the report. */
  markings: Marking[];
  /** Statements that are what the report says already. */
  unchanged: number;
  /** Those of which it is still open what becomes of them. */
  pending: number;
  faults: StandingFault[];
}

/** A row that comes too late, or cannot be. */
export type StandingFault = Omit<RowFault, "code"> & { code: "payment_taken_back" | "statement_cancelled" };

/** Judges what was read against how the statements stand. */
export function judgeResults(results: readonly Result[], standing: ReadonlyMap<string, PayingStatement>): Judgement {
  const judgement: Judgement = { markings: [], unchanged: 0, pending: 0, faults: [] };
  for (const { line, statement: id, outcome, reason } of results) {
    const statement = standing.get(id);
    if (statement === undefined) continue;
    if (outcome === "pending") {
      judgement.pending += 1;
      continue;
    }
    const verdict = judge(outcome, statement.status);
    if (verdict === "mark") judgement.markings.push({ line, statement, outcome, reason });
    else if (verdict === "unchanged") judgement.unchanged += 1;
    else judgement.faults.push({ line, statement: id, ...verdict });
  }
  return judgement;
}

function judge(
  outcome: "paid" | "failed",
  status: PayingStatement["status"],
): "mark" | "unchanged" | Pick<StandingFault, "code" | "detail"> {
  switch (status) {
    case "drafted":
      return "mark";
    case "paid":
      return outcome === "paid" ? "unchanged" : "mark";
    case "failed":
    case "returned":
      if (outcome === "failed") return "unchanged";
      return {
        code: "payment_taken_back",
        detail: "it was marked failed, and its amount is carried on: see what was paid",
      };
    case "carried":
    case "cancelled":
      return { code: "statement_cancelled", detail: `the statement is ${status}, so that it pays nothing` };
  }
}
