/** Requests that can't be read. */
import { describe, expect, test } from "vitest";
import { woocommerce } from "../../../../src/webhooks/providers/woocommerce/adapter.ts";
import orderPaid from "../../../fixtures/woocommerce/order-updated-paid.json";
import subscriptionOnTrial from "../../../fixtures/woocommerce/subscription-created-on-trial.json";
import { parseFault, requestWith } from "../../adapter.ts";

const requestOf = (topic: string, fixture: unknown, source = "https://www.werkstatt.example/") =>
  requestWith({
    headers: { "X-WC-Webhook-Topic": topic, "X-WC-Webhook-Source": source },
    body: JSON.stringify(fixture),
  });

describe("an unknown shape", () => {
  const faults: [string, string, unknown, string][] = [
    ["the legacy API's", "order.created", { order: orderPaid }, "id"],
    ["no total", "order.updated", { ...orderPaid, total: undefined }, "total"],
    ["an invalid total tax", "order.updated", { ...orderPaid, total_tax: "much" }, "total_tax"],
    ["more tax than there is", "order.updated", { ...orderPaid, total: "20.00" }, "total"],
    ["an unknown currency", "order.updated", { ...orderPaid, currency: "POINTS" }, "currency"],
    ["no time", "order.updated", { ...orderPaid, date_paid_gmt: "yesterday" }, "date_paid_gmt"],
    ["no amount", "order.updated", { ...orderPaid, refunds: [{ id: 1, total: "all" }] }, "refunds.0.total"],
    ["no id", "order.deleted", {}, "id"],
    ["no status", "subscription.updated", { ...subscriptionOnTrial, status: null }, "status"],
  ];
  test.each(faults)("(%s) names the field", (_, topic, fixture, field) => {
    expect(parseFault(woocommerce, requestOf(topic, fixture))).toMatchObject({ status: 422, field });
  });

  test.each(["https://", "not a host"])("of the address: %j", (source) => {
    const field = "X-WC-Webhook-Source";
    expect(parseFault(woocommerce, requestOf("order.updated", orderPaid, source))).toMatchObject({
      status: 422,
      field,
    });
  });

  test.each(["X-WC-Webhook-Topic", "X-WC-Webhook-Source"])("without %s is refused", (name) => {
    const request = requestOf("order.updated", orderPaid);
    request.headers.delete(name);
    expect(parseFault(woocommerce, request)).toMatchObject({ status: 422, field: name });
  });
});
