import { keyMac, type Mac } from "../lib/mac.ts";
import { VISITOR_HASH_DIGITS } from "./click.ts";

/**
 * Who a visitor is, in eight bytes: those of the cookie, where there is one. The cookie that a first click sets begins with
 * the hash below and ends in random bytes, so that one value is found by both: by its beginning while the visitor comes
 * without a cookie, as a whole once there is one, and two people who share an address and a browser are then two.
 *
 * The hash tells a visitor without a cookie who clicks again from one who is new: a hash of address and user agent, keyed by
 * programme and day. The address itself goes nowhere else, and when the day's key is deleted the hash means nothing.
 */
const VISITOR_BYTES = 8;
const HASH_BYTES = VISITOR_HASH_DIGITS / 2;
const KEYS_CAPACITY = 1_000;

const utf8 = new TextEncoder();
// Values only, by the key's own text.
const keys = new Map<string, Mac>();

/** Eight bytes that stand for a visitor of one programme on one day. `dayKey` is in hex. */
export function hashVisitor(dayKey: string, address: string, userAgent: string): Uint8Array {
  const key = keys.get(dayKey) ?? keepKey(dayKey);
  return key(utf8.encode(`${address}\n${userAgent}`)).subarray(0, VISITOR_BYTES);
}

/** A visitor to be remembered by a cookie: the beginning of the hash, and random bytes. */
export function makeVisitorId(hash: Uint8Array, random: Uint8Array): Uint8Array {
  const visitor = hash.slice(0, VISITOR_BYTES);
  visitor.set(random.subarray(random.length - VISITOR_BYTES + HASH_BYTES), HASH_BYTES);
  return visitor;
}

function keepKey(dayKey: string): Mac {
  const key = keyMac(Uint8Array.fromHex(dayKey));
  if (keys.size >= KEYS_CAPACITY) keys.clear();
  keys.set(dayKey, key);
  return key;
}
