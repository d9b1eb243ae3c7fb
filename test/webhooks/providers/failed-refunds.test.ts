/** Refunds that fail or are undone after they were reported, and payments that their bank returns, at each provider. */
import { describe, expect, test } from "vitest";
import type { Provider, ProviderEvent } from "../../../src/webhooks/provider.ts";
import { braintree } from "../../../src/webhooks/providers/braintree/adapter.ts";
import { chargebee } from "../../../src/webhooks/providers/chargebee/adapter.ts";
import { paddle } from "../../../src/webhooks/providers/paddle/adapter.ts";
import { paypal } from "../../../src/webhooks/providers/paypal/adapter.ts";
import { stripe } from "../../../src/webhooks/providers/stripe/adapter.ts";
import braintreeFailed from "../../fixtures/braintree/refund-failed.txt?raw";
import braintreeRefunded from "../../fixtures/braintree/transaction-settled-refund.txt?raw";
import chargebeeRefunded from "../../fixtures/chargebee/payment-refunded.json";
import chargebeePaid from "../../fixtures/chargebee/payment-succeeded.json";
import paddleRefunded from "../../fixtures/paddle/adjustment-updated-approved.json";
import paypalRefunded from "../../fixtures/paypal/capture-refunded.json";
import paypalSaleRefunded from "../../fixtures/paypal/sale-refunded.json";
import stripeDispute from "../../fixtures/stripe/charge-dispute-closed-won.json";
import stripeRefunded from "../../fixtures/stripe/refund-created.json";
import stripeFailed from "../../fixtures/stripe/refund-failed.json";
import { requestWith } from "../adapter.ts";

const jsonOf = (fixture: unknown) => JSON.stringify(fixture);
const formOf = (xml: string) =>
  new URLSearchParams({ bt_signature: "", bt_payload: new TextEncoder().encode(xml).toBase64() }).toString();

function read(provider: Provider, body: string): ProviderEvent[] {
  return provider.parse(requestWith({ body })).events;
}

function paypalAs(event_type: string, fixture: { resource: object }, changes: object): string {
  return jsonOf({ ...fixture, event_type, resource: { ...fixture.resource, ...changes } });
}

function stripeAs(type: string, fixture: { data: { object: object } }, status: string): string {
  return jsonOf({ ...fixture, type, data: { object: { ...fixture.data.object, status } } });
}

function chargebeeAs(event_type: string, fixture: { content: { transaction: object } }, changes: object): string {
  const transaction = { ...fixture.content.transaction, ...changes };
  return jsonOf({ ...fixture, event_type, content: { ...fixture.content, transaction } });
}

const braintreeDeclined = braintreeRefunded
  .replace("<kind>transaction_settled<", "<kind>transaction_settlement_declined<")
  .replace('<timestamp type="datetime">2026-03-21T06:41:55Z', '<timestamp type="datetime">2026-03-24T06:42:31Z')
  .replace("<status>settled<", "<status>settlement_declined<");

type Failure = [string, Provider, refunded: string, failed: string, at: string];
const failures: Failure[] = [
  ["Stripe, refund.failed", stripe, jsonOf(stripeRefunded), jsonOf(stripeFailed), "2026-01-24T09:00:01Z"],
  [
    "Stripe, refund.updated",
    stripe,
    jsonOf(stripeRefunded),
    stripeAs("refund.updated", stripeFailed, "failed"),
    "2026-01-24T09:00:01Z",
  ],
  [
    "Stripe, charge.refund.updated, canceled",
    stripe,
    jsonOf(stripeRefunded),
    stripeAs("charge.refund.updated", stripeFailed, "canceled"),
    "2026-01-24T09:00:01Z",
  ],
  [
    "Paddle, reversed",
    paddle,
    jsonOf(paddleRefunded),
    jsonOf({
      ...paddleRefunded,
      data: { ...paddleRefunded.data, status: "reversed", updated_at: "2026-02-02T10:00:00Z" },
    }),
    "2026-02-02T10:00:00Z",
  ],
  ["Braintree, refund_failed", braintree, formOf(braintreeRefunded), formOf(braintreeFailed), "2026-03-22T06:40:02Z"],
  ["Braintree, declined", braintree, formOf(braintreeRefunded), formOf(braintreeDeclined), "2026-03-24T06:42:31Z"],
  ...["FAILED", "CANCELLED"].map(
    (status): Failure => [
      `PayPal, ${status}`,
      paypal,
      jsonOf(paypalRefunded),
      paypalAs("PAYMENT.CAPTURE.REFUNDED", paypalRefunded, { status }),
      "2026-03-05T10:30:17.044Z",
    ],
  ),
  [
    "PayPal, PAYMENT.REFUND.FAILED",
    paypal,
    jsonOf(paypalRefunded),
    paypalAs("PAYMENT.REFUND.FAILED", paypalRefunded, {}),
    "2026-03-05T10:30:17.044Z",
  ],
  [
    "PayPal, a subscription's refund",
    paypal,
    jsonOf(paypalSaleRefunded),
    paypalAs("PAYMENT.SALE.REFUNDED", paypalSaleRefunded, { state: "failed" }),
    "2026-04-03T07:48:25.591Z",
  ],
  ...["voided", "failure", "timeout", "late_failure"].map(
    (status): Failure => [
      `Chargebee, ${status}`,
      chargebee,
      jsonOf(chargebeeRefunded),
      chargebeeAs("transaction_updated", chargebeeRefunded, { status }),
      "2026-01-09T10:00:01Z",
    ],
  ),
  [
    "Chargebee, deleted",
    chargebee,
    jsonOf(chargebeeRefunded),
    chargebeeAs("transaction_deleted", chargebeeRefunded, { deleted: true }),
    "2026-01-09T10:00:01Z",
  ],
];

describe("a failed refund names the refund that it undoes:", () => {
  test.each(failures)("%s", (_, provider, refunded, failed, at) => {
    const [refund] = read(provider, refunded);
    const [failure, ...others] = read(provider, failed);
    expect(others).toEqual([]);
    expect(failure).toMatchObject({
      type: "refund_failed",
      payment: refund?.payment,
      refund: refund?.refund,
      occurred_at: Date.parse(at),
      amount: null,
      gross: null,
    });
    expect(refund).toMatchObject({ type: "refund", payment: expect.any(String), refund: expect.any(String) });
    expect(failure?.account).toBe(refund?.account);
  });
});

test("Stripe: money that is reinstated after a dispute is a won chargeback", () => {
  const reinstated = stripeAs("charge.dispute.funds_reinstated", stripeDispute, "won");
  expect(read(stripe, reinstated)).toEqual(read(stripe, jsonOf(stripeDispute)));
});

describe("Chargebee: a payment that doesn't count any longer is refunded once, in full:", () => {
  const paid = read(chargebee, jsonOf(chargebeePaid))[0];
  test.each([
    ["payment_failed", { status: "late_failure" }],
    ["transaction_updated", { status: "late_failure" }],
    ["transaction_updated", { status: "voided" }],
    ["transaction_deleted", { deleted: true }],
  ])("%s %j", (type, changes) => {
    const { gross, currency, payment } = paid as ProviderEvent;
    expect(read(chargebee, chargebeeAs(type, chargebeePaid, changes))).toMatchObject([
      { type: "refund", refund: "reversed", payment, amount: null, gross, currency },
    ]);
  });

  test.each([
    ["payment_failed", { status: "failure" }],
    ["transaction_updated", { status: "success" }],
    ["transaction_updated", { type: "authorization", status: "voided" }],
  ])("but not %s %j", (type, changes) => {
    expect(read(chargebee, chargebeeAs(type, chargebeePaid, changes))).toEqual([]);
  });
});
