/** Orders that bring more, or less, than one sale with one coupon. */
import { expect, test } from "vitest";
import { shopify } from "../../../../src/webhooks/providers/shopify/adapter.ts";
import orderPaid from "../../../fixtures/shopify/orders-paid.json";
import { requestWith } from "../../adapter.ts";

const CLICK = "AZtYv3k9Q7Xr2mN8pLw4sd6fGh1jKb5cTzUe0oRiA_7";

function read(order: unknown) {
  const headers = { "X-Shopify-Topic": "orders/paid", "X-Shopify-Shop-Domain": "nordlicht-tee.myshopify.com" };
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
