import { describe, expect, test } from "vitest";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { kartra } from "../../../../src/webhooks/providers/kartra/adapter.ts";
import { urlSecret } from "../../../../src/webhooks/signatures/url-secret.ts";
import assignTag from "../../../fixtures/kartra/assign-tag.json";
import buyProduct from "../../../fixtures/kartra/buy-product.json";
import cancellation from "../../../fixtures/kartra/cancellation.txt?raw";
import chargeback from "../../../fixtures/kartra/chargeback.txt?raw";
import failed from "../../../fixtures/kartra/failed.txt?raw";
import filledForm from "../../../fixtures/kartra/filled-form.json";
import filledFormWithoutClick from "../../../fixtures/kartra/filled-form-without-click.json";
import partialRefund from "../../../fixtures/kartra/partial-refund.txt?raw";
import rebill from "../../../fixtures/kartra/rebill.txt?raw";
import refund from "../../../fixtures/kartra/refund.txt?raw";
import sale from "../../../fixtures/kartra/sale.txt?raw";
import subscription from "../../../fixtures/kartra/subscription.txt?raw";
import trial from "../../../fixtures/kartra/trial.txt?raw";
import { expectUnforgeable, parseFault, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { changeForm } from "../change-form.ts";
import { signKartra } from "./signer.ts";

const [SECRET, OTHER, FOREIGN] = [7, 8, 9].map((byte) => urlSecret.make(new Uint8Array(32).fill(byte))) as [
  string,
  string,
  string,
];
const CLICK = "AQGbdR2iQnyMo7Wc3vT0kXh5Zp8uYl1sEf6gNd9rBa4jKq2wxVmCtHiOeUzP-7S_3yLn0bGDkF5JQw1RvX8c6M2h9TfA";
const TOOLS = toolsAt(Date.UTC(2026, 0, 5, 20));

const posted = (body: string, options: { secret?: string; currency?: string } = {}) =>
  requestWith(signKartra(body, { secret: SECRET, ...options }));
const parse = (body: string | object, currency = "USD") =>
  kartra.parse(posted(typeof body === "string" ? body : JSON.stringify(body), { currency }));

describe("the secret in the path", () => {
  test("is long, needs no encoding in a URL, and the URL also has a currency", () => {
    expect(SECRET).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(kartra.secret).toBe(urlSecret);
    expect(kartra.address?.("ep_1", SECRET)).toBe(`/v1/webhooks/ep_1/${SECRET}?currency=USD`);
  });

  test.each([
    ["the only one", SECRET, [SECRET], null],
    ["the older of two", SECRET, [OTHER, SECRET], null],
    ["the newer of two", OTHER, [OTHER, SECRET], null],
    ["an unknown one", FOREIGN, [OTHER, SECRET], "secret_invalid"],
    ["none", "", [SECRET], "secret_missing"],
    ["a part of it", SECRET.slice(1), [SECRET], "secret_invalid"],
    ["any, if the endpoint has none", SECRET, [], "secret_invalid"],
  ])("%s", async (_, secret, secrets, code) => {
    expect(await verdictOf(kartra, posted(sale, { secret }), secrets, TOOLS)).toBe(code);
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(kartra, posted(sale), [OTHER, SECRET], TOOLS, { body: false, path: true });
  });
});

const JANE = { id: "4174086", email: "jane@example.com" };
const CLUB = { id: "48110", interval: null };

describe("events", () => {
  const cases: [string, string | object, string, ProviderEvent][] = [
    [
      "a sale, net of tax and shipping",
      sale,
      "sale",
      {
        id: "sale:792354",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 5, 19, 38, 56),
        customer: JANE,
        click: CLICK,
        coupon: null,
        payment: "792354",
        aliases: [],
        refund: null,
        amount: 9_700,
        gross: 11_600,
        currency: "USD",
        product: "31",
        subscription: null,
        test: false,
        account: null,
      },
    ],
    [
      "a subscription's first payment",
      subscription,
      "sale",
      providerEvent({
        id: "sale:792360",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 6, 14),
        customer: JANE,
        payment: "792360",
        amount: 4_900,
        gross: 4_900,
        currency: "USD",
        product: "32",
        subscription: CLUB,
      }),
    ],
    [
      "a free trial",
      trial,
      "sale",
      providerEvent({
        id: "trial:792370",
        type: "trial",
        occurred_at: Date.UTC(2026, 0, 7, 15, 15),
        customer: JANE,
        product: "32",
        subscription: { id: "48112", interval: null },
      }),
    ],
    [
      "a rebill",
      rebill,
      "rebill",
      providerEvent({
        id: "rebill:801122",
        type: "sale",
        occurred_at: Date.UTC(2026, 1, 6, 14, 0, 5),
        customer: JANE,
        payment: "801122",
        amount: 4_900,
        gross: 4_900,
        currency: "USD",
        product: "32",
        subscription: CLUB,
      }),
    ],
    [
      "a full refund",
      refund,
      "refund",
      providerEvent({
        id: "refund:795001",
        type: "refund",
        occurred_at: Date.UTC(2026, 0, 12, 16),
        customer: JANE,
        payment: "792354",
        refund: "795001",
        gross: 11_600,
        currency: "USD",
        product: "31",
      }),
    ],
    [
      "a partial refund",
      partialRefund,
      "partial_refund",
      providerEvent({
        id: "partial_refund:802200",
        type: "refund",
        occurred_at: Date.UTC(2026, 1, 10, 21, 20),
        customer: JANE,
        payment: "801122",
        refund: "802200",
        gross: 1_000,
        currency: "USD",
        product: "32",
        subscription: CLUB,
      }),
    ],
    [
      "a chargeback",
      chargeback,
      "chargeback",
      providerEvent({
        id: "chargeback:803300",
        type: "chargeback",
        occurred_at: Date.UTC(2026, 1, 20, 13),
        customer: JANE,
        payment: "801122",
        refund: "803300",
        gross: 4_900,
        currency: "USD",
        product: "32",
        subscription: CLUB,
      }),
    ],
    [
      "a cancellation",
      cancellation,
      "cancellation",
      providerEvent({
        id: "cancellation:48110:813344",
        type: "cancellation",
        occurred_at: Date.UTC(2026, 2, 7, 15),
        customer: JANE,
        product: "32",
        subscription: CLUB,
      }),
    ],
    [
      "the outbound API's purchase, which brings the click to the payment",
      buyProduct,
      "buy_product",
      providerEvent({
        id: `buy_product:792360:${CLICK}`,
        type: "touch",
        occurred_at: Date.UTC(2026, 0, 6, 14),
        customer: JANE,
        click: CLICK,
        payment: "792360",
      }),
    ],
    [
      "the outbound API's form, without a time",
      filledForm,
      "filled_form",
      providerEvent({
        id: `filled_form:4174086:${CLICK}`,
        type: "touch",
        occurred_at: null,
        customer: JANE,
        click: CLICK,
      }),
    ],
  ];
  test.each(cases)("%s", (_, body, type, event) => {
    expect(parse(body)).toEqual({ type, event_id: null, events: [event] });
  });

  test.each([
    ["a failed rebill", failed, { type: "failed" }],
    ["a free product", changeForm(trial, { trial: "0" }), { type: "sale", ignored: "Nothing was paid." }],
    ["a lead without a click", filledFormWithoutClick, { type: "filled_form", ignored: "The lead has no lc_click." }],
    ["a tag", assignTag, { type: "assign_tag" }],
    ["a type with the name of an object property", "transaction_type=toString", { type: "toString" }],
  ])("ignored: %s", (_, body, reading) => {
    expect(parse(body)).toEqual({ event_id: null, events: [], ...reading });
  });

  test("a paid trial is a trial with a payment, which refunds name", () => {
    const paid = changeForm(trial, { transaction_full_amount: "1.00", trial_amount: "1" });
    expect(parse(paid).events).toMatchObject([
      {
        id: "trial:792370",
        type: "trial",
        payment: "792370",
        amount: 100,
        currency: "USD",
        subscription: { id: "48112" },
      },
    ]);
  });

  test("a rebill of a subscription that began with a trial is a sale", () => {
    const paid = changeForm(trial, { transaction_full_amount: "99.00", transaction_type: "rebill" });
    expect(parse(paid).events).toMatchObject([{ id: "rebill:792370", type: "sale", amount: 9_900 }]);
  });

  test("a refunded amount may be negative", () => {
    expect(parse(changeForm(refund, { transaction_full_amount: "-116.00" }))).toEqual(parse(refund));
  });

  test("tax and shipping may be empty or zero", () => {
    const plain = changeForm(sale, { transaction_tax: "N/A", transaction_shipping: "" });
    expect(parse(plain).events).toMatchObject([{ amount: 11_600, gross: 11_600 }]);
  });

  test("a PayPal subscription is identified by PayPal's id where Kartra has none", () => {
    const body = changeForm(rebill, {
      transaction_internal_subscription_id: "N/A",
      transaction_subscription_id: "I-BW452GLLEP1G",
    });
    expect(parse(body).events).toMatchObject([{ subscription: { id: "I-BW452GLLEP1G" } }]);
  });
});

test.each([
  ["the first tracking id", { vendor_tracking_id_1: CLICK, vendor_tracking_id_2: "N/A" }, CLICK],
  ["a value too short for a token", { vendor_tracking_id_2: "spring-sale" }, null],
  ["no tracking id", { vendor_tracking_id_2: "N/A" }, null],
])("the click is read from %s", (_, fields, click) => {
  expect(parse(changeForm(sale, fields)).events[0]?.click).toBe(click);
});

describe("the time", () => {
  test.each([
    ["2026-01-05 14:38:56", Date.UTC(2026, 0, 5, 19, 38, 56)],
    ["2026-01-05 14:38:56 EST", Date.UTC(2026, 0, 5, 19, 38, 56)],
    ["2026-07-05 14:38:56", Date.UTC(2026, 6, 5, 19, 38, 56)],
    ["2026-07-05 14:38:56 EDT", Date.UTC(2026, 6, 5, 18, 38, 56)],
  ])("%s is Eastern Time", (transaction_date, time) => {
    expect(parse(changeForm(sale, { transaction_date })).events[0]?.occurred_at).toBe(time);
  });
});

describe("the currency in the URL", () => {
  test.each([
    ["JPY", { transaction_full_amount: "11600", transaction_tax: "1054", transaction_shipping: "0" }, 10_546, 11_600],
    [
      "JPY",
      { transaction_full_amount: "11600.00", transaction_tax: "0.00", transaction_shipping: "0" },
      11_600,
      11_600,
    ],
    ["KWD", { transaction_full_amount: "10.125", transaction_tax: "0.1", transaction_shipping: "0" }, 10_025, 10_125],
    ["eur", { transaction_full_amount: "10.10", transaction_tax: "1.61", transaction_shipping: "0" }, 849, 1_010],
  ])("%s", (currency, fields, amount, gross) => {
    const [event] = parse(changeForm(sale, fields), currency).events;
    expect(event).toMatchObject({ amount, gross, currency: currency.toUpperCase() });
  });

  test.each(["", "ABC"])("is refused if it is unknown: %j", (currency) => {
    expect(parseFault(kartra, posted(sale, { currency }))).toEqual({
      status: 422,
      code: "invalid_currency",
      field: "currency",
    });
  });

  test("is not needed for a cancellation", () => {
    expect(parse(cancellation, "").events).toHaveLength(1);
  });
});

describe("a malformed event names its field", () => {
  test.each([
    ["no type", sale.replace("&transaction_type=sale", ""), "transaction_type"],
    ["no id", changeForm(sale, { transaction_id: "N/A" }), "transaction_id"],
    ["no amount", changeForm(sale, { transaction_full_amount: "N/A" }), "transaction_full_amount"],
    ["a negative sale", changeForm(sale, { transaction_full_amount: "-116.00" }), "transaction_full_amount"],
    ["less than its tax", changeForm(sale, { transaction_full_amount: "18.99" }), "transaction_full_amount"],
    ["a negative tax", changeForm(sale, { transaction_tax: "-1" }), "transaction_tax"],
    ["shipping in words", changeForm(sale, { transaction_shipping: "free" }), "transaction_shipping"],
    ["another time format", changeForm(sale, { transaction_date: "01/05/2026" }), "transaction_date"],
    ["a day that does not exist", changeForm(sale, { transaction_date: "2026-02-30 10:00:00" }), "transaction_date"],
    ["a refund without a payment", changeForm(refund, { transaction_parent_id: "0" }), "transaction_parent_id"],
    ["a chargeback without payment", changeForm(chargeback, { transaction_parent_id: "N/A" }), "transaction_parent_id"],
    [
      "a cancellation without a subscription",
      changeForm(cancellation, {
        transaction_internal_subscription_id: "N/A",
        transaction_subscription_id: "N/A",
      }),
      "transaction_internal_subscription_id",
    ],
    ["no lead", JSON.stringify({ ...buyProduct, lead: null }), "lead"],
  ])("%s", (_, body, field) => {
    expect(parseFault(kartra, posted(body))).toEqual({ status: 422, code: `invalid_${field}`, field });
  });
});
