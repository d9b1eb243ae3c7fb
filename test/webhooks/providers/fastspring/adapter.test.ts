import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { fastspring } from "../../../../src/webhooks/providers/fastspring/adapter.ts";
import completed from "../../../fixtures/fastspring/order-completed.json";
import returned from "../../../fixtures/fastspring/return-created.json";
import charged from "../../../fixtures/fastspring/subscription-charge-completed.json";
import deactivated from "../../../fixtures/fastspring/subscription-deactivated.json";
import trial from "../../../fixtures/fastspring/trial.json";
import { parseFault, requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const CLICK = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const ACCOUNT = "RPHaJMN4RAGRA0YUVCAxqQ";
const SAM = { id: ACCOUNT, email: "sam@customer.example" };
const ORDER = "JBj0XhylT4KFgcC8Uuh_cg";
const SUBSCRIPTION = "UonznI0CQ_a1AKUDeY2jvw";
const monthly = { id: SUBSCRIPTION, interval: "month" };

interface Event {
  id: string;
  type: string;
  data: object;
}

const requestOf = (body: unknown) => requestWith({ body: JSON.stringify(body) });
const read = (body: unknown) => fastspring.parse(requestOf(body));
const only = (body: unknown) => read(body).events[0];
const [activation, freeOrder] = trial.events as unknown as [Event, Event];
const [sold] = completed.events as [(typeof completed.events)[0]];
const [charge] = charged.events as [(typeof charged.events)[0]];

/** The only event of a body, with its object changed. */
function changed({ events }: { events: Event[] }, data: object, more: object = {}) {
  return { events: events.map((event) => ({ ...event, ...more, data: { ...event.data, ...data } })) };
}

const recognized: [string, { events: Event[] }, Omit<ProviderEvent, "id">][] = [
  [
    "a purchase of 99.00 with 10 % off, and tax",
    completed,
    {
      ...BARE,
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 12, 638),
      customer: SAM,
      click: CLICK,
      coupon: "MAYA10",
      payment: ORDER,
      amount: 8_910,
      gross: 10_603,
      currency: "EUR",
      product: "handbook",
    },
  ],
  [
    "a trial",
    { events: [activation] },
    {
      ...BARE,
      type: "trial",
      occurred_at: Date.UTC(2026, 0, 3, 10, 2, 11, 532),
      customer: SAM,
      product: "acme-pro",
      subscription: { ...monthly, trial_ends_at: Date.UTC(2026, 0, 16, 12) },
    },
  ],
  [
    "the free order of a trial, with its click",
    { events: [freeOrder] },
    {
      ...BARE,
      type: "touch",
      occurred_at: Date.UTC(2026, 0, 3, 9, 52, 11, 652),
      customer: SAM,
      click: CLICK,
      subscription: monthly,
    },
  ],
  [
    "the first payment after a trial",
    charged,
    {
      ...BARE,
      type: "sale",
      occurred_at: Date.UTC(2026, 0, 17, 8, 3, 0, 104),
      customer: SAM,
      payment: "NRlOHP0TSM6MwxzPMoc-dg",
      amount: 2_900,
      gross: 3_451,
      currency: "EUR",
      product: "acme-pro",
      subscription: monthly,
    },
  ],
  [
    "a partial refund",
    returned,
    {
      ...BARE,
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 5, 14, 20, 30, 988),
      customer: SAM,
      payment: ORDER,
      refund: "qWIaFaLlRgu6NYs7MgHkGA",
      gross: 3_570,
      currency: "EUR",
    },
  ],
  [
    "the end of a subscription",
    deactivated,
    {
      ...BARE,
      type: "cancellation",
      occurred_at: Date.UTC(2026, 2, 17, 8, 0, 1, 120),
      customer: SAM,
      subscription: { id: SUBSCRIPTION, interval: null },
    },
  ],
];

describe("an event", () => {
  test.each(recognized)("is parsed as %s", (_, body, expected) => {
    const [event] = body.events;
    expect(read(body)).toEqual({
      type: event?.type,
      event_id: event?.id,
      events: [{ ...expected, id: event?.id }],
    });
  });

  const bare = { tags: undefined, coupons: undefined, items: [] };
  const ignored: [string, unknown, RegExp | undefined][] = [
    ["a free order without a click", changed(completed, { ...bare, total: 0, tax: 0 }), /Nothing was paid/],
    ["a charge without its order", changed(charged, { order: "NRlOHP0TSM6MwxzPMoc-dg" }), /webhook expansion/],
    ["a charge that failed", changed(charged, { status: "failed" }), /failed/],
    [
      "an unknown interval",
      changed(deactivated, { intervalUnit: null }, { type: "subscription.activated" }),
      /interval/,
    ],
    ["a planned end", { events: [{ ...activation, type: "subscription.canceled" }] }, /deactivated/],
    ["a return in progress", changed(returned, { completed: false }), /not processed/],
    ["a return of nothing", changed(returned, { totalReturn: 0 }), /Nothing was refunded/],
    ["a type of no interest", { events: [{ ...activation, type: "subscription.updated" }] }, undefined],
    ["no events", { events: [] }, undefined],
  ];
  test.each(ignored)("is ignored: %s", (_, body, words) => {
    const { events, ignored: reason } = read(body);
    expect(events).toEqual([]);
    if (words === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(words);
  });
});

test("all events of a request are read", () => {
  const reading = read(trial);
  expect(reading).toMatchObject({ type: "subscription.activated, order.completed", event_id: null });
  expect(reading.events.map(({ type }) => type)).toEqual(["trial", "touch"]);
  const notes = read({
    events: [{ ...activation, type: "subscription.canceled" }, ...changed(returned, { completed: false }).events],
  });
  expect(notes.ignored).toMatch(/deactivated\. The return/);
});

describe("a payment", () => {
  test.each([
    ["without tax", { tax: null }, 10_603, 10_603],
    ["in yen", { total: 1_180, tax: 107, currency: "JPY" }, 1_073, 1_180],
    ["in dinars", { total: 12.345, tax: 0.5, currency: "KWD" }, 11_845, 12_345],
  ])("%s", (_, data, amount, gross) => {
    expect(only(changed(completed, data))).toMatchObject({ type: "sale", amount, gross });
  });

  test("is a test if it isn't live", () => {
    expect(only(changed(completed, {}, { live: false }))?.test).toBe(true);
  });

  test("has all of its coupons", () => {
    const items = [{ ...sold.data.items[0], coupon: "SUMMER" }];
    expect(only(changed(completed, { items }))?.coupons).toEqual(["MAYA10", "SUMMER"]);
    expect(only(changed(completed, { items, coupons: undefined }))?.coupon).toBe("SUMMER");
  });

  test("earns no commission if a tag says so", () => {
    expect(only(changed(completed, { tags: { lc_no_commission: "1" } }))?.commissionable).toBe(false);
    expect(only(completed)?.commissionable).toBeUndefined();
  });

  test.each([
    ["an account that is an id", { account: ACCOUNT }, SAM],
    ["an invalid email address", { account: ACCOUNT, customer: { email: "sam@" } }, { id: ACCOUNT, email: null }],
    ["the account's email address", { customer: null }, SAM],
    ["nobody", { account: null, customer: null }, { id: null, email: null }],
    ["odd items and coupons", { items: "none", coupons: "none" }, SAM],
  ])("is recorded with %s", (_, data, expected) => {
    expect(only(changed(completed, data))).toMatchObject({ type: "sale", amount: 8_910, customer: expected });
  });

  test("of a new subscription names it, with or without webhook expansion", () => {
    const items = [{ ...sold.data.items[0], product: { product: "acme-pro" }, subscription: SUBSCRIPTION }];
    expect(only(changed(completed, { items }))).toMatchObject({
      product: "acme-pro",
      subscription: { id: SUBSCRIPTION, interval: null },
    });
    const { subscription } = charge.data;
    const yearly = [{ ...items[0], subscription: { ...subscription, intervalUnit: "month", intervalLength: 12 } }];
    expect(only(changed(completed, { items: yearly }))?.subscription?.interval).toBe("year");
  });

  test("for a trial starts it", () => {
    const items = [{ ...sold.data.items[0], subscription: { ...charge.data.subscription, state: "trial" } }];
    expect(only(changed(completed, { items }))?.subscription).toEqual({ ...monthly, starts_trial: true });
  });

  test("every three months", () => {
    const subscription = { ...charge.data.subscription, intervalLength: 3 };
    expect(only(changed(charged, { subscription }))?.plan).toEqual({ interval: "month", interval_count: 3 });
  });

  test("has the time of its event if its own is absurd", () => {
    expect(only(changed(completed, { changed: 0 }))?.occurred_at).toBe(sold.created);
  });
});

test("a subscription without a trial gives its product and interval, from before its first payment", () => {
  expect(only(changed({ events: [activation] }, { state: "active" }))).toMatchObject({
    type: "touch",
    occurred_at: Date.UTC(2026, 0, 3, 9, 52, 11, 532),
    product: "acme-pro",
    subscription: { id: SUBSCRIPTION, interval: null },
    plan: { interval: "month" },
  });
});

test("refunds of both parts add up to what was paid", () => {
  const rest = changed(returned, { return: "r2", totalReturn: 70.33 });
  const refunded = [returned, rest].reduce((sum, body) => sum + (only(body)?.gross ?? 0), 0);
  expect(refunded).toBe(only(completed)?.gross);
});

const malformed: [string, unknown][] = [
  ["data.id", changed(completed, { id: "" })],
  ["data.total", changed(completed, { total: "a lot" })],
  ["data.total", changed(completed, { total: -1 })],
  ["data.tax", changed(completed, { tax: 106.04 })],
  ["data.currency", changed(completed, { currency: "euro" })],
  ["data.order.tax", changed(charged, { order: { ...charge.data.order, tax: 34.52 } })],
  ["data.original", changed(returned, { original: undefined })],
  ["data.return", changed(returned, { return: undefined })],
  ["data.totalReturn", changed(returned, { totalReturn: -1 })],
  ["data", { events: [{ ...activation, data: undefined }] }],
  ["events.0.id", { events: [{ ...activation, id: undefined }] }],
  ["events", {}],
];
test.each(malformed)("a malformed field is named: %s (%#)", (field, body) => {
  expect(parseFault(fastspring, requestOf(body))).toEqual({
    status: 422,
    code: codeOfField(field),
    field,
  });
});

test("an event that can't be read keeps no other one of its request from being recorded", () => {
  const broken = changed(returned, { totalReturn: "much" }).events;
  const { events, fault } = read({ events: [...broken, sold] });
  expect(events).toMatchObject([{ type: "sale", payment: ORDER }]);
  expect(fault).toMatchObject({ status: 422, field: "data.totalReturn" });
  expect(read({ events: [sold] }).fault).toBeUndefined();
  expect(parseFault(fastspring, requestOf({ events: broken })).field).toBe("data.totalReturn");
});
