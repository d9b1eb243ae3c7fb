/**
 * The tokens of emailed links: to an application's page, and to join by an invitation. They are derived from the id, so that
 * every email about it can have the same link.
 *
 *     kind 5 or 6 | id 25 | HMAC-SHA256 32
 */
import { openText, signText, type TokenKey } from "../lib/signed-text.ts";

const KINDS = { application: 5, invitation: 6 } as const;
/** A prefix, the time in base 36 and random characters. */
const ID_PATTERN = /^(?:apl|inv)_[0-9a-z]{9}[A-Za-z0-9_-]{12}$/;
const PAYLOAD_BYTES = 26;

/** Signs a token for an application's or invitation's id. */
export function signIdToken(key: TokenKey, kind: keyof typeof KINDS, id: string): string {
  const payload = new Uint8Array(PAYLOAD_BYTES);
  payload[0] = KINDS[kind];
  new TextEncoder().encodeInto(id, payload.subarray(1));
  return signText(key, payload);
}

/** The id that a token is for, or null if it is malformed, forged or of the other kind. */
export function readIdToken(keys: readonly TokenKey[], kind: keyof typeof KINDS, text: string): string | null {
  const opened = openText(keys, text, { kind: KINDS[kind], payload_bytes: PAYLOAD_BYTES });
  if (!opened.ok) return null;
  const id = new TextDecoder().decode(opened.payload.subarray(1));
  return ID_PATTERN.test(id) ? id : null;
}
