import { describe, expect, test } from "vitest";
import { readCsv } from "../../../src/lib/csv.ts";
import { parseDecimal } from "../../../src/lib/currency.ts";
import { describeStatement, formatMonth, nameStatementStatus } from "../../../src/payouts/portal/words.ts";
import { carriedOf, type Statement } from "../../../src/payouts/statements/statement.ts";
import { nameStatementFile, writeStatementCsv } from "../../../src/payouts/statements/statement-csv.ts";
import type { StatementLine, WholeStatement } from "../../../src/payouts/statements/whole-statement-queries.ts";
import { fc } from "../../support/random.ts";

const DAY = Date.UTC(2026, 2, 15);
const line: StatementLine = {
  id: "en_1_2_5",
  program_id: 1,
  affiliate_id: 2,
  number: 5,
  kind: "commission",
  amount: 3_960,
  currency: "USD",
  conversion: "cv_1",
  from_affiliate_id: null,
  base_amount: 9_900,
  rule: 0,
  own_rates_from: null,
  rate_bps: 4_000,
  rate_fraction: null,
  flat: null,
  tier: null,
  tier_at: null,
  terms_version: 1,
  reason: null,
  occurred_at: Date.UTC(2026, 0, 3),
  clears_at: Date.UTC(2026, 1, 17),
  corrects: null,
  hash: "",
  from: null,
  explanation: "40% of $99.00 by rule 1.",
};
const statement: Statement = {
  id: "st_1_2_3",
  program_id: 1,
  affiliate_id: 2,
  number: 3,
  run: "run_1",
  month: "2026-03",
  currency: "USD",
  opening: -1_000,
  entries: [5],
  total: 2_960,
  payable: 2_960,
  blocked: [],
  drafted_at: DAY,
  status: "paid",
  changed_at: DAY + 86_400_000,
  payment: "en_1_2_6",
  returned: null,
  reason: null,
  revision: 2,
};
const whole = (changes: Partial<Statement> = {}, lines: StatementLine[] = [line]): WholeStatement => ({
  program: { slug: "acme", name: "Acme", legal_name: null, address: null },
  affiliate: { username: "jane", name: "Jane", address: null },
  statement: { ...statement, ...changes },
  window: null,
  lines,
});

test("a statement's file matches its page, with amounts as numbers", () => {
  expect(writeStatementCsv(whole()).split("\r\n")).toEqual([
    "line,date,amount,currency,conversion,entry,corrects,explanation,terms_version,payment_method,payment_reference",
    "Opening balance,2026-03-15,-10.00,USD,,,,,,,",
    "Commission,2026-01-03,39.60,USD,cv_1,en_1_2_5,,40% of $99.00 by rule 1.,1,,",
    "Total,2026-03-15,29.60,USD,,,,,,,",
    "Paid,2026-03-16,29.60,USD,,,,,,,",
    "Carried over,2026-03-16,0.00,USD,,,,,,,",
    "",
  ]);
  expect(nameStatementFile(whole(), "csv")).toBe("acme-jane-statement-3.csv");
});

test("a statement's file has the method and the reference of its payment", () => {
  const by = (paid_by: Partial<NonNullable<Statement["paid_by"]>>) => {
    const made = { source: "file" as const, method: "paypal", reference: "st_1_2_3", is_late: false, ...paid_by };
    return writeStatementCsv(whole({ paid_by: made })).split("\r\n")[4];
  };
  expect(by({})).toBe("Paid,2026-03-16,29.60,USD,,,,,,paypal,st_1_2_3");
  expect(by({ source: "manual", method: "check", reference: null })).toBe("Paid,2026-03-16,29.60,USD,,,,,,check,");
  // A reference entered by an admin is text.
  expect(by({ source: "manual", method: "wire", reference: "=1+1" })).toBe(
    'Paid,2026-03-16,29.60,USD,,,,,,wire,"\'=1+1"',
  );
});

test("a reason entered by an admin is exported as text", () => {
  const reason = '=HYPERLINK("http://evil.example","x")';
  const text = writeStatementCsv(
    whole({}, [{ ...line, kind: "adjustment", amount: -5, rule: null, explanation: reason }]),
  );
  expect(readCsv(text).rows[2]?.cells.slice(0, 3)).toEqual(["Adjustment", "2026-01-03", "-0.05"]);
  expect(readCsv(text).rows[2]?.cells[7]).toBe(`'${reason}`);
});

test("a file's lines add up to its total in every currency", () => {
  const amounts = fc.array(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), { maxLength: 30 });
  fc.assert(
    fc.property(amounts, fc.integer(), fc.constantFrom("USD", "JPY", "KWD", "CLF"), (parts, opening, currency) => {
      const lines = parts.map((amount, index) => ({ ...line, amount, currency, number: index + 1 }));
      const total = parts.reduce((sum, amount) => sum + amount, opening);
      const payable = Math.max(total, 0);
      const rows = readCsv(writeStatementCsv(whole({ currency, opening, total, payable }, lines))).rows;
      const read = rows.slice(1).map(({ cells }) => parseDecimal(cells[2] ?? "", currency) ?? Number.NaN);
      const [payableShown, paid, carried] = read.slice(-3);
      expect(read.slice(0, -3).reduce((sum, amount) => sum + amount, 0)).toBe(payableShown);
      expect(payableShown).toBe(total);
      expect((paid ?? 0) + (carried ?? 0)).toBe(total);
    }),
  );
});

describe("the status of a statement in words", () => {
  test.each<[Partial<Statement>, string]>([
    [{ status: "drafted" }, "$29.60 will be paid in March 2026 once the merchant approves the payout."],
    [{ status: "drafted", payable: 0 }, "Nothing will be paid. $29.60 is carried over to the next statement."],
    [{}, "$29.60 was paid on Mar 16, 2026."],
    [
      { status: "carried", payable: 0, total: -500 },
      "Nothing was paid. -$5.00 was carried over to the next statement.",
    ],
    [
      { status: "failed", reason: "account closed" },
      "The payment of $29.60 failed on Mar 16, 2026. The amount is carried over to the next statement. Reason: account closed",
    ],
    [
      { status: "returned", reason: "Returned" },
      "The payment of $29.60 was returned on Mar 16, 2026. The next statement includes it again. Reason: Returned",
    ],
    [{ status: "cancelled" }, "The merchant canceled this payout. The next statement includes all of its entries."],
  ])("%j", (changes, words) => {
    const changed = { ...statement, ...changes };
    expect(describeStatement(changed, { now: DAY, window: null })).toBe(words);
    expect(nameStatementStatus(changed.status)).not.toBe("");
    expect(carriedOf(changed)).toBeTypeOf("number");
  });

  const window = { from: DAY, to: Date.UTC(2026, 2, 20) };
  test.each([
    [window, Date.UTC(2026, 2, 21) - 1, "will be paid in March 2026 once the merchant approves the payout."],
    [
      window,
      Date.UTC(2026, 2, 21),
      "awaits the merchant’s approval. The payout was scheduled between Mar 15, 2026 and Mar 20, 2026.",
    ],
    [
      { from: DAY, to: DAY },
      Date.UTC(2026, 2, 16),
      "awaits the merchant’s approval. The payout was scheduled for Mar 15, 2026.",
    ],
    [null, Date.UTC(2026, 3, 1) - 1, "will be paid in March 2026 once the merchant approves the payout."],
    [null, Date.UTC(2026, 3, 1), "awaits the merchant’s approval. The payout was scheduled for March 2026."],
  ])("a draft with window %j at %d", (one, now, words) => {
    expect(describeStatement({ ...statement, status: "drafted" }, { now, window: one })).toBe(`$29.60 ${words}`);
  });

  test("a month is shown by its name", () => expect(formatMonth("2026-03")).toBe("March 2026"));
});
