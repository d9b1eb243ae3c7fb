import type { Provider } from "./provider.ts";
import { bigcommerce } from "./providers/bigcommerce/adapter.ts";
import { braintree } from "./providers/braintree/adapter.ts";
import { chargebee } from "./providers/chargebee/adapter.ts";
import { clickfunnels } from "./providers/clickfunnels/adapter.ts";
import { creem } from "./providers/creem/adapter.ts";
import { dodoPayments } from "./providers/dodo-payments/adapter.ts";
import { fastspring } from "./providers/fastspring/adapter.ts";
import { firstpromoter } from "./providers/firstpromoter/adapter.ts";
import { gumroad } from "./providers/gumroad/adapter.ts";
import { kajabi } from "./providers/kajabi/adapter.ts";
import { kartra } from "./providers/kartra/adapter.ts";
import { lemonSqueezy } from "./providers/lemon-squeezy/adapter.ts";
import { paddle } from "./providers/paddle/adapter.ts";
import { paddleClassic } from "./providers/paddle-classic/adapter.ts";
import { paypal } from "./providers/paypal/adapter.ts";
import { polar } from "./providers/polar/adapter.ts";
import { postback } from "./providers/postback/adapter.ts";
import { recurly } from "./providers/recurly/adapter.ts";
import { revenuecat } from "./providers/revenuecat/adapter.ts";
import { shopify } from "./providers/shopify/adapter.ts";
import { standard } from "./providers/standard/adapter.ts";
import { stripe } from "./providers/stripe/adapter.ts";
import { thrivecart } from "./providers/thrivecart/adapter.ts";
import { woocommerce } from "./providers/woocommerce/adapter.ts";

const all: Provider[] = [
  bigcommerce,
  braintree,
  chargebee,
  clickfunnels,
  creem,
  dodoPayments,
  fastspring,
  firstpromoter,
  gumroad,
  kajabi,
  kartra,
  lemonSqueezy,
  paddle,
  paddleClassic,
  paypal,
  polar,
  postback,
  recurly,
  revenuecat,
  shopify,
  standard,
  stripe,
  thrivecart,
  woocommerce,
];

/** All providers by their `source`. This is the only list of providers. */
export const providers: ReadonlyMap<string, Provider> = new Map(all.map((entry) => [entry.source, entry]));
