import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { paddle } from "../../../../src/webhooks/providers/paddle/adapter.ts";
import chargeback from "../../../fixtures/paddle/adjustment-created-chargeback.json";
import chargebackReverse from "../../../fixtures/paddle/adjustment-created-chargeback-reverse.json";
import chargebackWarning from "../../../fixtures/paddle/adjustment-created-chargeback-warning.json";
import credit from "../../../fixtures/paddle/adjustment-created-credit.json";
import refundPending from "../../../fixtures/paddle/adjustment-created-pending.json";
import refundOfTax from "../../../fixtures/paddle/adjustment-created-tax.json";
import refundApproved from "../../../fixtures/paddle/adjustment-updated-approved.json";
import activated from "../../../fixtures/paddle/subscription-activated.json";
import canceled from "../../../fixtures/paddle/subscription-canceled.json";
import created from "../../../fixtures/paddle/subscription-created.json";
import trialing from "../../../fixtures/paddle/subscription-trialing.json";
import purchase from "../../../fixtures/paddle/transaction-completed.json";
import renewal from "../../../fixtures/paddle/transaction-completed-recurring.json";
import trialTransaction from "../../../fixtures/paddle/transaction-completed-trial.json";
import update from "../../../fixtures/paddle/transaction-completed-update.json";
import withCredit from "../../../fixtures/paddle/transaction-completed-with-credit.json";
import paid from "../../../fixtures/paddle/transaction-paid.json";
import { parseFault, requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const SAM = { id: "ctm_01kdzt4m7s8xq2v5b9n3c6j0fr", email: null };
const SUBSCRIPTION = "sub_01kdzt6q2h5wz8e1y4t7r0mavk";
const monthly = { id: SUBSCRIPTION, interval: "month" };

const requestOf = (event: unknown) => requestWith({ body: JSON.stringify(event) });
const read = (event: unknown) => paddle.parse(requestOf(event));
const only = (event: unknown) => read(event).events[0];

/** The event with its entity changed. */
function changed(event: { data: object }, changes: object) {
  return { ...event, data: { ...event.data, ...changes } };
}

/** A transaction with its totals changed. */
function costing(totals: object, event: { data: { details: { totals: object } } } = purchase) {
  return changed(event, { details: { ...event.data.details, totals: { ...event.data.details.totals, ...totals } } });
}

const recognized: [string, unknown, ProviderEvent][] = [
  [
    "a purchase of 99.00 with 5.00 off, and tax",
    purchase,
    {
      ...BARE,
      id: "evt_01kdzt3x5a8d1g4j7m0p3s6v9y",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 2, 14, 20, 7, 561),
      customer: SAM,
      click: CLICK,
      coupons: ["dsc_01jhw3hd0g3k6n9r2u5x8z1bce"],
      payment: "txn_01kdzt3a6b9c2d5e8f1g4h7j0k",
      amount: 9_400,
      gross: 10_234,
      currency: "USD",
      product: "pro_01jhw3gc6f9j2m5p8s1v4y7ad0",
    },
  ],
  [
    "a free checkout that begins a trial, with its click",
    trialTransaction,
    {
      ...BARE,
      id: "evt_01kdzt7a5a8d1g4j7m0p3s6v00",
      type: "touch",
      occurred_at: Date.UTC(2026, 0, 3, 9, 58, 20),
      customer: SAM,
      click: CLICK,
      subscription: monthly,
    },
  ],
  [
    "a trial",
    created,
    {
      ...BARE,
      id: "evt_01kdzt7b5a8d1g4j7m0p3s6v01",
      type: "trial",
      occurred_at: Date.UTC(2026, 0, 3, 10, 0, 7, 864),
      customer: SAM,
      click: CLICK,
      product: "pro_01jhw3c2f8h5k1n4r7u0wye3g6",
      subscription: monthly,
    },
  ],
  [
    "the first payment after a trial",
    renewal,
    {
      ...BARE,
      id: "evt_01kf3x8d5a8d1g4j7m0p3s6v04",
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 17, 10, 3, 25, 792),
      customer: SAM,
      click: CLICK,
      payment: "txn_01kf3x2c2d5e8f1g4h7j0k3mnp",
      amount: 2_900,
      gross: 3_157,
      currency: "USD",
      product: "pro_01jhw3c2f8h5k1n4r7u0wye3g6",
      subscription: monthly,
    },
  ],
  [
    "a renewal partly paid by a credit of 10.00: 21.57 of 31.57",
    withCredit,
    {
      ...BARE,
      id: "evt_01khm88d5a8d1g4j7m0p3s6v05",
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 17, 10, 1, 58, 100),
      customer: SAM,
      click: CLICK,
      payment: "txn_01khm82c2d5e8f1g4h7j0k3mnp",
      amount: 1_981,
      gross: 2_157,
      currency: "USD",
      product: "pro_01jhw3c2f8h5k1n4r7u0wye3g6",
      subscription: monthly,
    },
  ],
  [
    "a change to a larger plan",
    update,
    {
      ...BARE,
      id: "evt_01kjh98d5a8d1g4j7m0p3s6v06",
      type: "sale",
      occurred_at: Date.UTC(2026, 1, 28, 9, 30, 15, 500),
      customer: SAM,
      click: CLICK,
      payment: "txn_01kjh92c2d5e8f1g4h7j0k3mnp",
      amount: 3_160,
      gross: 3_440,
      currency: "USD",
      product: "pro_01jhw3bq4t7w0z3d6g9k2n5r8u",
      subscription: monthly,
    },
  ],
  [
    "a partial refund, once approved",
    refundApproved,
    {
      ...BARE,
      id: "evt_01kfg18d5a8d1g4j7m0p3s6v09",
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 21, 9, 0, 0, 297),
      customer: SAM,
      payment: "txn_01kf3x2c2d5e8f1g4h7j0k3mnp",
      refund: "adj_01kfd07tbrkpdd7vx61w7b1r0a",
      amount: 1_000,
      gross: 1_089,
      currency: "USD",
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
  [
    "a chargeback",
    chargeback,
    {
      ...BARE,
      id: "evt_01khv08d5a8d1g4j7m0p3s6v12",
      type: "chargeback",
      occurred_at: Date.UTC(2026, 1, 20, 3, 0, 0, 100),
      customer: SAM,
      payment: "txn_01khm82c2d5e8f1g4h7j0k3mnp",
      refund: "txn_01khm82c2d5e8f1g4h7j0k3mnp",
      amount: 1_981,
      gross: 2_157,
      currency: "USD",
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
  [
    "a chargeback won, by another adjustment",
    chargebackReverse,
    {
      ...BARE,
      id: "evt_01km008d5a8d1g4j7m0p3s6v14",
      type: "chargeback_won",
      occurred_at: Date.UTC(2026, 2, 28, 14, 0, 0, 100),
      customer: SAM,
      payment: "txn_01khm82c2d5e8f1g4h7j0k3mnp",
      refund: "txn_01khm82c2d5e8f1g4h7j0k3mnp",
      currency: "USD",
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
  [
    "the end of the subscription",
    canceled,
    {
      ...BARE,
      id: "evt_01kmw08d5a8d1g4j7m0p3s6v07",
      type: "cancellation",
      occurred_at: Date.UTC(2026, 3, 17, 10, 0, 8, 100),
      customer: SAM,
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
];

test.each(recognized)("%s", (_, event, expected) => {
  const { event_id, event_type: type } = event as { event_id: string; event_type: string };
  const events = read(event).events.filter(({ id }) => id === event_id);
  expect({ ...read(event), events }).toEqual({ type, event_id, events: [expected] });
});

test("a trial names the transaction that may charge for it, if it is sent", () => {
  expect(read(created).events.slice(1)).toEqual([
    {
      ...BARE,
      id: "evt_01kdzt7b5a8d1g4j7m0p3s6v01:transaction",
      type: "touch",
      occurred_at: Date.UTC(2026, 0, 3, 10, 0, 7, 864),
      customer: SAM,
      payment: "txn_01kdzt5b4k9c2d5e8f1g4h7j0m",
      subscription: { ...monthly, starts_trial: true },
    },
  ]);
  expect(read(trialing).events).toHaveLength(1);
});

test("one fact in two events differs only in the event's id", () => {
  const factOf = (event: unknown) => ({ ...only(event), id: null });
  expect(factOf(trialing)).toEqual(factOf(created));
  const approvedAtOnce = { ...changed(refundPending, { status: "approved" }), event_type: "adjustment.created" };
  expect(factOf(approvedAtOnce)).toEqual(factOf(refundApproved));
});

test("a chargeback can also be won by a change of its status", () => {
  const reversed = changed(chargeback, { status: "reversed", updated_at: "2026-03-28T14:00:00.100Z" });
  expect({ ...only(reversed), id: null }).toEqual({ ...only(chargebackReverse), id: null });
});

describe("is ignored:", () => {
  const ignored: [string, unknown, RegExp | undefined][] = [
    ["the other event of a paid transaction", paid, /transaction\.completed/],
    ["a free transaction without a click", changed(trialTransaction, { custom_data: null }), /Nothing was paid/],
    ["a subscription without a trial", changed(created, { status: "active" }), /no trial/],
    ["a trial that has become active", activated, undefined],
    ["a pending refund", refundPending, /pending_approval/],
    ["a rejected refund", changed(refundApproved, { status: "rejected" }), /rejected/],
    ["a refund of tax only", refundOfTax, /tax/],
    ["a credit", credit, /credit/],
    ["a warning", chargebackWarning, /chargeback_warning/],
    ["a chargeback that is not approved", changed(chargeback, { status: "rejected" }), /rejected/],
    ["a type of no interest", { ...purchase, event_type: "transaction.created" }, undefined],
  ];
  test.each(ignored)("%s", (_, event, words) => {
    const { events, ignored: reason } = read(event);
    expect(events).toEqual([]);
    if (words === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(words);
  });
});

describe("amounts", () => {
  test.each(["JPY", "KRW", "VND", "CLP", "EUR", "HUF", "TWD"])(
    "in %s are already in its minor units",
    (currency_code) => {
      expect(only(changed(purchase, { currency_code }))).toMatchObject({ amount: 9_400, gross: 10_234 });
    },
  );

  test("of zero or less are not a sale", () => {
    expect(read(costing({ grand_total: "0", credit: "10234" })).events).toMatchObject([{ type: "touch" }]);
    expect(read(costing({ grand_total: "-500" })).events).toMatchObject([{ type: "touch" }]);
    expect(read(costing({ total: "-500", grand_total: "-500", tax: "-40" })).events).toMatchObject([{ type: "touch" }]);
  });

  test("don't need a valid time: that of the notification takes its place", () => {
    const never = "0001-01-01T00:00:00Z";
    const { occurred_at } = chargeback;
    expect(only(changed(chargeback, { created_at: never, updated_at: never }))).toMatchObject({
      type: "chargeback",
      occurred_at: Date.parse(occurred_at),
    });
    expect(only({ ...changed(chargeback, { created_at: undefined }), occurred_at: never })).toMatchObject({
      occurred_at: null,
    });
    expect(only(changed(refundApproved, { updated_at: never }))?.type).toBe("refund");
  });

  const malformed: [string, unknown][] = [
    ["data.details.totals.tax", costing({ tax: "10235" })],
    ["data.details.totals.tax", costing({ tax: "-1" })],
    ["data.details.totals.total", costing({ total: "102.34" })],
    ["data.details.totals.grand_total", costing({ grand_total: 10_234 })],
    ["data.details.totals.grand_total", costing({ grand_total: undefined })],
    ["data.currency_code", changed(purchase, { currency_code: "US" })],
    ["data.totals.tax", changed(refundApproved, { totals: { tax: "1090", total: "1089" } })],
    ["data.totals.total", changed(chargeback, { totals: { tax: "0" } })],
    ["data.transaction_id", changed(chargeback, { transaction_id: null })],
    ["data.status", changed(created, { status: undefined })],
    ["data.customer_id", changed(canceled, { customer_id: undefined })],
    ["data.items", changed(purchase, { items: undefined })],
    ["data", { ...purchase, data: undefined }],
    ["event_id", { ...purchase, event_id: undefined }],
    ["event_type", { ...purchase, event_type: undefined }],
  ];
  test.each(malformed)("and other fields are named if malformed: %s (%#)", (field, event) => {
    expect(parseFault(paddle, requestOf(event))).toEqual({
      status: 422,
      code: codeOfField(field),
      field,
    });
  });
});

test("a payment without a capture time has the event's time", () => {
  expect(only(changed(purchase, { payments: [] }))).toMatchObject({
    occurred_at: Date.UTC(2026, 0, 2, 14, 20, 11, 366),
  });
  const [captured] = purchase.data.payments;
  const failed = { ...captured, status: "error", captured_at: null };
  expect(only(changed(purchase, { payments: [failed, captured] }))).toMatchObject({
    occurred_at: Date.UTC(2026, 0, 2, 14, 20, 7, 561),
  });
});

test("the plan is the product if something else was bought with it", () => {
  const [item] = purchase.data.items;
  const [plan] = renewal.data.items;
  expect(only(changed(renewal, { items: [item, plan] }))).toMatchObject({
    product: "pro_01jhw3c2f8h5k1n4r7u0wye3g6",
    subscription: monthly,
  });
});

test("custom data of another shape has no click", () => {
  expect(only(changed(purchase, { custom_data: [] }))).toMatchObject({ click: null });
});

test("an event from the webhook simulator is a test", () => {
  expect(only({ ...purchase, event_id: "ntfsimevt_01kdzt3x5a8d1g4j7m0p3s6v9y" })).toMatchObject({ test: true });
});

test("a plan that is billed every three months isn't monthly", () => {
  const quarterly = { ...renewal.data.items[0]?.price, billing_cycle: { interval: "month", frequency: 3 } };
  const event = changed(renewal, { items: [{ price: quarterly }] });
  expect(only(event)).toMatchObject({ subscription: monthly, plan: { interval: "month", interval_count: 3 } });
  expect(only(renewal)).not.toHaveProperty("plan");
});
