/** Which Customer object an event belongs to, and which others have turned out to be the same customer's. */

/** What is known of a Customer object by its key. */
export interface HolderKey {
  key: string;
  /** Whose id the key is made from; null for what is no id, or was stored before namespaces were. */
  namespace: string | null;
}

/** The objects that an event's names lead to, each after what it was merged into. */
export interface FoundHolders {
  /** By the customer's id, whether there is such an object yet or not; null where the event has none. */
  own: HolderKey | null;
  /** By payment, subscription and what they are related to, the surest first; the event's own among them, where it has brought the name. */
  related: readonly HolderKey[];
  email: HolderKey | null;
  /** The namespaces that already have an id among the customers that the e-mail's object is of. */
  email_namespaces: readonly string[];
}

/** Where an event goes, and what is merged into that before. */
export interface Holding {
  key: string;
  merges: string[];
}

/**
 * Decides it; null where no name is known. A customer is the merchant's id. Whoever is known by an e-mail address, a payment
 * or a subscription only is the customer with the id, as soon as one event names both. Two ids of one namespace are two
 * customers, even if they share an address: it means the first. Ids of two namespaces (the merchant's own and a provider's)
 * cannot be compared, so that one address makes them one customer.
 */
export function decideHolder({ own, related, email, email_namespaces }: FoundHolders): Holding | null {
  const candidates = [...related, ...(own === null ? [] : [own]), ...(email === null ? [] : [email])];
  const keys = [...new Set(candidates.map(({ key }) => key))];
  const ids = keys.filter(isId);
  const [first, second] = ids;
  if (first !== undefined && second !== undefined) {
    const isElsewhere = related.some(({ key }) => isId(key) && key !== own?.key);
    const isSame = own !== null && email !== null && !isElsewhere && mayBeOne(own, email_namespaces);
    return isSame ? { key: email.key, merges: keys.filter((key) => key !== email.key) } : { key: first, merges: [] };
  }
  const key = first ?? keys.find(isEmail) ?? keys[0];
  return key === undefined ? null : { key, merges: keys.filter((other) => other !== key) };
}

function mayBeOne({ namespace }: HolderKey, taken: readonly string[]): boolean {
  return namespace !== null && taken.length > 0 && !taken.includes(namespace);
}

/** `7:id:…`, or `7:test:id:…`; see `customerKeyOf`. */
function isId(key: string): boolean {
  return /^\d+:(test:)?id:/.test(key);
}

function isEmail(key: string): boolean {
  return /^\d+:(test:)?email:/.test(key);
}
