/**
 * Signed bytes as text for URLs and cookies: `payload | HMAC-SHA256`, in base64url. The first byte of a payload is its kind, so
 * that a token of one kind is never accepted as another.
 */
import { keyMac, type Mac } from "./mac.ts";

const SIGNATURE_BYTES = 32;
const TEXT_PATTERN = /^[A-Za-z0-9_-]{1,200}$/;

/** A key that signs and verifies. */
export type TokenKey = Mac;

const prepared = new WeakMap<object, readonly TokenKey[]>();

/** `malformed`: not of this kind; `forged`: signed by none of our keys. */
export type Opened = { ok: true; payload: Uint8Array } | { ok: false; error: "malformed" | "forged" };

/** Prepares the signing keys, once per isolate. Newest first, as in the setting. */
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

/** Verifies and opens an untrusted text. Any of the keys is accepted, so that texts signed with an older key stay valid. */
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
    // Strict, so that a token has only one encoding. Strict decoding requires the padding that tokens leave out.
    const padded = text.padEnd(Math.ceil(text.length / 4) * 4, "=");
    return Uint8Array.fromBase64(padded, { alphabet: "base64url", lastChunkHandling: "strict" });
  } catch {
    return null;
  }
}
