import { expect, test } from "vitest";
import type { LedgerEntry } from "../../../src/commissions/ledger.ts";
import { checkStatements } from "../../../src/payouts/statements/check-statements.ts";
import type { Statement } from "../../../src/payouts/statements/statement.ts";

const ID = "le_1_2_";

function entry(number: number, amount: number, kind: LedgerEntry["kind"] = "commission"): LedgerEntry {
  return {
    ...{ id: `${ID}${number}`, program_id: 1, affiliate_id: 2, number, kind, amount, currency: "USD" },
    ...{
      conversion: null,
      from_affiliate_id: null,
      base_amount: null,
      rule: null,
      rate_bps: null,
      rate_fraction: null,
    },
    ...{ flat: null, tier: null, terms_version: null, reason: null, occurred_at: 1, clears_at: 1, corrects: null },
    own_rates_from: null,
    tier_at: null,
    hash: "",
  };
}

function statement(number: number, changes: Partial<Statement>): Statement {
  return {
    ...{ id: `st_1_2_${number}`, program_id: 1, affiliate_id: 2, number, run: `run_${number}`, month: "2026-03" },
    ...{ currency: "USD", opening: 0, entries: [], total: 0, payable: 0, blocked: [], drafted_at: number },
    ...{ status: "carried", changed_at: number, payment: null, returned: null, reason: null, revision: 1 },
    ...changes,
  };
}

const sale = entry(1, 8_000);
const payment = entry(2, -8_000, "payout");
const unpaid = statement(1, { entries: [1], total: 8_000, payable: 8_000, status: "unpaid" });
const paid: Statement = { ...unpaid, status: "paid", payment: payment.id };

const canceledWith = (opening: number) => statement(2, { opening, total: opening, status: "cancelled" });

const cases: [string, LedgerEntry[], Statement[], string[]][] = [
  ["an unpaid statement", [sale], [unpaid], []],
  ["a canceled statement that opens with what is unpaid", [sale], [unpaid, canceledWith(8_000)], []],
  ["a canceled statement whose opening balance was paid since", [sale, payment], [paid, canceledWith(8_000)], []],
  ["a canceled statement drafted after the payment", [sale, payment], [paid, canceledWith(0)], []],
  [
    "a canceled statement that opens with an amount that was never carried over",
    [sale, payment],
    [paid, canceledWith(7_000)],
    ["it opens with 7000, 0 was carried over"],
  ],
  [
    "a statement that opens with an amount that was paid",
    [sale, payment],
    [paid, statement(2, { opening: 8_000, total: 8_000 })],
    ["it opens with 8000, 0 was carried over", "USD: the ledger has 0 left, statements and the rest 8000"],
  ],
  [
    "a payment of no statement",
    [sale, payment],
    [unpaid],
    ["USD: the ledger has 0 left, statements and the rest 8000", `${payment.id} is a payment of no statement`],
  ],
];
test.each(cases)("%s", (_, entries, statements, expected) => {
  expect(checkStatements(entries, statements).map(({ fault }) => fault)).toEqual(expected);
});
