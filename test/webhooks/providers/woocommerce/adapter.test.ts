import { describe, expect, test } from "vitest";
import { Problem } from "../../../../src/lib/problem.ts";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { woocommerce } from "../../../../src/webhooks/providers/woocommerce/adapter.ts";
import customerCreated from "../../../fixtures/woocommerce/customer-created.json";
import orderPending from "../../../fixtures/woocommerce/order-created-pending.json";
import orderRenewal from "../../../fixtures/woocommerce/order-created-renewal.json";
import orderPaid from "../../../fixtures/woocommerce/order-updated-paid.json";
import orderRefundedPartly from "../../../fixtures/woocommerce/order-updated-refunded-partly.json";
import orderRefundedWholly from "../../../fixtures/woocommerce/order-updated-refunded-wholly.json";
import subscriptionOnTrial from "../../../fixtures/woocommerce/subscription-created-on-trial.json";
import subscriptionCancelled from "../../../fixtures/woocommerce/subscription-updated-cancelled.json";
import subscriptionPendingCancel from "../../../fixtures/woocommerce/subscription-updated-pending-cancel.json";
import { requestWith } from "../../adapter.ts";

const CLICK = "AZtYv3k9Q7Xr2mN8pLw4sd6fGh1jKb5cTzUe0oRiA_7";
const SHOP = "werkstatt.example";

const requestOf = (topic: string, fixture: unknown, source = "https://www.werkstatt.example/") =>
  requestWith({
    headers: { "X-WC-Webhook-Topic": topic, "X-WC-Webhook-Source": source },
    body: JSON.stringify(fixture),
  });
const read = (topic: string, fixture: unknown) => woocommerce.parse(requestOf(topic, fixture));

const pastTrial = { ...subscriptionOnTrial, next_payment_date_gmt: "2026-03-10T10:00:00" };
const byHand = { parent_id: 0 };

/** The order that started the subscription. */
const started = (more: { starts_trial?: true }) =>
  providerEvent({
    id: `subscription:731:order:730:month:26:${more.starts_trial ? "trial" : ""}`,
    type: "touch",
    occurred_at: Date.UTC(2026, 0, 10, 10),
    customer: { id: "26", email: null },
    payment: "730",
    subscription: { id: "731", interval: "month", ...more },
    account: SHOP,
  });

const stateAt = (modified: string, refunds: string[]) => ({ at: Date.parse(`${modified}Z`), is_paid: true, refunds });
const sale = (modified: string, refunds: string[] = []) =>
  providerEvent({
    id: `order:727:${modified}`,
    type: "sale",
    occurred_at: Date.UTC(2026, 0, 3, 10, 0, 21),
    customer: { id: "26", email: "tomas.silva@example.com" },
    click: CLICK,
    coupon: "fruehling10",
    payment: "727",
    amount: 10_000,
    gross: 12_915,
    currency: "EUR",
    payment_state: stateAt(modified, refunds),
    product: "93",
    account: SHOP,
  });
const refund = (id: string, gross: number, payment_state: ReturnType<typeof stateAt>) =>
  providerEvent({
    id: `refund:727:${id}`,
    type: "refund",
    occurred_at: null,
    payment: "727",
    refund: id,
    gross,
    currency: "EUR",
    payment_state,
    account: SHOP,
  });
const partly = stateAt("2026-01-14T12:00:00", ["761", "744"]);
const wholly = stateAt("2026-01-20T08:00:00", ["790", "761", "744"]);

/** What an active subscription says of its renewals. */
const described = providerEvent({
  id: `subscription:731:plan:${Date.UTC(2026, 0, 10, 10, 0, 5)}`,
  type: "touch",
  occurred_at: Date.UTC(2026, 0, 10, 10),
  customer: { id: "26", email: "tomas.silva@example.com" },
  product: "118",
  subscription: { id: "731", interval: null },
  plan: { interval: "month" },
  account: SHOP,
});

const events: [string, string, unknown, ProviderEvent[]][] = [
  ["a paid order: its items after the discount", "order.updated", orderPaid, [sale("2026-01-03T10:00:22")]],
  [
    "an order with refunds: the same sale, and each refund",
    "order.updated",
    orderRefundedPartly,
    [sale("2026-01-14T12:00:00", partly.refunds), refund("761", 1_230, partly), refund("744", 2_460, partly)],
  ],
  [
    "a fully refunded order",
    "order.updated",
    orderRefundedWholly,
    [
      sale("2026-01-20T08:00:00", wholly.refunds),
      refund("790", 9_225, wholly),
      refund("761", 1_230, wholly),
      refund("744", 2_460, wholly),
    ],
  ],
  [
    "a renewal",
    "order.created",
    orderRenewal,
    [
      providerEvent({
        id: "order:802:2026-02-10T10:00:12",
        type: "sale",
        occurred_at: Date.UTC(2026, 1, 10, 10, 0, 10),
        customer: { id: "26", email: "tomas.silva@example.com" },
        payment: "802",
        amount: 2_000,
        gross: 2_460,
        currency: "EUR",
        payment_state: stateAt("2026-02-10T10:00:12", []),
        product: "118",
        subscription: { id: "731", interval: null },
        account: SHOP,
      }),
    ],
  ],
  [
    "a trial",
    "subscription.created",
    subscriptionOnTrial,
    [
      providerEvent({
        id: "subscription:731:trial",
        type: "trial",
        occurred_at: Date.UTC(2026, 0, 10, 10),
        customer: { id: "26", email: null },
        click: CLICK,
        product: "118",
        subscription: { id: "731", interval: "month" },
        account: SHOP,
      }),
      started({ starts_trial: true }),
    ],
  ],
  [
    "the order of a subscription past its trial",
    "subscription.updated",
    pastTrial,
    [started({ starts_trial: true }), described],
  ],
  [
    "the order of a subscription that will end",
    "subscription.updated",
    subscriptionPendingCancel,
    [started({ starts_trial: true })],
  ],
  [
    "the order of a subscription without a trial, which is its first payment",
    "subscription.created",
    { ...subscriptionOnTrial, trial_end_date_gmt: "" },
    [started({}), described],
  ],
  [
    "an end",
    "subscription.updated",
    subscriptionCancelled,
    [
      providerEvent({
        id: `subscription:731:ended:${Date.UTC(2026, 2, 10, 10, 0, 57)}`,
        type: "cancellation",
        occurred_at: Date.UTC(2026, 2, 10, 10, 0, 57),
        customer: { id: "26", email: "tomas.silva@example.com" },
        subscription: { id: "731", interval: "month" },
        account: SHOP,
      }),
    ],
  ],
];

describe("events", () => {
  test.each(events)("%s", (_, topic, fixture, expected) => {
    expect(read(topic, fixture)).toEqual({ type: topic, event_id: null, events: expected });
  });

  const silent: [string, string, unknown, string | undefined][] = [
    ["customer.created", "of no interest", customerCreated, undefined],
    ["order.created", "an order that is not paid", orderPending, "The order is not paid yet."],
    [
      "order.updated",
      "a canceled order that was never paid",
      { ...orderPaid, status: "cancelled", date_paid_gmt: null },
      "The order is not paid yet.",
    ],
    [
      "order.updated",
      "an order of zero without a click or coupon",
      { ...orderPaid, total: "6.15", total_tax: "1.15", meta_data: [], coupon_lines: [] },
      "Nothing was paid, or only tax and shipping.",
    ],
    [
      "subscription.updated",
      "a subscription made by hand that will end",
      { ...subscriptionPendingCancel, ...byHand },
      "Nothing to record: the subscription is pending-cancel. Payments are recorded from orders.",
    ],
  ];
  test("of an order of zero are a touch with its click and coupon", () => {
    const { events } = read("order.updated", { ...orderPaid, total: "6.15", total_tax: "1.15" });
    expect(events).toMatchObject([{ type: "touch", coupon: "fruehling10", payment: null, amount: null }]);
    expect(events[0]?.click).not.toBeNull();
  });

  test.each([{ total: "0.00" }, { total: "3.00", gift_cards: [{ id: 43, code: "FROH-1234", amount: 126.15 }] }])(
    "of an order of which gift cards left less than its tax (%j) are a touch",
    (left) => {
      expect(read("order.updated", { ...orderPaid, ...left }).events).toMatchObject([
        { type: "touch", coupon: "fruehling10", payment: null },
      ]);
    },
  );

  test("of an order pass on all of its coupons", () => {
    const coupon_lines = [{ code: "freeship" }, { code: "maya10" }];
    const { events } = read("order.updated", { ...orderPaid, coupon_lines });
    expect(events[0]).toMatchObject({ coupon: "freeship", coupons: ["freeship", "maya10"] });
  });

  test("of a renewing subscription have its product and interval, which its orders lack", () => {
    const told = { ...pastTrial, ...byHand };
    const describe = (changes: object) => read("subscription.updated", { ...told, ...changes }).events;
    const common = { type: "touch", product: "118", subscription: { id: "731", interval: null }, click: null };
    expect(describe({})).toMatchObject([{ ...common, plan: { interval: "month" } }]);
    expect(describe({ billing_interval: "3" })).toMatchObject([{ plan: { interval: "month", interval_count: 3 } }]);
    expect(describe({ billing_interval: "12" })).toMatchObject([{ plan: { interval: "year" } }]);
    // On its first day it is so from its start, before the first order is paid.
    const [first] = describe({ date_modified_gmt: "2026-01-10T10:03:00" });
    expect(first?.occurred_at).toBe(Date.parse("2026-01-10T10:00:00Z"));
    const [later] = describe({ date_modified_gmt: "2026-02-11T10:00:00" });
    expect(later?.occurred_at).toBe(Date.parse("2026-02-11T10:00:00Z"));
  });

  test.each(silent)("of topic %s are ignored: %s", (topic, _, fixture, ignored) => {
    expect(read(topic, fixture)).toEqual({
      type: topic,
      event_id: null,
      events: [],
      ...(ignored === undefined ? {} : { ignored }),
    });
  });

  test("are the same sale in later states added by plugins", () => {
    expect(read("order.updated", { ...orderPaid, status: "shipped" }).events).toEqual([sale("2026-01-03T10:00:22")]);
  });

  test("identify a refund by fields that never change, and ignore refunds of zero", () => {
    const later = {
      ...orderRefundedPartly,
      date_modified_gmt: "2026-02-01T00:00:00",
      billing: { email: "new@example.com" },
    };
    const refundsOf = (fixture: unknown) =>
      read("order.updated", fixture)
        .events.filter(({ type }) => type === "refund")
        .map(({ payment_state: _, ...event }) => event);
    expect(refundsOf(later)).toEqual(refundsOf(orderRefundedPartly));
    expect(refundsOf({ ...orderPaid, refunds: [{ id: 9, total: "-0.00" }] })).toEqual([]);
  });

  test("tell that an order changes a subscription", () => {
    const meta_data = [{ key: "_subscription_switch", value: "731" }];
    expect(read("order.updated", { ...orderPaid, meta_data }).events).toMatchObject([{ subscription: { id: "731" } }]);
  });

  test("tell the same trial again", () => {
    const later = {
      ...subscriptionOnTrial,
      date_modified_gmt: "2026-01-12T10:00:00",
      billing: { email: "new@example.com" },
    };
    expect(read("subscription.updated", later).events).toEqual(
      read("subscription.created", subscriptionOnTrial).events,
    );
  });

  test("of guests identify the customer by email", () => {
    expect(read("order.updated", { ...orderPaid, customer_id: 0 }).events).toMatchObject([
      { customer: { id: null, email: "tomas.silva@example.com" } },
    ]);
    const guest = { ...subscriptionOnTrial, ...byHand, customer_id: 0 };
    expect(read("subscription.created", guest).events).toMatchObject([
      { customer: { id: null, email: "tomas.silva@example.com" } },
    ]);
  });

  test.each([
    ["http://werkstatt.example", "werkstatt.example"],
    ["https://WWW.werkstatt.example/de/", "werkstatt.example"],
    ["https://werkstatt.example/?lang=de", "werkstatt.example"],
    ["werkstatt.example", "werkstatt.example"],
    ["http://127.0.0.1:8080/shop", "127.0.0.1:8080"],
  ])("of the shop at %s belong to %s", (source, account) => {
    expect(woocommerce.parse(requestOf("order.updated", orderPaid, source)).events).toMatchObject([{ account }]);
  });

  test("are the same from any host, because the header is not signed", () => {
    const [event] = read("order.updated", orderPaid).events;
    const [forged] = woocommerce.parse(requestOf("order.updated", orderPaid, "https://other.example")).events;
    expect(forged).toEqual({ ...event, account: "other.example" });
  });

  test("end an expired subscription without end dates at its last change", () => {
    const expired = { ...subscriptionCancelled, status: "expired", cancelled_date_gmt: "", end_date_gmt: "" };
    expect(read("subscription.updated", expired).events).toMatchObject([
      { type: "cancellation", occurred_at: Date.UTC(2026, 2, 10, 10, 1) },
    ]);
    const quarterly = { ...subscriptionCancelled, billing_interval: "3" };
    expect(read("subscription.updated", quarterly).events).toMatchObject([{ subscription: { interval: null } }]);
  });

  test.each([
    ["JPY", "5500", "500", "0", 5_000, 5_500],
    ["JPY", "5500.00", "500.00", "0.00", 5_000, 5_500],
    ["KWD", "6.055", "0.555", "0.500", 5_000, 6_055],
    // Shops choose the number of displayed digits.
    ["JPY", "1000.00", "90.91", "0.00", 909, 1_000],
    ["JPY", "1000.5", "0.5", "0.5", 1_000, 1_001],
    ["EUR", "24.1533", "4.0255", "0.0001", 2_013, 2_415],
  ])("in %s use its minor units (%s)", (currency, total, total_tax, shipping_total, amount, gross) => {
    const fixture = { ...orderPaid, currency, total, total_tax, shipping_total };
    expect(read("order.updated", fixture).events).toMatchObject([{ currency, amount, gross }]);
  });
});

test("a conflict is acknowledged, so that the shop keeps its webhook", () => {
  const outcome = { status: "refused" as const, conversion: null, attributed_to: null, reason: "payment_reused" };
  const answerTo = (status: number) =>
    woocommerce.answer?.({ ...outcome, problem: new Problem(status, "payment_reused", "…") }, requestWith()) ?? null;
  expect(answerTo(409)).toMatchObject({ status: 200 });
  expect([401, 422, 503].map(answerTo)).toEqual([null, null, null]);
});
