import { describe, expect, test } from "vitest";
import { creem } from "../../../../src/webhooks/providers/creem/adapter.ts";
import completed from "../../../fixtures/creem/checkout-completed.json";
import dispute from "../../../fixtures/creem/dispute-created.json";
import refund from "../../../fixtures/creem/refund-created.json";
import canceled from "../../../fixtures/creem/subscription-canceled.json";
import paid from "../../../fixtures/creem/subscription-paid.json";
import trialing from "../../../fixtures/creem/subscription-trialing.json";
import { requestWith } from "../../adapter.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const SAM_ID = "cust_4Qm8ZcVx1TnLp7RbYwKe2s";
const SUBSCRIPTION = "sub_6WkNq3XbTv8LmRcYs5PzGd";
const PRO = "prod_2VrGd6JkWq8NsXbMy4ThLc";
const monthly = { id: SUBSCRIPTION, interval: "month" };

const only = (event: unknown) => creem.parse(requestWith({ body: JSON.stringify(event) })).events[0];

/** The event with its object changed. */
function changed(event: { object: object }, changes: object) {
  return { ...event, object: { ...event.object, ...changes } };
}

/** A purchase with its order changed. */
const ordering = (changes: object) => changed(completed, { order: { ...completed.object.order, ...changes } });

/** A payment of a subscription with its transaction changed. */
const paying = (changes: object) =>
  changed(paid, { last_transaction: { ...paid.object.last_transaction, ...changes } });

describe("a purchase", () => {
  test.each([
    ["with tax included in the price of 99.00", { amount_paid: 9_900, tax_amount: 1_581 }, 8_319, 9_900],
    ["without tax", { amount_paid: 9_900, tax_amount: null }, 9_900, 9_900],
    ["of which only the amount without tax is known", { amount: 9_900, amount_paid: undefined }, 9_900, null],
  ])("%s", (_, order, amount, gross) => {
    expect(only(ordering(order))).toMatchObject({ type: "sale", amount, gross });
  });

  test.each([
    ["that is free", { amount_paid: 0, tax_amount: 0 }],
    ["of which only the tax was paid", { amount_paid: 190, tax_amount: 190 }],
    ["that isn't paid yet", { status: "pending" }],
  ])("%s keeps its click and coupon", (_, order) => {
    expect(only(ordering(order))).toMatchObject({ type: "touch", click: CLICK, coupon: "MAYA10", payment: null });
  });

  test("without its transaction is named by its order, which the refund names too", () => {
    expect(only(ordering({ transaction: null }))).toMatchObject({ payment: completed.object.order.id, aliases: [] });
    expect(only(refund)?.aliases).toContain(completed.object.order.id);
  });

  test("has the click of its metadata, or of its request id", () => {
    const request = { metadata: {}, request_id: CLICK };
    expect(only(changed(completed, request))?.click).toBe(CLICK);
    expect(only(changed(completed, { ...request, request_id: "order-1042" }))?.click).toBeNull();
    expect(only(changed(completed, { ...request, metadata: { lc_click: "own" } }))?.click).toBe("own");
  });

  test.each(["discount_code", "discountCode", "code"])("has the coupon that is named %s", (name) => {
    expect(only(changed(completed, { discount: { [name]: "MAYA10" } }))?.coupon).toBe("MAYA10");
  });
});

describe("a payment of a subscription", () => {
  test.each([
    ["with a discount", { amount: 2_900, discount_amount: 900, tax_amount: 380, amount_paid: 2_380 }, 2_000, 2_380],
    ["with tax included in the price", { amount_paid: 2_900, tax_amount: 463 }, 2_437, 2_900],
  ])("%s", (_, transaction, amount, gross) => {
    expect(only(paying(transaction))).toMatchObject({ type: "sale", amount, gross });
  });

  test("that a discount covers keeps its click", () => {
    expect(only(paying({ amount_paid: 0, tax_amount: 0 }))).toMatchObject({ type: "touch", click: CLICK });
  });

  test("during its trial pays for the trial", () => {
    expect(only(changed(paid, { status: "trialing" }))?.subscription).toEqual({ ...monthly, starts_trial: true });
  });

  test("doesn't share the id of its order with the other payments", () => {
    expect(only(paid)?.aliases).toEqual([]);
    expect(only(dispute)?.aliases).toEqual([]);
  });

  test.each([
    ["every-day", { interval: "day" }],
    ["every-month", { interval: "month" }],
    ["every-three-months", { interval: "month", interval_count: 3 }],
    ["every-six-months", { interval: "month", interval_count: 6 }],
    ["every-year", { interval: "year" }],
  ])("is billed %s", (billing_period, plan) => {
    const { subscription, plan: more } = only(changed(paid, { product: { id: PRO, billing_period } })) ?? {};
    expect({ interval: subscription?.interval, ...more }).toEqual(plan);
  });

  test("is billed as its product says, or as the period that was paid for is long", () => {
    const custom = { id: PRO, billing_period: "custom", recurring_interval: "month", recurring_interval_count: 2 };
    expect(only(changed(paid, { product: custom }))?.plan).toEqual({ interval: "month", interval_count: 2 });
    expect(only(changed(paid, { product: PRO }))).toMatchObject({ product: PRO, subscription: monthly });
    expect(only(changed(trialing, { product: PRO }))?.subscription).toEqual({ id: SUBSCRIPTION, interval: null });
  });
});

test.each([
  ["test", true],
  ["sandbox", true],
  ["local", true],
  ["prod", false],
  [undefined, false],
])("the mode %s is a test: %s", (mode, test) => {
  for (const event of [completed, paid, trialing, canceled, refund, dispute]) {
    expect(only(changed(event, { mode }))?.test).toBe(test);
  }
});

test("a sale can be without a commission", () => {
  const metadata = { lc_click: CLICK, lc_no_commission: "1" };
  for (const event of [completed, paid]) {
    expect(only(changed(event, { metadata }))).toMatchObject({ type: "sale", commissionable: false });
    expect(only(event)).not.toHaveProperty("commissionable");
  }
});

test("a sale is recorded without what it can do without", () => {
  const customer = { ...completed.object.customer, email: "sam at home" };
  expect(only({ ...changed(completed, { customer, product: null }), created_at: -1 })).toMatchObject({
    type: "sale",
    occurred_at: null,
    customer: { id: SAM_ID, email: null, is_email_invalid: true },
    product: null,
  });
  const byId = { customer: SAM_ID, last_transaction: { ...paid.object.last_transaction, created_at: "never" } };
  expect(only(changed(paid, byId))).toMatchObject({
    type: "sale",
    occurred_at: Date.UTC(2026, 0, 17, 10, 3, 42, 330),
    customer: { id: SAM_ID, email: null },
  });
  for (const shape of [null, 5, {}, []]) {
    const odd = changed(completed, { customer: shape, product: shape, discount: shape, metadata: shape });
    expect(only(odd)).toMatchObject({ type: "sale", customer: { id: null, email: null }, product: null, coupon: null });
  }
});
