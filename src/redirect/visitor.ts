/**
 * Tells a visitor without a cookie who clicks again from one who is new: a hash of address and user agent, keyed by
 * programme and day. The address itself goes nowhere else, and when the day's key is deleted the hash means nothing.
 */
const VISITOR_BYTES = 8;
const KEYS_CAPACITY = 1_000;

const utf8 = new TextEncoder();
// Values only, by the key's own text.
const keys = new Map<string, CryptoKey>();

/** Eight bytes that stand for a visitor of one programme on one day. `dayKey` is in hex. */
export async function hashVisitor(dayKey: string, address: string, userAgent: string): Promise<Uint8Array> {
  const key = keys.get(dayKey) ?? (await importKey(dayKey));
  const hash = await crypto.subtle.sign("HMAC", key, utf8.encode(`${address}\n${userAgent}`));
  return new Uint8Array(hash, 0, VISITOR_BYTES);
}

async function importKey(dayKey: string): Promise<CryptoKey> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", Uint8Array.fromHex(dayKey), hmac, false, ["sign"]);
  if (keys.size >= KEYS_CAPACITY) keys.clear();
  keys.set(dayKey, key);
  return key;
}
