/** The types of the generic event. */
export const EVENT_TYPES = [
  "lead",
  "trial",
  "sale",
  "refund",
  "refund_failed",
  "chargeback",
  "chargeback_won",
  "cancellation",
  "referral",
] as const;

/**
 * `touch`: the customer has a click, and nothing else happened; for providers that send the click in an event of its own.
 * Calls of the API create the others: `dispute` is an admin's ruling, `credit` the merchant's own decision, and `settlement` says
 * that the merchant has received a payment's money.
 */
export type EventType = (typeof EVENT_TYPES)[number] | "touch" | "dispute" | "credit" | "settlement";

/** An affiliate that an event names directly. */
export interface Named {
  /** Username, as sent. */
  affiliate: string;
  /** It may also be the slug of one of the affiliate's links, and is ignored where it is neither. */
  or_slug?: true;
  /** Whether a referral binds the customer or its subscription as a payment would: for customers imported from another platform. */
  binds?: boolean;
  /** Of a dispute: the reason, which both affiliates can read. */
  reason?: string;
  /** Of a dispute: what the ruling applies to; see `src/customers/disputes/ruling.ts`. */
  scope?: string;
  /** Of a dispute: a note that only merchants read. */
  internal_note?: string;
}

/** What a credit decision covers: its conversion, those that come later, or everything that is bound together. */
export const DECISION_SCOPES = ["conversion", "future", "all"] as const;

export type DecisionScope = (typeof DECISION_SCOPES)[number];

/** The merchant's own decision about who gets the credit. */
export interface CreditDecision {
  /** Username; null if nobody is credited. */
  affiliate: string | null;
  covers: DecisionScope;
  /** The conversion that the merchant decided about. */
  conversion: string;
  /** As {@link Named.scope}. */
  scope: string;
  /** Of `future`: it applies to conversions after this time (ms). */
  after?: number;
  /** The affiliates who lose or get the credit can read it. */
  reason: string;
  /** A note that only merchants read. */
  internal_note?: string;
}

/** A sale that the merchant entered by hand: the affiliate that it named, and the reason, which that affiliate can read. */
export interface HandEntry {
  affiliate: string;
  reason: string;
}

/** A payment as a provider describes it as a whole, for providers that send all of it with every change. */
export interface PaymentState {
  /** When the provider last changed it, in milliseconds; null for the time of receipt. The latest state counts. */
  at: number | null;
  /** False for a payment that failed, was canceled or was deleted after it had been paid: the whole sale is reversed. */
  is_paid: boolean;
  /** The ids of all its refunds. Refunds of earlier states that aren't among them were deleted. */
  refunds: readonly string[];
}

/** The subscription of an event. */
export interface EventSubscription {
  id: string;
  interval: string | null;
  /** The subscription that this one continues, for providers whose plan changes create a new one. */
  replaces?: string;
  /** The payment pays for a trial. */
  starts_trial?: true;
  /** Of a trial: when it ends, in milliseconds, for providers that don't say which payments pay for it. */
  trial_ends_at?: number;
}

/** How often a subscription is billed: `month` with `interval_count` 3 is quarterly. Left out, the count is 1. */
export interface BillingPlan {
  interval: string;
  interval_count?: number;
}

/** An event from a merchant's checkout, the same for every provider. Missing values are null. */
export interface ConversionEvent {
  program_id: number;
  /** The webhook endpoint that received it. */
  endpoint: string;
  /**
   * The namespace of the customer, payment, refund and subscription ids: `""` for the merchant's own, otherwise the provider's
   * source and account (`stripe:acct_1`). Equal ids of two namespaces are unrelated.
   */
  namespace: string;
  /** Sent in the provider's test mode: recorded and shown separately, never paid. */
  test: boolean;
  /** The provider's id of the event, unique within the endpoint. */
  id: string;
  type: EventType;
  /** The provider's own time, in milliseconds since the epoch. */
  occurred_at: number;
  /** The merchant's or provider's id, and the keyed hash of the normalized email address. */
  customer: { id: string | null; email_hash: string | null };
  /** The keyed hash of the means of payment: a card's fingerprint, a PayPal address. */
  payer_hash?: string;
  /** A click token as sent, not verified yet. */
  click: string | null;
  /** The click token comes from a shopping agent's claim, which is write-once; see `customers/touches/claims.ts`. */
  is_claim?: true;
  /** The customer's number among the distinct customers of that click; see `Touch.customer_number`. */
  click_customer_number?: number;
  /** The first coupon code. */
  coupon: string | null;
  /** All codes where there are several. The first one that belongs to an affiliate counts. */
  coupons?: readonly string[];
  /** The payment's id; present for sale, refund, refund_failed, chargeback and chargeback_won. */
  payment: string | null;
  /** The id of the refund or chargeback, unique within its payment. */
  refund: string | null;
  /**
   * In minor units: the amount that the commission is based on (after discounts, without tax and shipping), or the part of it
   * that is refunded or charged back. Null in a refund for which the provider sends only `gross`.
   */
  amount: number | null;
  /**
   * In minor units: the total that the customer paid or got back, with tax and shipping; null where it equals `amount` or is
   * not known. A refund without `amount` reverses the same share of the sale's amount as `gross` is of the sale's gross.
   */
  gross: number | null;
  /** Whether a refund's amount is the total refunded so far: of several such refunds, the largest counts. */
  cumulative?: boolean;
  /** Of a sale or refund: its payment as a whole, for providers that send only that. */
  payment_state?: PaymentState;
  /**
   * Of a payment with a tracker's status: the id of the refund by which a rejection reverses it. The last status that is received
   * counts, also where it repeats an earlier one.
   */
  status_of?: string;
  /** False where the merchant pays no commission on this sale. */
  commissionable?: false;
  /** ISO 4217. */
  currency: string | null;
  product: string | null;
  /**
   * In a touch with a payment: the subscription that this payment starts, for providers that don't name it with the payment.
   */
  subscription: EventSubscription | null;
  /**
   * How often the subscription is billed, where more is known than `subscription.interval`, which it takes precedence over. In a
   * touch: what the subscription is billed from then on, with its `product`.
   */
  plan?: BillingPlan;
  /** Present for a referral and a dispute; in a lead or sale, the affiliate that referred the customer. */
  named?: Named;
  /** Present for a `credit`. */
  decision?: CreditDecision;
  /** Of a sale that was entered by hand. */
  entered?: HandEntry;
  /** Of a settlement: the conversion that it settles; see `src/customers/payments/settlement.ts`. */
  settles?: string;
  /** The customer's country (ISO 3166-1 alpha-2) and the merchant's name for its platform: rates may depend on them. */
  country?: string;
  platform?: string;
}

/** An id with its namespace as a prefix, which makes it unique within the program. */
export function qualifyId(namespace: string, id: string): string {
  return namespace === "" ? id : `${namespace}:${id}`;
}

/**
 * The key of the Customer object of an event none of whose identifiers is recorded: made from the customer's id, else the
 * email hash, the subscription, the payment, or the event's own id. Test mode has separate objects.
 */
export function customerKeyOf(
  event: Pick<
    ConversionEvent,
    "program_id" | "endpoint" | "namespace" | "test" | "id" | "customer" | "payment" | "subscription"
  >,
): string {
  const { customer, subscription, payment, namespace } = event;
  const scope = event.test ? `${event.program_id}:test` : `${event.program_id}`;
  if (customer.id !== null) return `${scope}:id:${qualifyId(namespace, customer.id)}`;
  if (customer.email_hash !== null) return `${scope}:email:${customer.email_hash}`;
  if (subscription !== null) return `${scope}:subscription:${qualifyId(namespace, subscription.id)}`;
  if (payment !== null) return `${scope}:payment:${qualifyId(namespace, payment)}`;
  return `${scope}:event:${event.endpoint}:${event.id}`;
}

/**
 * The key of a new Customer object for a customer whose identity is erased. It is random, so that it says nothing about the
 * customer, and a later event with the same customer id starts a new customer.
 */
export function erasedKeyOf(key: string, random: string): string {
  const [scope] = /^\d+(:test)?(?=:)/.exec(key) ?? [];
  if (scope === undefined) throw new Error("a customer's key begins with its program");
  return `${scope}:erased:${random}`;
}

/** Whether a key is one of {@link erasedKeyOf}. */
export function isErasedKey(key: string): boolean {
  return /^\d+:(test:)?erased:/.test(key);
}

/** The Customer object's result for an event that is durable. */
export interface Receipt {
  /**
   * `conflict`: the payment was recorded before with a different amount or currency. `unknown_affiliate`: the event names an
   * affiliate that doesn't exist. These two and `duplicate` change nothing.
   */
  status: "recorded" | "duplicate" | "conflict" | "unknown_affiliate";
  /** Null for an event without a conversion, such as a cancellation. */
  conversion: string | null;
  /** Username of the credited affiliate. */
  attributed_to: string | null;
  /** The reason as a stable code. */
  reason: string;
  /** Whether the object has nothing left to relay. */
  is_relayed: boolean;
}
