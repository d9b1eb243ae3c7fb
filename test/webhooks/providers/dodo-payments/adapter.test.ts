import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { dodoPayments } from "../../../../src/webhooks/providers/dodo-payments/adapter.ts";
import disputeOpened from "../../../fixtures/dodopayments/dispute-opened.json";
import disputeWon from "../../../fixtures/dodopayments/dispute-won.json";
import purchase from "../../../fixtures/dodopayments/payment-succeeded.json";
import renewal from "../../../fixtures/dodopayments/payment-succeeded-renewal.json";
import firstPayment from "../../../fixtures/dodopayments/payment-succeeded-subscription.json";
import refundFailed from "../../../fixtures/dodopayments/refund-failed.json";
import refund from "../../../fixtures/dodopayments/refund-succeeded.json";
import trial from "../../../fixtures/dodopayments/subscription-active-trial.json";
import cancelled from "../../../fixtures/dodopayments/subscription-cancelled.json";
import renewed from "../../../fixtures/dodopayments/subscription-renewed.json";
import { parseFault, requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const SAM = { id: "cus_8VbWDk2XqTn4LmRcYs6Pz", email: "sam@customer.example" };
const SUBSCRIPTION = { id: "sub_5RkXw7LqVn3TbYmcPs9Gd", interval: null };
const PRO = "pdt_2VrGd6JkWq8NsXbMy4ThL";
const PURCHASE = "pay_4RbXk7LqVn2TmWcYs8PzH";
const FIRST_PAYMENT = "pay_7LbXk3QqVn8TmWcRy2PzH";

const requestOf = (event: unknown) => requestWith({ headers: { "webhook-id": "msg_1" }, body: JSON.stringify(event) });
const read = (event: unknown) => dodoPayments.parse(requestOf(event));
const only = (event: unknown) => read(event).events[0];

/** The event with its object changed. */
function changed(event: { data: object }, changes: object) {
  return { ...event, data: { ...event.data, ...changes } };
}

const recognized: [string, unknown, ProviderEvent][] = [
  [
    "a purchase of 99.00 with 10 % off, and tax",
    purchase,
    {
      ...BARE,
      id: "msg_1",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 12, 975),
      customer: SAM,
      click: CLICK,
      coupon: "MAYA10",
      payment: PURCHASE,
      amount: 8_910,
      gross: 10_603,
      currency: "EUR",
      product: "pdt_7HbNw2QkXvT5mRcLs9PzY",
    },
  ],
  [
    "a trial, which ends hours before the first payment",
    trial,
    {
      ...BARE,
      id: "msg_1",
      type: "trial",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 11, 532),
      customer: SAM,
      click: CLICK,
      product: PRO,
      subscription: {
        id: SUBSCRIPTION.id,
        interval: "month",
        trial_ends_at: Date.UTC(2026, 0, 17, 4, 2, 11, 532),
      },
    },
  ],
  [
    "the first payment after a trial",
    firstPayment,
    {
      ...BARE,
      id: "msg_1",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 17, 10, 3, 0, 104),
      customer: SAM,
      click: CLICK,
      payment: FIRST_PAYMENT,
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      subscription: SUBSCRIPTION,
    },
  ],
  [
    "a renewal",
    renewal,
    {
      ...BARE,
      id: "msg_1",
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 17, 10, 3, 0, 184),
      customer: SAM,
      click: CLICK,
      payment: "pay_5TnXk9LqVb4MsWcRy7PzH",
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      subscription: SUBSCRIPTION,
    },
  ],
  [
    "the product and interval of that renewal",
    renewed,
    {
      ...BARE,
      id: "msg_1",
      type: "touch",
      occurred_at: Date.UTC(2026, 1, 17, 9, 53, 0, 201),
      customer: SAM,
      click: CLICK,
      product: PRO,
      subscription: SUBSCRIPTION,
      plan: { interval: "month" },
    },
  ],
  [
    "a partial refund",
    refund,
    {
      ...BARE,
      id: "msg_1",
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 5, 14, 20, 30, 988),
      customer: SAM,
      payment: PURCHASE,
      refund: "ref_2TnXw5LqKb9VmRcYs6PzG",
      gross: 3_570,
      currency: "EUR",
    },
  ],
  [
    "a refund that failed",
    refundFailed,
    {
      ...BARE,
      id: "msg_1",
      type: "refund_failed",
      occurred_at: Date.UTC(2026, 0, 5, 15, 1, 10, 330),
      customer: SAM,
      payment: PURCHASE,
      refund: "ref_2TnXw5LqKb9VmRcYs6PzG",
      gross: 3_570,
      currency: "EUR",
    },
  ],
  [
    "a dispute",
    disputeOpened,
    {
      ...BARE,
      id: "msg_1",
      type: "chargeback",
      occurred_at: Date.UTC(2026, 0, 25, 11, 45, 0, 310),
      customer: SAM,
      payment: FIRST_PAYMENT,
      refund: "dsp_7KbXw2LqTn4VmRcYs8PzG",
      gross: 3_451,
      currency: "EUR",
    },
  ],
  [
    "a dispute that was won",
    disputeWon,
    {
      ...BARE,
      id: "msg_1",
      type: "chargeback_won",
      occurred_at: Date.UTC(2026, 1, 10, 9, 12, 44, 602),
      customer: SAM,
      payment: FIRST_PAYMENT,
      refund: "dsp_7KbXw2LqTn4VmRcYs8PzG",
      gross: 3_451,
      currency: "EUR",
    },
  ],
  [
    "the end of a subscription",
    cancelled,
    {
      ...BARE,
      id: "msg_1",
      type: "cancellation",
      occurred_at: Date.UTC(2026, 1, 20, 8, 0, 0, 120),
      customer: SAM,
      subscription: SUBSCRIPTION,
    },
  ],
];

describe("an event", () => {
  test.each(recognized)("is parsed as %s", (_, event, expected) => {
    const { type } = event as { type: string };
    expect(read(event)).toEqual({ type, event_id: "msg_1", events: [expected] });
  });

  const bare = { metadata: {}, discounts: [], discount_id: null };
  const ignored: [string, unknown, RegExp | undefined][] = [
    ["a free purchase without a click", changed(purchase, { ...bare, total_amount: 0, tax: 0 }), /Nothing was paid/],
    ["a new card", changed(firstPayment, { is_update_payment_method: true, total_amount: 0, tax: 0 }), /method/],
    ["a payment in progress", { ...purchase, type: "payment.processing" }, /payment\.succeeded/],
    ["an unknown interval", changed(renewed, { ...bare, payment_frequency_interval: null }), /interval/],
    ["a planned end", changed(cancelled, { status: "active" }), /still active/],
    ["a refund in review", changed(refund, { status: "review" }), /review/],
    ["a refund without its amount", changed(refund, { amount: null }), /does not say/],
    ["an inquiry", changed(disputeOpened, { dispute_stage: "pre_dispute" }), /inquiry/],
    ["a type of no interest", { ...trial, type: "subscription.on_hold" }, undefined],
  ];
  test.each(ignored)("is ignored: %s", (_, event, words) => {
    const { events, ignored: reason } = read(event);
    expect(events).toEqual([]);
    if (words === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(words);
  });
});

const malformed: [string, unknown][] = [
  ["data.payment_id", changed(purchase, { payment_id: "" })],
  ["data.total_amount", changed(purchase, { total_amount: "106.03" })],
  ["data.tax", changed(purchase, { tax: 10_604 })],
  ["data.currency", changed(purchase, { currency: "euro" })],
  ["data.subscription_id", changed(cancelled, { subscription_id: null })],
  ["data.refund_id", changed(refund, { refund_id: undefined })],
  ["data.amount", changed(refund, { amount: -1 })],
  ["data.amount", changed(disputeOpened, { amount: "a lot" })],
  ["data.dispute_id", changed(disputeOpened, { dispute_id: undefined })],
  ["data", { ...purchase, data: undefined }],
  ["type", { ...purchase, type: undefined }],
];
test.each(malformed)("a malformed field is named: %s (%#)", (field, event) => {
  expect(parseFault(dodoPayments, requestOf(event))).toEqual({
    status: 422,
    code: codeOfField(field),
    field,
  });
});

test("refunds of both parts add up to what was paid", () => {
  const rest = changed(refund, { refund_id: "ref_2", amount: 7_033, is_partial: true });
  const refunded = [refund, rest].reduce((sum, event) => sum + (only(event)?.gross ?? 0), 0);
  expect(refunded).toBe(only(purchase)?.gross);
});
