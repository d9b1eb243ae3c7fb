/** Orders that bring more, or less, than one sale with one coupon. */
import { describe, expect, test } from "vitest";
import { providerEvent } from "../../../../src/webhooks/provider.ts";
import { shopify } from "../../../../src/webhooks/providers/shopify/adapter.ts";
import orderPaid from "../../../fixtures/shopify/orders-paid.json";
import refundCreated from "../../../fixtures/shopify/refunds-create.json";
import { requestWith } from "../../adapter.ts";

const CLICK = "AZtYv3k9Q7Xr2mN8pLw4sd6fGh1jKb5cTzUe0oRiA_7";

function read(order: unknown, topic = "orders/paid") {
  const headers = { "X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": "nordlicht-tee.myshopify.com" };
  return shopify.parse(requestWith({ headers, body: JSON.stringify(order) })).events;
}

test("an order of zero is a touch with its click and coupon", () => {
  const free = { ...orderPaid, subtotal_price: "7.16" };
  const touch = { type: "touch", click: CLICK, coupon: "HERBST10", payment: null, amount: null };
  expect(read(free)).toMatchObject([touch]);
});

test("an order passes on all of its discount codes", () => {
  const discount_codes = [{ code: "FREESHIP" }, { code: "MAYA10" }];
  expect(read({ ...orderPaid, discount_codes })).toMatchObject([
    { coupon: "FREESHIP", coupons: ["FREESHIP", "MAYA10"] },
  ]);
});

describe("a gift card", () => {
  const money = (amount: string) => ({ shop_money: { amount, currency_code: "EUR" } });
  const [tea] = orderPaid.line_items;
  const card = {
    ...tea,
    product_id: 8300000000099,
    gift_card: true,
    quantity: 2,
    price: "25.00",
    price_set: money("25.00"),
    discount_allocations: [{ amount: "5.00", amount_set: money("5.00") }],
    tax_lines: [],
  };

  test("is no part of the sale when it is bought with other items", () => {
    const line_items = [card, ...orderPaid.line_items];
    const order = { ...orderPaid, line_items, subtotal_price: "89.82", total_price: "94.72" };
    expect(read(order)).toMatchObject([{ type: "sale", amount: 3_766, gross: 9_472, product: "8300000000017" }]);
  });

  test("is no sale when it is bought alone", () => {
    const order = { ...orderPaid, line_items: [card], subtotal_price: "45.00", total_price: "45.00" };
    expect(read(order)).toMatchObject([{ type: "touch", click: CLICK, payment: null, amount: null }]);
  });

  test("makes a sale in full when it is spent", () => {
    expect(read({ ...orderPaid, payment_gateway_names: ["gift_card"] })).toMatchObject([
      { type: "sale", amount: 3_766 },
    ]);
  });

  test("reverses nothing when it is refunded", () => {
    const [line] = refundCreated.refund_line_items;
    const cards = { ...line, line_item: { ...line?.line_item, gift_card: true, tax_lines: [] } };
    expect(read({ ...refundCreated, refund_line_items: [cards] }, "refunds/create")).toEqual([]);
    expect(read({ ...refundCreated, refund_line_items: [cards, line] }, "refunds/create")).toMatchObject([
      { amount: 1_883 },
    ]);
  });
});

describe("an order that ends", () => {
  const end = (name: string, refund: string, at: number | null) =>
    providerEvent({
      id: `${name}:5812345678901`,
      type: "refund",
      occurred_at: at,
      payment: "5812345678901",
      refund,
      payment_state: { at, is_paid: false, refunds: [] },
      account: "nordlicht-tee.myshopify.com",
    });

  test.each(["paid", "partially_refunded", "refunded"])("by a cancellation is unpaid: %s", (financial_status) => {
    const canceled = { ...orderPaid, financial_status, cancelled_at: "2026-01-04T09:00:00+01:00" };
    expect(read(canceled, "orders/cancelled")).toEqual([end("orders/cancelled", "cancelled", Date.UTC(2026, 0, 4, 8))]);
  });

  test.each(["pending", "authorized", "voided"])("before it is paid reports nothing: %s", (financial_status) => {
    expect(read({ ...orderPaid, financial_status }, "orders/cancelled")).toEqual([]);
  });

  test("by its deletion is unpaid", () => {
    expect(read({ id: 5812345678901 }, "orders/delete")).toEqual([end("orders/delete", "deleted", null)]);
  });
});
