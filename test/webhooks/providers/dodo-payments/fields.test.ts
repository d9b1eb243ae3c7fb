import { describe, expect, test } from "vitest";
import { dodoPayments } from "../../../../src/webhooks/providers/dodo-payments/adapter.ts";
import disputeOpened from "../../../fixtures/dodopayments/dispute-opened.json";
import disputeWon from "../../../fixtures/dodopayments/dispute-won.json";
import purchase from "../../../fixtures/dodopayments/payment-succeeded.json";
import firstPayment from "../../../fixtures/dodopayments/payment-succeeded-subscription.json";
import refund from "../../../fixtures/dodopayments/refund-succeeded.json";
import trial from "../../../fixtures/dodopayments/subscription-active-trial.json";
import renewed from "../../../fixtures/dodopayments/subscription-renewed.json";
import { requestWith } from "../../adapter.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const SAM_ID = "cus_8VbWDk2XqTn4LmRcYs6Pz";

function only(event: unknown) {
  const request = requestWith({ headers: { "webhook-id": "msg_1" }, body: JSON.stringify(event) });
  return dodoPayments.parse(request).events[0];
}

/** The event with its object changed. */
function changed(event: { data: object }, changes: object) {
  return { ...event, data: { ...event.data, ...changes } };
}

describe("a payment", () => {
  test.each([
    ["without tax", { tax: null }, 10_603, "EUR"],
    ["in a currency without minor units", { total_amount: 1_180, tax: 107, currency: "JPY" }, 1_073, "JPY"],
    ["in lower case", { currency: "eur" }, 8_910, "EUR"],
  ])("%s", (_, changes, amount, currency) => {
    expect(only(changed(purchase, changes))).toMatchObject({ type: "sale", amount, currency });
  });

  test.each([
    ["that is free", { total_amount: 0, tax: 0 }],
    ["of which only the tax was paid", { total_amount: 190, tax: 190 }],
  ])("%s keeps its click and coupon", (_, changes) => {
    expect(only(changed(purchase, changes))).toMatchObject({ type: "touch", click: CLICK, coupon: "MAYA10" });
  });

  test("has all of its coupons, or the id of the discount of an older payment", () => {
    const [discount] = purchase.data.discounts;
    const both = { discounts: [discount, { ...discount, code: "SUMMER" }] };
    expect(only(changed(purchase, both))).toMatchObject({ coupon: "MAYA10", coupons: ["MAYA10", "SUMMER"] });
    expect(only(changed(purchase, { discounts: null }))?.coupon).toBe("dsc_3NpLk8VbXq6TsRmYw1GcH");
    expect(only(changed(purchase, { discounts: [], discount_id: null }))?.coupon).toBeNull();
  });

  test("has the click of its metadata, or of a custom field", () => {
    const custom_field_responses = [{ key: "lc_click", value: CLICK }];
    expect(only(changed(purchase, { metadata: {}, custom_field_responses }))?.click).toBe(CLICK);
    expect(only(changed(purchase, { metadata: { lc_click: "own" }, custom_field_responses }))?.click).toBe("own");
    expect(only(changed(purchase, { metadata: null }))?.click).toBeNull();
  });

  test("earns no commission if its metadata says so", () => {
    expect(only(changed(purchase, { metadata: { lc_no_commission: "true" } }))?.commissionable).toBe(false);
    expect(only(purchase)?.commissionable).toBeUndefined();
  });

  test.each([
    ["an invalid email address", { customer: { ...purchase.data.customer, email: "sam@" } }, SAM_ID],
    ["no customer", { customer: null }, null],
    ["an odd cart", { product_cart: "none", discounts: "none" }, SAM_ID],
    ["no time of its own", { created_at: "0001-01-01T00:00:00Z" }, SAM_ID],
  ])("is recorded with %s", (_, changes, customer_id) => {
    expect(only(changed(purchase, changes))).toMatchObject({
      type: "sale",
      amount: 8_910,
      customer: { id: customer_id },
    });
  });

  test("has the time of its object if the event's is absurd", () => {
    const occurred_at = Date.parse(purchase.data.created_at);
    expect(only({ ...purchase, timestamp: "0001-01-01T00:00:00Z" })?.occurred_at).toBe(occurred_at);
  });
});

describe("a subscription", () => {
  test("without a trial gives its product and interval, from before its first payment", () => {
    expect(only(changed(trial, { trial_period_days: 0 }))).toMatchObject({
      type: "touch",
      occurred_at: Date.parse(trial.data.created_at),
      click: CLICK,
      plan: { interval: "month" },
    });
  });

  test.each([
    ["Day", 30, { interval: "day", interval_count: 30 }],
    ["Week", 1, { interval: "week" }],
    ["Month", 3, { interval: "month", interval_count: 3 }],
    ["Year", 1, { interval: "year" }],
  ])("paid every %s × %d", (payment_frequency_interval, payment_frequency_count, plan) => {
    const event = changed(renewed, { payment_frequency_interval, payment_frequency_count });
    expect(only(event)?.plan).toEqual(plan);
    const start = changed(trial, { payment_frequency_interval, payment_frequency_count });
    expect(only(start)?.subscription?.interval).toBe(plan.interval);
  });

  test("of an unknown interval keeps its click", () => {
    const event = only(changed(renewed, { payment_frequency_interval: null }));
    expect(event).toMatchObject({ type: "touch", click: CLICK });
    expect(event?.plan ?? null).toBeNull();
  });

  test("whose plan changes has the new product", () => {
    const event = { ...changed(renewed, { product_id: "pdt_team" }), type: "subscription.plan_changed" };
    expect(only(event)).toMatchObject({ type: "touch", product: "pdt_team", plan: { interval: "month" } });
  });
});

describe("a dispute", () => {
  const withStatus = (dispute_status: string, changes: object = {}) =>
    only(changed(disputeOpened, { dispute_status, ...changes }));

  test.each(["dispute_challenged", "dispute_accepted", "dispute_expired", "dispute_lost"])("%s", (status) => {
    expect(withStatus(status)).toEqual(only(disputeOpened));
  });

  test("that is canceled gives the money back", () => {
    expect(withStatus("dispute_cancelled")).toMatchObject({ type: "chargeback_won", gross: 3_451 });
  });

  test("takes the money of an inquiry that was accepted", () => {
    expect(withStatus("dispute_accepted", { dispute_stage: "pre_dispute" })?.type).toBe("chargeback");
  });

  test.each([
    ["3451", "EUR", 3_451],
    [3_451, "EUR", 3_451],
    ["34.51", "EUR", 3_451],
    ["1180", "JPY", 1_180],
  ])("of %s %s", (amount, currency, gross) => {
    expect(only(changed(disputeOpened, { amount, currency }))).toMatchObject({ gross, currency });
  });

  test("without its customer, as in some versions of the SDK", () => {
    const { customer: _, reason: __, payment_provider: ___, ...data } = disputeWon.data;
    expect(only({ ...disputeWon, data })).toMatchObject({
      type: "chargeback_won",
      customer: { id: null, email: null },
    });
  });
});

test("a refund without its currency says so", () => {
  expect(only(changed(refund, { currency: null }))).toBeUndefined();
  expect(only(changed(firstPayment, { subscription_id: null }))?.subscription).toBeNull();
});
