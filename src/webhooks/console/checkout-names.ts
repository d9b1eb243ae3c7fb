/** The names of checkouts, as their documentation titles them. */
const NAMES: Readonly<Record<string, string>> = {
  bigcommerce: "BigCommerce",
  braintree: "Braintree",
  chargebee: "Chargebee",
  clickfunnels: "ClickFunnels",
  creem: "Creem",
  dodopayments: "Dodo Payments",
  fastspring: "FastSpring",
  firstpromoter: "FirstPromoter's tracking API",
  gumroad: "Gumroad",
  kajabi: "Kajabi",
  kartra: "Kartra",
  lemonsqueezy: "Lemon Squeezy",
  paddle: "Paddle Billing",
  paddle_classic: "Paddle Classic",
  paypal: "PayPal",
  polar: "Polar",
  postback: "Postbacks",
  recurly: "Recurly",
  revenuecat: "RevenueCat",
  shopify: "Shopify",
  standard: "Standard Webhooks",
  stripe: "Stripe",
  thrivecart: "ThriveCart",
  woocommerce: "WooCommerce",
};

/** The name of a checkout by its `source`. */
export function nameCheckout(source: string): string {
  return NAMES[source] ?? source;
}

/** The page that says what to enter where. */
export function checkoutDocsHref(source: string): string {
  return `/docs/checkouts/${source.replaceAll("_", "-")}`;
}
