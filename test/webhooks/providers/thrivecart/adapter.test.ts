import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { thrivecart } from "../../../../src/webhooks/providers/thrivecart/adapter.ts";
import commissionEarned from "../../../fixtures/thrivecart/affiliate-commission-earned.txt?raw";
import cartAbandoned from "../../../fixtures/thrivecart/cart-abandoned.txt?raw";
import rebillFailed from "../../../fixtures/thrivecart/order-rebill-failed.txt?raw";
import refund from "../../../fixtures/thrivecart/order-refund.txt?raw";
import refundBump from "../../../fixtures/thrivecart/order-refund-bump.txt?raw";
import cancelled from "../../../fixtures/thrivecart/order-subscription-cancelled.txt?raw";
import rebill from "../../../fixtures/thrivecart/order-subscription-payment.txt?raw";
import orderInJson from "../../../fixtures/thrivecart/order-success.json";
import order from "../../../fixtures/thrivecart/order-success.txt?raw";
import freeOrder from "../../../fixtures/thrivecart/order-success-free.txt?raw";
import subscription from "../../../fixtures/thrivecart/order-success-subscription.txt?raw";
import testOrder from "../../../fixtures/thrivecart/order-success-test.txt?raw";
import trial from "../../../fixtures/thrivecart/order-success-trial.txt?raw";
import { parseFault, requestWith } from "../../adapter.ts";
import { changeForm } from "../change-form.ts";
import { signThrivecart } from "./signer.ts";

const SECRET = "QX7R2M9KD4TB";
const CLICK = "AQGbdR2iQnyMo7Wc3vT0kXh5Zp8uYl1sEf6gNd9rBa4jKq2wxVmCtHiOeUzP-7S_3yLn0bGDkF5JQw1RvX8c6M2h9TfA";

const posted = (body: string, secret = SECRET) => requestWith(signThrivecart(body, { secret }));
const parse = (body: string) => thrivecart.parse(posted(body));

const JANE = { id: null, email: "jane@example.com" };
const CLUB = { id: "41150590/product-14", interval: "month" };
const firstOrder: ProviderEvent = {
  id: "order.success:41150556/000001382",
  type: "sale",
  occurred_at: Date.UTC(2026, 0, 5, 19, 38, 56),
  customer: JANE,
  click: CLICK,
  coupon: "SPRING10",
  payment: "41150556/000001382",
  aliases: ["41150556"],
  refund: null,
  amount: 12_400,
  gross: 14_880,
  currency: "USD",
  product: "12",
  subscription: null,
  test: false,
  account: null,
};

describe("events", () => {
  const cases: [string, string, string, ProviderEvent][] = [
    ["an order of two products, net of tax", order, "order.success", firstOrder],
    ["the same in JSON", JSON.stringify(orderInJson), "order.success", firstOrder],
    [
      "an order of a subscription",
      subscription,
      "order.success",
      providerEvent({
        id: "order.success:41150590/000001390",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 6, 14),
        customer: JANE,
        click: CLICK,
        payment: "41150590/000001390",
        aliases: ["41150590"],
        amount: 4_900,
        gross: 4_900,
        currency: "USD",
        product: "14",
        subscription: CLUB,
      }),
    ],
    [
      "an order of a free trial",
      trial,
      "order.success",
      providerEvent({
        id: "trial:41150610",
        type: "trial",
        occurred_at: Date.UTC(2026, 0, 7, 10, 15),
        customer: JANE,
        click: CLICK,
        product: "14",
        subscription: { id: "41150610/product-14", interval: "month" },
      }),
    ],
    [
      "an order in test mode",
      testOrder,
      "order.success",
      providerEvent({
        id: "order.success:41150700/000001400",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 8, 9),
        customer: JANE,
        payment: "41150700/000001400",
        aliases: ["41150700"],
        amount: 9_700,
        gross: 9_700,
        currency: "USD",
        product: "12",
        test: true,
      }),
    ],
    [
      "a rebill with its own invoice",
      rebill,
      "order.subscription_payment",
      providerEvent({
        id: "order.subscription_payment:41150590/000001390-2",
        type: "sale",
        occurred_at: Date.UTC(2026, 1, 6, 14, 0, 4),
        customer: JANE,
        payment: "41150590/000001390-2",
        amount: 4_900,
        gross: 4_900,
        currency: "USD",
        product: "14",
        subscription: CLUB,
      }),
    ],
    [
      "a cancellation, at the end of the paid period",
      cancelled,
      "order.subscription_cancelled",
      providerEvent({
        id: `order.subscription_cancelled:41150590/product-14:${Date.UTC(2026, 1, 20, 8)}`,
        type: "cancellation",
        occurred_at: Date.UTC(2026, 2, 6, 14),
        customer: JANE,
        product: "14",
        subscription: CLUB,
      }),
    ],
    [
      "a refund of a rebill",
      refund,
      "order.refund",
      providerEvent({
        id: "order.refund:1400000005",
        type: "refund",
        occurred_at: Date.UTC(2026, 1, 10, 16, 20),
        customer: JANE,
        payment: "41150590/000001390-2",
        refund: "1400000005",
        gross: 4_900,
        currency: "USD",
        product: "14",
        subscription: { ...CLUB, interval: null },
      }),
    ],
    [
      "a refund of one of two products, with its tax",
      refundBump,
      "order.refund",
      providerEvent({
        id: "order.refund:1400061200",
        type: "refund",
        occurred_at: Date.UTC(2026, 0, 12, 11),
        customer: JANE,
        payment: "41150556/000001382",
        refund: "1400061200",
        gross: 3_240,
        currency: "USD",
        product: "12",
      }),
    ],
  ];
  test.each(cases)("%s", (_, body, type, event) => {
    expect(parse(body)).toEqual({ type, event_id: null, events: [event] });
  });

  test.each([
    ["a free order", freeOrder, { type: "order.success", ignored: "Nothing was paid." }],
    ["a failed rebill", rebillFailed, { type: "order.rebill_failed" }],
    ["an abandoned cart", cartAbandoned, { type: "cart.abandoned" }],
    ["an affiliate's commission", commissionEarned, { type: "affiliate.commission_earned" }],
    ["a type with the name of an object property", "event=valueOf", { type: "valueOf" }],
    [
      "a rebill of zero",
      changeForm(rebill, { "subscription[amount]": "0", "subscription[amount_gross]": "0" }),
      { type: "order.subscription_payment", ignored: "Nothing was paid." },
    ],
  ])("ignored: %s", (_, body, reading) => {
    expect(parse(body)).toEqual({ event_id: null, events: [], ...reading });
  });
});

describe("what older or shorter bodies leave out", () => {
  const paidTrial = {
    "order[total]": "100",
    "order[total_gross]": "100",
    "order[charges][0][amount]": "100",
    "order[charges][0][amount_gross]": "100",
  };

  test("a paid trial is a trial with a payment", () => {
    expect(parse(changeForm(trial, paidTrial)).events).toMatchObject([
      { id: "trial:41150610", type: "trial", payment: "41150610/000001395", amount: 100, currency: "USD" },
    ]);
  });

  test("a trial in an order with something else is a sale", () => {
    const bump = {
      "order[charges][1][amount]": "4900",
      "order[charges][1][type]": "single",
      "order[total_gross]": "5000",
    };
    const [event] = parse(`${changeForm(trial, paidTrial)}&${new URLSearchParams(bump)}`).events;
    expect(event).toMatchObject({ type: "sale" });
  });

  test("the gross total, to which tax is then added", () => {
    const body = changeForm(order, { "order[total_gross]": "null" });
    expect(parse(body).events).toEqual([firstOrder]);
  });

  test("the gross amount of a rebill", () => {
    const body = changeForm(rebill, { "subscription[amount_gross]": null, "subscription[tax_paid]": "980" });
    expect(parse(body).events).toMatchObject([{ amount: 4_900, gross: 5_880 }]);
  });

  test("the invoice: the order then identifies its first payment", () => {
    const [sale] = parse(changeForm(order, { invoice_id: null })).events;
    expect(sale).toMatchObject({ id: "order.success:41150556", payment: "41150556", aliases: [] });
    expect(parse(changeForm(refundBump, { invoice_id: "null" })).events).toMatchObject([{ payment: "41150556" }]);
  });

  test("the customer", () => {
    const { customer: _, ...rest } = orderInJson;
    const [event] = parse(JSON.stringify(rest)).events;
    expect(event?.customer).toEqual({ id: "429583657700012345", email: null });
  });

  test.each([
    [{ event_id: null }, "5f0c2d4e-8a51-4f0e-9d57-0c6a0f4a1b11"],
    [{ event_id: null, webhook_id: null }, `bump-12@${Date.UTC(2026, 0, 12, 11)}`],
  ])("a refund's own id: %j", (fields, name) => {
    const body = changeForm(`${refundBump}&webhook_id=5f0c2d4e-8a51-4f0e-9d57-0c6a0f4a1b11`, fields);
    expect(parse(body).events).toMatchObject([{ id: `order.refund:${name}`, refund: name }]);
  });

  test("the end of the paid period", () => {
    const [event] = parse(changeForm(cancelled, { "subscription[billing_period_end]": "null" })).events;
    expect(event?.occurred_at).toBe(Date.UTC(2026, 1, 20, 8));
  });

  test("the mode as text", () => {
    expect(parse(changeForm(order, { mode: null, mode_int: "1" })).events).toMatchObject([{ test: true }]);
    expect(parse(changeForm(order, { mode: null, mode_int: "2" })).events).toMatchObject([{ test: false }]);
    expect(parse(changeForm(order, { mode: "test", mode_int: null })).events).toMatchObject([{ test: true }]);
  });
});

test.each([
  ["month", "month"],
  ["year", "year"],
  ["quarter", null],
])("a subscription recurs each %s", (frequency, interval) => {
  const body = changeForm(rebill, { "subscription[frequency]": frequency });
  expect(parse(body).events).toMatchObject([{ subscription: { interval } }]);
});

test.each([
  ["JPY", "990000", "90000", 9_000, 9_900],
  ["JPY", "14795", "1345", 135, 148],
  ["KWD", "1012", "12", 10_000, 10_120],
  ["eur", "1190", "190", 1_000, 1_190],
])("amounts are in hundredths in any currency: %s", (currency, gross, tax, amount, total) => {
  const body = changeForm(order, {
    currency,
    "order[total_gross]": gross,
    "order[charges][0][tax_paid]": tax,
    "order[charges][1][tax_paid]": "0",
  });
  expect(parse(body).events).toMatchObject([{ amount, gross: total, currency: currency.toUpperCase() }]);
});

test.each([
  ["of an older order is part of its total", { "order[total]": "14880", "order[total_gross]": null }, "2480", 12_400],
  ["of an older order with a gross total", {}, "2480", 12_400],
  ["that isn't an amount is ignored", {}, "24.80", 14_880],
  ["that isn't less than the total is ignored", {}, "14880", 14_880],
  ["of each charge counts alone", { "order[charges][0][tax_paid]": "1000" }, "2480", 13_880],
])("the order's tax %s", (_, fields, tax, amount) => {
  const charges = { "order[charges][0][tax_paid]": null, "order[charges][1][tax_paid]": null };
  const body = changeForm(order, { ...charges, ...fields, "order[tax]": tax });
  expect(parse(body).events).toMatchObject([{ amount, gross: 14_880 }]);
});

describe("a malformed event names its field", () => {
  test.each([
    ["no event", changeForm(order, { event: null }), "event"],
    ["no order", changeForm(order, { order_id: "null" }), "order_id"],
    ["an unknown currency", changeForm(order, { currency: "ABC" }), "currency"],
    ["a decimal total", changeForm(order, { "order[total]": "124.00" }), "order.total"],
    ["a decimal tax", changeForm(order, { "order[charges][1][tax_paid]": "5.40" }), "order.charges.1.tax_paid"],
    ["a total below its tax", changeForm(order, { "order[total_gross]": "2479" }), "order.total_gross"],
    ["a rebill without its invoice", changeForm(rebill, { invoice_id: "null" }), "invoice_id"],
    ["a rebill without a subscription", changeForm(rebill, { "subscription[id]": null }), "subscription.id"],
    [
      "a cancellation without a subscription",
      changeForm(cancelled, { "subscription[type]": null }),
      "subscription.type",
    ],
    ["a refund without an amount", changeForm(refund, { "refund[amount]": "x" }), "refund.amount"],
  ])("%s", (_, body, field) => {
    const code = codeOfField(field);
    expect(parseFault(thrivecart, posted(body))).toEqual({ status: 422, code, field });
  });
});
