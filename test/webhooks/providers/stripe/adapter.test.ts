import { describe, expect, test } from "vitest";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { stripe } from "../../../../src/webhooks/providers/stripe/adapter.ts";
import checkoutAsync from "../../../fixtures/stripe/checkout-session-async-payment-succeeded.json";
import checkoutInvoiced from "../../../fixtures/stripe/checkout-session-completed-invoiced.json";
import checkoutPayment from "../../../fixtures/stripe/checkout-session-completed-payment.json";
import checkoutSubscription from "../../../fixtures/stripe/checkout-session-completed-subscription.json";
import checkoutUnpaid from "../../../fixtures/stripe/checkout-session-completed-unpaid.json";
import trialing from "../../../fixtures/stripe/customer-subscription-created-trialing.json";
import deleted from "../../../fixtures/stripe/customer-subscription-deleted.json";
import firstInvoice from "../../../fixtures/stripe/invoice-paid-first.json";
import legacyInvoice from "../../../fixtures/stripe/invoice-paid-legacy.json";
import renewal from "../../../fixtures/stripe/invoice-paid-renewal-with-credit.json";
import upgrade from "../../../fixtures/stripe/invoice-paid-upgrade.json";
import invoicePaymentPaid from "../../../fixtures/stripe/invoice-payment-paid.json";
import paymentIntent from "../../../fixtures/stripe/payment-intent-succeeded.json";
import { requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const MARA = { id: "cus_TiQ4dYk8mVf2bZ", email: "mara@lindqvist.example" };

const read = (event: unknown) => stripe.parse(requestWith({ body: JSON.stringify(event) }));

const recognized: [string, unknown, ProviderEvent][] = [
  [
    "a checkout that begins a subscription has its click",
    checkoutSubscription,
    {
      ...BARE,
      id: "evt_1SlPqZJk7Yd3WbTnA0001aaa",
      type: "touch",
      occurred_at: Date.UTC(2026, 0, 3, 10),
      customer: MARA,
      click: CLICK,
      payment: "in_1SlPqXJk7Yd3WbTnTrial00a",
      subscription: { id: "sub_1SlPqXJk7Yd3WbTnVrM2eL9a", interval: null },
    },
  ],
  [
    "a trial",
    trialing,
    {
      ...BARE,
      id: "evt_1SlPqZJk7Yd3WbTnA0002aaa",
      type: "trial",
      occurred_at: Date.UTC(2026, 0, 3, 10, 4, 10),
      customer: { id: MARA.id, email: null },
      click: CLICK,
      product: "prod_R6oStarter0001",
      subscription: { id: "sub_1SlPqXJk7Yd3WbTnVrM2eL9a", interval: "month" },
    },
  ],
  [
    "the first payment after it, since API version Basil",
    firstInvoice,
    {
      ...BARE,
      id: "evt_1SqVqZJk7Yd3WbTnA0004aaa",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 17, 11, 5, 21),
      customer: MARA,
      click: CLICK,
      payment: "in_1SqVqXJk7Yd3WbTnFirst001",
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      product: "prod_R6oStarter0001",
      subscription: { id: "sub_1SlPqXJk7Yd3WbTnVrM2eL9a", interval: null },
      plan: { interval: "month" },
    },
  ],
  [
    "its other id",
    invoicePaymentPaid,
    {
      ...BARE,
      id: "evt_1SqVqZJk7Yd3WbTnA0006aaa",
      type: "alias",
      occurred_at: Date.UTC(2026, 0, 17, 11, 5, 23),
      payment: "in_1SqVqXJk7Yd3WbTnFirst001",
      aliases: ["pi_3SqVqYJk7Yd3WbTn0First001"],
    },
  ],
  [
    "a renewal partly paid by a credit of 10.00: 24.51 of 34.51",
    renewal,
    {
      ...BARE,
      id: "evt_1T1kqZJk7Yd3WbTnA0007aaa",
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 17, 11, 4, 38),
      customer: MARA,
      click: CLICK,
      payment: "in_1T1kqXJk7Yd3WbTnRenew002",
      amount: 2_060,
      gross: 2_451,
      currency: "EUR",
      product: "prod_R6oStarter0001",
      subscription: { id: "sub_1SlPqXJk7Yd3WbTnVrM2eL9a", interval: null },
      plan: { interval: "month" },
    },
  ],
  [
    "a change to a larger plan, whose first line credits the old one",
    upgrade,
    {
      ...BARE,
      id: "evt_1T5fqZJk7Yd3WbTnA0008aaa",
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 28, 9, 30, 2),
      customer: MARA,
      click: CLICK,
      missing: { price: "price_1QEaHsJk7Yd3WbTnTeam0001" },
      payment: "in_1T5fqXJk7Yd3WbTnUpgrade1",
      amount: 3_500,
      gross: 4_165,
      currency: "EUR",
      product: "prod_R6oTeam000001",
      subscription: { id: "sub_1SlPqXJk7Yd3WbTnVrM2eL9a", interval: null },
    },
  ],
  [
    "an invoice of an API version before Basil",
    legacyInvoice,
    {
      ...BARE,
      id: "evt_1NzYqZJk7Yd3WbTnA0009aaa",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 20, 8, 0, 3),
      customer: { id: "cus_OnLegacy0000001", email: "jo@brandt.example" },
      click: CLICK,
      payment: "in_1NzYqXJk7Yd3WbTnLegacy01",
      aliases: ["pi_3NzYqYJk7Yd3WbTn1Legacy01", "ch_3NzYqYJk7Yd3WbTn1Legacy01"],
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      product: "prod_R6oStarter0001",
      subscription: { id: "sub_1NzYqXJk7Yd3WbTnLegacy01", interval: "month" },
    },
  ],
  [
    "a single purchase, with tax in its prices and 5.95 of shipping with 0.95 of tax",
    checkoutPayment,
    {
      ...BARE,
      id: "evt_1Sr0qZJk7Yd3WbTnA0010aaa",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 18, 15, 31, 7),
      customer: { id: null, email: MARA.email },
      click: CLICK,
      payment: "pi_3Sr0qYJk7Yd3WbTn0Order042",
      amount: 10_000,
      gross: 12_495,
      currency: "EUR",
    },
  ],
  [
    "a checkout with a pending direct debit",
    checkoutUnpaid,
    {
      ...BARE,
      id: "evt_1Sr1qZJk7Yd3WbTnA0011aaa",
      type: "touch",
      occurred_at: Date.UTC(2026, 0, 19, 7, 0, 10),
      customer: MARA,
      click: CLICK,
      payment: "pi_3Sr1qYJk7Yd3WbTn0Sepa0001",
    },
  ],
  [
    "a checkout whose direct debit has arrived",
    checkoutAsync,
    {
      ...BARE,
      id: "evt_1Ss9qZJk7Yd3WbTnA0012aaa",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 22, 4, 11, 50),
      customer: MARA,
      click: CLICK,
      payment: "pi_3Sr1qYJk7Yd3WbTn0Sepa0001",
      amount: 4_900,
      gross: 4_900,
      currency: "EUR",
    },
  ],
  [
    "a purchase with an invoice as the sale; the checkout has its payment intent",
    checkoutInvoiced,
    {
      ...BARE,
      id: "evt_1Sr2qZJk7Yd3WbTnA0013aaa",
      type: "alias",
      occurred_at: Date.UTC(2026, 0, 23, 11, 58),
      payment: "in_1Sr2qXJk7Yd3WbTnOneOff01",
      aliases: ["pi_3Sr2qYJk7Yd3WbTn0OneOff1"],
    },
  ],
  [
    "a payment intent of the merchant's own, with its tax and shipping",
    paymentIntent,
    {
      ...BARE,
      id: "evt_1Sr3qZJk7Yd3WbTnA0014aaa",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 24, 16, 40, 21),
      customer: MARA,
      click: CLICK,
      payment: "pi_3Sr3qYJk7Yd3WbTn0Custom01",
      aliases: ["ch_3Sr3qYJk7Yd3WbTn0Custom01"],
      amount: 10_000,
      gross: 12_500,
      currency: "EUR",
    },
  ],
  [
    "the end of the subscription, not the day of the cancellation request",
    deleted,
    {
      ...BARE,
      id: "evt_1TNAqZJk7Yd3WbTnA0015aaa",
      type: "cancellation",
      occurred_at: Date.UTC(2026, 3, 17, 10, 4, 10),
      customer: { id: MARA.id, email: null },
      subscription: { id: "sub_1SlPqXJk7Yd3WbTnVrM2eL9a", interval: null },
    },
  ],
];

test.each(recognized)("%s", (_, event, expected) => {
  const { id, type } = event as { id: string; type: string };
  const events = read(event).events.filter((one) => one.id === id);
  expect({ ...read(event), events }).toEqual({ type, event_id: id, events: [expected] });
});

test("a trial names its first invoice, which may charge for it", () => {
  expect(read(trialing).events.slice(1)).toEqual([
    {
      ...BARE,
      id: "evt_1SlPqZJk7Yd3WbTnA0002aaa:invoice",
      type: "touch",
      occurred_at: Date.UTC(2026, 0, 3, 10, 4, 10),
      customer: { id: MARA.id, email: null },
      payment: "in_1SlPqXJk7Yd3WbTnTrial00a",
      subscription: { id: "sub_1SlPqXJk7Yd3WbTnVrM2eL9a", interval: "month", starts_trial: true },
    },
  ]);
  expect(read({ ...trialing, ...objectOf(trialing, { latest_invoice: null }) }).events).toHaveLength(1);
});

describe("a coupon at a checkout", () => {
  const couponIn = (event: typeof checkoutPayment, discounts: unknown) => {
    const [first] = read({ ...event, ...objectOf(event, { discounts }) }).events;
    return [first?.type, first?.coupon];
  };

  test.each([
    ["a promotion code, before its coupon", [{ coupon: "launch", promotion_code: "promo_1SrJo" }], "promo_1SrJo"],
    ["a coupon without a code", [{ coupon: "launch", promotion_code: null }], "launch"],
    ["the code among several", [{ coupon: "launch" }, { coupon: null, promotion_code: "promo_1SrJo" }], "promo_1SrJo"],
    ["an expanded coupon", [{ coupon: { id: "launch", object: "coupon" } }], "launch"],
    ["none", [], null],
    ["null for an invalid list", [{ coupon: 5 }], null],
    ["null without discounts", undefined, null],
  ])("is %s", (_, discounts, coupon) => {
    expect(couponIn(checkoutPayment, discounts)).toEqual(["sale", coupon]);
  });

  test("is reported before the invoice's sale, even without a click", () => {
    const [checkout] = [{ ...checkoutInvoiced, ...objectOf(checkoutInvoiced, { discounts: [{ coupon: "launch" }] }) }];
    expect(read(checkout).events).toMatchObject([
      { type: "touch", coupon: "launch", click: null, payment: "in_1Sr2qXJk7Yd3WbTnOneOff01" },
    ]);
  });
});

test("reads a card's fingerprint if an old version's payment intent contains its charge", () => {
  const withCharges = (charges: unknown) =>
    read({ ...paymentIntent, ...objectOf(paymentIntent, { charges }) }).events[0];
  const card = { brand: "visa", fingerprint: "Xt5EWLLDS7FJjR1c", last4: "4242" };
  const data = [{ id: "ch_1", payment_method_details: { card, type: "card" } }];
  expect(withCharges({ object: "list", data })?.payer).toBe("Xt5EWLLDS7FJjR1c");
  for (const charges of [
    undefined,
    null,
    { data: [] },
    { data: [{ payment_method_details: { type: "sepa_debit" } }] },
  ]) {
    expect(withCharges(charges)).not.toHaveProperty("payer");
  }
});

describe("a subscription's plan is read from", () => {
  const items = (interval: string, interval_count: number) => ({
    data: [{ price: { product: "prod_R6oStarter0001", recurring: { interval, interval_count } } }],
  });
  const told = (type: string, changes: object) => read({ ...trialing, type, ...objectOf(trialing, changes) }).events;
  const common = { type: "touch", product: "prod_R6oStarter0001", subscription: { interval: null } };

  test("an active subscription, when it is created", () => {
    const events = told("customer.subscription.created", { status: "active", items: items("month", 3) });
    expect(events).toMatchObject([{ ...common, plan: { interval: "month", interval_count: 3 } }]);
  });

  test("a trial that changes to yearly", () => {
    const events = told("customer.subscription.updated", { status: "trialing", items: items("year", 1) });
    expect(events).toMatchObject([{ ...common, occurred_at: trialing.created * 1_000, plan: { interval: "year" } }]);
  });

  test.each([
    ["2026-01-31", "2026-02-28", { interval: "month" }],
    ["2026-01-31", "2026-04-30", { interval: "month", interval_count: 3 }],
    ["2026-01-31", "2027-01-31", { interval: "year" }],
    ["2026-01-31", "2026-02-07", { interval: "week" }],
  ])("an invoice's line from %s to %s", (start, end, plan) => {
    const [line] = firstInvoice.data.object.lines.data;
    const period = { start: Date.parse(start) / 1_000, end: Date.parse(end) / 1_000 };
    const lines = { data: [{ ...line, period }] };
    expect(read({ ...firstInvoice, ...objectOf(firstInvoice, { lines }) }).events).toMatchObject([{ plan }]);
  });
});

function objectOf(event: { data: { object: object } }, changed: object) {
  return { data: { object: { ...event.data.object, ...changed } } };
}
