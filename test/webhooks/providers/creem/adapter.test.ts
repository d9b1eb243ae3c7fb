import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { creem } from "../../../../src/webhooks/providers/creem/adapter.ts";
import completed from "../../../fixtures/creem/checkout-completed.json";
import subscribed from "../../../fixtures/creem/checkout-completed-subscription.json";
import dispute from "../../../fixtures/creem/dispute-created.json";
import refund from "../../../fixtures/creem/refund-created.json";
import canceled from "../../../fixtures/creem/subscription-canceled.json";
import expired from "../../../fixtures/creem/subscription-expired.json";
import paid from "../../../fixtures/creem/subscription-paid.json";
import renewal from "../../../fixtures/creem/subscription-paid-renewal.json";
import trialing from "../../../fixtures/creem/subscription-trialing.json";
import { parseFault, requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const SAM = { id: "cust_4Qm8ZcVx1TnLp7RbYwKe2s", email: "sam@customer.example" };
const SUBSCRIPTION = "sub_6WkNq3XbTv8LmRcYs5PzGd";
const PRO = "prod_2VrGd6JkWq8NsXbMy4ThLc";
const monthly = { id: SUBSCRIPTION, interval: "month" };

const requestOf = (event: unknown) => requestWith({ body: JSON.stringify(event) });
const read = (event: unknown) => creem.parse(requestOf(event));
const only = (event: unknown) => read(event).events[0];

/** The event with its object changed. */
function changed(event: { object: object }, changes: object) {
  return { ...event, object: { ...event.object, ...changes } };
}

/** A purchase with its order changed. */
const ordering = (changes: object) => changed(completed, { order: { ...completed.object.order, ...changes } });

/** A payment of a subscription with its transaction changed. */
const paying = (changes: object) =>
  changed(paid, { last_transaction: { ...paid.object.last_transaction, ...changes } });

const recognized: [string, unknown, ProviderEvent][] = [
  [
    "a purchase of 99.00 with 10 % off, and tax",
    completed,
    {
      ...BARE,
      id: "evt_4RbXk7LqVn2TmWcYs8PzHd",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 12, 975),
      customer: SAM,
      click: CLICK,
      coupon: "MAYA10",
      payment: "tran_5GxRw9KqLm2NvTbYc7ZpJs",
      aliases: ["ord_6TkXw4PzQn1LcVbRm8YsHd"],
      amount: 8_910,
      gross: 10_603,
      currency: "EUR",
      product: "prod_7HbNw2QkXvT5mRcLs9PzYa",
    },
  ],
  [
    "the checkout of a subscription, with its click",
    subscribed,
    {
      ...BARE,
      id: "evt_8VbLk2XqTn4MsWcRy6PzHd",
      type: "touch",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 12, 40),
      customer: SAM,
      click: CLICK,
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
  [
    "a trial",
    trialing,
    {
      ...BARE,
      id: "evt_2KxQm6VbTn9LsWcRy4PzHd",
      type: "trial",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 11, 532),
      customer: SAM,
      click: CLICK,
      product: PRO,
      subscription: monthly,
    },
  ],
  [
    "the first payment after a trial",
    paid,
    {
      ...BARE,
      id: "evt_7LbXk3QqVn8TmWcRy2PzHd",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 17, 10, 3, 0, 104),
      customer: SAM,
      click: CLICK,
      payment: "tran_3QkXw7LbTn5VmRcYs9PzGd",
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      product: PRO,
      subscription: monthly,
    },
  ],
  [
    "a renewal",
    renewal,
    {
      ...BARE,
      id: "evt_5TnXk9LqVb4MsWcRy7PzHd",
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 17, 10, 3, 0, 201),
      customer: SAM,
      click: CLICK,
      payment: "tran_1VbXw6LqTn9KmRcYs4PzGd",
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      product: PRO,
      subscription: monthly,
    },
  ],
  [
    "a partial refund of a purchase",
    refund,
    {
      ...BARE,
      id: "evt_6WcXk1LqTn3VmRbYs8PzHd",
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 5, 14, 20, 30, 988),
      customer: SAM,
      payment: "tran_5GxRw9KqLm2NvTbYc7ZpJs",
      aliases: ["ord_6TkXw4PzQn1LcVbRm8YsHd"],
      refund: "ref_2TnXw5LqKb9VmRcYs6PzGd",
      gross: 3_570,
      currency: "EUR",
    },
  ],
  [
    "a dispute of a subscription's payment",
    dispute,
    {
      ...BARE,
      id: "evt_1RcXk6LqVn2TbWmYs5PzHd",
      type: "chargeback",
      occurred_at: Date.UTC(2026, 0, 25, 11, 45, 0, 310),
      customer: SAM,
      payment: "tran_3QkXw7LbTn5VmRcYs9PzGd",
      refund: "disp_7KbXw2LqTn4VmRcYs8PzGd",
      gross: 3_451,
      currency: "EUR",
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
  [
    "the end of a subscription",
    canceled,
    {
      ...BARE,
      id: "evt_9QbXk4LqTn7VmWcRy3PzHd",
      type: "cancellation",
      occurred_at: Date.UTC(2026, 1, 20, 8, 0, 0, 120),
      customer: SAM,
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
];

describe("an event", () => {
  test.each(recognized)("is parsed as %s", (_, event, expected) => {
    const { id, eventType } = event as { id: string; eventType: string };
    expect(read(event)).toEqual({ type: eventType, event_id: id, events: [expected] });
  });

  const ignored: [string, unknown, RegExp | undefined][] = [
    ["a subscription's checkout without a click", changed(subscribed, { metadata: {}, subscription: "sub_1" }), /paid/],
    ["a purchase that isn't paid yet", changed(ordering({ status: "pending" }), bare()), /not paid yet/],
    ["a free purchase without a click", changed(ordering({ amount_paid: 0, tax_amount: 0 }), bare()), /Nothing/],
    ["a payment without its transaction", changed(paid, { last_transaction: null, metadata: {} }), /does not say/],
    ["a new subscription", { ...paid, eventType: "subscription.active" }, /subscription\.paid/],
    ["a planned end", { ...canceled, eventType: "subscription.scheduled_cancel" }, /subscription\.canceled/],
    ["a period without a payment", expired, /retried/],
    ["a refund of nothing", changed(refund, { refund_amount: 0 }), /Nothing was refunded/],
    ["a type of no interest", { ...paid, eventType: "subscription.update" }, undefined],
  ];
  test.each(ignored)("is ignored: %s", (_, event, words) => {
    const { events, ignored: reason } = read(event);
    expect(events).toEqual([]);
    if (words === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(words);
  });
});

/** Nothing that a touch is made from. */
function bare() {
  return { metadata: {}, discount: null };
}

describe("a refund", () => {
  test.each(["succeeded", "pending", "requiresAction"])(
    "that is %s counts, because no other event follows",
    (status) => {
      expect(only(changed(refund, { status }))).toMatchObject({ type: "refund", gross: 3_570 });
    },
  );

  test.each(["failed", "canceled"])("that %s is stated as such", (status) => {
    expect(only(changed(refund, { status }))).toMatchObject({
      type: "refund_failed",
      occurred_at: refund.created_at,
      refund: refund.object.id,
    });
  });

  test("and another one of the rest add up to what was paid", () => {
    const rest = changed(refund, { id: "ref_2", refund_amount: 7_033 });
    const refunded = [refund, rest].reduce((sum, event) => sum + (only(event)?.gross ?? 0), 0);
    expect(refunded).toBe(only(completed)?.gross);
  });
});

const malformed: [string, unknown][] = [
  ["object.order.amount_paid", ordering({ amount_paid: "106.03" })],
  ["object.order.tax_amount", ordering({ tax_amount: 10_604 })],
  ["object.order.currency", ordering({ currency: "euro" })],
  ["object.last_transaction.amount_paid", paying({ amount_paid: null })],
  ["object.last_transaction.tax_amount", paying({ tax_amount: 3_452 })],
  ["object.last_transaction.id", paying({ id: "" })],
  ["object.refund_amount", changed(refund, { refund_amount: -1 })],
  ["object.transaction", changed(dispute, { transaction: undefined })],
  ["object", { ...paid, object: undefined }],
  ["id", { ...paid, id: undefined }],
  ["eventType", { ...paid, eventType: undefined }],
];
test.each(malformed)("a malformed field is named: %s (%#)", (field, event) => {
  expect(parseFault(creem, requestOf(event))).toEqual({
    status: 422,
    code: codeOfField(field),
    field,
  });
});
