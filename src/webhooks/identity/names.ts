/** By which names an event finds its customer, and which it makes known for later ones. */
import { type ConversionEvent, nameWithin } from "../conversion-event.ts";
import type { Provider, ProviderEvent } from "../provider.ts";

/** A name by which later events may mean the same customer. */
export interface Name {
  name: string;
  /** The one name of the payment, with its namespace, where it is a payment's; else null. */
  payment: string | null;
  /** Whether this event is looked for by it, or only makes it known. */
  finds: boolean;
  /** It is an e-mail address, which two people may share. */
  is_email?: boolean;
}

/** What takes a payment back belongs to that payment and to nothing else. */
const TAKES_BACK: ReadonlySet<ProviderEvent["type"]> = new Set(["refund", "chargeback", "chargeback_won"]);

/** The names in an event, the surest first: its payment under each of its names, its subscription, what it is related to, its e-mail. */
export function listNames(
  parsed: ProviderEvent,
  { namespace, test, customer }: Pick<ConversionEvent, "namespace" | "test" | "customer">,
): Name[] {
  const { payment, aliases, subscription, related = [], type } = parsed;
  const nameOf = (kind: string, id: string) => `${test ? "test:" : ""}${kind}:${id}`;
  const payments = payment === null ? aliases : [payment, ...aliases];
  const names = [...new Set(payments)].map((alias) => ({
    name: nameOf("payment", nameWithin(namespace, alias)),
    payment: nameWithin(namespace, payment ?? alias),
    finds: true,
  }));
  if (TAKES_BACK.has(type)) return names;
  const others = [
    ...(subscription === null ? [] : [nameOf("subscription", nameWithin(namespace, subscription.id))]),
    ...related.map((each) => nameOf("related", nameWithin(namespace, each))),
  ];
  const { id, email_hash } = customer;
  return [
    ...names,
    ...others.map((name) => ({ name, payment: null, finds: true })),
    // Whoever has an id is told by it; of two people who share an address, the address means the first.
    ...(email_hash === null
      ? []
      : [{ name: nameOf("email", email_hash), payment: null, finds: id === null, is_email: true }]),
  ];
}

/** A payment's name as the events of a namespace say it. */
export function nameAsIn(namespace: string, name: string): string {
  return namespace !== "" && name.startsWith(`${namespace}:`) ? name.slice(namespace.length + 1) : name;
}

/**
 * Whether an event may begin a customer's object: `never` where it must find the one that its names belong to; `late` where
 * it does not say who it is about but names what another event, on its way too, tells that of: only once that has had
 * its time.
 */
export function mayBegin(event: ProviderEvent, ids: Provider["ids"]): "now" | "late" | "never" {
  const { type, customer, subscription, related = [] } = event;
  const isNamed = customer.id !== null || customer.email !== null;
  if (type === "alias") return "never";
  if (TAKES_BACK.has(type) || type === "cancellation") return ids === "merchant" && isNamed ? "now" : "never";
  if (isNamed || ids === "merchant") return "now";
  return subscription !== null || related.length > 0 ? "late" : "now";
}
