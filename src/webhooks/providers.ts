import type { Provider } from "./provider.ts";
import { braintree } from "./providers/braintree.ts";
import { chargebee } from "./providers/chargebee.ts";
import { firstpromoter } from "./providers/firstpromoter.ts";
import { gumroad } from "./providers/gumroad.ts";
import { kartra } from "./providers/kartra.ts";
import { lemonSqueezy } from "./providers/lemon-squeezy.ts";
import { paddle } from "./providers/paddle.ts";
import { paypal } from "./providers/paypal.ts";
import { postback } from "./providers/postback.ts";
import { shopify } from "./providers/shopify.ts";
import { standard } from "./providers/standard.ts";
import { stripe } from "./providers/stripe.ts";
import { thrivecart } from "./providers/thrivecart.ts";
import { woocommerce } from "./providers/woocommerce.ts";

const all: Provider[] = [
  braintree,
  chargebee,
  firstpromoter,
  gumroad,
  kartra,
  lemonSqueezy,
  paddle,
  paypal,
  postback,
  shopify,
  standard,
  stripe,
  thrivecart,
  woocommerce,
];

/** Every provider there is, by its `source`: the only place that lists them. */
export const providers: ReadonlyMap<string, Provider> = new Map(all.map((entry) => [entry.source, entry]));
