/** What a checkout can tell in the generic event. */
export const EVENT_TYPES = [
  "lead",
  "trial",
  "sale",
  "refund",
  "chargeback",
  "chargeback_won",
  "cancellation",
  "referral",
] as const;

/**
 * `touch`: the customer was seen with a click and no more; adapters tell it where a provider carries the click in an event
 * of its own. `dispute`: an admin's ruling, which comes by no webhook.
 */
export type EventType = (typeof EVENT_TYPES)[number] | "touch" | "dispute";

/** An affiliate that an event names outright. */
export interface Named {
  /** Username, as it was told. */
  affiliate: string;
  /** A referral that binds the customer, or its subscription, as if it had paid then: for customers who come from another platform. */
  binds?: boolean;
  /** Of a dispute: why, for both affiliates to read. */
  reason?: string;
  /** Of a dispute: what it is about, see `src/customers/ruling.ts`. */
  scope?: string;
}

/** One fact from a merchant's checkout, the same for every provider. What is missing is null. */
export interface ConversionEvent {
  program_id: number;
  /** The webhook endpoint that it came in by. */
  endpoint: string;
  /**
   * Whose names the ids of customer, payment, refund and subscription are: `""` for the merchant's own, else the provider's
   * source and account (`stripe:acct_1`). The same id in two namespaces names two things.
   */
  namespace: string;
  /** From the provider's test mode: recorded and shown apart, never paid. */
  test: boolean;
  /** The provider's id of the event, unique within the endpoint. */
  id: string;
  type: EventType;
  /** As the provider states it, milliseconds since the epoch. */
  occurred_at: number;
  /** The merchant's or provider's id and the keyed hash of the normalised e-mail. */
  customer: { id: string | null; email_hash: string | null };
  /** The keyed hash of what was paid with: a card's fingerprint, a PayPal address. */
  payer_hash?: string;
  /** A click token as it was sent: nothing about it is known yet. */
  click: string | null;
  coupon: string | null;
  /** Names the payment; there for sale, refund, chargeback and chargeback_won. */
  payment: string | null;
  /** Names the refund or chargeback within its payment. */
  refund: string | null;
  /**
   * Minor units of the currency: what the commission is based on (net of tax and shipping, after discount), or as much of
   * it as is taken back. Null in a refund of which the provider only knows `gross`.
   */
  amount: number | null;
  /**
   * Minor units: all that the customer paid, or got back, tax and shipping included; null where it is the same as `amount`
   * or not known. A refund without `amount` takes back as much of the sale's amount as `gross` is of the sale's gross.
   */
  gross: number | null;
  /** A refund whose sum is all that was given back of the payment so far: of several such, the largest counts. */
  cumulative?: boolean;
  /** ISO 4217. */
  currency: string | null;
  product: string | null;
  /** `replaces`: the subscription that this one goes on from, where a change of plan makes a new one. */
  subscription: { id: string; interval: string | null; replaces?: string } | null;
  /** There for a referral and a dispute. */
  named?: Named;
  /** Where the customer is, ISO 3166-1 alpha-2, and what the merchant calls its platform: rates may depend on them. */
  country?: string;
  platform?: string;
}

/** An id with its namespace in front: a name that is unique within the programme. */
export function nameWithin(namespace: string, id: string): string {
  return namespace === "" ? id : `${namespace}:${id}`;
}

/**
 * Names the one Customer object that an event belongs to where nothing else is known of it: by the customer's id, else by
 * the e-mail's hash, else by the subscription, the payment or the event itself. Test mode has objects of its own.
 */
export function customerKeyOf(
  event: Pick<
    ConversionEvent,
    "program_id" | "endpoint" | "namespace" | "test" | "id" | "customer" | "payment" | "subscription"
  >,
): string {
  const { customer, subscription, payment, namespace } = event;
  const scope = event.test ? `${event.program_id}:test` : `${event.program_id}`;
  if (customer.id !== null) return `${scope}:id:${nameWithin(namespace, customer.id)}`;
  if (customer.email_hash !== null) return `${scope}:email:${customer.email_hash}`;
  if (subscription !== null) return `${scope}:subscription:${nameWithin(namespace, subscription.id)}`;
  if (payment !== null) return `${scope}:payment:${nameWithin(namespace, payment)}`;
  return `${scope}:event:${event.endpoint}:${event.id}`;
}

/** The Customer object's answer to an event, once it is durable. */
export interface Receipt {
  /**
   * `conflict`: this payment is known with another amount or currency. `unknown_affiliate`: it names one that there is not.
   * Nothing was changed by these, nor by a `duplicate`.
   */
  status: "recorded" | "duplicate" | "conflict" | "unknown_affiliate";
  /** Null for an event that makes no conversion of its own, such as a cancellation. */
  conversion: string | null;
  /** Username of the affiliate who got the credit. */
  attributed_to: string | null;
  /** Why, as a stable code. */
  reason: string;
  /** All that the object had to tell has arrived where it belongs. */
  is_relayed: boolean;
}
