import { describe, expect, test } from "vitest";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { paddleClassic } from "../../../../src/webhooks/providers/paddle-classic/adapter.ts";
import fulfillment from "../../../fixtures/paddle-classic/fulfillment.txt?raw";
import disputeClosed from "../../../fixtures/paddle-classic/payment-dispute-closed.txt?raw";
import disputeCreated from "../../../fixtures/paddle-classic/payment-dispute-created.txt?raw";
import refunded from "../../../fixtures/paddle-classic/payment-refunded.txt?raw";
import paid from "../../../fixtures/paddle-classic/payment-succeeded.txt?raw";
import cancelled from "../../../fixtures/paddle-classic/subscription-cancelled.txt?raw";
import created from "../../../fixtures/paddle-classic/subscription-created.txt?raw";
import trialing from "../../../fixtures/paddle-classic/subscription-created-trialing.txt?raw";
import failed from "../../../fixtures/paddle-classic/subscription-payment-failed.txt?raw";
import free from "../../../fixtures/paddle-classic/subscription-payment-free.txt?raw";
import partlyRefunded from "../../../fixtures/paddle-classic/subscription-payment-refunded.txt?raw";
import renewal from "../../../fixtures/paddle-classic/subscription-payment-renewal.txt?raw";
import first from "../../../fixtures/paddle-classic/subscription-payment-succeeded.txt?raw";
import paidTrial from "../../../fixtures/paddle-classic/subscription-payment-trial.txt?raw";
import { requestWith } from "../../adapter.ts";
import { changeForm } from "../change-form.ts";

const CLICK = "AQGbdR2iQnyMo7Wc3vT0kXh5Zp8uYl1sEf6gNd9rBa4jKq2wxVmCtHiOeUzP-7S_3yLn0bGDkF5JQw1RvX8c6M2h9TfA";

const parse = (body: string) => paddleClassic.parse(requestWith({ body }));

const ZOE = { id: "29777", email: "zoe@example.com" };
const JANE = { id: null, email: "jane@example.com" };
const CLUB = { id: "502198", interval: "month" };

describe("events", () => {
  const cases: [string, string, string, string, ProviderEvent][] = [
    [
      "a payment for a product, net of tax",
      paid,
      "payment_succeeded",
      "1730215500",
      {
        id: "payment:384921-3820340",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 5, 20, 10),
        customer: JANE,
        click: CLICK,
        coupon: null,
        payment: "384921-3820340",
        aliases: [],
        refund: null,
        amount: 9_900,
        gross: 10_725,
        currency: "USD",
        product: "18001",
        subscription: null,
        country: "US",
        test: false,
        account: null,
      },
    ],
    [
      "a subscription's first payment, after its coupon",
      first,
      "subscription_payment_succeeded",
      "1730214501",
      providerEvent({
        id: "payment:384920-3820221",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 5, 19, 38, 56),
        customer: ZOE,
        click: CLICK,
        coupon: "MAYA10",
        payment: "384920-3820221",
        amount: 4_500,
        gross: 5_355,
        currency: "EUR",
        product: "18219",
        subscription: CLUB,
        country: "DE",
      }),
    ],
    [
      "a renewal, which has an order of its own",
      renewal,
      "subscription_payment_succeeded",
      "1731554082",
      providerEvent({
        id: "payment:384920-3951107",
        type: "sale",
        occurred_at: Date.UTC(2026, 1, 5, 19, 41, 2),
        customer: ZOE,
        click: CLICK,
        payment: "384920-3951107",
        amount: 5_000,
        gross: 5_950,
        currency: "EUR",
        product: "18219",
        subscription: CLUB,
        country: "DE",
      }),
    ],
    [
      "the start of a trial",
      trialing,
      "subscription_created",
      "1730300009",
      providerEvent({
        id: "trial:502311",
        type: "trial",
        occurred_at: Date.UTC(2026, 0, 7, 10, 15, 1),
        customer: ZOE,
        click: CLICK,
        product: "18219",
        subscription: { id: "502311", interval: null },
      }),
    ],
    [
      "the payment for a trial",
      paidTrial,
      "subscription_payment_succeeded",
      "1730300011",
      providerEvent({
        id: "payment:384920-3822904",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 7, 10, 15, 3),
        customer: ZOE,
        click: CLICK,
        payment: "384920-3822904",
        amount: 100,
        gross: 119,
        currency: "EUR",
        product: "18219",
        subscription: { id: "502311", interval: null, starts_trial: true },
        country: "DE",
      }),
    ],
    [
      "a free first month, which keeps its click and coupon",
      free,
      "subscription_payment_succeeded",
      "1730300977",
      providerEvent({
        id: "payment:384920-3823310",
        type: "touch",
        occurred_at: Date.UTC(2026, 0, 8, 8),
        customer: ZOE,
        click: CLICK,
        coupon: "FREEMONTH",
        product: "18219",
        subscription: { id: "502350", interval: "month" },
        country: "DE",
      }),
    ],
    [
      "a cancellation, at its effective date",
      cancelled,
      "subscription_cancelled",
      "1732009120",
      providerEvent({
        id: `subscription_cancelled:502198:${Date.UTC(2026, 2, 5)}`,
        type: "cancellation",
        occurred_at: Date.UTC(2026, 2, 5),
        customer: ZOE,
        subscription: { id: "502198", interval: null },
      }),
    ],
    [
      "a refund of a whole payment",
      refunded,
      "payment_refunded",
      "1730990000",
      providerEvent({
        id: "refund:1730990000",
        type: "refund",
        occurred_at: Date.UTC(2026, 0, 12, 11),
        customer: JANE,
        payment: "384921-3820340",
        refund: "1730990000",
        amount: 9_900,
        gross: 10_725,
        currency: "USD",
      }),
    ],
    [
      "a refund of a part of a renewal",
      partlyRefunded,
      "subscription_payment_refunded",
      "1731802200",
      providerEvent({
        id: "refund:1731802200",
        type: "refund",
        occurred_at: Date.UTC(2026, 1, 10, 16, 20),
        customer: ZOE,
        payment: "384920-3951107",
        refund: "1731802200",
        amount: 1_681,
        gross: 2_000,
        currency: "EUR",
        subscription: { id: "502198", interval: null },
      }),
    ],
    [
      "a chargeback",
      disputeCreated,
      "payment_dispute_created",
      "1731100001",
      providerEvent({
        id: "chargeback:384921-3820340",
        type: "chargeback",
        occurred_at: Date.UTC(2026, 0, 20, 13),
        customer: JANE,
        payment: "384921-3820340",
        refund: "384921-3820340",
        gross: 10_725,
        currency: "USD",
      }),
    ],
    [
      "a won chargeback",
      disputeClosed,
      "payment_dispute_closed",
      "1733100222",
      providerEvent({
        id: "chargeback_won:384921-3820340",
        type: "chargeback_won",
        occurred_at: Date.UTC(2026, 1, 28, 9, 30),
        customer: JANE,
        payment: "384921-3820340",
        refund: "384921-3820340",
        gross: 10_725,
        currency: "USD",
      }),
    ],
  ];
  test.each(cases)("%s", (_, body, type, event_id, event) => {
    expect(parse(body)).toEqual({ type, event_id, events: [event] });
  });

  test.each([
    ["a failed payment", failed, "subscription_payment_failed", undefined],
    ["a type with the name of an object property", "alert_name=toString", "toString", undefined],
    [
      "a subscription without a trial",
      created,
      "subscription_created",
      "The subscription has no trial. Its payments are recorded from subscription_payment_succeeded.",
    ],
    [
      "a changed plan",
      changeForm(created, { alert_name: "subscription_updated" }),
      "subscription_updated",
      "Payments of the new plan are recorded from subscription_payment_succeeded.",
    ],
    [
      "a delivered order",
      changeForm(paid, { alert_name: "locker_processed" }),
      "locker_processed",
      "The payment is recorded from payment_succeeded.",
    ],
    [
      "a product's fulfillment webhook",
      fulfillment,
      "fulfillment",
      "This is a fulfillment webhook. Sales are recorded from the alerts payment_succeeded and subscription_payment_succeeded.",
    ],
    [
      "a free order without a click or coupon",
      changeForm(free, { coupon: "", passthrough: "" }),
      "subscription_payment_succeeded",
      "Nothing was paid, or only tax.",
    ],
    [
      "a refund of the tax",
      changeForm(refunded, { refund_type: "vat", gross_refund: "8.25" }),
      "payment_refunded",
      "Nothing but tax was refunded.",
    ],
  ])("ignored: %s", (_, body, type, ignored) => {
    const reading = parse(body);
    expect(reading).toMatchObject({ type, events: [] });
    expect(reading.ignored).toBe(ignored);
  });
});
