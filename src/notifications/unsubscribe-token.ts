/**
 * A token that lets anyone with the email unsubscribe its affiliate from all emails, and nothing else. It never expires,
 * because emails are kept indefinitely.
 *
 *     kind 3 | affiliate 4 | HMAC-SHA256 32
 */
import { openText, signText, type TokenKey } from "../lib/signed-text.ts";

const KIND = 3;
const PAYLOAD_BYTES = 5;

/** Signs an unsubscribe token for an affiliate with the given key. */
export function signUnsubscribeToken(key: TokenKey, affiliateId: number): string {
  const payload = new Uint8Array(PAYLOAD_BYTES);
  payload[0] = KIND;
  new DataView(payload.buffer).setUint32(1, affiliateId);
  return signText(key, payload);
}

/** The affiliate that an unsubscribe token is for, or null if it is malformed or forged. */
export function readUnsubscribeToken(keys: readonly TokenKey[], text: string): number | null {
  const opened = openText(keys, text, { kind: KIND, payload_bytes: PAYLOAD_BYTES });
  if (!opened.ok) return null;
  return new DataView(opened.payload.buffer, opened.payload.byteOffset, opened.payload.byteLength).getUint32(1);
}
