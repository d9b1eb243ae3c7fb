import { expect, test } from "vitest";
import { followStatements } from "../../../src/payouts/statements/follow-statements.ts";
import type { Statement, StatementStatus } from "../../../src/payouts/statements/statement.ts";

/** `carried paid/EUR carried=0`: statements 1, 2 … by their status, of 1 in USD where nothing else is said. */
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

const cases: [string, statements: string, numbers: number[], told: number[]][] = [
  ["nothing is stated", "paid paid", [], []],
  ["it was paid at once", "paid paid", [1], [1]],
  ["it is about to be paid", "drafted", [1], [1]],
  ["it was carried over, and nothing came since", "carried", [1], [1]],
  ["it was carried over twice, and paid", "carried carried paid paid", [1], [1, 3]],
  ["it is carried over still", "carried carried carried", [1], [1, 3]],
  ["its payment failed, and it is in the next draft", "failed drafted", [1], [1, 2]],
  ["a cancelled one between was none", "carried cancelled paid", [1], [1, 3]],
  ["another currency's has nothing of it", "carried paid/EUR carried paid", [1], [1, 4]],
  ["what came back is an entry of its own", "returned paid", [1], [1]],
  ["a refund used it up: what is paid later is none of it", "carried carried=0 paid", [1, 2], [1, 2]],
  ["a sale and its refund are in two, which one paid", "carried carried paid", [1, 2], [1, 2, 3]],
];

test.each(cases)("%s", (_, statements, numbers, told) => {
  expect(followStatements(make(statements), numbers).map(({ number }) => number)).toEqual(told);
});
