/**
 * Bytes with their signature as text that fits into a URL or a cookie: `payload | HMAC-SHA256`, base64url. The first byte
 * of a payload says what it is, so that one kind is never taken for another.
 */
import { keyMac, type Mac } from "./mac.ts";

const SIGNATURE_BYTES = 32;
const TEXT_PATTERN = /^[A-Za-z0-9_-]{1,200}$/;

/** A key that signs and opens. */
export type TokenKey = Mac;

const prepared = new WeakMap<object, readonly TokenKey[]>();

/** `malformed`: not of this kind; `forged`: none of our keys signed it. */
export type Opened = { ok: true; payload: Uint8Array } | { ok: false; error: "malformed" | "forged" };

/** The signing keys of the setting, newest first; prepared once per isolate. */
export function importTokenKeys(secrets: readonly Uint8Array[]): readonly TokenKey[] {
  const known = prepared.get(secrets);
  if (known !== undefined) return known;
  const keys = secrets.map(keyMac);
  prepared.set(secrets, keys);
  return keys;
}

/** Signs a payload with the given key. */
export function signText(key: TokenKey, payload: Uint8Array): string {
  const signed = new Uint8Array(payload.length + SIGNATURE_BYTES);
  signed.set(payload);
  signed.set(key(payload), payload.length);
  return signed.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Opens a text that anyone may have written. Any of the keys will do, so that keys rotate without losing what they signed. */
export function openText(
  keys: readonly TokenKey[],
  text: string,
  expected: { kind: number; payload_bytes: number },
): Opened {
  const signed = decode(text);
  if (signed?.length !== expected.payload_bytes + SIGNATURE_BYTES || signed[0] !== expected.kind) {
    return { ok: false, error: "malformed" };
  }
  const payload = signed.subarray(0, expected.payload_bytes);
  const signature = signed.subarray(expected.payload_bytes);
  const isOurs = keys.some((key) => crypto.subtle.timingSafeEqual(key(payload), signature));
  return isOurs ? { ok: true, payload } : { ok: false, error: "forged" };
}

function decode(text: string): Uint8Array<ArrayBuffer> | null {
  if (!TEXT_PATTERN.test(text)) return null;
  try {
    // Strict, so that one token has one spelling; strict decoding wants the padding that tokens leave out.
    const padded = text.padEnd(Math.ceil(text.length / 4) * 4, "=");
    return Uint8Array.fromBase64(padded, { alphabet: "base64url", lastChunkHandling: "strict" });
  } catch {
    return null;
  }
}
