/**
 * The click token: signed and self-describing, so that a conversion can be attributed before its click reaches D1.
 *
 *     kind 1 | click id 16 | visitor 8 | program 4 | affiliate 4 | link 4 | HMAC-SHA256 32   → 92 characters
 *
 * It matches `^[A-Za-z0-9_-]{1,200}$` and so fits Stripe's `client_reference_id`.
 */

import { openText, signText, type TokenKey } from "../lib/signed-text.ts";
import { timeOfClickId } from "./click.ts";

/** What a token says about its click. */
export interface ClickClaims {
  /** UUIDv7 in 32 hex digits. */
  click_id: string;
  /** Milliseconds since the epoch. */
  clicked_at: number;
  /** 16 hex digits that stay the same for a browser's clicks. */
  visitor: string;
  program_id: number;
  affiliate_id: number;
  link_id: number;
}

/** `malformed`: not a token of this format; `forged`: signed by none of our keys. */
export type TokenReading = { ok: true; claims: ClickClaims } | { ok: false; error: "malformed" | "forged" };

const KIND = 1;
const PAYLOAD_BYTES = 37;

/** Creates the token for a click. */
export function signClickToken(
  key: TokenKey,
  click: { id: Uint8Array; visitor: Uint8Array; program_id: number; affiliate_id: number; link_id: number },
): string {
  const payload = new Uint8Array(PAYLOAD_BYTES);
  const view = new DataView(payload.buffer);
  payload[0] = KIND;
  payload.set(click.id, 1);
  payload.set(click.visitor, 17);
  view.setUint32(25, click.program_id);
  view.setUint32(29, click.affiliate_id);
  view.setUint32(33, click.link_id);
  return signText(key, payload);
}

/** Verifies and reads an untrusted token. */
export function readClickToken(keys: readonly TokenKey[], text: string): TokenReading {
  const opened = openText(keys, text, { kind: KIND, payload_bytes: PAYLOAD_BYTES });
  return opened.ok ? { ok: true, claims: readClaims(opened.payload) } : opened;
}

function readClaims(payload: Uint8Array): ClickClaims {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const id = payload.subarray(1, 17);
  return {
    click_id: id.toHex(),
    clicked_at: timeOfClickId(id),
    visitor: payload.subarray(17, 25).toHex(),
    program_id: view.getUint32(25),
    affiliate_id: view.getUint32(29),
    link_id: view.getUint32(33),
  };
}
