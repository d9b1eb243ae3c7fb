/** The reversed amounts of Shopify's refunds, which Shopify reports in several ways. */
import { describe, expect, test } from "vitest";
import { shopify } from "../../../../src/webhooks/providers/shopify/adapter.ts";
import refundCreated from "../../../fixtures/shopify/refunds-create.json";
import refundOfOtherSum from "../../../fixtures/shopify/refunds-create-other-sum.json";
import refundOfShipping from "../../../fixtures/shopify/refunds-create-shipping.json";
import { parseFault, requestWith } from "../../adapter.ts";

const HEADERS = { "X-Shopify-Topic": "refunds/create", "X-Shopify-Shop-Domain": "nordlicht-tee.myshopify.com" };

const requestOf = (fixture: unknown) => requestWith({ headers: HEADERS, body: JSON.stringify(fixture) });
const read = (fixture: unknown) => shopify.parse(requestOf(fixture));

describe("a refund", () => {
  const [line] = refundCreated.refund_line_items;
  const [transaction] = refundCreated.transactions;
  const money = (amount: string, currency_code = "EUR") => ({ shop_money: { amount, currency_code } });
  const lineOf = (subtotal: string, tax: string, rates: number[]) => ({
    ...line,
    subtotal_set: money(subtotal),
    total_tax_set: money(tax),
    line_item: { tax_lines: rates.map((rate) => ({ rate })) },
  });

  test.each([
    ["upon it", lineOf("100.00", "19.00", [0.19]), 10_000],
    ["within it", lineOf("119.00", "19.00", [0.19]), 10_000],
    ["added to it, at two rates", lineOf("100.00", "14.98", [0.05, 0.09975]), 10_000],
    ["included in it, at two rates", lineOf("114.98", "14.98", [0.05, 0.09975]), 10_000],
    ["none", lineOf("100.00", "0.00", []), 10_000],
  ])("of an item excludes its tax: %s", (_, item, amount) => {
    const fixture = { ...refundCreated, refund_line_items: [item] };
    expect(read(fixture).events).toMatchObject([{ amount }]);
  });

  test("of items and another amount uses the total refunded", () => {
    const adjustment = { kind: "refund_discrepancy", amount_set: money("12.41"), tax_amount_set: money("0.00") };
    const fixture = {
      ...refundCreated,
      order_adjustments: [adjustment],
      transactions: [{ ...transaction, amount: "10.00" }],
    };
    expect(read(fixture).events).toMatchObject([{ amount: null, gross: 1_000 }]);
  });

  test("of items and shipping reverses the items", () => {
    const adjustment = { kind: "shipping_refund", amount_set: money("-4.12"), tax_amount_set: money("-0.78") };
    const fixture = {
      ...refundCreated,
      order_adjustments: [adjustment],
      transactions: [{ ...transaction, amount: "27.31" }],
    };
    expect(read(fixture).events).toMatchObject([{ amount: 1_883, gross: 2_731 }]);
  });

  test("of shipping only, reported as a separate line, reverses nothing", () => {
    const fixture = { ...refundOfShipping, order_adjustments: [], refund_shipping_lines: [{ id: 1 }] };
    expect(read(fixture)).toMatchObject({ events: [] });
  });

  test("of an amount in the buyer's currency uses the adjustment in the shop's currency", () => {
    const transactions = [{ ...transaction, amount: "11.70", currency: "USD" }];
    expect(read({ ...refundOfOtherSum, transactions }).events).toMatchObject([
      { amount: null, gross: 1_000, currency: "EUR" },
    ]);
    const unknown = requestOf({ ...refundOfOtherSum, transactions, order_adjustments: [] });
    expect(parseFault(shopify, unknown)).toMatchObject({ status: 422, field: "transactions.currency" });
  });

  test("of a negative amount is refused", () => {
    const paid = requestOf({ ...refundCreated, transactions: [{ ...transaction, amount: "-10.00" }] });
    expect(parseFault(shopify, paid)).toMatchObject({ status: 422, field: "transactions.amount" });
    const items = requestOf({ ...refundCreated, refund_line_items: [{ ...line, subtotal_set: money("-10.00") }] });
    expect(parseFault(shopify, items)).toMatchObject({ status: 422 });
  });

  test("counts pending transactions, but not failed ones", () => {
    const transactions = ["success", "pending", "failure"].map((status) => ({ ...transaction, status }));
    expect(read({ ...refundCreated, transactions }).events).toMatchObject([{ gross: 4_482 }]);
    const voided = [...refundCreated.transactions, { ...transaction, kind: "void" }];
    expect(read({ ...refundCreated, transactions: voided }).events).toMatchObject([{ gross: 2_241 }]);
    const failed = [{ ...transaction, status: "failure" }];
    expect(read({ ...refundCreated, transactions: failed }).events).toEqual([]);
  });
});
