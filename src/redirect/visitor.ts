import { keyMac, type Mac } from "../lib/mac.ts";
import { VISITOR_HASH_DIGITS } from "./click.ts";

/**
 * A visitor's id is eight bytes: the cookie's, if there is one. The id that a first click puts in the cookie begins with the
 * hash below and ends in random bytes. So one stored value matches both ways: by its beginning for visits without a cookie,
 * as a whole for visits with one, which distinguishes visitors who share an IP address and a browser.
 *
 * The hash recognizes a visitor without a cookie who clicks again: it is of IP address and user agent, keyed by program and
 * day. The IP address is stored nowhere, and once the day's key is deleted the hash can't be matched any more.
 */
const VISITOR_BYTES = 8;
const HASH_BYTES = VISITOR_HASH_DIGITS / 2;
const KEYS_CAPACITY = 1_000;

const utf8 = new TextEncoder();
// By the key's own text.
const keys = new Map<string, Mac>();

/** Hashes a visitor of one program on one day, to eight bytes. `dayKey` is in hex. */
export function hashVisitor(dayKey: string, address: string, userAgent: string): Uint8Array {
  const key = keys.get(dayKey) ?? addKey(dayKey);
  return key(utf8.encode(`${address}\n${userAgent}`)).subarray(0, VISITOR_BYTES);
}

/** Makes the id of a new visitor with a cookie: the beginning of the hash, then random bytes. */
export function makeVisitorId(hash: Uint8Array, random: Uint8Array): Uint8Array {
  const visitor = hash.slice(0, VISITOR_BYTES);
  visitor.set(random.subarray(random.length - VISITOR_BYTES + HASH_BYTES), HASH_BYTES);
  return visitor;
}

function addKey(dayKey: string): Mac {
  const key = keyMac(Uint8Array.fromHex(dayKey));
  if (keys.size >= KEYS_CAPACITY) keys.clear();
  keys.set(dayKey, key);
  return key;
}
