import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { revenuecat } from "../../../../src/webhooks/providers/revenuecat/adapter.ts";
import refund from "../../../fixtures/revenuecat/cancellation-refund.json";
import unsubscribed from "../../../fixtures/revenuecat/cancellation-unsubscribe.json";
import expiration from "../../../fixtures/revenuecat/expiration.json";
import trial from "../../../fixtures/revenuecat/initial-purchase-trial.json";
import purchase from "../../../fixtures/revenuecat/non-renewing-purchase.json";
import reversed from "../../../fixtures/revenuecat/refund-reversed.json";
import renewal from "../../../fixtures/revenuecat/renewal.json";
import conversion from "../../../fixtures/revenuecat/renewal-trial-conversion.json";
import { parseFault, requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const SAM = { id: "user_5172", email: "sam@customer.example" };
const SUBSCRIPTION = "440001820011734";
const RENEWED = "440001851907362";
const PRO = "com.acme.notes.pro.monthly";
const monthly = { id: SUBSCRIPTION, interval: "month" };

const requestOf = (body: unknown) => requestWith({ body: JSON.stringify(body) });
const read = (body: unknown) => revenuecat.parse(requestOf(body));
const only = (body: unknown) => read(body).events[0];

/** The body with its event changed. */
function changed(body: { event: object }, changes: object) {
  return { ...body, event: { ...body.event, ...changes } };
}

const recognized: [string, { event: { id: string; type: string } }, Omit<ProviderEvent, "id">][] = [
  [
    "a trial",
    trial,
    {
      ...BARE,
      type: "trial",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 9),
      customer: SAM,
      click: CLICK,
      product: PRO,
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
  [
    "the first payment after a trial, some minutes before its period",
    conversion,
    {
      ...BARE,
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 10, 9, 40, 31, 17),
      customer: SAM,
      click: CLICK,
      payment: "440001826120458",
      amount: 839,
      gross: 999,
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
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 10, 9, 45, 2, 518),
      customer: SAM,
      click: CLICK,
      payment: RENEWED,
      amount: 839,
      gross: 999,
      currency: "EUR",
      product: PRO,
      subscription: monthly,
    },
  ],
  [
    "a purchase with an offer code",
    purchase,
    {
      ...BARE,
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 4, 18, 30, 41),
      customer: SAM,
      click: CLICK,
      coupon: "MAYA10",
      payment: "440001821440907",
      amount: 2_772,
      gross: 3_299,
      currency: "EUR",
      product: "com.acme.notes.templates",
    },
  ],
  [
    "a refund",
    refund,
    {
      ...BARE,
      type: "refund",
      occurred_at: Date.UTC(2026, 1, 21, 14, 20, 30, 988),
      customer: SAM,
      payment: RENEWED,
      refund: RENEWED,
      gross: 999,
      currency: "EUR",
    },
  ],
  [
    "a refund that was reversed",
    reversed,
    {
      ...BARE,
      type: "refund_failed",
      occurred_at: Date.UTC(2026, 1, 25, 11, 5, 44, 232),
      customer: SAM,
      payment: RENEWED,
      refund: RENEWED,
    },
  ],
  [
    "the end of a subscription",
    expiration,
    {
      ...BARE,
      type: "cancellation",
      occurred_at: Date.UTC(2026, 2, 10, 10, 3, 1, 232),
      customer: SAM,
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
];

describe("an event", () => {
  test.each(recognized)("is parsed as %s", (_, body, expected) => {
    const { id, type } = body.event;
    expect(read(body)).toEqual({ type, event_id: id, events: [{ ...expected, id }] });
  });

  const bare = { subscriber_attributes: {}, offer_code: null };
  const bareTest = { api_version: "1.0", event: { id: "evt_1", type: "TEST" } };
  const ignored: [string, unknown, RegExp | undefined][] = [
    ["a free period without a click", changed(renewal, { ...bare, price_in_purchased_currency: 0 }), /Nothing/],
    ["an unknown price", changed(renewal, { ...bare, price_in_purchased_currency: null }), /price is not known/],
    ["an unknown currency", changed(renewal, { ...bare, currency: null }), /price is not known/],
    ["a shared purchase", changed(renewal, { is_family_share: true }), /family/],
    ["a subscription that won't renew", unsubscribed, /runs until it expires/],
    ["a refund of nothing", changed(refund, { price_in_purchased_currency: 0 }), /does not say/],
    ["a refund of an unknown amount", changed(refund, { price_in_purchased_currency: null }), /does not say/],
    ["a pause", changed(expiration, { expiration_reason: "SUBSCRIPTION_PAUSED" }), /paused/],
    ["a change", changed(renewal, { type: "PRODUCT_CHANGE" }), /RENEWAL/],
    ["an invoice", changed(renewal, { type: "INVOICE_ISSUANCE" }), /isn't paid/],
    ["the dashboard's test", bareTest, /test event/],
    ["a type of no interest", { api_version: "1.0", event: { id: "evt_1", type: "TRANSFER" } }, undefined],
  ];
  test.each(ignored)("is ignored: %s", (_, body, words) => {
    const { events, ignored: reason } = read(body);
    expect(events).toEqual([]);
    if (words === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(words);
  });
});

describe("a payment", () => {
  test.each([
    ["without tax", { tax_percentage: 0 }, 999, 999],
    ["of an unknown tax", { tax_percentage: null }, 999, 999],
    ["of an absurd tax", { tax_percentage: 19 }, 999, 999],
    ["in yen", { price_in_purchased_currency: 1_200, currency: "JPY", tax_percentage: 0.0909 }, 1_091, 1_200],
  ])("%s", (_, changes, amount, gross) => {
    expect(only(changed(renewal, changes))).toMatchObject({ type: "sale", amount, gross });
  });

  test("is a test in the sandbox", () => {
    expect(only(changed(renewal, { environment: "SANDBOX" }))?.test).toBe(true);
  });

  test("of nothing keeps its click and coupon", () => {
    const event = changed(renewal, { price_in_purchased_currency: 0, offer_code: "MAYA10" });
    expect(only(event)).toMatchObject({ type: "touch", click: CLICK, coupon: "MAYA10", payment: null });
  });

  test("earns no commission if an attribute says so", () => {
    const subscriber_attributes = { ...renewal.event.subscriber_attributes, lc_no_commission: { value: "1" } };
    expect(only(changed(renewal, { subscriber_attributes }))?.commissionable).toBe(false);
    expect(only(renewal)?.commissionable).toBeUndefined();
  });

  test.each([
    ["odd attributes", { subscriber_attributes: [] }],
    ["an invalid email address", { subscriber_attributes: { $email: { value: "sam@" } } }],
  ])("is recorded with %s", (_, changes) => {
    expect(only(changed(renewal, changes))).toMatchObject({ type: "sale", customer: { id: SAM.id, email: null } });
  });

  test.each([
    ["2026-02-17", "week", undefined],
    ["2026-03-10", "month", undefined],
    ["2026-05-10", "month", 3],
    ["2027-02-10", "year", undefined],
    ["2026-02-27", null, undefined],
  ])("for a period until %s", (until, interval, interval_count) => {
    const event = only(changed(renewal, { expiration_at_ms: Date.parse(`${until}T10:02:09Z`) }));
    expect(event?.plan?.interval ?? event?.subscription?.interval).toBe(interval);
    expect(event?.plan?.interval_count).toBe(interval_count);
  });

  test("of a subscription that Stripe changed has its own time, and no period", () => {
    const event = only(changed(renewal, { purchased_at_ms: trial.event.purchased_at_ms }));
    expect(event).toMatchObject({ occurred_at: renewal.event.event_timestamp_ms, subscription: { interval: null } });
  });

  test("has another time if its own is absurd", () => {
    expect(only(changed(purchase, { purchased_at_ms: 0 }))?.occurred_at).toBe(purchase.event.event_timestamp_ms);
    expect(only(changed(renewal, { event_timestamp_ms: -1 }))?.occurred_at).toBe(renewal.event.purchased_at_ms);
  });
});

describe("the customer", () => {
  const anonymous = "$RCAnonymousID:12345678-1234-ABCD-1234-123456789123";
  test.each([
    ["the app's id", { app_user_id: "user_1", aliases: ["user_2"] }, "user_1"],
    ["an alias of an anonymous one", { app_user_id: anonymous, aliases: [anonymous, "user_2"] }, "user_2"],
    [
      "the first anonymous id",
      { app_user_id: `${anonymous}0`, aliases: [], original_app_user_id: anonymous },
      anonymous,
    ],
    ["nobody", { app_user_id: null, aliases: null, original_app_user_id: null }, null],
  ])("is %s", (_, changes, id) => {
    expect(only(changed(renewal, changes))?.customer.id).toBe(id);
  });
});

test("a refund may have any reason, and be partial", () => {
  const event = changed(refund, { cancel_reason: "DEVELOPER_INITIATED", price_in_purchased_currency: -4.5 });
  expect(only(event)).toMatchObject({ type: "refund", payment: RENEWED, gross: 450 });
});

const malformed: [string, unknown][] = [
  ["event.price_in_purchased_currency", changed(renewal, { price_in_purchased_currency: -1 })],
  ["event.price_in_purchased_currency", changed(renewal, { price_in_purchased_currency: "a lot" })],
  ["event.currency", changed(renewal, { currency: "euro" })],
  ["event.transaction_id", changed(renewal, { transaction_id: null })],
  ["event.id", changed(renewal, { id: undefined })],
  ["event.type", changed(renewal, { type: undefined })],
  ["event", { api_version: "1.0" }],
];
test.each(malformed)("a malformed field is named: %s (%#)", (field, body) => {
  expect(parseFault(revenuecat, requestOf(body))).toEqual({
    status: 422,
    code: codeOfField(field),
    field,
  });
});
