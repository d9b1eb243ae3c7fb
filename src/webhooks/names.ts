import { type ConversionEvent, nameWithin } from "./conversion-event.ts";
import type { ProviderEvent } from "./provider.ts";

/** A name by which later events may mean the same customer. */
export interface Name {
  name: string;
  /** The one name of the payment, with its namespace, where it is a payment's; else null. */
  payment: string | null;
}

/** The names in an event, the surest first: its payment under each of its names, its subscription, what it is related to. */
export function listNames(event: Pick<ConversionEvent, "namespace" | "test"> & ProviderEvent): Name[] {
  const scope = event.test ? "test:" : "";
  const { payment, aliases, subscription, related = [], namespace } = event;
  const payments = payment === null ? aliases : [payment, ...aliases];
  return [
    ...[...new Set(payments)].map((alias) => ({
      name: `${scope}payment:${nameWithin(namespace, alias)}`,
      payment: nameWithin(namespace, payment ?? alias),
    })),
    ...(subscription === null
      ? []
      : [{ name: `${scope}subscription:${nameWithin(namespace, subscription.id)}`, payment: null }]),
    ...related.map((each) => ({ name: `${scope}related:${nameWithin(namespace, each)}`, payment: null })),
  ];
}

/** A payment's name as the events of a namespace say it. */
export function nameAsIn(namespace: string, name: string): string {
  return namespace !== "" && name.startsWith(`${namespace}:`) ? name.slice(namespace.length + 1) : name;
}

/** Whether an event says enough to begin a customer with, or must find the one that its names belong to. */
export function standsAlone(event: ProviderEvent): boolean {
  if (event.type === "alias") return false;
  const { id, email } = event.customer;
  return id !== null || email !== null || ["lead", "trial", "sale", "touch"].includes(event.type);
}
