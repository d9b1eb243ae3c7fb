import { expect, test } from "vitest";
import { judgeResults } from "../../../src/payouts/files/judge-results.ts";
import type { PayingStatement } from "../../../src/payouts/files/payment-queries.ts";
import type { Result } from "../../../src/payouts/files/read-results.ts";
import { fc } from "../../support/random.ts";

const STATUSES = ["drafted", "paid", "carried", "unpaid", "failed", "returned", "cancelled"] as const;

const statement = (status: PayingStatement["status"]): PayingStatement => ({
  id: "st_1_2_3",
  number: 3,
  affiliate_id: 2,
  status,
  currency: "USD",
  payable: 100,
  source: null,
  reason: null,
});
const reported = (outcome: Result["outcome"]): Result => ({
  line: 2,
  statement: "st_1_2_3",
  outcome,
  reason: "said so",
});

/** The result of one row: `mark`, `unchanged`, `pending` or the code of its fault. */
function verdictOf(status: PayingStatement["status"], outcome: Result["outcome"]): string {
  const judged = judgeResults([reported(outcome)], new Map([["st_1_2_3", statement(status)]]));
  if (judged.updates.length > 0) return "update";
  if (judged.unchanged > 0) return "unchanged";
  return judged.pending > 0 ? "pending" : (judged.faults[0]?.code ?? "nothing");
}

test.each([
  ["drafted", "update", "update"],
  ["unpaid", "update", "update"],
  ["paid", "unchanged", "update"],
  ["failed", "payment_taken_back", "unchanged"],
  ["returned", "payment_taken_back", "unchanged"],
  ["carried", "statement_cancelled", "statement_cancelled"],
  ["cancelled", "statement_cancelled", "statement_cancelled"],
] as const)("a %s statement gives %s if reported paid and %s if reported failed", (status, paid, failed) => {
  expect([verdictOf(status, "paid"), verdictOf(status, "failed")]).toEqual([paid, failed]);
  expect(verdictOf(status, "pending")).toBe("pending");
});

test("a payment without a statement is unrelated", () => {
  expect(judgeResults([reported("paid")], new Map())).toEqual({ updates: [], unchanged: 0, pending: 0, faults: [] });
});

test("a report that was already applied marks nothing", () => {
  const outcomes = fc.array(fc.tuple(fc.constantFrom(...STATUSES), fc.constantFrom("paid", "failed", "pending")));
  fc.assert(
    fc.property(outcomes, (rows) => {
      const results = rows.map(([, outcome], index) => ({
        ...reported(outcome as Result["outcome"]),
        statement: `st_${index}`,
      }));
      const before = new Map<string, PayingStatement>(
        rows.map(([status], index) => [`st_${index}`, { ...statement(status), id: `st_${index}` }]),
      );
      const first = judgeResults(results, before);
      const after = new Map(before);
      for (const { statement, outcome } of first.updates) {
        const status = outcome === "paid" ? "paid" : statement.status === "paid" ? "returned" : "failed";
        after.set(statement.id, { ...statement, status });
      }
      const again = judgeResults(results, after);
      expect(again.updates).toEqual([]);
      expect(again.unchanged).toBe(first.unchanged + first.updates.length);
    }),
  );
});
