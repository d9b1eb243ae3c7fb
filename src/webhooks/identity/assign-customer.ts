/** Which customer an event belongs to, and which other customers turn out to be the same one. */

import { isErasedKey } from "../conversion-event.ts";

/** A customer that an event may belong to. */
export interface Candidate {
  /** The key of its Customer object; see `customerKeyOf`. */
  key: string;
  /** The namespace of the id in the key; null where the key has no id, or was stored before namespaces were. */
  namespace: string | null;
}

/** The customers that an event's identifiers belong to, after merges. */
export interface Candidates {
  /** The customer with the event's customer id, even if it doesn't exist yet; null where the event has no id. */
  own: Candidate | null;
  /** By payment, subscription and related ids, the most reliable first; the event's own customer if it recorded them. */
  related: readonly Candidate[];
  /** By email hash. */
  email: Candidate | null;
  /** The namespaces of the ids that the customer with this email hash already has. */
  email_namespaces: readonly string[];
}

/** The customer that an event belongs to, and the customers that are first merged into it. */
export interface Assignment {
  key: string;
  merges: string[];
}

/**
 * Assigns an event to a customer; null where there is no candidate.
 *
 * A customer is an id of the merchant. A customer known only by an email address, payment or subscription is merged into
 * the customer with an id as soon as one event has both. Two ids of one namespace are two customers, even if they share an
 * address, which then belongs to the first. Ids of two namespaces (the merchant's own and a provider's) can't be compared,
 * so that a shared address makes them one customer. What belongs to an erased customer stays there, and nothing is merged with
 * it: otherwise it would be known again.
 */
export function assignCustomer({ own, related, email, email_namespaces }: Candidates): Assignment | null {
  const candidates = [...related, ...(own === null ? [] : [own]), ...(email === null ? [] : [email])];
  const erased = candidates.find(({ key }) => isErasedKey(key));
  if (erased !== undefined) return { key: erased.key, merges: [] };
  const keys = [...new Set(candidates.map(({ key }) => key))];
  const ids = keys.filter(hasId);
  const [first, second] = ids;
  if (first !== undefined && second !== undefined) {
    const isRelatedToOther = related.some(({ key }) => hasId(key) && key !== own?.key);
    const isSame =
      own !== null && email !== null && !isRelatedToOther && isFirstOfNamespace(own.namespace, email_namespaces);
    return isSame ? { key: email.key, merges: keys.filter((key) => key !== email.key) } : { key: first, merges: [] };
  }
  const key = first ?? keys.find(isEmail) ?? keys[0];
  return key === undefined ? null : { key, merges: keys.filter((other) => other !== key) };
}

function isFirstOfNamespace(namespace: string | null, taken: readonly string[]): boolean {
  return namespace !== null && taken.length > 0 && !taken.includes(namespace);
}

/** `7:id:…`, or `7:test:id:…`; see `customerKeyOf`. */
function hasId(key: string): boolean {
  return /^\d+:(test:)?id:/.test(key);
}

function isEmail(key: string): boolean {
  return /^\d+:(test:)?email:/.test(key);
}
