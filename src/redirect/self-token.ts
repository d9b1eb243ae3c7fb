/**
 * Marks the browser of an affiliate who is signed in to the portal, so that own clicks are told without asking storage.
 *
 *     kind 2 | affiliate 4 | good until, in seconds since the epoch, 4 | HMAC-SHA256 32
 */
import { openText, signText, type TokenKey } from "../lib/signed-text.ts";

/** The cookie that carries it; the prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`. */
export const SELF_COOKIE = "__Host-lc_self";

const KIND = 2;
const PAYLOAD_BYTES = 9;

/** The token for an affiliate's browser, good until a time in ms. */
export function signSelfToken(key: TokenKey, affiliateId: number, goodUntil: number): string {
  const payload = new Uint8Array(PAYLOAD_BYTES);
  const view = new DataView(payload.buffer);
  payload[0] = KIND;
  view.setUint32(1, affiliateId);
  view.setUint32(5, Math.floor(goodUntil / 1_000));
  return signText(key, payload);
}

/** The affiliate whose browser this is at `now`, ms; null where the token is none, forged or over. */
export function readSelfToken(keys: readonly TokenKey[], text: string, now: number): number | null {
  const opened = openText(keys, text, { kind: KIND, payload_bytes: PAYLOAD_BYTES });
  if (!opened.ok) return null;
  const view = new DataView(opened.payload.buffer, opened.payload.byteOffset, opened.payload.byteLength);
  return view.getUint32(5) * 1_000 > now ? view.getUint32(1) : null;
}
