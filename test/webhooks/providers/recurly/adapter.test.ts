import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { recurly } from "../../../../src/webhooks/providers/recurly/adapter.ts";
import paid from "../../../fixtures/recurly/charge-invoice-paid.json";
import credited from "../../../fixtures/recurly/credit-invoice-created.json";
import purchase from "../../../fixtures/recurly/invoice-purchase.json";
import refund from "../../../fixtures/recurly/invoice-refund.json";
import renewal from "../../../fixtures/recurly/invoice-renewal.json";
import renewalPaid from "../../../fixtures/recurly/renewal-paid.json";
import created from "../../../fixtures/recurly/subscription-created.json";
import expired from "../../../fixtures/recurly/subscription-expired.json";
import renewed from "../../../fixtures/recurly/subscription-renewed.json";
import trial from "../../../fixtures/recurly/subscription-trial.json";
import { parseFault, requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const SAM = { id: "user-5172", email: "sam@customer.example" };
const monthly = { id: trial.id, interval: "month" };

const requestOf = (body: unknown) => requestWith({ body: JSON.stringify(body) });
const read = (body: unknown) => recurly.parse(requestOf(body));
const only = (body: unknown) => read(body).events[0];

const bought = (changes: object = {}, subscription: object | null = null) => ({
  ...paid,
  invoice: { ...purchase, ...changes },
  subscription,
});
const rebilled = (changes: object = {}, invoice: object = {}) => ({
  ...renewalPaid,
  invoice: { ...renewal, ...invoice },
  subscription: { ...renewed, ...changes },
});
const refunded = (changes: object = {}, event_type = "created") => ({
  ...credited,
  event_type,
  invoice: { ...refund, ...changes },
});
const started = (changes: object = {}) => ({ ...created, subscription: { ...trial, ...changes } });

const recognized: [string, { object_type: string; event_type: string }, ProviderEvent][] = [
  [
    "a purchase of 99.00 with 10 % off, and tax",
    bought(),
    {
      ...BARE,
      id: "charge_invoice:rz5n1xq7wk3m:paid:2026-01-03T10:02:12Z",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 11),
      customer: SAM,
      click: CLICK,
      coupon: "MAYA10",
      payment: purchase.id,
      amount: 8_910,
      gross: 10_603,
      currency: "EUR",
      product: "handbook",
    },
  ],
  [
    "a trial",
    started(),
    {
      ...BARE,
      id: "subscription:rs6t2xq8wk4m:created:2026-01-03T10:02:12Z",
      type: "trial",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 11),
      customer: SAM,
      click: CLICK,
      product: "pro",
      subscription: { id: trial.id, interval: null },
    },
  ],
  [
    "a renewal",
    rebilled(),
    {
      ...BARE,
      id: "charge_invoice:ry4k8xq2wm6t:paid:2026-02-17T10:02:14Z",
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 17, 10, 2, 12),
      customer: SAM,
      click: CLICK,
      payment: renewal.id,
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      product: "pro",
      subscription: monthly,
    },
  ],
  [
    "a partial refund",
    refunded(),
    {
      ...BARE,
      id: "credit_invoice:rc9m3xq6wk1t:created:2026-01-05T14:20:32Z",
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 5, 14, 20, 30),
      customer: SAM,
      payment: purchase.id,
      refund: refund.id,
      gross: 3_570,
      currency: "EUR",
    },
  ],
  [
    "a refund that was voided",
    refunded({}, "voided"),
    {
      ...BARE,
      id: "credit_invoice:rc9m3xq6wk1t:voided:2026-01-05T14:20:32Z",
      type: "refund_failed",
      occurred_at: Date.UTC(2026, 0, 5, 14, 20, 32),
      customer: SAM,
      payment: purchase.id,
      refund: refund.id,
      gross: 3_570,
      currency: "EUR",
    },
  ],
  [
    "the end of a subscription",
    expired,
    {
      ...BARE,
      id: "subscription:rs6t2xq8wk4m:expired:2026-03-17T10:03:01Z",
      type: "cancellation",
      occurred_at: Date.UTC(2026, 2, 17, 10, 3, 1),
      customer: { id: null, email: null },
      subscription: { id: trial.id, interval: null },
    },
  ],
];

describe("an event", () => {
  test.each(recognized)("is parsed as %s", (_, body, expected) => {
    const type = `${body.object_type}.${body.event_type}`;
    expect(read(body)).toEqual({ type, event_id: expected.id, events: [expected] });
  });

  const bare = { custom_fields: [], coupon_redemptions: [] };
  const ignored: [string, unknown, RegExp | undefined][] = [
    ["a free invoice without a click", bought({ ...bare, total: 0, tax: 0 }), /Nothing was paid/],
    ["a subscription without a trial", started({ trial_ends_at: null }), /charge_invoice\.paid/],
    ["a planned end", { ...expired, event_type: "canceled" }, /until it expires/],
    ["another credit", refunded({ origin: "write_off" }), /no refund/],
    ["a refund without its purchase", refunded({ previous_invoice_id: null }), /does not name/],
    ["a refund of nothing", refunded({ total: 0 }), /Nothing was refunded/],
    ["a type of no interest", { ...paid, event_type: "created" }, undefined],
  ];
  test.each(ignored)("is ignored: %s", (_, body, words) => {
    const { events, ignored: reason } = read(body);
    expect(events).toEqual([]);
    if (words === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(words);
  });
});

describe("a payment", () => {
  const credit = (amount: number, more: object = {}) => ({ action: "payment", amount, voided_at: null, ...more });
  test.each([
    ["without tax", { tax: null }, 10_603, 10_603],
    ["in yen", { total: 1_180, tax: 107, currency: "JPY" }, 1_073, 1_180],
    ["of which credit paid a half", { credit_payments: [credit(53.01)] }, 4_455, 10_603],
    ["with credit that was voided", { credit_payments: [credit(53.01, { voided_at: "2026-01-04" })] }, 8_910, 10_603],
    ["with another kind of credit", { credit_payments: [credit(53.01, { action: "write_off" })] }, 8_910, 10_603],
  ])("%s", (_, changes, amount, gross) => {
    expect(only(bought(changes))).toMatchObject({ type: "sale", amount, gross });
  });

  test.each([
    ["is free", { total: 0, tax: 0 }],
    ["is paid with credit", { credit_payments: [credit(106.03)] }],
  ])("that %s keeps its click and coupon", (_, changes) => {
    expect(only(bought(changes))).toMatchObject({ type: "touch", click: CLICK, coupon: "MAYA10" });
  });

  test("has the click of the account, or of the subscription", () => {
    expect(only(rebilled({ custom_fields: [{ name: "lc_click", value: "own" }] }))?.click).toBe(CLICK);
    expect(only(rebilled({}, { custom_fields: [] }))?.click).toBe(CLICK);
    expect(only(rebilled({ custom_fields: null }, { custom_fields: null }))?.click).toBeNull();
  });

  test("has all of its coupons", () => {
    const [redemption] = purchase.coupon_redemptions;
    const coupon_redemptions = [redemption, { coupon: { code: "SUMMER" } }];
    expect(only(bought({ coupon_redemptions }))?.coupons).toEqual(["MAYA10", "SUMMER"]);
  });

  test("earns no commission if a custom field says so", () => {
    const custom_fields = [{ name: "lc_no_commission", value: "1" }];
    expect(only(bought({ custom_fields }))?.commissionable).toBe(false);
    expect(only(bought())?.commissionable).toBeUndefined();
  });

  test("in a trial starts it, without an interval", () => {
    const event = only(rebilled({ ...trial, trial_ends_at: "2026-02-27T10:02:11Z" }));
    expect(event?.subscription).toMatchObject({ id: trial.id, starts_trial: true });
    const { current_period_ends_at } = renewed;
    expect(only(rebilled({ trial_ends_at: current_period_ends_at }))?.subscription?.interval).toBeNull();
  });

  test("every three months", () => {
    const event = only(rebilled({ current_period_ends_at: "2026-05-17T10:02:11Z" }));
    expect(event?.plan).toEqual({ interval: "month", interval_count: 3 });
  });

  test.each([
    ["an invalid email address", { account: { code: "user-5172", email: "sam@" } }, { id: "user-5172", email: null }],
    ["an account without a code", { account: { id: "rw8d2kq5xv1t" } }, { id: "rw8d2kq5xv1t", email: null }],
    ["nobody", { account: null }, { id: null, email: null }],
    ["odd lists", { line_items: {}, credit_payments: "none", coupon_redemptions: 1 }, SAM],
  ])("is recorded with %s", (_, changes, customer) => {
    expect(only(bought(changes))).toMatchObject({ type: "sale", amount: 8_910, customer });
  });

  test("has the time of its webhook if its own is absurd", () => {
    expect(only(bought({ closed_at: "0001-01-01T00:00:00Z" }))?.occurred_at).toBe(Date.parse(paid.event_time));
    expect(only({ ...bought({ closed_at: null }), event_time: 5 })?.occurred_at).toBeNull();
  });
});

test("refunds of both parts add up to what was paid", () => {
  const parts = [refunded(), refunded({ id: "rc2", total: -70.33 })];
  const sum = parts.reduce((total, body) => total + (only(body)?.gross ?? 0), 0);
  expect(sum).toBe(only(bought())?.gross);
});

const malformed: [string, unknown][] = [
  ["invoice.id", bought({ id: "" })],
  ["invoice.total", bought({ total: "a lot" })],
  ["invoice.total", bought({ total: -1 })],
  ["invoice.tax", bought({ tax: 106.04 })],
  ["invoice.currency", bought({ currency: "euro" })],
  ["invoice.credit_payments.amount", bought({ credit_payments: [{ action: "payment", amount: "x" }] })],
  ["subscription.id", rebilled({ id: null })],
  ["invoice", paid],
  ["subscription", created],
  ["object_type", { ...paid, object_type: undefined }],
  ["id", { ...paid, id: undefined }],
];
test.each(malformed)("a malformed field is named: %s (%#)", (field, body) => {
  expect(parseFault(recurly, requestOf(body))).toEqual({
    status: 422,
    code: codeOfField(field),
    field,
  });
});
