import { describe, expect, test } from "vitest";
import { readCsv } from "../../../src/lib/csv.ts";
import { minorDigitsOf, parseDecimal } from "../../../src/lib/currency.ts";
import type { Payment } from "../../../src/payouts/files/payment.ts";
import { planFiles } from "../../../src/payouts/files/plan-files.ts";
import type { BankDetails, PaymentDetails } from "../../../src/payouts/payees/payment-details.ts";
import { fc } from "../../support/random.ts";

const address = { name: "Jo", street: "1 Main St", city: "Town", state: null, postcode: "12345", country: "US" };
const paypal: PaymentDetails = { method: "paypal", email: "jo@example.com", address: null };
const iban: BankDetails = {
  method: "bank",
  account_holder: "Jo Doe",
  holder_type: "person",
  country: "DE",
  currency: "EUR",
  iban: "DE89370400440532013000",
  account_number: null,
  routing_number: null,
  account_type: "checking",
  bic: null,
  bank_name: null,
  address,
};
const aba: BankDetails = {
  ...iban,
  holder_type: "institution",
  country: "US",
  currency: "USD",
  iban: null,
  account_number: "0012345678",
  routing_number: "021000021",
  address: { ...address, state: "NY" },
};

const pay = (number: number, changes: Partial<Payment> = {}): Payment => ({
  statement: `st_1_1_${String(number).padStart(6, "0")}`,
  note: `Statement ${number}`,
  amount: 1_234,
  currency: "USD",
  details: paypal,
  ...changes,
});
const rowsOf = (text: string) => readCsv(text).rows.map(({ cells }) => cells);

describe("PayPal's file", () => {
  test("has six columns and no header", () => {
    const { files } = planFiles([pay(1), pay(2, { amount: 500_000, note: "a, b" })]);
    expect(files).toMatchObject([{ name: "paypal-usd-1.csv", provider: "paypal", currency: "USD", total: 501_234 }]);
    expect(files[0]?.text).toBe(
      'jo@example.com,12.34,USD,st_1_1_000001,Statement 1,PAYPAL\r\njo@example.com,5000.00,USD,st_1_1_000002,"a, b",PAYPAL\r\n',
    );
  });

  test.each([
    ["JPY", 1_500, "1500"],
    ["HUF", 150_000, "1500"],
    ["TWD", 100, "1"],
    ["EUR", 5, "0.05"],
  ])("writes %s %i as %s", (currency, amount, text) => {
    const [file] = planFiles([pay(1, { currency, amount })]).files;
    expect(rowsOf(file?.text ?? "")[0]?.slice(1, 3)).toEqual([text, currency]);
  });

  test.each([
    ["a currency that PayPal does not support", { currency: "KWD" }, "currency_not_paid"],
    ["a fraction where PayPal accepts none", { currency: "HUF", amount: 150_050 }, "no_fractions_paid"],
    ["a reference of more than 30 characters", { statement: "x".repeat(31) }, "reference_too_long"],
    ["a reference with a space", { statement: "st 1" }, "reference_too_long"],
    ["no details", { details: null }, "payment_details_missing"],
  ] as [string, Partial<Payment>, string][])("leaves out %s with the reason", (_, changes, reason) => {
    const { files, left_out } = planFiles([pay(1, changes), pay(2)]);
    expect(files.map(({ total }) => total)).toEqual([1_234]);
    expect(left_out).toMatchObject([{ amount: changes.amount ?? 1_234, reason }]);
  });
});

describe("Wise's file", () => {
  test("has the template's header, and pays the exact amount within a currency", () => {
    const { files } = planFiles([pay(1, { currency: "EUR", details: iban })]);
    expect(files.map(({ name }) => name)).toEqual(["wise-eur-eur-iban-1.csv"]);
    expect(files[0]?.text).toBe(
      "name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency,targetCurrency,IBAN\r\n" +
        "Jo Doe,,st_1_1_000001,PERSON,target,12.34,EUR,EUR,DE89370400440532013000\r\n",
    );
  });

  test("fixes the source amount between currencies, and includes the address for payments from USD", () => {
    const { files } = planFiles([pay(1, { details: iban })]);
    expect(rowsOf(files[0]?.text ?? "")).toEqual([
      [
        ..."name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency,targetCurrency".split(
          ",",
        ),
        ..."IBAN,addressCountryCode,addressCity,addressFirstLine,addressState,addressPostCode".split(","),
      ],
      [
        ..."Jo Doe,,st_1_1_000001,PERSON,source,12.34,USD,EUR,DE89370400440532013000".split(","),
        ..."US,Town,1 Main St,,12345".split(","),
      ],
    ]);
  });

  test.each<[string, Partial<BankDetails>, string]>([
    ["aba", {}, "021000021,0012345678,CHECKING,US"],
    ["sort-code", { country: "GB", routing_number: "601613", account_number: "31926819" }, "601613,31926819,US"],
    ["australian", { country: "AU", routing_number: "062000", account_number: "12345678" }, "062000,12345678,US"],
    [
      "canadian",
      { country: "CA", routing_number: "000312345", account_number: "1234567" },
      "003,12345,1234567,CHECKING,US",
    ],
    ["swift", { country: "IN", bic: "HDFCINBB" }, "HDFCINBB,0012345678,US"],
  ])("has the columns of the account type: %s", (kind, changes, cells) => {
    const [file] = planFiles([pay(1, { details: { ...aba, ...changes } })]).files;
    expect(file?.name).toBe(`wise-usd-usd-${kind}-1.csv`);
    const [header, row] = rowsOf(file?.text ?? "");
    expect(row?.slice(8).join(",")).toMatch(new RegExp(`^${cells}`));
    expect(row?.[3]).toBe("INSTITUTION");
    expect(header).toHaveLength(row?.length ?? 0);
  });

  test("is split by account type", () => {
    const { files } = planFiles([pay(1, { details: iban }), pay(2, { details: aba }), pay(3)]);
    expect(files.map(({ name }) => name)).toEqual([
      "paypal-usd-1.csv",
      "wise-usd-eur-iban-1.csv",
      "wise-usd-usd-aba-1.csv",
    ]);
  });
});

test.each([
  ["PayPal after 5,000 rows", paypal, [5_000, 5_001, 10_000, 10_001], 5_000, 0],
  ["Wise after 1,000 rows", iban, [1_000, 1_001, 2_500], 1_000, 1],
] as const)("a new file starts for %s", (_, details, counts, max, headers) => {
  for (const count of counts) {
    const { files } = planFiles(
      Array.from({ length: count }, (_, number) => pay(number, { details, amount: number + 1 })),
    );
    const rows = files.map(({ text }) => rowsOf(text).length - headers);
    expect(rows).toEqual(
      Array.from({ length: Math.ceil(count / max) }, (_, file) => Math.min(max, count - file * max)),
    );
    expect(files.reduce((sum, { total }) => sum + total, 0)).toBe((count * (count + 1)) / 2);
    expect(new Set(files.flatMap(({ statements }) => statements)).size).toBe(count);
  }
});

const currencies = ["USD", "EUR", "JPY", "HUF", "TWD", "KWD", "CLF", "GBP"];
const detailsArb = fc.oneof(
  fc.constant(null),
  fc.emailAddress().map((email): PaymentDetails => ({ method: "paypal", email, address: null })),
  fc
    .record({
      account_holder: fc.string({ unit: "binary" }),
      currency: fc.constantFrom(...currencies),
      base: fc.constantFrom(iban, aba),
    })
    .map(({ base, ...changes }): PaymentDetails => ({ ...base, ...changes })),
);
const payments = fc
  .array(
    fc.record({
      amount: fc.oneof(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 1, max: 2 ** 50 })),
      currency: fc.constantFrom(...currencies),
      note: fc.string({ unit: "binary" }),
      details: detailsArb,
    }),
    { maxLength: 40 },
  )
  .map((rows) => rows.map((row, number) => pay(number, row)));

test("a CSV library reads each amount exactly once, and the files and the payments left out add up to the run", () => {
  fc.assert(
    fc.property(payments, (run) => {
      const { files, left_out } = planFiles(run);
      const paid = files.flatMap(({ provider, text, total, currency, statements }) => {
        const rows = rowsOf(text).slice(provider === "wise" ? 1 : 0);
        const [reference, amount] = provider === "wise" ? [2, 5] : [3, 1];
        const read = rows.map((cells) => ({
          statement: cells[reference],
          amount: parseDecimal(cells[amount] ?? "", currency) ?? Number.NaN,
          currency: cells[provider === "wise" ? 6 : 2],
        }));
        expect(read.map(({ statement }) => statement)).toEqual(statements);
        expect(read.reduce((sum, row) => sum + row.amount, 0)).toBe(total);
        for (const cells of rows)
          expect(cells[amount]).toMatch(new RegExp(`^\\d+(\\.\\d{${minorDigitsOf(currency)}})?$`));
        return read;
      });
      const rest = left_out.map(({ statement, amount, currency }) => ({ statement, amount, currency }));
      const byId = (a: { statement?: string | undefined }, b: { statement?: string | undefined }) =>
        (a.statement ?? "") < (b.statement ?? "") ? -1 : 1;
      expect([...paid, ...rest].sort(byId)).toEqual(
        run.map(({ statement, amount, currency }) => ({ statement, amount, currency })).sort(byId),
      );
    }),
  );
});

test("the same payments give the same files in any order", () => {
  const shuffled = payments.chain((run) =>
    fc.shuffledSubarray(run, { minLength: run.length }).map((other) => [run, other] as const),
  );
  fc.assert(
    fc.property(shuffled, ([run, other]) => {
      expect(planFiles(other)).toEqual(planFiles(run));
    }),
  );
});
