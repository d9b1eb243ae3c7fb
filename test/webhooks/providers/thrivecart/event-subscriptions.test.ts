import { describe, expect, test } from "vitest";
import { thrivecart } from "../../../../src/webhooks/providers/thrivecart/adapter.ts";
import { readFormOrJson } from "../../../../src/webhooks/reading/read-form.ts";
import refund from "../../../fixtures/thrivecart/order-refund.txt?raw";
import refundBump from "../../../fixtures/thrivecart/order-refund-bump.txt?raw";
import cancelled from "../../../fixtures/thrivecart/order-subscription-cancelled.txt?raw";
import rebill from "../../../fixtures/thrivecart/order-subscription-payment.txt?raw";
import order from "../../../fixtures/thrivecart/order-success.txt?raw";
import freeOrder from "../../../fixtures/thrivecart/order-success-free.txt?raw";
import subscription from "../../../fixtures/thrivecart/order-success-subscription.txt?raw";
import testOrder from "../../../fixtures/thrivecart/order-success-test.txt?raw";
import trial from "../../../fixtures/thrivecart/order-success-trial.txt?raw";
import { requestWith } from "../../adapter.ts";
import { changeForm } from "../change-form.ts";
import { signThrivecart } from "./signer.ts";

const parse = (body: string) => thrivecart.parse(requestWith(signThrivecart(body, { secret: "QX7R2M9KD4TB" })));

describe("an event subscription", () => {
  /** The body in JSON, as event subscriptions send it. */
  const subscribed = (body: string, event: string) => JSON.stringify({ ...Object(readFormOrJson(body)), event });

  test.each([
    ["order_created", order],
    ["order_created", subscription],
    ["order_created", trial],
    ["order_created", testOrder],
    ["order_created", freeOrder],
    ["order_rebill", rebill],
    ["order_rebill_cancelled", cancelled],
    ["order_refund", refund],
    ["order_refund_product", refund],
    ["order_refund_bump", refundBump],
    ["order_refund_upsell", refund],
    ["order_refund_downsell", refund],
  ])("gives the same events as the account's webhook, so that both count once: %s", (event, body) => {
    expect(parse(subscribed(body, event))).toEqual({ ...parse(body), type: event });
  });

  test("may name the order and its time only in the order", () => {
    const body = changeForm(order, { order_id: null, order_timestamp: null });
    expect(parse(subscribed(body, "order_created")).events).toEqual(parse(order).events);
  });

  const inOrder = "The whole order is recorded from order_created. Subscribe to that event or to *.";
  test.each([
    ["order_payment_product", order, inOrder],
    ["order_payment_bump", order, inOrder],
    ["order_payment_upsell", order, inOrder],
    ["order_payment_downsell", order, inOrder],
    ["order_rebill_completed", rebill, "The last payment is recorded from order_rebill."],
  ])("that repeats a part of another event is ignored: %s", (event, body, ignored) => {
    expect(parse(subscribed(body, event))).toEqual({ type: event, event_id: null, events: [], ignored });
  });

  test.each(["subscription_paused", "cart_abandoned", "affiliate_commission_earned"])("is ignored: %s", (event) => {
    expect(parse(subscribed(rebill, event))).toEqual({ type: event, event_id: null, events: [] });
  });
});

test.each([
  ["an order", order, { order_timestamp: null, "order[date_unix]": null }, null],
  ["an order", order, { order_timestamp: "999999999999999" }, null],
  ["a rebill", rebill, { date_unix: "soon" }, null],
  ["a refund", refund, { date_unix: "-1" }, null],
  ["a cancellation", cancelled, { date_unix: null }, Date.UTC(2026, 2, 6, 14)],
])("an absent or absurd time of %s is not refused: the time of receipt counts", (_, body, fields, occurred_at) => {
  expect(parse(changeForm(body, fields)).events).toMatchObject([{ occurred_at }]);
});
