/**
 * Refunds that add up to a whole payment reverse exactly its sale, however the payment is split: each provider states the refunded
 * amounts in its own way, and rounds them.
 */
import { describe, expect, test } from "vitest";
import { minorDigitsOf } from "../../../src/lib/currency.ts";
import { portionOf } from "../../../src/lib/money.ts";
import type { Provider, ProviderEvent } from "../../../src/webhooks/provider.ts";
import { lemonSqueezy } from "../../../src/webhooks/providers/lemon-squeezy/adapter.ts";
import { paddle } from "../../../src/webhooks/providers/paddle/adapter.ts";
import { paypal } from "../../../src/webhooks/providers/paypal/adapter.ts";
import { shopify } from "../../../src/webhooks/providers/shopify/adapter.ts";
import { stripe } from "../../../src/webhooks/providers/stripe/adapter.ts";
import { woocommerce } from "../../../src/webhooks/providers/woocommerce/adapter.ts";
import lemonOrder from "../../fixtures/lemonsqueezy/order-created.json";
import paddleRefunded from "../../fixtures/paddle/adjustment-updated-approved.json";
import paddlePaid from "../../fixtures/paddle/transaction-completed.json";
import paypalSale from "../../fixtures/paypal/sale-completed.json";
import paypalRefunded from "../../fixtures/paypal/sale-refunded.json";
import shopifyPaid from "../../fixtures/shopify/orders-paid.json";
import shopifyRefunded from "../../fixtures/shopify/refunds-create.json";
import stripePaid from "../../fixtures/stripe/checkout-session-completed-payment.json";
import stripeRefunded from "../../fixtures/stripe/refund-created.json";
import woocommercePaid from "../../fixtures/woocommerce/order-updated-paid.json";
import { fact, fold } from "../../support/given.ts";
import { fc } from "../../support/random.ts";
import { requestWith } from "../adapter.ts";

const CURRENCY = "EUR";

/** A payment of one item with its tax, refunded in parts (minor units). `shipping` is paid on top, and refunded with the last part. */
interface Split {
  item: number;
  tax: number;
  shipping: number;
  rate: number;
  parts: readonly { paid: number; tax: number }[];
}

/** The tax in a price that includes it. */
const taxIn = (paid: number, rate: number) => portionOf(paid, rate, 100 + rate);

const anySplit: fc.Arbitrary<Split> = fc
  .record({
    item: fc.integer({ min: 100, max: 1_000_000 }),
    rate: fc.constantFrom(0, 5, 7, 19, 20, 25),
    shipping: fc.constantFrom(0, 0, 490),
    cuts: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 5 }),
  })
  .map(({ item, rate, shipping, cuts }) => {
    const ends = [...new Set(cuts)].sort((a, b) => a - b).map((percent) => portionOf(item, percent, 100));
    const bounds = [0, ...ends, item];
    const paid = bounds.slice(1).map((end, index) => end - (bounds[index] ?? 0));
    const parts = paid.filter((part) => part > 0).map((part) => ({ paid: part, tax: taxIn(part, rate) }));
    return { item, tax: taxIn(item, rate), shipping, rate, parts };
  });

const decimal = (minor: number) => (minor / 10 ** minorDigitsOf(CURRENCY)).toFixed(minorDigitsOf(CURRENCY));
const money = (minor: number) => ({ shop_money: { amount: decimal(minor), currency_code: CURRENCY } });

function read(provider: Provider, body: unknown, headers: Record<string, string> = {}): ProviderEvent[] {
  return provider.parse(requestWith({ headers, body: JSON.stringify(body) })).events;
}

type Story = (split: Split) => ProviderEvent[];

const viaShopify =
  ({ taxes_included }: { taxes_included: boolean }): Story =>
  ({ item, tax, shipping, rate, parts }) => {
    /** A price as the shop states it. */
    const priceOf = (paid: number, ofTax: number) => money(taxes_included ? paid : paid - ofTax);
    const headers = (topic: string) => ({ "X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": "tea.myshopify.com" });
    const [line] = shopifyPaid.line_items;
    const [refundLine] = shopifyRefunded.refund_line_items;
    const [transaction] = shopifyRefunded.transactions;
    const tax_lines = rate === 0 ? [] : [{ price: decimal(tax), rate: rate / 100, price_set: money(tax) }];
    const order = {
      ...shopifyPaid,
      taxes_included,
      subtotal_price: decimal(taxes_included ? item : item - tax),
      total_price: decimal(item + shipping),
      line_items: [{ ...line, tax_lines }],
    };
    const refunds = parts.map((part, index) => ({
      ...shopifyRefunded,
      id: index + 1,
      refund_line_items: [
        {
          ...refundLine,
          subtotal_set: priceOf(part.paid, part.tax),
          total_tax_set: money(part.tax),
          line_item: { tax_lines },
        },
      ],
      transactions: [{ ...transaction, amount: decimal(part.paid) }],
    }));
    return [
      ...read(shopify, order, headers("orders/paid")),
      ...refunds.flatMap((refund) => read(shopify, refund, headers("refunds/create"))),
    ];
  };

const viaPaddle: Story = ({ item, tax, parts }) => {
  const totals = { ...paddlePaid.data.details.totals, tax: `${tax}`, total: `${item}`, grand_total: `${item}` };
  const data = { ...paddlePaid.data, currency_code: CURRENCY, details: { ...paddlePaid.data.details, totals } };
  const adjustments = parts.map((part, index) => ({
    ...paddleRefunded,
    event_id: `evt_${index}`,
    data: {
      ...paddleRefunded.data,
      id: `adj_${index}`,
      currency_code: CURRENCY,
      totals: { ...paddleRefunded.data.totals, tax: `${part.tax}`, total: `${part.paid}` },
    },
  }));
  return [...read(paddle, { ...paddlePaid, data }), ...adjustments.flatMap((each) => read(paddle, each))];
};

const viaStripe: Story = ({ item, tax, parts }) => {
  const total_details = { amount_discount: 0, amount_shipping: 0, amount_tax: tax };
  const session = {
    ...stripePaid.data.object,
    amount_total: item,
    currency: "eur",
    total_details,
    shipping_cost: null,
  };
  const refunds = parts.map((part, index) => ({
    ...stripeRefunded,
    id: `evt_${index}`,
    data: { object: { ...stripeRefunded.data.object, id: `re_${index}`, amount: part.paid, currency: "eur" } },
  }));
  return [
    ...read(stripe, { ...stripePaid, data: { object: session } }),
    ...refunds.flatMap((each) => read(stripe, each)),
  ];
};

const viaPaypal: Story = ({ item, tax, parts }) => {
  const amount = { total: decimal(item), currency: CURRENCY, details: { subtotal: decimal(item - tax) } };
  const refunds = parts.map((part, index) => ({
    ...paypalRefunded,
    id: `WH-${index}`,
    resource: {
      ...paypalRefunded.resource,
      id: `R${index}`,
      amount: { total: decimal(-part.paid), currency: CURRENCY },
    },
  }));
  return [
    ...read(paypal, { ...paypalSale, resource: { ...paypalSale.resource, amount } }),
    ...refunds.flatMap((each) => read(paypal, each)),
  ];
};

const viaWoocommerce: Story = ({ item, tax, shipping, parts }) => {
  const headers = { "X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Source": "https://werkstatt.example/" };
  const totals = { total: decimal(item + shipping), total_tax: decimal(tax), shipping_total: decimal(shipping) };
  const paid = parts.map((part, index) => part.paid + (index === parts.length - 1 ? shipping : 0));
  const refunds = paid.map((part, index) => ({ id: index + 1, total: decimal(-part) }));
  return read(woocommerce, { ...woocommercePaid, ...totals, refunds }, headers);
};

const viaLemonSqueezy: Story = ({ item, tax, parts }) => {
  const attributes = { ...lemonOrder.data.attributes, currency: CURRENCY, total: item, tax };
  const order = { ...lemonOrder, data: { ...lemonOrder.data, attributes } };
  const refunds = parts.map((_, index) => {
    const refunded_amount = parts.slice(0, index + 1).reduce((sum, part) => sum + part.paid, 0);
    const refunded = { ...attributes, status: "refunded", refunded_amount, refunded_at: "2026-02-01T10:00:00.000000Z" };
    const meta = { ...lemonOrder.meta, event_name: "order_refunded" };
    return { ...order, meta, data: { ...lemonOrder.data, attributes: refunded } };
  });
  return [...read(lemonSqueezy, order), ...refunds.flatMap((each) => read(lemonSqueezy, each))];
};

const stories: [string, Story][] = [
  ["Shopify, with tax included, without the shipping", viaShopify({ taxes_included: true })],
  ["Shopify, with tax on top, without the shipping", viaShopify({ taxes_included: false })],
  ["Paddle", viaPaddle],
  ["Stripe", viaStripe],
  ["PayPal", viaPaypal],
  ["WooCommerce", viaWoocommerce],
  ["Lemon Squeezy", viaLemonSqueezy],
];

function refundedOf(events: readonly ProviderEvent[]) {
  const facts = events
    .filter(({ type }) => type === "sale" || type === "refund")
    .map(({ id, type, refund, amount, gross, cumulative = false, currency }, index) =>
      fact(type as "sale" | "refund", 5 + index, { id, payment: "p", refund, amount, gross, cumulative, currency }),
    );
  const [conversion] = fold(facts);
  return { amount: conversion?.amount, refunded: conversion?.refunded, notes: conversion?.notes ?? [] };
}

describe("refunds of a whole payment in parts reverse exactly the sale:", () => {
  test.each(stories)("%s", (_, story) => {
    fc.assert(
      fc.property(anySplit, (split) => {
        const { amount, refunded, notes } = refundedOf(story(split));
        expect(refunded).toBe(amount);
        expect(amount).toBe(split.item - split.tax);
        expect(notes.filter((note) => note.includes("exceed"))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

test("Shopify: three refunds of 9.99 with their tax included reverse 25.18 of 25.18", () => {
  const parts = Array(3).fill({ paid: 999, tax: 160 });
  for (const shipping of [0, 490]) {
    const { amount, refunded } = refundedOf(
      viaShopify({ taxes_included: true })({ item: 2_997, tax: 479, shipping, rate: 19, parts }),
    );
    expect([amount, refunded]).toEqual([2_518, 2_518]);
  }
});
