/** What a checkout can tell. */
export const EVENT_TYPES = ["lead", "trial", "sale", "refund", "chargeback", "chargeback_won", "cancellation"] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** One fact from a merchant's checkout, the same for every provider. What is missing is null. */
export interface ConversionEvent {
  program_id: number;
  /** The webhook endpoint that it came in by. */
  endpoint: string;
  /** The provider's id of the event, unique within the endpoint. */
  id: string;
  type: EventType;
  /** As the provider states it, milliseconds since the epoch. */
  occurred_at: number;
  /** The merchant's id and the keyed hash of the normalised e-mail; at least one is there. */
  customer: { id: string | null; email_hash: string | null };
  /** A click token as it was sent: nothing about it is known yet. */
  click: string | null;
  coupon: string | null;
  /** Names the payment; there for sale, refund, chargeback and chargeback_won. */
  payment: string | null;
  /** Names the refund or chargeback within its payment. */
  refund: string | null;
  /** Minor units of the currency: what the commission is based on, or what is taken back. */
  amount: number | null;
  /** ISO 4217. */
  currency: string | null;
  product: string | null;
  subscription: { id: string; interval: string | null } | null;
}

/** What an adapter reads out of a request: an event that does not yet know its programme and still has the plain e-mail. */
export type ProviderEvent = Omit<ConversionEvent, "program_id" | "endpoint" | "customer"> & {
  customer: { id: string | null; email: string | null };
};

/** Names the one Customer object that an event belongs to: by the merchant's id, else by the e-mail's hash. */
export function customerKeyOf(event: Pick<ConversionEvent, "program_id" | "customer">): string {
  const { id, email_hash } = event.customer;
  return id === null ? `${event.program_id}:email:${email_hash}` : `${event.program_id}:id:${id}`;
}

/** The Customer object's answer to an event, once it is durable. */
export interface Receipt {
  /** `conflict`: this payment is known with another amount or currency. Nothing was changed by it, nor by a `duplicate`. */
  status: "recorded" | "duplicate" | "conflict";
  /** Null for an event that makes no conversion of its own, such as a cancellation. */
  conversion: string | null;
  /** Username of the affiliate who got the credit. */
  attributed_to: string | null;
  /** Why, as a stable code. */
  reason: string;
}
