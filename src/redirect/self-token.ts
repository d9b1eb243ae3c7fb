/**
 * Identifies the browser of an affiliate who is signed in to the portal, so that own clicks are detected without storage.
 *
 *     kind 2 | affiliate 4 | expiry in seconds since the epoch 4 | HMAC-SHA256 32
 */
import { openText, signText, type TokenKey } from "../lib/signed-text.ts";

/** The token's cookie; with this prefix browsers require `Secure`, `Path=/` and no `Domain`. */
export const SELF_COOKIE = "__Host-lc_self";

const KIND = 2;
const PAYLOAD_BYTES = 9;

/** Signs the token for an affiliate's browser. `expiresAt` in ms. */
export function signSelfToken(key: TokenKey, affiliateId: number, expiresAt: number): string {
  const payload = new Uint8Array(PAYLOAD_BYTES);
  const view = new DataView(payload.buffer);
  payload[0] = KIND;
  view.setUint32(1, affiliateId);
  view.setUint32(5, Math.floor(expiresAt / 1_000));
  return signText(key, payload);
}

/** Whose browser it is, and until when (ms). */
export interface OwnBrowser {
  affiliate_id: number;
  expires_at: number;
}

/** How long a browser counts as the affiliate's own after signing in: as long as the session. */
export const OWN_BROWSER_SECONDS = 2_592_000;

/** The affiliate whose browser this is at `now` (ms); null if the token is malformed, forged or expired. */
export function readSelfToken(keys: readonly TokenKey[], text: string, now: number): OwnBrowser | null {
  const opened = openText(keys, text, { kind: KIND, payload_bytes: PAYLOAD_BYTES });
  if (!opened.ok) return null;
  const view = new DataView(opened.payload.buffer, opened.payload.byteOffset, opened.payload.byteLength);
  const expires_at = view.getUint32(5) * 1_000;
  return expires_at > now ? { affiliate_id: view.getUint32(1), expires_at } : null;
}
