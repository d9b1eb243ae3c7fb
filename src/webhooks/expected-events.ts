/** Which events a checkout must send, by what they are needed for: where one was not selected at the provider, it never arrives. */

/** What events are needed for. */
export const PURPOSES = ["sale", "trial", "refund", "chargeback", "cancellation"] as const;

export type Purpose = (typeof PURPOSES)[number];

type Expected = Readonly<Partial<Record<Purpose, readonly string[]>>>;

/** By the provider's source. Any of the types of a purpose serves it. For providers that are not listed, missing events are not reported. */
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
  "lemon-squeezy": {
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
  "dodo-payments": {
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
};

/** An event type that arrived, or that is expected. `last_at` in ms, null if it never arrived. */
export interface ReceivedType {
  type: string;
  purpose: Purpose | null;
  deliveries: number;
  last_at: number | null;
}

/** The event types of an endpoint: those that are expected of its provider, and the others that arrived. */
export function listEventTypes(
  source: string,
  received: readonly { type: string; deliveries: number; last_at: number }[],
): ReceivedType[] {
  const expected = PURPOSES.flatMap((purpose) =>
    (EXPECTED[source]?.[purpose] ?? []).map((type) => {
      const { deliveries = 0, last_at = null } = received.find((one) => one.type === type) ?? {};
      return { type, purpose, deliveries, last_at };
    }),
  );
  const others = received.filter(({ type }) => !expected.some((one) => one.type === type));
  return [...expected, ...others.map((one) => ({ ...one, purpose: null }))];
}

/** The purposes for which none of the expected types has arrived. */
export function findMissingPurposes(types: readonly ReceivedType[]): Purpose[] {
  const needed = new Set(types.flatMap(({ purpose }) => purpose ?? []));
  const served = new Set(types.filter(({ deliveries }) => deliveries > 0).map(({ purpose }) => purpose));
  return [...needed].filter((purpose) => !served.has(purpose));
}
