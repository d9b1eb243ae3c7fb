import { HMAC } from "fast-sha256";

/** HMAC-SHA256 under one key: 32 bytes for a message. */
export type Mac = (message: Uint8Array) => Uint8Array;

/**
 * The key ready to sign, to be kept. It signs at once: the platform's `crypto.subtle.sign` takes longer than the few blocks
 * that are hashed here, and an answer that waits for its promise longer still; together that was a sixth of a redirect.
 */
export function keyMac(secret: Uint8Array): Mac {
  const hmac = new HMAC(secret);
  return (message) => hmac.reset().update(message).digest();
}
