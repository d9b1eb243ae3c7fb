/** Webhooks as sent by Stripe, signed by its own library. */
import Stripe from "stripe";

/** A signing secret as shown by Stripe. */
export const STRIPE_SECRET = "whsec_5Wk0Nq3VbXy8TzR1mLh7GdPc2JsUfEa4";

/** The library's own verification. */
export const { webhooks: stripeWebhooks } = Stripe;

export interface StripeOptions {
  /** Milliseconds since the epoch. */
  now: number;
  secret?: string;
  /** Additional secrets that sign it, as while one is rolled. */
  others?: string[];
}

/** A delivery of this body. */
export async function signStripe(body: string, { now, secret = STRIPE_SECRET, others = [] }: StripeOptions) {
  const timestamp = Math.floor(now / 1_000);
  const headerOf = (key: string) =>
    stripeWebhooks.generateTestHeaderStringAsync({ payload: body, secret: key, timestamp });
  const [header = "", ...more] = await Promise.all([secret, ...others].map(headerOf));
  const signatures = more.map((text) => text.slice(text.indexOf("v1=")));
  return {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "stripe-signature": [header, ...signatures].join(","),
      "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    },
    body,
  };
}
