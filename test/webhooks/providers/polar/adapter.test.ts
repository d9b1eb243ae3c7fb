import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { polar } from "../../../../src/webhooks/providers/polar/adapter.ts";
import orderPending from "../../../fixtures/polar/order-created-pending.json";
import orderPaid from "../../../fixtures/polar/order-paid.json";
import renewal from "../../../fixtures/polar/order-paid-renewal.json";
import trialOrder from "../../../fixtures/polar/order-paid-trial.json";
import withBalance from "../../../fixtures/polar/order-paid-with-balance.json";
import refund from "../../../fixtures/polar/refund-created.json";
import disputePrevention from "../../../fixtures/polar/refund-created-dispute-prevention.json";
import refundFailed from "../../../fixtures/polar/refund-updated-failed.json";
import canceled from "../../../fixtures/polar/subscription-canceled.json";
import trialing from "../../../fixtures/polar/subscription-created-trialing.json";
import revoked from "../../../fixtures/polar/subscription-revoked.json";
import { parseFault, requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const SAM_ID = "5d2e0a17-6c84-4f39-9b1a-e07c3d58f246";
const SAM = { id: SAM_ID, email: "sam@customer.example" };
const ORDER = "8a41c7d5-2e90-4b3f-a6c8-d5f07b19e342";
const RENEWAL = "b2c90e67-5f14-4d8a-9b03-7e61a4d2c8f5";
const PRO = "0b8d6c3e-74f1-4e2a-8c59-d1a7e6f03b94";
const SUBSCRIPTION = "e3b7f6a0-1d52-4c98-a4e7-90b6c2d813f5";
const monthly = { id: SUBSCRIPTION, interval: "month" };

const requestOf = (event: unknown) => requestWith({ headers: { "webhook-id": "evt_1" }, body: JSON.stringify(event) });
const read = (event: unknown) => polar.parse(requestOf(event));
const only = (event: unknown) => read(event).events[0];

/** The event with its object changed. */
function changed(event: { data: object }, changes: object) {
  return { ...event, data: { ...event.data, ...changes } };
}

const recognized: [string, unknown, ProviderEvent][] = [
  [
    "a purchase of 99.00 with 10 % off, and tax",
    orderPaid,
    {
      ...BARE,
      id: "evt_1",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 12, 975),
      customer: SAM,
      click: CLICK,
      coupon: "MAYA10",
      payment: ORDER,
      amount: 8_910,
      gross: 10_603,
      currency: "EUR",
      product: "a6f09e41-52c7-4b8d-9e13-7c4d2b60f8a5",
    },
  ],
  [
    "the free order of a trial, with its click",
    trialOrder,
    {
      ...BARE,
      id: "evt_1",
      type: "touch",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 12, 101),
      customer: SAM,
      click: CLICK,
      subscription: monthly,
    },
  ],
  [
    "a trial",
    trialing,
    {
      ...BARE,
      id: "evt_1",
      type: "trial",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 11, 532),
      customer: SAM,
      click: CLICK,
      product: PRO,
      subscription: monthly,
    },
  ],
  [
    "the first payment after a trial, whose click is the subscription's",
    renewal,
    {
      ...BARE,
      id: "evt_1",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 17, 10, 3, 42, 330),
      customer: SAM,
      click: CLICK,
      payment: RENEWAL,
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      product: PRO,
      subscription: monthly,
    },
  ],
  [
    "a renewal partly paid by a balance of 10.00: 24.51 of 34.51",
    withBalance,
    {
      ...BARE,
      id: "evt_1",
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 17, 10, 3, 51, 2),
      customer: SAM,
      click: CLICK,
      payment: "47e1d8b3-0c6f-4925-b8ad-53f29c7e106a",
      amount: 2_060,
      gross: 2_451,
      currency: "EUR",
      product: PRO,
      subscription: monthly,
    },
  ],
  [
    "a partial refund",
    refund,
    {
      ...BARE,
      id: "evt_1",
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 5, 14, 20, 30, 988),
      customer: { id: SAM_ID, email: null },
      payment: ORDER,
      refund: "19d5f3c8-6a27-4b0e-8c94-e2f7a01b5d63",
      gross: 3_570,
      currency: "EUR",
    },
  ],
  [
    "the same refund after it failed",
    refundFailed,
    {
      ...BARE,
      id: "evt_1",
      type: "refund_failed",
      occurred_at: Date.UTC(2026, 0, 8, 7, 11, 2, 9),
      customer: { id: SAM_ID, email: null },
      payment: ORDER,
      refund: "19d5f3c8-6a27-4b0e-8c94-e2f7a01b5d63",
      gross: 3_570,
      currency: "EUR",
    },
  ],
  [
    "a whole refund by which Polar prevents a dispute",
    disputePrevention,
    {
      ...BARE,
      id: "evt_1",
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 25, 11, 45, 0, 310),
      customer: { id: SAM_ID, email: null },
      payment: RENEWAL,
      refund: "70c2a9e5-8f1d-4e36-b4a7-d958c30e61f2",
      gross: 3_451,
      currency: "EUR",
    },
  ],
  [
    "the end of a subscription",
    revoked,
    {
      ...BARE,
      id: "evt_1",
      type: "cancellation",
      occurred_at: Date.UTC(2026, 2, 17, 10, 2, 11, 532),
      customer: SAM,
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
];

describe("an event", () => {
  test.each(recognized)("is parsed as %s", (_, event, expected) => {
    expect(read(event)).toEqual({ type: (event as { type: string }).type, event_id: "evt_1", events: [expected] });
  });

  const ignored: [string, unknown, RegExp | undefined][] = [
    ["an order that isn't paid yet", { ...orderPending, type: "order.paid" }, /not paid yet/],
    ["a new order", orderPending, /order\.paid/],
    ["a changed order", { ...orderPaid, type: "order.updated" }, /order\.paid/],
    ["a refunded order", { ...orderPaid, type: "order.refunded" }, /refund\.created/],
    ["a free order without a click", changed(trialOrder, { metadata: {}, subscription: null }), /Nothing was paid/],
    ["a subscription without a trial", changed(trialing, { status: "active" }), /no trial/],
    ["a subscription that will end", canceled, /revoked/],
    ["a refund that isn't paid out yet", changed(refund, { status: "pending" }), /is pending/],
    ["a refund of nothing", changed(refund, { amount: 0, tax_amount: 0 }), /Nothing was refunded/],
    ["a type of no interest", { ...orderPaid, type: "benefit.created" }, undefined],
  ];
  test.each(ignored)("is ignored: %s", (_, event, words) => {
    const { events, ignored: reason } = read(event);
    expect(events).toEqual([]);
    if (words === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(words);
  });
});

describe("an order", () => {
  const costing = (amounts: object) => changed(orderPaid, { discount: null, ...amounts });

  test.each([
    ["without tax", { net_amount: 9_900, tax_amount: 0 }, 9_900, 9_900],
    ["with tax included in the price of 99.00", { net_amount: 8_319, tax_amount: 1_581 }, 8_319, 9_900],
    ["with an earlier debt of 5.00", { net_amount: 9_900, tax_amount: 0, applied_balance_amount: 500 }, 9_900, 10_400],
    ["half of it paid by a balance", { net_amount: 1_000, tax_amount: 100, applied_balance_amount: -550 }, 500, 550],
    ["in a currency without decimals", { net_amount: 1_000, tax_amount: 100, currency: "jpy" }, 1_000, 1_100],
    [
      "in UGX, which Stripe has with two decimals",
      { net_amount: 500_000, tax_amount: 0, currency: "ugx" },
      5_000,
      5_000,
    ],
  ])("%s", (_, amounts, amount, gross) => {
    expect(only(costing(amounts))).toMatchObject({ type: "sale", amount, gross });
  });

  test.each([
    ["of 0", { net_amount: 0, tax_amount: 0 }],
    ["paid by a balance", { applied_balance_amount: -10_603 }],
    ["that is a credit of a downgrade", { net_amount: -1_000, tax_amount: -190 }],
    ["of which only the tax was paid", { net_amount: 0, tax_amount: 190 }],
  ])("%s keeps its click and coupon", (_, amounts) => {
    expect(only(changed(orderPaid, amounts))).toMatchObject({ type: "touch", click: CLICK, coupon: "MAYA10" });
    expect(read(changed(costing(amounts), { metadata: {} })).ignored).toMatch(/paid/);
  });

  test("has the click of its metadata, of a custom field, of a link's reference, or of its subscription", () => {
    const bare = { ...renewal.data.subscription, metadata: {} };
    expect(only(changed(renewal, { metadata: { reference_id: CLICK }, subscription: bare }))?.click).toBe(CLICK);
    expect(only(changed(renewal, { metadata: { reference_id: "order 5" }, subscription: bare }))?.click).toBeNull();
    expect(only(changed(renewal, { metadata: { lc_click: "own" } }))?.click).toBe("own");
    expect(only(changed(renewal, { custom_field_data: { lc_click: "field" } }))?.click).toBe("field");
    expect(only(renewal)?.click).toBe(CLICK);
    expect(only(changed(renewal, { subscription: null }))?.click).toBeNull();
  });

  test("can be without a commission", () => {
    expect(only(changed(orderPaid, { metadata: { lc_no_commission: true } }))).toMatchObject({ commissionable: false });
    const quiet = { ...renewal.data.subscription, metadata: { lc_no_commission: "staff" } };
    expect(only(changed(renewal, { subscription: quiet }))).toMatchObject({ commissionable: false });
    expect(only(orderPaid)).not.toHaveProperty("commissionable");
  });

  test("of a subscription that is billed every three months isn't monthly", () => {
    const quarterly = { ...renewal.data.subscription, recurring_interval_count: 3 };
    expect(only(changed(renewal, { subscription: quarterly }))).toMatchObject({
      subscription: monthly,
      plan: { interval: "month", interval_count: 3 },
    });
    expect(only(renewal)).not.toHaveProperty("plan");
  });

  test("is recorded without what it can do without", () => {
    const bare = changed(orderPaid, {
      customer: { ...orderPaid.data.customer, email: "sam at home" },
      product_id: null,
      discount: { code: null },
      metadata: null,
    });
    expect(only({ ...bare, timestamp: "0001-01-01T00:00:00Z" })).toMatchObject({
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 9, 888),
      customer: { id: SAM_ID, email: null, is_email_invalid: true },
      click: null,
      coupon: null,
      product: null,
    });
    for (const shape of [null, 5, {}, []]) {
      const odd = { customer: shape, product_id: {}, discount: shape, metadata: shape, subscription: shape };
      expect(only(changed(orderPaid, odd))).toMatchObject({
        type: "sale",
        customer: { id: SAM_ID, email: null },
        product: null,
        coupon: null,
      });
    }
    expect(only(changed(orderPaid, { customer: null, customer_id: null }))?.customer).toEqual({
      id: null,
      email: null,
    });
    expect(only({ ...changed(orderPaid, { created_at: null }), timestamp: undefined })?.occurred_at).toBeNull();
  });
});

test("the two refunds of a whole order add up to what was paid", () => {
  const rest = changed(refund, { id: "rest", amount: 5_910, tax_amount: 1_123 });
  const refunded = [refund, rest].reduce((sum, event) => sum + (only(event)?.gross ?? 0), 0);
  expect(refunded).toBe(only(orderPaid)?.gross);
});

test.each(["failed", "canceled"])("a refund that %s names the refund, whether it succeeded before or not", (status) => {
  for (const type of ["refund.created", "refund.updated"]) {
    const event = { ...changed(refund, { status }), type };
    expect(only(event)).toMatchObject({ type: "refund_failed", refund: refund.data.id, payment: ORDER });
  }
});

const malformed: [string, unknown][] = [
  ["data.net_amount", changed(orderPaid, { net_amount: "89.10" })],
  ["data.net_amount", changed(orderPaid, { tax_amount: -1 })],
  ["data.tax_amount", changed(orderPaid, { tax_amount: 0.5 })],
  ["data.currency", changed(orderPaid, { currency: "euro" })],
  ["data.paid", changed(orderPaid, { paid: undefined })],
  ["data.id", changed(orderPaid, { id: "" })],
  ["data.order_id", changed(refund, { order_id: null })],
  ["data.amount", changed(refund, { amount: -1 })],
  ["data.status", changed(trialing, { status: undefined })],
  ["data", { ...orderPaid, data: undefined }],
  ["type", { ...orderPaid, type: undefined }],
];
test.each(malformed)("a malformed field is named: %s (%#)", (field, event) => {
  expect(parseFault(polar, requestOf(event))).toEqual({
    status: 422,
    code: codeOfField(field),
    field,
  });
});
