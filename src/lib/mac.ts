import { HMAC } from "fast-sha256";

/** HMAC-SHA256 with one key: returns 32 bytes for a message. */
export type Mac = (message: Uint8Array) => Uint8Array;

/**
 * Prepares a key, to be cached. Signing is synchronous: calling the platform's `crypto.subtle.sign` takes longer than hashing
 * the few blocks here, and waiting for its promise even longer. Together that was a sixth of a redirect's time.
 */
export function keyMac(secret: Uint8Array): Mac {
  const hmac = new HMAC(secret);
  return (message) => hmac.reset().update(message).digest();
}
