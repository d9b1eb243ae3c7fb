/** Decides which of a run's statements a provider's report changes. */

import type { PayingStatement } from "./payment-queries.ts";
import type { Result, Results, RowFault } from "./read-results.ts";

/** A statement to update, and its new result. */
export interface PaymentUpdate {
  line: number;
  statement: PayingStatement;
  outcome: "paid" | "failed";
  reason: string;
}

/** The decisions for a report. */
export interface Judgement {
  /** In the order of the report. */
  updates: PaymentUpdate[];
  /** The number of statements that already have the reported status. */
  unchanged: number;
  /** The number of statements whose result isn't final yet. */
  pending: number;
  faults: StatusFault[];
}

/** A row that arrives too late or contradicts the statement's status. */
export type StatusFault = Omit<RowFault, "code"> & { code: "payment_taken_back" | "statement_cancelled" };

/** Compares report results with the current status of the statements. */
export function judgeResults(results: readonly Result[], statements: ReadonlyMap<string, PayingStatement>): Judgement {
  const judgement: Judgement = { updates: [], unchanged: 0, pending: 0, faults: [] };
  for (const { line, statement: id, outcome, reason } of results) {
    const statement = statements.get(id);
    if (statement === undefined) continue;
    if (outcome === "pending") {
      judgement.pending += 1;
      continue;
    }
    const verdict = judge(outcome, statement.status);
    if (verdict === "update") judgement.updates.push({ line, statement, outcome, reason });
    else if (verdict === "unchanged") judgement.unchanged += 1;
    else judgement.faults.push({ line, statement: id, ...verdict });
  }
  return judgement;
}

function judge(
  outcome: "paid" | "failed",
  status: PayingStatement["status"],
): "update" | "unchanged" | Pick<StatusFault, "code" | "detail"> {
  switch (status) {
    case "drafted":
    case "unpaid":
      return "update";
    case "paid":
      return outcome === "paid" ? "unchanged" : "update";
    case "failed":
    case "returned":
      if (outcome === "failed") return "unchanged";
      return {
        code: "payment_taken_back",
        detail: "the payment was already marked as failed and its amount carried over: check whether it was paid twice",
      };
    case "carried":
    case "cancelled":
      return { code: "statement_cancelled", detail: `the statement is ${status} and has no payment` };
  }
}

/** What a report says about the payments it mentions. */
export interface Confirmation {
  /** Payments that it calls open or reports differently, without a final result. */
  disputed: { statement: string; affiliate_id: number; code: RowFault["code"] | "pending"; detail: string }[];
  /** The statements with a final result, by id. */
  confirmed: string[];
}

/** Divides the payments that a report mentions into confirmed and disputed ones. */
export function listConfirmations(
  { results, faults }: Pick<Results, "results" | "faults">,
  paying: ReadonlyMap<string, Pick<PayingStatement, "affiliate_id">>,
): Confirmation {
  const contradicted = new Set(faults.filter(({ code }) => code === "contradiction").map((fault) => fault.statement));
  const final = results.filter(({ outcome, statement }) => outcome !== "pending" && !contradicted.has(statement));
  const confirmed = new Set(final.map(({ statement }) => statement));
  const doubts = [
    ...results.map(({ statement, reason }) => ({ statement, code: "pending" as const, detail: reason })),
    ...faults,
  ].filter(({ statement }) => !confirmed.has(statement));
  const disputed = new Map(
    doubts.flatMap(({ statement, code, detail }) => {
      const affiliate_id = paying.get(statement)?.affiliate_id;
      return affiliate_id === undefined ? [] : [[statement, { statement, affiliate_id, code, detail }] as const];
    }),
  );
  return { disputed: [...disputed.values()], confirmed: [...confirmed] };
}
