/** Sales on which the merchant pays no commission, marked where each provider's events have the click. */
import { describe, expect, test } from "vitest";
import type { Provider } from "../../../src/webhooks/provider.ts";
import { braintree } from "../../../src/webhooks/providers/braintree/adapter.ts";
import { chargebee } from "../../../src/webhooks/providers/chargebee/adapter.ts";
import { firstpromoter } from "../../../src/webhooks/providers/firstpromoter/adapter.ts";
import { gumroad } from "../../../src/webhooks/providers/gumroad/adapter.ts";
import { lemonSqueezy } from "../../../src/webhooks/providers/lemon-squeezy/adapter.ts";
import { paddle } from "../../../src/webhooks/providers/paddle/adapter.ts";
import { paypal } from "../../../src/webhooks/providers/paypal/adapter.ts";
import { postback } from "../../../src/webhooks/providers/postback/adapter.ts";
import { shopify } from "../../../src/webhooks/providers/shopify/adapter.ts";
import { stripe } from "../../../src/webhooks/providers/stripe/adapter.ts";
import { thrivecart } from "../../../src/webhooks/providers/thrivecart/adapter.ts";
import { woocommerce } from "../../../src/webhooks/providers/woocommerce/adapter.ts";
import braintreeSettled from "../../fixtures/braintree/transaction-settled.txt?raw";
import chargebeePaid from "../../fixtures/chargebee/payment-succeeded.json";
import firstpromoterSale from "../../fixtures/firstpromoter/sale.json";
import gumroadSale from "../../fixtures/gumroad/sale.txt?raw";
import lemonOrder from "../../fixtures/lemonsqueezy/order-created.json";
import lemonRenewal from "../../fixtures/lemonsqueezy/subscription-payment-success-renewal.json";
import paddlePaid from "../../fixtures/paddle/transaction-completed.json";
import paypalCapture from "../../fixtures/paypal/capture-completed.json";
import paypalSale from "../../fixtures/paypal/sale-completed.json";
import postbackSale from "../../fixtures/postback/sale.json";
import shopifyPaid from "../../fixtures/shopify/orders-paid.json";
import stripeCheckout from "../../fixtures/stripe/checkout-session-completed-payment.json";
import stripeInvoice from "../../fixtures/stripe/invoice-paid-first.json";
import stripeLegacy from "../../fixtures/stripe/invoice-paid-legacy.json";
import stripeIntent from "../../fixtures/stripe/payment-intent-succeeded.json";
import thrivecartRebill from "../../fixtures/thrivecart/order-subscription-payment.txt?raw";
import thrivecartOrder from "../../fixtures/thrivecart/order-success.txt?raw";
import woocommercePaid from "../../fixtures/woocommerce/order-updated-paid.json";
import { requestWith } from "../adapter.ts";

const FIELD = "lc_no_commission";

/** A request whose sale has the field with this value. */
type Marked = (value: unknown) => Partial<Parameters<typeof requestWith>[0]>;

const json = (body: unknown) => ({ body: JSON.stringify(body) });
const form = (body: string, field: string, value: unknown) => {
  const fields = new URLSearchParams(body);
  fields.set(field, String(value));
  return { body: fields.toString() };
};
const withData = (event: { data: object }, changes: object) => json({ ...event, data: { ...event.data, ...changes } });
const withObject = (event: { data: { object: object } }, changes: object) =>
  json({ ...event, data: { object: { ...event.data.object, ...changes } } });
const withResource = (event: { resource: object }, changes: object) =>
  json({ ...event, resource: { ...event.resource, ...changes } });
const bag = (value: unknown) => ({ [FIELD]: value });

const providers: [string, Provider, Marked][] = [
  ["Stripe's checkout", stripe, (value) => withObject(stripeCheckout, { metadata: bag(value) })],
  [
    "Stripe's payment intent",
    stripe,
    (value) => withObject(stripeIntent, { metadata: { lc_sale: "1", ...bag(value) } }),
  ],
  ["Stripe's invoice", stripe, (value) => withObject(stripeInvoice, { metadata: bag(value) })],
  [
    "Stripe's subscription",
    stripe,
    (value) => withObject(stripeInvoice, { parent: { subscription_details: { metadata: bag(value) } } }),
  ],
  [
    "Stripe's subscription, before Basil",
    stripe,
    (value) => {
      const { lines } = stripeLegacy.data.object;
      return withObject(stripeLegacy, {
        lines: { data: lines.data.map((line) => ({ ...line, metadata: { ...line.metadata, ...bag(value) } })) },
      });
    },
  ],
  ["Paddle", paddle, (value) => withData(paddlePaid, { custom_data: bag(value) })],
  [
    "Lemon Squeezy's order",
    lemonSqueezy,
    (value) => json({ ...lemonOrder, meta: { ...lemonOrder.meta, custom_data: bag(value) } }),
  ],
  [
    "Lemon Squeezy's renewal",
    lemonSqueezy,
    (value) => json({ ...lemonRenewal, meta: { ...lemonRenewal.meta, custom_data: bag(value) } }),
  ],
  [
    "Chargebee's subscription",
    chargebee,
    (value) => {
      const { content } = chargebeePaid;
      return json({
        ...chargebeePaid,
        content: { ...content, subscription: { ...content.subscription, [`cf_${FIELD}`]: value } },
      });
    },
  ],
  [
    "Chargebee's customer",
    chargebee,
    (value) => {
      const { content } = chargebeePaid;
      return json({
        ...chargebeePaid,
        content: { ...content, customer: { ...content.customer, meta_data: bag(value) } },
      });
    },
  ],
  ["PayPal's capture", paypal, (value) => withResource(paypalCapture, { custom_id: `order=1&${FIELD}=${value}` })],
  ["PayPal's subscription", paypal, (value) => withResource(paypalSale, { custom: JSON.stringify(bag(value)) })],
  [
    "Braintree",
    braintree,
    (value) => {
      const xml = braintreeSettled.replace("</lc-click>", `</lc-click><lc-no-commission>${value}</lc-no-commission>`);
      const bt_payload = new TextEncoder().encode(xml).toBase64();
      return { body: new URLSearchParams({ bt_signature: "", bt_payload }).toString() };
    },
  ],
  ["Gumroad", gumroad, (value) => form(gumroadSale, `url_params[${FIELD}]`, value)],
  [
    "Shopify",
    shopify,
    (value) => ({
      headers: { "X-Shopify-Topic": "orders/paid", "X-Shopify-Shop-Domain": "tea.myshopify.com" },
      ...json({ ...shopifyPaid, note_attributes: [{ name: FIELD, value }] }),
    }),
  ],
  [
    "WooCommerce",
    woocommerce,
    (value) => ({
      headers: { "X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Source": "https://werkstatt.example/" },
      ...json({ ...woocommercePaid, meta_data: [{ id: 1, key: FIELD, value }] }),
    }),
  ],
  ["ThriveCart's order", thrivecart, (value) => form(thrivecartOrder, `passthrough[${FIELD}]`, value)],
  ["ThriveCart's rebill", thrivecart, (value) => form(thrivecartRebill, `customer[passthrough][${FIELD}]`, value)],
  ["FirstPromoter", firstpromoter, (value) => ({ path: "sale", ...json({ ...firstpromoterSale, [FIELD]: value }) })],
  ["a postback", postback, (value) => json({ ...postbackSale, [FIELD]: value })],
  ["a paid trial's postback", postback, (value) => json({ ...postbackSale, event: "trial", [FIELD]: value })],
];

describe.each(providers)("%s", (_, provider, mark) => {
  const read = (value: unknown) =>
    provider.parse(requestWith(mark(value))).events.filter(({ type }) => type === "sale" || type === "trial");

  test.each(["1", "true", "staff"])("earns no commission with %j", (value) => {
    expect(read(value)).toMatchObject([{ commissionable: false, amount: expect.any(Number) }]);
  });

  test.each(["0", "false", "no"])("earns one with %j", (value) => {
    const [sale, ...others] = read(value);
    expect([sale?.commissionable, sale?.amount, others]).toEqual([undefined, expect.any(Number), []]);
  });
});
