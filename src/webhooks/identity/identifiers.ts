/** The identifiers by which an event finds its customer, and which it records for later events. */
import { type ConversionEvent, qualifyId } from "../conversion-event.ts";
import type { Provider, ProviderEvent } from "../provider.ts";

/** A payment, subscription, related id or email hash that belongs to one customer. */
export interface CustomerIdentifier {
  /** Its kind and id, `payment:pay_1`; in test mode `test:payment:pay_1`. */
  identifier: string;
  /** For a payment: the payment's main id with its namespace; otherwise null. */
  payment: string | null;
  /** Whether the event finds its customer by it; otherwise the event only records it. */
  is_lookup: boolean;
  /** Whether it is an email hash, which two customers may share. */
  is_email: boolean;
}

/** When an event may create a customer that none of its identifiers belongs to. */
export type CustomerCreation = "at_once" | "after_wait" | "never";

/** A reversal belongs to its payment only. */
const REVERSALS: ReadonlySet<ProviderEvent["type"]> = new Set([
  "refund",
  "refund_failed",
  "chargeback",
  "chargeback_won",
]);

/** An event's identifiers, the most reliable first: all ids of its payment, its subscription, related ids, its email hash. */
export function listIdentifiers(
  parsed: ProviderEvent,
  { namespace, test, customer }: Pick<ConversionEvent, "namespace" | "test" | "customer">,
): CustomerIdentifier[] {
  const { payment, aliases, subscription: named, related = [], type, needs_known = false } = parsed;
  const subscription = needs_known ? null : named;
  const identifierOf = (kind: string, id: string) => `${test ? "test:" : ""}${kind}:${id}`;
  const paymentIds = payment === null ? aliases : [payment, ...aliases];
  const payments = [...new Set(paymentIds)].map((id) => ({
    identifier: identifierOf("payment", qualifyId(namespace, id)),
    payment: qualifyId(namespace, payment ?? id),
    is_lookup: true,
    is_email: false,
  }));
  if (REVERSALS.has(type)) return payments;
  const others = [
    ...(subscription === null ? [] : [identifierOf("subscription", qualifyId(namespace, subscription.id))]),
    ...related.map((id) => identifierOf("related", qualifyId(namespace, id))),
  ].map((identifier) => ({ identifier, payment: null, is_lookup: true, is_email: false }));
  const { id, email_hash } = customer;
  if (email_hash === null || needs_known) return [...payments, ...others];
  // A customer with an id is found by that id. An address that two customers share belongs to the first.
  const email = {
    identifier: emailIdentifier(email_hash, test),
    payment: null,
    is_lookup: id === null,
    is_email: true,
  };
  return [...payments, ...others, email];
}

/** The identifier of an email hash. */
export function emailIdentifier(hash: string, test: boolean): string {
  return `${test ? "test:" : ""}email:${hash}`;
}

/** An id without its namespace, as the provider writes it. */
export function withoutNamespace(namespace: string, id: string): string {
  return namespace !== "" && id.startsWith(`${namespace}:`) ? id.slice(namespace.length + 1) : id;
}

/**
 * Whether an event may create a customer: `never` where it must find the customer of its identifiers; `after_wait` where it
 * doesn't name its customer, but another event that is still on its way may.
 */
export function decideCustomerCreation(event: ProviderEvent, ids: Provider["ids"]): CustomerCreation {
  const { type, customer, subscription, related = [] } = event;
  const hasCustomer = customer.id !== null || customer.email !== null;
  if (type === "alias" || event.needs_known) return "never";
  if (REVERSALS.has(type) || type === "cancellation") return ids === "merchant" && hasCustomer ? "at_once" : "never";
  if (hasCustomer || ids === "merchant") return "at_once";
  return subscription !== null || related.length > 0 ? "after_wait" : "at_once";
}
