/** A sale is recorded whatever the fields hold that it can do without. */
import { expect, test } from "vitest";
import type { Provider } from "../../../src/webhooks/provider.ts";
import { bigcommerce } from "../../../src/webhooks/providers/bigcommerce/adapter.ts";
import { clickfunnels } from "../../../src/webhooks/providers/clickfunnels/adapter.ts";
import { creem } from "../../../src/webhooks/providers/creem/adapter.ts";
import { kajabi } from "../../../src/webhooks/providers/kajabi/adapter.ts";
import coupons from "../../fixtures/bigcommerce/coupons.json";
import order from "../../fixtures/bigcommerce/order.json";
import products from "../../fixtures/bigcommerce/products.json";
import invoicePaid from "../../fixtures/clickfunnels/invoice-paid.json";
import checkoutCompleted from "../../fixtures/creem/checkout-completed.json";
import subscriptionPaid from "../../fixtures/creem/subscription-paid.json";
import paymentSucceeded from "../../fixtures/kajabi/payment-succeeded.json";
import { requestWith } from "../adapter.ts";

const bigcommerceOrder = { scope: "store/order/updated", hash: "h", order, coupons, products, refunds: [] };

const sales: [Provider, object, string[]][] = [
  [
    bigcommerce,
    bigcommerceOrder,
    ["order.status", "order.customer_id", "order.customer_message", "order.billing_address", "coupons", "products"],
  ],
  [
    clickfunnels,
    invoicePaid,
    [
      ...["data.visits", "data.visits.last_visit", "data.line_items", "data.line_items.0.products_price"],
      ...["data.line_items.0.products_price.interval", "data.line_items.0.products_price.interval_count"],
      ...["data.line_items.0.products_variant", "data.order.in_trial", "data.order.order_type", "data.order.contact"],
      ...["data.order.contact.visits", "data.order.contact.visits.first_visit"],
    ],
  ],
  [creem, checkoutCompleted, ["object.order.type", "object.product", "object.customer"]],
  [creem, subscriptionPaid, ["object.status", "object.last_transaction.type", "object.product"]],
  [kajabi, paymentSucceeded, ["payload.0.attributes.formatted_amount", "payload.0.attributes.created_at"]],
];
const cases = sales.flatMap(([provider, body, fields]) => fields.map((field) => ({ provider, body, field })));

function withField(body: object, field: string, value: unknown): object {
  const copy = structuredClone(body);
  const names = field.split(".");
  const last = names.pop() ?? "";
  const parent = names.reduce<Record<string, unknown>>((at, name) => Object(at[name]), Object(copy));
  expect(parent).toHaveProperty(last);
  parent[last] = value;
  return copy;
}

test.each(cases)("$provider.source: $field", ({ provider, body, field }) => {
  for (const value of [null, "", "x", 5, 1.5, true, [], {}, [null], ["x"]]) {
    const { events } = provider.parse(requestWith({ body: JSON.stringify(withField(body, field, value)) }));
    expect.soft(events, JSON.stringify(value)).toMatchObject([{ type: "sale" }]);
  }
});
