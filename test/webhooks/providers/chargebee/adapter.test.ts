import { describe, expect, test } from "vitest";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { chargebee } from "../../../../src/webhooks/providers/chargebee/adapter.ts";
import refunded from "../../../fixtures/chargebee/payment-refunded.json";
import chargedBack from "../../../fixtures/chargebee/payment-refunded-chargeback.json";
import refundedOffline from "../../../fixtures/chargebee/payment-refunded-offline.json";
import paid from "../../../fixtures/chargebee/payment-succeeded.json";
import paidPartly from "../../../fixtures/chargebee/payment-succeeded-partly.json";
import paidRest from "../../../fixtures/chargebee/payment-succeeded-rest.json";
import paidVersion1 from "../../../fixtures/chargebee/payment-succeeded-version-1.json";
import cancellationScheduled from "../../../fixtures/chargebee/subscription-cancellation-scheduled.json";
import cancelled from "../../../fixtures/chargebee/subscription-cancelled.json";
import subscribed from "../../../fixtures/chargebee/subscription-created.json";
import onTrial from "../../../fixtures/chargebee/subscription-created-in-trial.json";
import subscribedWithoutClick from "../../../fixtures/chargebee/subscription-created-without-click.json";
import { parseFault, requestWith } from "../../adapter.ts";

const START = Date.UTC(2026, 0, 3, 10);
const DAY = 86_400_000;
const CLICK = "AZtYv3k9Q7Xr2mN8pLw4sd6fGh1jKb5cTzUe0oRiA_7";
const INES = { id: "AzqYRySIstMLd4", email: "ines.moreau@example.com" };
const MONTHLY = { id: "AzqYRySIstMQe7", interval: "month" };

const bodyOf = (fixture: unknown) => requestWith({ body: JSON.stringify(fixture) });
const read = (fixture: unknown) => chargebee.parse(bodyOf(fixture));

/** A payment's fixture with changes to its transaction, invoice or content. */
function changed(
  fixture: { content: { transaction: object; invoice: object } },
  transaction: Record<string, unknown>,
  invoice: Record<string, unknown> = {},
  content: Record<string, unknown> = {},
) {
  return {
    ...fixture,
    content: {
      ...fixture.content,
      transaction: { ...fixture.content.transaction, ...transaction },
      invoice: { ...fixture.content.invoice, ...invoice },
      ...content,
    },
  };
}

const SALE = {
  type: "sale",
  customer: INES,
  click: CLICK,
  currency: "USD",
  product: "team-USD-monthly",
  subscription: MONTHLY,
} as const;
const BACK = { customer: INES, currency: "USD", subscription: MONTHLY };
const RENEWAL = START + 31 * DAY;

const events: [string, unknown, ProviderEvent[]][] = [
  [
    "the first payment, with a coupon",
    paid,
    [
      providerEvent({
        ...SALE,
        id: "ev_AzqYRySIstMN16O",
        occurred_at: START + 2_000,
        coupon: "PARTNER10",
        payment: "txn_AzqYRySIstMLf6N",
        aliases: ["invoice:1041"],
        amount: 4_410,
        gross: 4_851,
      }),
    ],
  ],
  [
    "a part of a renewal's invoice, with its part of the tax",
    paidPartly,
    [
      providerEvent({
        ...SALE,
        id: "ev_16BjmkSIshv0Qg2A",
        occurred_at: RENEWAL + 2_000,
        payment: "txn_16BjmkSIshuwwgPB",
        amount: 1_818,
        gross: 2_000,
      }),
    ],
  ],
  [
    "the rest of an invoice, as another payment",
    paidRest,
    [
      providerEvent({
        ...SALE,
        id: "ev_16BjmkSIshv9Xg2B",
        occurred_at: RENEWAL + DAY + 2_000,
        payment: "txn_16BjmkSIshuzzgPC",
        amount: 3_082,
        gross: 3_390,
      }),
    ],
  ],
  [
    "a payment in the API's version 1",
    paidVersion1,
    [
      providerEvent({
        id: "ev_1mhuJNTPlqjUf6",
        type: "sale",
        occurred_at: START,
        customer: INES,
        click: CLICK,
        payment: "txn_1mhuJNTPlqjLf6",
        aliases: ["invoice:DEMO-INV-77"],
        amount: 900,
        gross: 995,
        currency: "USD",
        product: "basic",
        subscription: { id: "1mhuJNTPlqjQe7", interval: null },
      }),
    ],
  ],
  [
    "a refund",
    refunded,
    [
      providerEvent({
        ...BACK,
        id: "ev_3Nl7oGgQqGG0Dl3f",
        type: "refund",
        occurred_at: START + 6 * DAY,
        payment: "txn_AzqYRySIstMLf6N",
        refund: "txn_3Nl7oGgQqGG07E3V",
        gross: 1_000,
      }),
    ],
  ],
  [
    "a refund by check",
    refundedOffline,
    [
      providerEvent({
        ...BACK,
        id: "ev_3Nl7oGgQqGG1El4g",
        type: "refund",
        occurred_at: RENEWAL + 5 * DAY,
        payment: "txn_16BjmkSIshuzzgPC",
        refund: "txn_3Nl7oGgQqGG19E4W",
        gross: 500,
      }),
    ],
  ],
  [
    "a chargeback of an invoice",
    chargedBack,
    [
      providerEvent({
        ...BACK,
        id: "ev_3Nl7oGgQqGG2Fm5h",
        type: "chargeback",
        occurred_at: START + 40 * DAY,
        payment: "invoice:1041",
        refund: "txn_3Nl7oGgQqGG20F5X",
        gross: 3_851,
      }),
    ],
  ],
  [
    "a subscription's click",
    subscribed,
    [
      providerEvent({
        id: "ev_AzqYRySIstMQf8P",
        type: "touch",
        occurred_at: START,
        customer: INES,
        click: CLICK,
        subscription: MONTHLY,
      }),
    ],
  ],
  [
    "a trial, by the click in the customer's metadata",
    onTrial,
    [
      providerEvent({
        id: "ev_AzqgumSAxXl56AxY",
        type: "trial",
        occurred_at: START + 3_600_000,
        customer: { id: "AzqgumSAxXl3xA", email: "paul.okafor@example.com" },
        click: CLICK,
        product: "team-USD-yearly",
        subscription: { id: "AzqgumSAxXl3yB", interval: "year" },
      }),
    ],
  ],
  [
    "an end",
    cancelled,
    [
      providerEvent({
        id: "ev_16BgX7SC8QzzQ4nbm",
        type: "cancellation",
        occurred_at: START + 59 * DAY,
        customer: INES,
        subscription: MONTHLY,
      }),
    ],
  ],
];

describe("events", () => {
  test.each(events)("%s", (_, fixture, expected) => {
    expect(read(fixture).events).toEqual(expected);
  });

  test("carry the provider's name and id", () => {
    expect(read(paid)).toMatchObject({ type: "payment_succeeded", event_id: "ev_AzqYRySIstMN16O" });
  });

  test("are the same when sent again", () => {
    const again = { ...paid, webhook_status: "re_scheduled", webhooks: [] };
    expect(read(again)).toEqual(read(paid));
  });

  test("of other types are ignored", () => {
    expect(read(cancellationScheduled)).toEqual({
      type: "subscription_cancellation_scheduled",
      event_id: "ev_16BgX7SC8QzzP3mal",
      events: [],
    });
  });

  const silent: [string, unknown, string][] = [
    [
      "a subscription without a click",
      subscribedWithoutClick,
      "The subscription is future and has no click. Its payments are recorded from payment_succeeded.",
    ],
    ["a payment of zero", changed(paid, { amount: 0 }), "Nothing was paid."],
    ["an unfinished payment", changed(paid, { status: "in_progress" }), "The payment is in_progress."],
    ["an authorisation", changed(paid, { type: "authorization" }), "The authorization is success."],
    ["a failed refund", changed(refunded, { status: "failure" }), "The refund is failure."],
  ];
  test.each(silent)("from %s are ignored with the reason", (_, fixture, ignored) => {
    expect(read(fixture)).toMatchObject({ events: [], ignored });
  });

  test.each([
    ["JPY", { amount: 1_100 }, { total: 1_100, tax: 100 }, 1_000, 1_100],
    ["CLP", { amount: 1_100 }, { total: 1_100, tax: 100 }, 1_000, 1_100],
    ["KWD", { amount: 1_100 }, { total: 1_100, tax: 100 }, 10_000, 11_000],
  ])("in %s use its minor units, with at most two digits at Chargebee", (currency, paidIt, bill, amount, gross) => {
    const fixture = changed(paid, { ...paidIt, currency_code: currency }, bill);
    expect(read(fixture).events).toMatchObject([{ currency, amount, gross }]);
    const back = changed(refunded, { amount: 1_100, currency_code: currency });
    expect(read(back).events).toMatchObject([{ currency, amount: null, gross }]);
  });

  test("split a payment of any size exactly", () => {
    const bill = { total: 9_007_199_254_740_990, tax: 1_000_000_000_000_000, amount_paid: 1, amount_due: 1 };
    expect(read(changed(paid, { amount: 9_007_199_254_740_989 }, bill)).events).toMatchObject([
      { amount: 8_007_199_254_740_989, aliases: [] },
    ]);
  });

  test("of a payment without an invoice cover the whole payment", () => {
    const fixture = changed(paid, {}, {}, { invoice: null, subscription: null });
    expect(read(fixture).events).toMatchObject([
      { amount: 4_851, gross: 4_851, aliases: [], product: null, coupon: null, subscription: null, click: null },
    ]);
  });

  test("have the coupon-set code that the customer entered", () => {
    const discounts = [{ entity_type: "document_level_coupon", entity_id: "PARTNERS", coupon_set_code: "INES-7Q" }];
    expect(read(changed(paid, {}, { discounts })).events).toMatchObject([{ coupon: "INES-7Q" }]);
    const other = [{ entity_type: "promotional_credits", entity_id: null }];
    expect(read(changed(paid, {}, { discounts: other })).events).toMatchObject([{ coupon: null }]);
  });

  test("use the subscription's click before the customer's", () => {
    const customer = { ...paid.content.customer, cf_lc_click: "an-older-click" };
    expect(read(changed(paid, {}, {}, { customer })).events).toMatchObject([{ click: CLICK }]);
    const subscription = { ...paid.content.subscription, cf_lc_click: null };
    expect(read(changed(paid, {}, {}, { customer, subscription })).events).toMatchObject([{ click: "an-older-click" }]);
  });

  test.each(["subscription_created_with_backdating", "subscription_started"])(
    "of type %s begin trials too",
    (event_type) => {
      expect(read({ ...onTrial, event_type }).events).toMatchObject([{ type: "trial" }]);
    },
  );

  test("of type subscription_canceled_with_backdating are cancellations too", () => {
    expect(read({ ...cancelled, event_type: "subscription_canceled_with_backdating" }).events).toMatchObject([
      { type: "cancellation", occurred_at: START + 59 * DAY },
    ]);
  });
});

test("what is paid during a trial is a paid trial", () => {
  const subscription = { ...paid.content.subscription, status: "in_trial" };
  const event = { ...paid, content: { ...paid.content, subscription } };
  const [sold] = read(paid).events;
  expect(read(event).events).toEqual([{ ...sold, type: "trial" }]);
});

describe("an unknown shape", () => {
  const faults: [string, unknown, string][] = [
    ["no content", { ...paid, content: undefined }, "content"],
    ["no amount", changed(paid, { amount: undefined }), "content.transaction.amount"],
    ["a fraction of a cent", changed(paid, { amount: 48.51 }), "content.transaction.amount"],
    ["more tax than total", changed(paid, {}, { tax: 5_000 }), "content.invoice.tax"],
    ["an unknown currency", changed(paid, { currency_code: "XYZ" }), "content.transaction.currency_code"],
    ["no time", changed(refunded, { date: "2026-01-03" }), "content.transaction.date"],
    [
      "no payment",
      changed(refunded, { refunded_txn_id: null }, {}, { invoice: null }),
      "content.transaction.refunded_txn_id",
    ],
    ["no subscription", { ...cancelled, content: { customer: null } }, "content.subscription"],
    ["no type", { id: "ev_1", occurred_at: 1 }, "event_type"],
  ];
  test.each(faults)("(%s) names the field", (_, fixture, field) => {
    expect(parseFault(chargebee, bodyOf(fixture))).toMatchObject({ status: 422, field });
  });
});
