/** One sale of every provider, signed as the provider does, for an endpoint of the real Worker. */

import bigcommerceCoupons from "../fixtures/bigcommerce/coupons.json?raw";
import bigcommerceOrder from "../fixtures/bigcommerce/order.json?raw";
import bigcommerceCreated from "../fixtures/bigcommerce/order-created.json?raw";
import bigcommerceProducts from "../fixtures/bigcommerce/products.json?raw";
import braintreeCharged from "../fixtures/braintree/subscription-charged.txt?raw";
import chargebeePaid from "../fixtures/chargebee/payment-succeeded.json?raw";
import clickfunnelsPaid from "../fixtures/clickfunnels/invoice-paid.json?raw";
import creemCompleted from "../fixtures/creem/checkout-completed.json?raw";
import dodoPayment from "../fixtures/dodopayments/payment-succeeded.json?raw";
import fastspringOrder from "../fixtures/fastspring/order-completed.json?raw";
import firstpromoterSale from "../fixtures/firstpromoter/sale.json?raw";
import gumroadSale from "../fixtures/gumroad/sale.txt?raw";
import kajabiPaid from "../fixtures/kajabi/payment-succeeded.json?raw";
import kajabiPurchase from "../fixtures/kajabi/purchase.json?raw";
import kartraSale from "../fixtures/kartra/sale.txt?raw";
import lemonOrder from "../fixtures/lemonsqueezy/order-created.json?raw";
import paddleCompleted from "../fixtures/paddle/transaction-completed.json?raw";
import paddleClassicPaid from "../fixtures/paddle-classic/subscription-payment-succeeded.txt?raw";
import paypalCapture from "../fixtures/paypal/capture-completed.json?raw";
import polarPaid from "../fixtures/polar/order-paid.json?raw";
import postbackSale from "../fixtures/postback/sale.json?raw";
import recurlyPaid from "../fixtures/recurly/charge-invoice-paid.json?raw";
import recurlyInvoice from "../fixtures/recurly/invoice-purchase.json?raw";
import revenuecatRenewal from "../fixtures/revenuecat/renewal.json?raw";
import shopifyPaid from "../fixtures/shopify/orders-paid.json?raw";
import stripeInvoice from "../fixtures/stripe/invoice-paid-first.json?raw";
import thrivecartOrder from "../fixtures/thrivecart/order-success.txt?raw";
import woocommercePaid from "../fixtures/woocommerce/order-updated-paid.json?raw";
import { BIGCOMMERCE_TOKEN, signBigcommerce } from "../webhooks/providers/bigcommerce/signer.ts";
import { signBraintree } from "../webhooks/providers/braintree/signer.ts";
import { signChargebee } from "../webhooks/providers/chargebee/signer.ts";
import { CLICKFUNNELS_SECRET, signClickfunnels } from "../webhooks/providers/clickfunnels/signer.ts";
import { CREEM_SECRET, signCreem } from "../webhooks/providers/creem/signer.ts";
import { DODO_SECRET, signDodo } from "../webhooks/providers/dodo-payments/signer.ts";
import { signFastspring } from "../webhooks/providers/fastspring/signer.ts";
import { signFirstpromoter } from "../webhooks/providers/firstpromoter/signer.ts";
import { signGumroad } from "../webhooks/providers/gumroad/signer.ts";
import { signKajabi } from "../webhooks/providers/kajabi/signer.ts";
import { signKartra } from "../webhooks/providers/kartra/signer.ts";
import { signLemonSqueezy } from "../webhooks/providers/lemon-squeezy/signer.ts";
import { PADDLE_SECRET, signPaddle } from "../webhooks/providers/paddle/signer.ts";
import { PADDLE_CLASSIC_KEY, signPaddleClassic } from "../webhooks/providers/paddle-classic/signer.ts";
import { signPaypal } from "../webhooks/providers/paypal/signer.ts";
import { POLAR_SECRET, signPolar } from "../webhooks/providers/polar/signer.ts";
import { signPostback } from "../webhooks/providers/postback/signer.ts";
import { RECURLY_KEY, RECURLY_SECRET, signRecurly } from "../webhooks/providers/recurly/signer.ts";
import { signRevenuecat } from "../webhooks/providers/revenuecat/signer.ts";
import { signShopify } from "../webhooks/providers/shopify/signer.ts";
import { signStandard } from "../webhooks/providers/standard/signer.ts";
import { STRIPE_SECRET, signStripe } from "../webhooks/providers/stripe/signer.ts";
import { signThrivecart } from "../webhooks/providers/thrivecart/signer.ts";
import { signWooCommerce } from "../webhooks/providers/woocommerce/signer.ts";

/** An endpoint as created by the API. */
export interface EndpointGiven {
  id: string;
  url: string;
  /** The stored secret: created by us, or pasted. */
  secret: string;
}

/** A signed request. */
export interface Sent {
  method?: string;
  /** For providers whose address depends on the event, the path. */
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A sale as a provider sends it. */
export interface ProviderSale {
  source: string;
  /** The secret that the merchant pastes, where the provider creates it. */
  pasted?: string;
  body: string;
  /** The provider's API key and what its API answers, for providers whose webhooks contain only ids. */
  api?: { key: string; answers: Readonly<Record<string, string>> };
  /** What brings the click, sent before, for providers whose sales don't contain it. */
  touch?: string;
  /** The path it is sent to, if not the endpoint's URL. */
  path?: string;
  /** Whether it has no customer. */
  is_anonymous?: boolean;
  /** How the sender is verified: by a signature of the body, or by a secret in the request. */
  proof: "signature" | "secret";
  /** `as` is what a request says outside its body: Shopify's topic, FirstPromoter's call, or the event's id. */
  sign: (body: string, endpoint: EndpointGiven, as?: string) => Sent | Promise<Sent>;
}

const standardSale = JSON.stringify({
  type: "sale",
  occurred_at: "2026-01-03T10:00:00Z",
  customer: { id: "cus_1" },
  click: "the-click-of-the-fixture",
  payment: "pay_1",
  amount: 9_900,
  currency: "USD",
});

const CALLS = ["signup", "sale", "refund", "cancellation"] as const;

const PAYPAL_WEBHOOK = "8PT597110X687430LKGECATA";
const BRAINTREE_KEYS = "s4zr9vn2kq8d7txm:5f1c0a9e7b3d48628a4f6c2e9d017b35";

/** A sale of each provider. */
const BIGCOMMERCE_API = "https://api.bigcommerce.com/stores/abcde";
/** The order of BigCommerce's webhook, by URL. */
export const BIGCOMMERCE_ANSWERS = {
  [`${BIGCOMMERCE_API}/v2/orders/250`]: bigcommerceOrder,
  [`${BIGCOMMERCE_API}/v2/orders/250/coupons`]: bigcommerceCoupons,
  [`${BIGCOMMERCE_API}/v2/orders/250/products?limit=1`]: bigcommerceProducts,
  [`${BIGCOMMERCE_API}/v3/orders/250/payment_actions/refunds`]: '{"data": [], "meta": {}}',
};

export const PROVIDER_SALES: ProviderSale[] = [
  {
    source: "standard",
    proof: "signature",
    body: standardSale,
    sign: (body, { secret }, id = "msg_1") => signStandard(body, { secrets: [secret], now: Date.now(), id }),
  },
  {
    source: "stripe",
    proof: "signature",
    pasted: STRIPE_SECRET,
    body: stripeInvoice,
    sign: (body) => signStripe(body, { now: Date.now() }),
  },
  {
    source: "paddle",
    proof: "signature",
    pasted: PADDLE_SECRET,
    body: paddleCompleted,
    sign: (body) => signPaddle(body, { now: Date.now() }),
  },
  {
    source: "paddle_classic",
    proof: "signature",
    pasted: PADDLE_CLASSIC_KEY,
    body: paddleClassicPaid,
    sign: (body) => signPaddleClassic(body),
  },
  {
    source: "lemonsqueezy",
    proof: "signature",
    body: lemonOrder,
    sign: (body, { secret }) => signLemonSqueezy(body, { secret }),
  },
  {
    source: "shopify",
    proof: "signature",
    pasted: "shpss_0123456789abcdef0123456789abcdef",
    body: shopifyPaid,
    sign: (body, { secret }, topic = "orders/paid") => signShopify(body, { secret, topic }),
  },
  {
    source: "woocommerce",
    proof: "signature",
    body: woocommercePaid,
    sign: (body, { secret }, topic = "order.updated") => signWooCommerce(body, { secret, topic }),
  },
  {
    source: "chargebee",
    proof: "secret",
    body: chargebeePaid,
    sign: (body, { secret }) => signChargebee(body, { secret }),
  },
  {
    source: "clickfunnels",
    proof: "signature",
    pasted: CLICKFUNNELS_SECRET,
    body: clickfunnelsPaid,
    sign: (body) => signClickfunnels(body, { now: Date.now() }),
  },
  {
    source: "paypal",
    proof: "signature",
    pasted: PAYPAL_WEBHOOK,
    is_anonymous: true,
    body: paypalCapture,
    sign: (body) => signPaypal(body, { webhook_id: PAYPAL_WEBHOOK, at: Date.now() }),
  },
  {
    source: "bigcommerce",
    proof: "secret",
    body: bigcommerceCreated,
    api: { key: BIGCOMMERCE_TOKEN, answers: BIGCOMMERCE_ANSWERS },
    sign: (body, { secret }) => signBigcommerce(body, { secret }),
  },
  {
    source: "braintree",
    proof: "signature",
    pasted: BRAINTREE_KEYS,
    body: braintreeCharged,
    sign: (body) => signBraintree(body, BRAINTREE_KEYS),
  },
  {
    source: "polar",
    proof: "signature",
    pasted: POLAR_SECRET,
    body: polarPaid,
    sign: (body, _, id = "evt") => signPolar(body, { now: Date.now(), id }),
  },
  {
    source: "creem",
    proof: "signature",
    pasted: CREEM_SECRET,
    body: creemCompleted,
    sign: (body, { secret }) => signCreem(body, secret),
  },
  {
    source: "dodopayments",
    proof: "signature",
    pasted: DODO_SECRET,
    body: dodoPayment,
    sign: (body, _, id = "msg_1") => signDodo(body, { now: Date.now(), id }),
  },
  {
    source: "fastspring",
    proof: "signature",
    body: fastspringOrder,
    sign: (body, { secret }) => signFastspring(body, { secret }),
  },
  {
    source: "recurly",
    proof: "signature",
    pasted: RECURLY_SECRET,
    body: recurlyPaid,
    api: { key: RECURLY_KEY, answers: { "https://v3.recurly.com/invoices/rz5n1xq7wk3m": recurlyInvoice } },
    sign: (body) => signRecurly(body, { now: Date.now() }),
  },
  {
    source: "revenuecat",
    proof: "secret",
    body: revenuecatRenewal,
    sign: (body, { secret }) => signRevenuecat(body, { secret }),
  },
  { source: "gumroad", proof: "secret", body: gumroadSale, sign: (body, { secret }) => signGumroad(body, { secret }) },
  {
    source: "kajabi",
    proof: "secret",
    body: kajabiPaid,
    touch: kajabiPurchase,
    sign: (body, { secret }) => signKajabi(body, { secret }),
  },
  { source: "kartra", proof: "secret", body: kartraSale, sign: (body, { secret }) => signKartra(body, { secret }) },
  {
    source: "thrivecart",
    proof: "secret",
    pasted: "QX7R2M9KD4TB",
    body: thrivecartOrder,
    sign: (body, { secret }) => signThrivecart(body, { secret }),
  },
  {
    source: "postback",
    proof: "secret",
    body: postbackSale,
    path: "/v1/postback",
    sign: (body, { id, secret }) => signPostback(JSON.parse(body), { endpoint: id, secret }),
  },
  {
    source: "firstpromoter",
    proof: "secret",
    body: firstpromoterSale,
    path: "/api/v2/track/sale",
    sign: (body, { id, secret }, as = "sale") => {
      const call = CALLS.find((each) => each === as);
      if (call === undefined) throw new Error(`FirstPromoter has no call ${as}`);
      return signFirstpromoter(body, { endpoint: id, secret: secret.split(".").at(-1) ?? "", call });
    },
  },
];
