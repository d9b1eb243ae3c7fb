import { describe, expect, test } from "vitest";
import { Problem } from "../../../../src/lib/problem.ts";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { lemonSqueezy } from "../../../../src/webhooks/providers/lemon-squeezy/adapter.ts";
import orderCreated from "../../../fixtures/lemonsqueezy/order-created.json";
import orderCreatedFree from "../../../fixtures/lemonsqueezy/order-created-free.json";
import orderCreatedPending from "../../../fixtures/lemonsqueezy/order-created-pending.json";
import orderRefundedPartly from "../../../fixtures/lemonsqueezy/order-refunded-partly.json";
import orderRefundedWholly from "../../../fixtures/lemonsqueezy/order-refunded-wholly.json";
import subscriptionCancelled from "../../../fixtures/lemonsqueezy/subscription-cancelled.json";
import subscriptionCreated from "../../../fixtures/lemonsqueezy/subscription-created.json";
import subscriptionOnTrial from "../../../fixtures/lemonsqueezy/subscription-created-on-trial.json";
import subscriptionExpired from "../../../fixtures/lemonsqueezy/subscription-expired.json";
import initialRefunded from "../../../fixtures/lemonsqueezy/subscription-payment-refunded-initial.json";
import renewalRefunded from "../../../fixtures/lemonsqueezy/subscription-payment-refunded-renewal.json";
import renewalPaid from "../../../fixtures/lemonsqueezy/subscription-payment-success-renewal.json";
import updatePaid from "../../../fixtures/lemonsqueezy/subscription-payment-success-updated.json";
import { parseFault, requestWith } from "../../adapter.ts";

const CLICK = "AZtYv3k9Q7Xr2mN8pLw4sd6fGh1jKb5cTzUe0oRiA_7";
const MIRA = { customer: { id: "4471902", email: "mira.kovac@example.com" }, account: "51723" };

const bodyOf = (fixture: unknown) => requestWith({ body: JSON.stringify(fixture) });
const read = (fixture: unknown) => lemonSqueezy.parse(bodyOf(fixture));

/** A fixture with other attributes, or other metadata. */
function changed(
  fixture: { meta: object; data: { attributes: object } },
  attributes: Record<string, unknown>,
  meta: Record<string, unknown> = {},
) {
  const { data } = fixture;
  return {
    meta: { ...fixture.meta, ...meta },
    data: { ...data, attributes: { ...data.attributes, ...attributes } },
  };
}

const RENEWED = { ...MIRA, click: CLICK, currency: "EUR", subscription: { id: "1126309", interval: null } };
const REFUND = {
  cumulative: true,
  ...MIRA,
  type: "refund",
  currency: "EUR",
} as const;

const events: [string, unknown, ProviderEvent[]][] = [
  [
    "a paid order as a sale without its VAT",
    orderCreated,
    [
      providerEvent({
        ...MIRA,
        id: "order_created:5294423",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 3, 10, 2, 11),
        click: CLICK,
        payment: "order-5294423",
        amount: 1_900,
        gross: 2_280,
        currency: "EUR",
        product: "491425",
      }),
    ],
  ],
  [
    "a free order with its click",
    orderCreatedFree,
    [
      providerEvent({
        id: "order_created:5301188",
        type: "touch",
        occurred_at: Date.UTC(2026, 0, 4, 19, 20),
        customer: { id: "4480017", email: "jonas.weiss@example.com" },
        click: CLICK,
        account: "51723",
      }),
    ],
  ],
  [
    "a subscription: the other name of its order's payment, which is its first",
    subscriptionCreated,
    [
      providerEvent({
        ...MIRA,
        id: "subscription_created:1126309",
        type: "alias",
        occurred_at: Date.UTC(2026, 0, 3, 10, 2, 14),
        payment: "order-5294423",
        aliases: ["subscription-1126309-first"],
      }),
      providerEvent({
        ...MIRA,
        id: "subscription_created:1126309:order",
        type: "touch",
        occurred_at: Date.UTC(2026, 0, 3, 10, 2, 14),
        payment: "order-5294423",
        subscription: { id: "1126309", interval: null },
      }),
      providerEvent({
        ...MIRA,
        id: "subscription_created:1126309:plan",
        type: "touch",
        // Before the order that started it.
        occurred_at: Date.UTC(2026, 0, 3, 9, 2, 14),
        product: "491425",
        subscription: { id: "1126309", interval: null },
        plan: { interval: "month" },
      }),
    ],
  ],
  [
    "a trial",
    subscriptionOnTrial,
    [
      providerEvent({
        id: "subscription_created:1131970",
        type: "trial",
        occurred_at: Date.UTC(2026, 0, 4, 19, 20, 2),
        customer: { id: "4480017", email: "jonas.weiss@example.com" },
        click: CLICK,
        product: "491425",
        subscription: { id: "1131970", interval: null },
        account: "51723",
      }),
      providerEvent({
        id: "subscription_created:1131970:order",
        type: "touch",
        occurred_at: Date.UTC(2026, 0, 4, 19, 20, 2),
        customer: { id: "4480017", email: "jonas.weiss@example.com" },
        payment: "order-5301188",
        subscription: { id: "1131970", interval: null, starts_trial: true },
        account: "51723",
      }),
      providerEvent({
        id: "subscription_created:1131970:trial_end",
        type: "alias",
        occurred_at: Date.UTC(2026, 0, 4, 19, 20, 2),
        customer: { id: "4480017", email: "jonas.weiss@example.com" },
        subscription: { id: "1131970", interval: null },
        related: ["subscription-1131970-trial-20471"],
        account: "51723",
      }),
    ],
  ],
  [
    "a renewal",
    renewalPaid,
    [
      providerEvent({
        ...RENEWED,
        id: "subscription_payment_success:3311842",
        type: "sale",
        occurred_at: Date.UTC(2026, 1, 3, 10, 2, 30),
        payment: "invoice-3311842",
        amount: 2_400,
        gross: 2_880,
      }),
    ],
  ],
  [
    "an upgrade",
    updatePaid,
    [
      providerEvent({
        ...RENEWED,
        id: "subscription_payment_success:3340926",
        type: "sale",
        occurred_at: Date.UTC(2026, 1, 10, 15),
        payment: "invoice-3340926",
        amount: 1_200,
        gross: 1_440,
      }),
    ],
  ],
  [
    "a partial refund, at the time of its update",
    orderRefundedPartly,
    [
      providerEvent({
        ...REFUND,
        id: "order_refunded:5294423:1000",
        occurred_at: Date.UTC(2026, 0, 9, 8, 30),
        payment: "order-5294423",
        refund: "total:1000",
        gross: 1_000,
      }),
    ],
  ],
  [
    "a further refund by the total refunded so far",
    orderRefundedWholly,
    [
      providerEvent({
        ...REFUND,
        id: "order_refunded:5294423:2280",
        occurred_at: Date.UTC(2026, 0, 12, 16, 45, 20),
        payment: "order-5294423",
        refund: "total:2280",
        gross: 2_280,
      }),
    ],
  ],
  [
    "the same refund by the first invoice: the same name, of the payment's other name",
    initialRefunded,
    [
      providerEvent({
        ...REFUND,
        id: "subscription_payment_refunded:3095117:2280",
        occurred_at: Date.UTC(2026, 0, 12, 16, 45, 20),
        payment: "subscription-1126309-first",
        refund: "total:2280",
        gross: 2_280,
        subscription: { id: "1126309", interval: null },
      }),
    ],
  ],
  [
    "a partial refund of a renewal",
    renewalRefunded,
    [
      providerEvent({
        ...REFUND,
        id: "subscription_payment_refunded:3311842:1440",
        occurred_at: Date.UTC(2026, 1, 5, 11, 10),
        payment: "invoice-3311842",
        refund: "total:1440",
        gross: 1_440,
        subscription: { id: "1126309", interval: null },
      }),
    ],
  ],
  [
    "an end",
    subscriptionExpired,
    [
      providerEvent({
        ...MIRA,
        id: "subscription_expired:1126309",
        type: "cancellation",
        occurred_at: Date.UTC(2026, 2, 3, 10, 2, 8),
        subscription: { id: "1126309", interval: null },
      }),
    ],
  ],
];

describe("events", () => {
  test.each(events)("%s", (_, fixture, expected) => {
    expect(read(fixture).events).toEqual(expected);
  });

  test("carry the provider's name and id", () => {
    expect(read(orderCreated)).toMatchObject({
      type: "order_created",
      event_id: "a1b13850-c312-484b-b4bc-5d82b09cdcde",
    });
  });

  test("of other types are ignored", () => {
    expect(read(subscriptionCancelled)).toEqual({
      type: "subscription_cancelled",
      event_id: "e51c3c63-1e86-4b24-8fae-8a4d6c0b5d2f",
      events: [],
    });
    expect(read({ meta: { event_name: "constructor" } }).events).toEqual([]);
  });

  const silent: [string, unknown, string][] = [
    ["an unpaid order", orderCreatedPending, "The order is pending."],
    ["an invoice of zero", changed(renewalPaid, { total: 0, tax: 0 }), "Nothing was paid."],
    ["an unpaid invoice", changed(renewalPaid, { status: "void" }), "The invoice is void."],
    ["a free order without a click", changed(orderCreatedFree, {}, { custom_data: [] }), "The order was free."],
  ];
  test.each(silent)("from %s are ignored with the reason", (_, fixture, ignored) => {
    expect(read(fixture)).toMatchObject({ events: [], ignored });
  });

  test("are the same when redelivered with another id", () => {
    const again = changed(orderCreated, {}, { webhook_id: "00000000-0000-4000-8000-000000000000" });
    expect(read(again).events).toEqual(read(orderCreated).events);
  });

  test("in test mode are marked by the delivery or by the object", () => {
    expect(read(changed(orderCreated, {}, { test_mode: true })).events).toMatchObject([{ test: true }]);
    const old = changed(renewalPaid, { test_mode: true }, { test_mode: undefined });
    expect(read(old).events).toMatchObject([{ test: true }]);
  });

  test.each([
    ["JPY", 1_980, 180],
    ["KWD", 19_800, 1_800],
    ["TND", 19_800, 1_800],
  ])("in %s use its minor units", (currency, total, tax) => {
    expect(read(changed(orderCreated, { currency, total, tax })).events).toMatchObject([
      { currency, gross: total, amount: total - tax },
    ]);
  });

  test("with an invalid email belong to the customer with the id", () => {
    const [event] = read(changed(orderCreated, { user_email: "nobody" })).events;
    expect(event?.customer).toEqual({ id: "4471902", email: null, is_email_invalid: true });
  });
});

test("without a valid time, another time takes its place", () => {
  const timeOf = (fixture: unknown) => read(fixture).events[0]?.occurred_at;
  expect(timeOf(changed(orderCreated, { created_at: "0001-01-01T00:00:00Z" }))).toBeNull();
  const { updated_at } = subscriptionExpired.data.attributes;
  expect(timeOf(changed(subscriptionExpired, { ends_at: "soon" }))).toBe(Date.parse(updated_at));
});

describe("an unknown shape", () => {
  const faults: [string, unknown, string][] = [
    ["no total", changed(orderCreated, { total: undefined }), "data.attributes.total"],
    ["a fraction of a cent", changed(orderCreated, { total: 19.99 }), "data.attributes.total"],
    ["more tax than total", changed(orderCreated, { tax: 5_000 }), "data.attributes.tax"],
    ["an unknown currency", changed(renewalPaid, { currency: "XYZ" }), "data.attributes.currency"],
    ["no customer", changed(orderCreated, { customer_id: null }), "data.attributes.customer_id"],
    ["a refund of zero", changed(orderRefundedPartly, { refunded_amount: 0 }), "data.attributes.refunded_amount"],
    ["no order", changed(subscriptionCreated, { order_id: undefined }), "data.attributes.order_id"],
    ["no subscription", changed(renewalRefunded, { subscription_id: "" }), "data.attributes.subscription_id"],
    ["no name", { meta: {} }, "meta.event_name"],
  ];
  test.each(faults)("(%s) names the field", (_, fixture, field) => {
    expect(parseFault(lemonSqueezy, bodyOf(fixture))).toMatchObject({ status: 422, field });
  });

  test("that is not JSON is refused", () => {
    expect(parseFault(lemonSqueezy, requestWith({ body: "{" }))).toMatchObject({ status: 422, code: "invalid_json" });
  });
});

test("an accepted event gets the status 200 that Lemon Squeezy expects, and a refusal does not", () => {
  const outcome = { conversion: null, attributed_to: null, reason: "payment_unknown", problem: null };
  expect(lemonSqueezy.answer?.({ ...outcome, status: "waiting" }, requestWith())).toMatchObject({ status: 200 });
  expect(lemonSqueezy.answer?.({ ...outcome, status: "recorded" }, requestWith())).toBeNull();
  const problem = new Problem(422, "invalid_total", "total is missing.");
  expect(lemonSqueezy.answer?.({ ...outcome, status: "refused", problem }, requestWith())).toBeNull();
});
