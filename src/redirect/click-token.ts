/**
 * The click token: signed and self-describing, so that a conversion can be attributed before its click reaches D1.
 *
 *     version 1 | click id 16 | program 4 | affiliate 4 | link 4 | HMAC-SHA256 32   → 82 characters of base64url
 *
 * It matches `^[A-Za-z0-9_-]{1,200}$` and so fits Stripe's `client_reference_id`.
 */
import { timeOfClickId } from "./click.ts";

/** What a token says of its click. */
export interface ClickClaims {
  /** UUIDv7 in 32 hex digits. */
  click_id: string;
  /** Milliseconds since the epoch. */
  clicked_at: number;
  program_id: number;
  affiliate_id: number;
  link_id: number;
}

/** `malformed`: no token of this format; `forged`: none of our keys signed it. */
export type TokenReading = { ok: true; claims: ClickClaims } | { ok: false; error: "malformed" | "forged" };

const VERSION = 1;
const PAYLOAD_BYTES = 29;
const TOKEN_BYTES = PAYLOAD_BYTES + 32;
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{1,200}$/;

const imported = new WeakMap<object, readonly CryptoKey[]>();

/** The signing keys of the setting, newest first; imported once per isolate. */
export async function importTokenKeys(secrets: readonly Uint8Array<ArrayBuffer>[]): Promise<readonly CryptoKey[]> {
  const known = imported.get(secrets);
  if (known !== undefined) return known;
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const keys = await Promise.all(
    secrets.map((secret) => crypto.subtle.importKey("raw", secret, hmac, false, ["sign", "verify"])),
  );
  imported.set(secrets, keys);
  return keys;
}

/** The token for a click, signed with the given key. */
export async function signClickToken(
  key: CryptoKey,
  click: { id: Uint8Array; program_id: number; affiliate_id: number; link_id: number },
): Promise<string> {
  const token = new Uint8Array(TOKEN_BYTES);
  const view = new DataView(token.buffer);
  token[0] = VERSION;
  token.set(click.id, 1);
  view.setUint32(17, click.program_id);
  view.setUint32(21, click.affiliate_id);
  view.setUint32(25, click.link_id);
  token.set(new Uint8Array(await crypto.subtle.sign("HMAC", key, token.subarray(0, PAYLOAD_BYTES))), PAYLOAD_BYTES);
  return token.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Reads a token that anyone may have written. Any of the keys will do, so that keys rotate without losing a click. */
export async function readClickToken(keys: readonly CryptoKey[], text: string): Promise<TokenReading> {
  const token = decodeToken(text);
  if (token === null) return { ok: false, error: "malformed" };
  const payload = token.subarray(0, PAYLOAD_BYTES);
  const signature = token.subarray(PAYLOAD_BYTES);
  for (const key of keys) {
    if (await crypto.subtle.verify("HMAC", key, signature, payload)) return { ok: true, claims: readClaims(payload) };
  }
  return { ok: false, error: "forged" };
}

function decodeToken(text: string): Uint8Array<ArrayBuffer> | null {
  if (!TOKEN_PATTERN.test(text)) return null;
  try {
    // Strict, so that one token has one spelling; strict decoding wants the padding that tokens leave out.
    const padded = text.padEnd(Math.ceil(text.length / 4) * 4, "=");
    const token = Uint8Array.fromBase64(padded, { alphabet: "base64url", lastChunkHandling: "strict" });
    return token.length === TOKEN_BYTES && token[0] === VERSION ? token : null;
  } catch {
    return null;
  }
}

function readClaims(payload: Uint8Array): ClickClaims {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const id = payload.subarray(1, 17);
  return {
    click_id: id.toHex(),
    clicked_at: timeOfClickId(id),
    program_id: view.getUint32(17),
    affiliate_id: view.getUint32(21),
    link_id: view.getUint32(25),
  };
}
