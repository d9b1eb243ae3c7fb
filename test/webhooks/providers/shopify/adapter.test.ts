import { describe, expect, test } from "vitest";
import { Problem } from "../../../../src/lib/problem.ts";
import { type ProviderEvent, providerEvent, type SignedRequest } from "../../../../src/webhooks/provider.ts";
import { shopify } from "../../../../src/webhooks/providers/shopify/adapter.ts";
import disputeCreated from "../../../fixtures/shopify/disputes-create.json";
import inquiryCreated from "../../../fixtures/shopify/disputes-create-inquiry.json";
import disputeLost from "../../../fixtures/shopify/disputes-update-lost.json";
import disputeWon from "../../../fixtures/shopify/disputes-update-won.json";
import orderCreated from "../../../fixtures/shopify/orders-create.json";
import orderPaid from "../../../fixtures/shopify/orders-paid.json";
import orderPaidAbroad from "../../../fixtures/shopify/orders-paid-abroad.json";
import refundCreated from "../../../fixtures/shopify/refunds-create.json";
import refundAbroad from "../../../fixtures/shopify/refunds-create-abroad.json";
import refundOfOtherSum from "../../../fixtures/shopify/refunds-create-other-sum.json";
import refundOfShipping from "../../../fixtures/shopify/refunds-create-shipping.json";
import refundWithoutMoney from "../../../fixtures/shopify/refunds-create-without-money.json";
import { expectUnforgeable, parseFault, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { signShopify } from "./signer.ts";

const TOOLS = toolsAt(Date.UTC(2026, 0, 3, 10, 4, 46));
const SECRET = "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";
const OTHER = "0d5b3c7e9f1a2b4c6d8e0f1a3b5c7d9e0d5b3c7e9f1a2b4c6d8e0f1a3b5c7d9e";
const THIRD = "shpss_00000000000000000000000000000000";
const CLICK = "AZtYv3k9Q7Xr2mN8pLw4sd6fGh1jKb5cTzUe0oRiA_7";
const SHOP = "nordlicht-tee.myshopify.com";

async function signed(body: string, secret = SECRET): Promise<SignedRequest> {
  return requestWith(await signShopify(body, { secret, topic: "orders/paid" }));
}

const requestOf = (topic: string, fixture: unknown, headers: Record<string, string> = {}) =>
  requestWith({
    headers: {
      "X-Shopify-Topic": topic,
      "X-Shopify-Shop-Domain": SHOP,
      "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
      ...headers,
    },
    body: JSON.stringify(fixture),
  });
const read = (topic: string, fixture: unknown) => shopify.parse(requestOf(topic, fixture));

describe("the signature", () => {
  const body = JSON.stringify(orderPaid);

  test("is HMAC-SHA256 in base64, as in test case 2 of RFC 4231", async () => {
    const request = requestWith({
      body: "what do ya want for nothing?",
      headers: { "X-Shopify-Hmac-Sha256": "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=" },
    });
    expect(await verdictOf(shopify, request, ["Jefe"], TOOLS)).toBeNull();
  });

  test("with the secret is accepted at any time", async () => {
    expect(await verdictOf(shopify, await signed(body), [SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(shopify, await signed(body), [SECRET], toolsAt(0))).toBeNull();
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    expect(await verdictOf(shopify, await signed(body), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(shopify, await signed(body, OTHER), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(shopify, await signed(body, THIRD), [OTHER, SECRET], TOOLS)).toBe("signature_invalid");
  });

  test("is refused if it is missing or the endpoint has no secret", async () => {
    expect(await verdictOf(shopify, requestWith({ body }), [SECRET], TOOLS)).toBe("signature_missing");
    expect(await verdictOf(shopify, await signed(body), [], TOOLS)).toBe("signature_invalid");
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(shopify, await signed(body), [SECRET], TOOLS, { headers: ["X-Shopify-Hmac-Sha256"] });
  });

  test.each([
    ["an app's client secret", SECRET, true],
    ["the notification page's", OTHER, true],
    ["an access token", "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", false],
    ["a sentence", "your webhooks will be signed with", false],
    ["a few letters", "shpss_", false],
  ])("needs a valid secret: %s", (_, text, isOne) => {
    const { secret } = shopify;
    if (secret.made_by !== "provider") throw new Error("the secret is Shopify's");
    if (isOne) expect(() => secret.check(text)).not.toThrow();
    else expect(() => secret.check(text)).toThrow(expect.objectContaining({ status: 422, code: "invalid_secret" }));
  });
});

const ORDER = { account: SHOP, payment: "5812345678901", currency: "EUR" };

const events: [string, string, unknown, ProviderEvent[]][] = [
  [
    "a paid order: its items after the discount, without included tax",
    "orders/paid",
    orderPaid,
    [
      providerEvent({
        ...ORDER,
        id: "orders/paid:5812345678901:2026-01-03T11:04:44+01:00",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 3, 10, 4, 38),
        customer: { id: "7211111111111", email: "lena.brandt@example.com" },
        click: CLICK,
        coupon: "HERBST10",
        amount: 3_766,
        gross: 4_972,
        product: "8300000000017",
      }),
    ],
  ],
  [
    "a guest's order from abroad, in the shop's currency, by the click of the landing page",
    "orders/paid",
    orderPaidAbroad,
    [
      providerEvent({
        account: SHOP,
        id: "orders/paid:5812345679902:2026-01-05T14:20:06-06:00",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 5, 20, 20),
        customer: { id: null, email: "guest@example.com" },
        click: CLICK,
        payment: "5812345679902",
        amount: 8_000,
        gross: 9_160,
        currency: "USD",
        product: "8300000000052",
      }),
    ],
  ],
  [
    "a refund of one of two items, without included tax",
    "refunds/create",
    refundCreated,
    [
      providerEvent({
        ...ORDER,
        id: "refunds/create:912000000001",
        type: "refund",
        occurred_at: Date.UTC(2026, 0, 8, 15),
        refund: "refund-912000000001",
        amount: 1_883,
        gross: 2_241,
      }),
    ],
  ],
  [
    "a refund of a sum of the merchant's own",
    "refunds/create",
    refundOfOtherSum,
    [
      providerEvent({
        ...ORDER,
        id: "refunds/create:912000000002",
        type: "refund",
        occurred_at: Date.UTC(2026, 0, 10, 8, 30),
        refund: "refund-912000000002",
        amount: null,
        gross: 1_000,
      }),
    ],
  ],
  [
    "a refund that was paid in another currency, in the shop's",
    "refunds/create",
    refundAbroad,
    [
      providerEvent({
        account: SHOP,
        id: "refunds/create:912000000005",
        type: "refund",
        occurred_at: Date.UTC(2026, 0, 12, 14, 15),
        payment: "5812345679902",
        refund: "refund-912000000005",
        amount: 4_000,
        gross: null,
        currency: "USD",
      }),
    ],
  ],
  [
    "a chargeback",
    "disputes/create",
    disputeCreated,
    [
      providerEvent({
        ...ORDER,
        id: "disputes/create:598735659:needs_response",
        type: "chargeback",
        occurred_at: Date.UTC(2026, 0, 20, 12, 5),
        refund: "dispute-598735659",
        gross: 4_972,
      }),
    ],
  ],
  [
    "a lost chargeback, which is the same one at the same time",
    "disputes/update",
    disputeLost,
    [
      providerEvent({
        ...ORDER,
        id: "disputes/update:598735659:lost",
        type: "chargeback",
        occurred_at: Date.UTC(2026, 0, 20, 12, 5),
        refund: "dispute-598735659",
        gross: 4_972,
      }),
    ],
  ],
  [
    "a won chargeback",
    "disputes/update",
    disputeWon,
    [
      providerEvent({
        ...ORDER,
        id: "disputes/update:598735659:won",
        type: "chargeback_won",
        occurred_at: Date.UTC(2026, 2, 2, 9),
        refund: "dispute-598735659",
        gross: 4_972,
      }),
    ],
  ],
];

describe("events", () => {
  test.each(events)("%s", (_, topic, fixture, expected) => {
    expect(read(topic, fixture).events).toEqual(expected);
  });

  test("have the topic and the id of their delivery", () => {
    expect(read("orders/paid", orderPaid)).toMatchObject({
      type: "orders/paid",
      event_id: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    });
  });

  test("do not depend on the id of their delivery, which is not signed", () => {
    const again = requestOf("orders/paid", orderPaid, { "X-Shopify-Webhook-Id": "another" });
    expect(shopify.parse(again).events).toEqual(read("orders/paid", orderPaid).events);
  });

  test.each(["orders/create", "orders/cancelled", "app/uninstalled"])("of topic %s are ignored", (topic) => {
    expect(read(topic, orderCreated)).toMatchObject({ type: topic, events: [] });
  });

  const silent: [string, string, unknown, string][] = [
    ["an unpaid order", "orders/paid", orderCreated, "The order is pending."],
    [
      "an order of zero without a click or coupon",
      "orders/paid",
      { ...orderPaid, subtotal_price: "7.16", note_attributes: [], landing_site: null, discount_codes: [] },
      "Nothing was paid, or only tax, shipping and gift cards.",
    ],
    ["refunded shipping", "refunds/create", refundOfShipping, "Only tax, shipping or gift cards were refunded."],
    ["items reversed without money", "refunds/create", refundWithoutMoney, "No money was refunded."],
    [
      "an inquiry",
      "disputes/create",
      inquiryCreated,
      "The type of the dispute is inquiry. Only chargebacks are recorded.",
    ],
    [
      "a dispute ended by a refund",
      "disputes/update",
      { ...disputeCreated, status: "charge_refunded" },
      "The payment was refunded. The refund is recorded from its own event.",
    ],
  ];
  test.each(silent)("from %s are ignored with the reason", (_, topic, fixture, ignored) => {
    expect(read(topic, fixture)).toMatchObject({ events: [], ignored });
  });

  test("of a test order and its refund are in test mode", () => {
    expect(read("orders/paid", { ...orderPaid, test: true }).events).toMatchObject([{ test: true }]);
    const transactions = refundCreated.transactions.map((transaction) => ({ ...transaction, test: true }));
    expect(read("refunds/create", { ...refundCreated, transactions }).events).toMatchObject([{ test: true }]);
  });

  const priced = (currency: string, subtotal_price: string, total_price: string, tax: string) => ({
    ...orderPaid,
    currency,
    subtotal_price,
    total_price,
    line_items: [{ product_id: 1, tax_lines: [{ price: tax, rate: 0.1 }] }],
  });
  test.each([
    ["JPY", priced("JPY", "5500", "6050", "500"), 5_000, 6_050],
    ["JPY", priced("JPY", "5500.00", "6050.00", "500.00"), 5_000, 6_050],
    ["KWD", priced("KWD", "5.505", "6.055", "0.505"), 5_000, 6_055],
  ])("in %s use its minor units", (currency, fixture, amount, gross) => {
    expect(read("orders/paid", fixture).events).toMatchObject([{ currency, amount, gross }]);
  });

  test("use the tax in the shop's currency where the buyer's is also given", () => {
    const tax_lines = [{ price: "8.10", price_set: { shop_money: { amount: "7.16" } } }];
    const fixture = { ...orderPaid, line_items: [{ tax_lines }] };
    expect(read("orders/paid", fixture).events).toMatchObject([{ amount: 3_766, product: null }]);
  });

  test("use the customer's email if the order has none", () => {
    expect(read("orders/paid", { ...orderPaid, email: "" }).events).toMatchObject([
      { customer: { id: "7211111111111", email: "lena.brandt@example.com" } },
    ]);
  });

  test.each([
    ["/cart", null],
    [null, null],
    ["http://[", null],
    [`https://nordlicht-tee.example/?lc_click=${CLICK}`, CLICK],
  ])("have the click of the landing page %s", (landing_site, click) => {
    const fixture = { ...orderPaid, note_attributes: [], landing_site };
    expect(read("orders/paid", fixture).events).toMatchObject([{ click }]);
  });
});

describe("an unknown shape", () => {
  const faults: [string, string, unknown, string][] = [
    ["no subtotal", "orders/paid", { ...orderPaid, subtotal_price: undefined }, "subtotal_price"],
    ["a subtotal in words", "orders/paid", { ...orderPaid, subtotal_price: "much" }, "subtotal_price"],
    ["more tax than there is", "orders/paid", { ...orderPaid, subtotal_price: "5.00" }, "subtotal_price"],
    ["no items", "orders/paid", { ...orderPaid, line_items: undefined }, "line_items"],
    ["an unknown currency", "orders/paid", { ...orderPaid, currency: "XYZ" }, "currency"],
    ["no transactions", "refunds/create", { ...refundCreated, transactions: null }, "transactions"],
    ["no order", "disputes/create", { ...disputeCreated, order_id: null }, "order_id"],
    ["a negative dispute", "disputes/create", { ...disputeCreated, amount: "-10.00" }, "amount"],
    ["a dispute beyond all bounds", "disputes/create", { ...disputeCreated, amount: "1e999" }, "amount"],
    ["no time", "disputes/update", { ...disputeWon, finalized_on: "soon" }, "finalized_on"],
  ];
  test.each(faults)("(%s) names the field", (_, topic, fixture, field) => {
    expect(parseFault(shopify, requestOf(topic, fixture))).toMatchObject({ status: 422, field });
  });

  test.each(["X-Shopify-Topic", "X-Shopify-Shop-Domain"])("without %s is refused", (name) => {
    const request = requestOf("orders/paid", orderPaid);
    request.headers.delete(name);
    expect(parseFault(shopify, request)).toMatchObject({ status: 422, field: name });
  });
});

test("a conflict is acknowledged, so that Shopify keeps its subscription", () => {
  const outcome = { status: "refused" as const, conversion: null, attributed_to: null, reason: "payment_reused" };
  const answerTo = (status: number) =>
    shopify.answer?.({ ...outcome, problem: new Problem(status, "payment_reused", "…") }, requestWith()) ?? null;
  expect(answerTo(409)).toMatchObject({ status: 200 });
  expect([401, 422, 503].map(answerTo)).toEqual([null, null, null]);
});
