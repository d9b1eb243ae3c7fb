import { describe, expect, test } from "vitest";
import { readLocalizedAmount } from "../../../src/payouts/files/localized-amount.ts";
import { readResults, UnreadableReport } from "../../../src/payouts/files/read-results.ts";
import { fc } from "../../support/random.ts";

const statements = new Map([
  ["st_1", { amount: 123_450, currency: "USD" }],
  ["st_2", { amount: 5_000, currency: "USD" }],
  ["st_3", { amount: 1_500, currency: "JPY" }],
]);
const read = (text: string) => readResults(text, statements);

const PAYPAL_HEADER =
  "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,Transaction ID,Custom Number";
const paypalRow = (status: string, gross: string, statement: string, currency = "USD") =>
  `01/15/2026,10:00:00,PST,Jo,Mass Payment,${status},${currency},"${gross}",0.00,"${gross}",m@shop.example,jo@example.com,1AB,${statement}`;
const WISE_HEADER =
  "ID,Status,Direction,Created on,Finished on,Source fee amount,Source fee currency,Target fee amount,Target fee currency,Source name,Source amount (after fees),Source currency,Target name,Target amount (after fees),Target currency,Exchange rate,Reference,Batch,Created by,Category,Note";

describe("PayPal's activity report", () => {
  test("lists paid, returned and pending payments, and counts other payments as unrelated", () => {
    const report = [
      PAYPAL_HEADER,
      paypalRow("Completed", "-1,234.50", "st_1"),
      paypalRow("Returned", "-50.00", "st_2"),
      paypalRow("Unclaimed", "-1,500", "st_3", "JPY"),
      paypalRow("Completed", "-9.99", "st_of_another_run"),
    ].join("\n");
    expect(read(report)).toEqual({
      results: [
        { line: 2, statement: "st_1", outcome: "paid", reason: "Completed" },
        { line: 3, statement: "st_2", outcome: "failed", reason: "Returned" },
        { line: 4, statement: "st_3", outcome: "pending", reason: "Unclaimed" },
      ],
      faults: [],
      unrelated: 1,
    });
  });

  test("with the API's column names includes the reason", () => {
    const report = [
      "payout_item_id;transaction_status;amount.value;amount.currency;sender_item_id;errors",
      "8AE;SUCCESS;1234.50;USD;st_1;",
      "8AF;FAILED;50.00;USD;st_2;RECEIVER_ACCOUNT_LOCKED",
    ].join("\r\n");
    expect(read(report).results).toEqual([
      { line: 2, statement: "st_1", outcome: "paid", reason: "SUCCESS" },
      { line: 3, statement: "st_2", outcome: "failed", reason: "FAILED: RECEIVER_ACCOUNT_LOCKED" },
    ]);
  });
});

describe("Wise's transaction history", () => {
  const row = (
    status: string,
    { source = "1234.50,USD", fee = "0.00,USD", target = "1234.50,USD", id = "st_1" } = {},
  ) =>
    `TRANSFER-1,${status},OUT,2026-01-15 10:00:00,2026-01-15 10:00:00,${fee},,,Shop,${source},Jo,${target},1.0,${id},99,M,General,`;

  test.each([
    ["reports an exact target amount as paid", row("COMPLETED"), "paid"],
    [
      "reports an exact source amount as paid",
      row("COMPLETED", { source: "1230.00,USD", fee: "4.50,USD", target: "1100.00,EUR" }),
      "paid",
    ],
    ["reports a refunded transfer as failed", row("REFUNDED"), "failed"],
    ["reports a canceled transfer as failed", row("CANCELLED"), "failed"],
  ])("%s", (_, line, outcome) => {
    expect(read(`${WISE_HEADER}\n${line}\n`)).toMatchObject({
      results: [{ line: 2, statement: "st_1", outcome }],
      faults: [],
    });
  });

  test("reports a fault for less than the amount owed", () => {
    const report = `${WISE_HEADER}\n${row("COMPLETED", { source: "1230.00,USD", target: "1100.00,EUR" })}`;
    expect(read(report)).toMatchObject({ results: [], faults: [{ line: 2, code: "amount_differs" }] });
  });

  test("reports a fault for amounts in other currencies only", () => {
    const report = `${WISE_HEADER}\n${row("COMPLETED", { source: "1100.00,EUR", target: "1000.00,GBP", fee: "1.00,EUR" })}`;
    expect(read(report)).toMatchObject({ results: [], faults: [{ line: 2, code: "currency_differs" }] });
  });
});

describe("an invalid row is reported with its line, and affects no other row", () => {
  test.each([
    ["of an unknown status", "Perhaps,50.00,USD,st_2", "status_unknown"],
    ["without a status", ",50.00,USD,st_2", "status_unknown"],
    ["of another amount", "Completed,50.01,USD,st_2", "amount_differs"],
    ["of no amount", "Completed,fifty,USD,st_2", "amount_unreadable"],
    ["of another currency", "Completed,50.00,EUR,st_2", "currency_differs"],
  ])("%s", (_, row, code) => {
    const report = `Status,Amount,Currency,Customer ID\nCompleted,1234.50,USD,st_1\n${row}\n`;
    expect(read(report)).toMatchObject({
      results: [{ line: 2, statement: "st_1", outcome: "paid" }],
      faults: [{ line: 3, statement: "st_2", code }],
    });
  });

  test("contradicting another one for the same statement", () => {
    const report = "Status,Unique ID\nCompleted,st_1\nPending,st_2\nCompleted,st_2\nReturned,st_1\n";
    expect(read(report)).toEqual({
      results: [{ line: 4, statement: "st_2", outcome: "paid", reason: "Completed" }],
      faults: [{ line: 5, statement: "st_1", code: "contradiction", detail: "line 2 says Completed, line 5 Returned" }],
      unrelated: 0,
    });
  });
});

test.each([
  ["nothing", ""],
  ["PayPal's payment file itself", "jo@example.com,50.00,USD,st_2,Statement,PAYPAL\n"],
  ["a report of another run", "Status,Customer ID\nCompleted,st_9\n"],
  ["a header without rows", "Status,Customer ID\n"],
  ["a broken file", 'Status,Customer ID\n"Completed,st_1\n'],
])("%s is not a report", (_, text) => expect(() => read(text)).toThrow(UnreadableReport));

test("a long reason is cut at a whole character", () => {
  const { results } = read(`Status,Errors,Customer ID\nFailed,${"x".repeat(191)}😀,st_1\n`);
  expect(results[0]?.reason).toBe(`Failed: ${"x".repeat(191)}`);
});

test.each([
  ["1,234.50", "USD", [123_450]],
  ["-1.234,50", "USD", [123_450]],
  ["1 234,50", "USD", [123_450]],
  ["1’234.50", "USD", [123_450]],
  ["−50", "USD", [5_000]],
  ["100.5", "USD", [10_050]],
  ["1,500", "JPY", [1_500]],
  ["1,500", "USD", [150_000, 150]],
  ["1,234", "KWD", [1_234_000, 1_234]],
  ["1,23,4", "USD", []],
  ["1.2.3", "USD", []],
  ["12.345", "USD", [1_234_500]],
  ["$50", "USD", []],
  ["", "USD", []],
])("%j of %s can mean %j", (text, currency, readings) => {
  expect(readLocalizedAmount(text, currency)).toEqual(readings);
});

test("a report gives the same result in any column order", () => {
  const columns = ["Status", "Gross", "Currency", "Custom Number", "Note"];
  const rows = [
    ["Completed", "-1,234.50", "USD", "st_1", "x, y"],
    ["Denied", "-50.00", "USD", "st_2", ""],
  ];
  const write = (order: readonly number[]) =>
    [columns, ...rows].map((row) => order.map((at) => `"${row[at]}"`).join(",")).join("\n");
  const inOrder = read(write([0, 1, 2, 3, 4]));
  expect(inOrder.results.map(({ outcome }) => outcome)).toEqual(["paid", "failed"]);
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (order) => {
      expect(read(write(order))).toEqual(inOrder);
    }),
  );
});

test("any other text throws UnreadableReport at most", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `Status,Amount\n${text}`),
      ),
      (text) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableReport);
        }
      },
    ),
  );
});
