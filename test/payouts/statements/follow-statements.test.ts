import { expect, test } from "vitest";
import { followStatements } from "../../../src/payouts/statements/follow-statements.ts";
import type { Statement, StatementStatus } from "../../../src/payouts/statements/statement.ts";

/** `carried paid/EUR carried=0`: statements 1, 2 … by status, by default for an amount of 1 in USD. */
function make(text: string): Statement[] {
  return text.split(" ").map((word, n) => {
    const [named = "", total = "1"] = word.split("=");
    const [status = "", currency = "USD"] = named.split("/");
    return {
      ...{ id: `st_1_2_${n + 1}`, program_id: 1, affiliate_id: 2, number: n + 1, run: "run", month: "2026-03" },
      ...{
        currency,
        opening: 0,
        entries: [],
        total: Number(total),
        payable: Number(total),
        blocked: [],
        drafted_at: 1,
      },
      ...{ status: status as StatementStatus, changed_at: n, payment: null, returned: null, reason: null, revision: 1 },
    };
  });
}

const cases: [string, statements: string, numbers: number[], expected: number[]][] = [
  ["no statement has the entry", "paid paid", [], []],
  ["it was paid at once", "paid paid", [1], [1]],
  ["it is about to be paid", "drafted", [1], [1]],
  ["it was carried over, without a later statement", "carried", [1], [1]],
  ["it was carried over twice, and paid", "carried carried paid paid", [1], [1, 3]],
  ["it is still carried over", "carried carried carried", [1], [1, 3]],
  ["its payment failed, and it is in the next draft", "failed drafted", [1], [1, 2]],
  ["a canceled statement in between does not count", "carried cancelled paid", [1], [1, 3]],
  ["another currency's has nothing of it", "carried paid/EUR carried paid", [1], [1, 4]],
  ["a returned payment is a separate entry", "returned paid", [1], [1]],
  ["a refund used it up, so later payments exclude it", "carried carried=0 paid", [1, 2], [1, 2]],
  ["a sale and its refund are on two statements that one payment settled", "carried carried paid", [1, 2], [1, 2, 3]],
];

test.each(cases)("%s", (_, statements, numbers, expected) => {
  expect(followStatements(make(statements), numbers).map(({ number }) => number)).toEqual(expected);
});
