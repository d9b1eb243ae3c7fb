import { expect, test } from "vitest";
import { checkFiles } from "../../../src/payouts/files/check-files.ts";
import { type FilePlan, planFiles } from "../../../src/payouts/files/plan-files.ts";
import type { PaymentDetails } from "../../../src/payouts/payees/payment-details.ts";

const details: PaymentDetails = { method: "paypal", email: "jo@example.com", address: null };
const paying = [
  { id: "st_1_1_1", currency: "USD", payable: 1_234 },
  { id: "st_1_2_1", currency: "USD", payable: 50_000 },
  { id: "st_1_3_1", currency: "EUR", payable: 700 },
  { id: "st_1_4_1", currency: "EUR", payable: 800 },
];

/** Two files, and one payment left out. */
function makePlan(): FilePlan {
  const payments = paying.map(({ id, currency, payable: amount }) => ({
    ...{ statement: id, note: "Commission", amount, currency },
    details: id === "st_1_4_1" ? null : details,
  }));
  return planFiles(payments);
}

test("reports no difference for files that match the payments", () => {
  const plan = makePlan();
  expect([plan.files.length, plan.left_out.length]).toEqual([2, 1]);
  expect(checkFiles(plan, paying)).toEqual([]);
});

test.each([
  ["HUF", 50_000, "500"],
  ["TWD", 123_400, "1234"],
  ["JPY", 500, "500"],
  ["USD", 50_000, "500.00"],
])("PayPal's file of %s has %i minor units as %s, which is no difference", (currency, payable, text) => {
  const statement = { id: "st_1_1_1", currency, payable };
  const plan = planFiles([{ statement: statement.id, note: "Commission", amount: payable, currency, details }]);
  expect(plan.files[0]?.text).toContain(`,${text},${currency},`);
  expect(checkFiles(plan, [statement])).toEqual([]);
});

test("Wise's file has the amount and the currency that leaves, whatever arrives", () => {
  const bank: PaymentDetails = {
    method: "bank",
    account_holder: "Jo Doe",
    holder_type: "person",
    country: "DE",
    currency: "EUR",
    iban: "DE89370400440532013000",
    account_number: null,
    routing_number: null,
    bic: null,
    account_type: "checking",
    bank_name: null,
    address: { name: "Jo Doe", street: "Hauptstr. 1", city: "Berlin", state: null, postcode: "10115", country: "DE" },
  };
  const statement = { id: "st_1_1_1", currency: "HUF", payable: 50_000 };
  const plan = planFiles([
    { statement: statement.id, note: "Commission", amount: 50_000, currency: "HUF", details: bank },
  ]);
  expect(checkFiles(plan, [statement])).toEqual([]);
  expect(checkFiles(plan, [{ ...statement, currency: "TWD" }])).toEqual([
    "wise-huf-eur-iban-1.csv does not pay 50000 TWD for st_1_1_1",
  ]);
});

const forgeries: [string, (plan: FilePlan) => void, string[]][] = [
  [
    "a changed amount in a file",
    ({ files: [, usd] }) => {
      if (usd) usd.text = usd.text.replace("12.34", "12.35");
    },
    ["paypal-usd-1.csv does not pay 1234 USD for st_1_1_1"],
  ],
  [
    "a missing row",
    ({ files: [, usd] }) => {
      if (usd) usd.text = usd.text.slice(0, usd.text.indexOf("\r\n") + 2);
    },
    ["paypal-usd-1.csv does not pay 50000 USD for st_1_2_1"],
  ],
  [
    "a changed total",
    ({ files: [eur] }) => {
      if (eur) eur.total += 1;
    },
    ["paypal-eur-1.csv lists a total of 701, but its statements add up to 700"],
  ],
  [
    "a payment in two files",
    ({ files }) => {
      const [eur] = files;
      if (eur) files.push({ ...eur, name: "paypal-eur-2.csv" });
    },
    [
      "paypal-eur-2.csv contains st_1_3_1, which has no payment or is listed twice",
      "paypal-eur-2.csv lists a total of 700, but its statements add up to 0",
    ],
  ],
  [
    "a payment left out with another amount",
    ({ left_out: [one] }) => {
      if (one) one.amount = 1;
    },
    ["st_1_4_1 is left out with 1, it pays 800"],
  ],
  ["a payment in no file", ({ left_out }) => left_out.pop(), ["st_1_4_1 is in no file"]],
];

test.each(forgeries)("reports %s", (_, forge, differences) => {
  const plan = makePlan();
  forge(plan);
  expect(checkFiles(plan, paying)).toEqual(differences);
});
