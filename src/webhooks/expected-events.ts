/** Which events a checkout must send, by what they are needed for: where one was not selected at the provider, it never arrives. */

/** What events are needed for. */
export const PURPOSES = ["sale", "trial", "refund", "chargeback", "cancellation"] as const;

export type Purpose = (typeof PURPOSES)[number];

type Expected = Readonly<Partial<Record<Purpose, readonly string[]>>>;

/**
 * By the provider's source. Any of the types of a purpose serves it. A purpose that the provider doesn't report, or reports by a type
 * of another purpose, is left out.
 */
const EXPECTED: Readonly<Record<string, Expected>> = {
  standard: {
    sale: ["sale"],
    trial: ["trial"],
    refund: ["refund"],
    chargeback: ["chargeback"],
    cancellation: ["cancellation"],
  },
  stripe: {
    sale: ["invoice.paid", "checkout.session.completed", "payment_intent.succeeded"],
    trial: ["customer.subscription.created"],
    refund: ["refund.created", "refund.updated"],
    chargeback: ["charge.dispute.created", "charge.dispute.funds_withdrawn"],
    cancellation: ["customer.subscription.deleted"],
  },
  paddle: {
    sale: ["transaction.completed"],
    trial: ["subscription.trialing", "subscription.created"],
    refund: ["adjustment.created", "adjustment.updated"],
    cancellation: ["subscription.canceled"],
  },
  chargebee: {
    sale: ["payment_succeeded"],
    trial: ["subscription_created"],
    refund: ["payment_refunded"],
    cancellation: ["subscription_cancelled"],
  },
  lemonsqueezy: {
    sale: ["order_created", "subscription_payment_success"],
    trial: ["subscription_created"],
    refund: ["order_refunded", "subscription_payment_refunded"],
    cancellation: ["subscription_expired"],
  },
  polar: {
    sale: ["order.paid"],
    trial: ["subscription.created"],
    refund: ["refund.created", "refund.updated"],
    cancellation: ["subscription.revoked"],
  },
  creem: {
    sale: ["checkout.completed", "subscription.paid"],
    trial: ["subscription.trialing"],
    refund: ["refund.created"],
    chargeback: ["dispute.created"],
    cancellation: ["subscription.canceled"],
  },
  fastspring: {
    sale: ["order.completed", "subscription.charge.completed"],
    trial: ["subscription.activated"],
    refund: ["return.created"],
    cancellation: ["subscription.deactivated"],
  },
  dodopayments: {
    sale: ["payment.succeeded"],
    trial: ["subscription.active"],
    refund: ["refund.succeeded"],
    chargeback: ["dispute.opened"],
    cancellation: ["subscription.cancelled", "subscription.expired"],
  },
  clickfunnels: {
    sale: ["orders/invoice.paid"],
    trial: ["subscription.trial_started"],
    refund: ["orders/invoice.refunded"],
    cancellation: ["subscription.canceled", "subscription.churned"],
  },
  bigcommerce: {
    sale: ["store/order/created", "store/order/updated"],
    refund: ["store/order/refund/created"],
  },
  braintree: {
    sale: ["subscription_charged_successfully", "transaction_settled", "transaction_disbursed"],
    chargeback: ["dispute_opened"],
    cancellation: ["subscription_canceled", "subscription_expired"],
  },
  firstpromoter: { sale: ["sale"], refund: ["refund"], cancellation: ["cancellation"] },
  gumroad: {
    sale: ["sale"],
    refund: ["refund"],
    chargeback: ["dispute"],
    cancellation: ["subscription_ended"],
  },
  kajabi: { sale: ["payment_succeeded"] },
  kartra: {
    sale: ["sale", "rebill"],
    refund: ["refund", "partial_refund"],
    chargeback: ["chargeback"],
    cancellation: ["cancellation"],
  },
  paddle_classic: {
    sale: ["payment_succeeded", "subscription_payment_succeeded"],
    trial: ["subscription_created"],
    refund: ["payment_refunded", "subscription_payment_refunded"],
    chargeback: ["payment_dispute_created"],
    cancellation: ["subscription_cancelled"],
  },
  paypal: {
    sale: ["PAYMENT.CAPTURE.COMPLETED", "PAYMENT.SALE.COMPLETED"],
    trial: ["BILLING.SUBSCRIPTION.ACTIVATED"],
    refund: ["PAYMENT.CAPTURE.REFUNDED", "PAYMENT.SALE.REFUNDED"],
    chargeback: ["CUSTOMER.DISPUTE.CREATED", "PAYMENT.CAPTURE.REVERSED", "PAYMENT.SALE.REVERSED"],
    cancellation: ["BILLING.SUBSCRIPTION.CANCELLED", "BILLING.SUBSCRIPTION.EXPIRED"],
  },
  postback: {
    sale: ["sale"],
    trial: ["trial"],
    refund: ["refund"],
    chargeback: ["chargeback"],
    cancellation: ["cancellation"],
  },
  recurly: {
    sale: ["charge_invoice.paid"],
    trial: ["subscription.created"],
    refund: ["credit_invoice.created"],
    cancellation: ["subscription.expired"],
  },
  revenuecat: {
    sale: ["INITIAL_PURCHASE", "RENEWAL", "NON_RENEWING_PURCHASE"],
    refund: ["CANCELLATION"],
    cancellation: ["EXPIRATION"],
  },
  shopify: {
    sale: ["orders/paid"],
    refund: ["refunds/create"],
    chargeback: ["disputes/create", "disputes/update"],
  },
  thrivecart: {
    sale: ["order.success", "order_created", "order.subscription_payment", "order_rebill"],
    refund: [
      "order.refund",
      "order_refund_product",
      "order_refund_bump",
      "order_refund_upsell",
      "order_refund_downsell",
    ],
    cancellation: ["order.subscription_cancelled", "order_rebill_cancelled"],
  },
  woocommerce: {
    sale: ["order.created"],
    trial: ["subscription.created"],
    refund: ["order.updated"],
    cancellation: ["subscription.updated"],
  },
};

/** An event type that arrived, or that is expected. `last_at` in ms, null if it never arrived. */
export interface ReceivedType {
  type: string;
  purpose: Purpose | null;
  deliveries: number;
  last_at: number | null;
}

/** A type that arrived. */
interface CountedType {
  type: string;
  deliveries: number;
  last_at: number;
}

/** The event types of an endpoint: those that are expected of its provider, and the others that arrived. */
export function listEventTypes(source: string, counted: readonly CountedType[]): ReceivedType[] {
  const received = countEach(counted);
  const expected = PURPOSES.flatMap((purpose) =>
    (EXPECTED[source]?.[purpose] ?? []).map((type) => {
      const { deliveries = 0, last_at = null } = received.find((one) => one.type === type) ?? {};
      return { type, purpose, deliveries, last_at };
    }),
  );
  const others = received.filter(({ type }) => !expected.some((one) => one.type === type));
  return [...expected, ...others.map((one) => ({ ...one, purpose: null }))];
}

/** Counts each type of a delivery of several events, whose types are listed with commas between them. */
function countEach(counted: readonly CountedType[]): CountedType[] {
  const single = counted.flatMap((one) => one.type.split(", ").map((type) => ({ ...one, type })));
  return [...Map.groupBy(single, ({ type }) => type)].map(([type, found]) => ({
    type,
    deliveries: found.reduce((sum, { deliveries }) => sum + deliveries, 0),
    last_at: Math.max(...found.map(({ last_at }) => last_at)),
  }));
}

/** The purposes for which none of the expected types has arrived. */
export function findMissingPurposes(types: readonly ReceivedType[]): Purpose[] {
  const needed = new Set(types.flatMap(({ purpose }) => purpose ?? []));
  const served = new Set(types.filter(({ deliveries }) => deliveries > 0).map(({ purpose }) => purpose));
  return [...needed].filter((purpose) => !served.has(purpose));
}
