/** The pieces that adapters prove a sender with; every comparison takes the same time wherever two texts differ. */

const utf8 = new TextEncoder();

/** Whether `signature` is the HMAC of a text. A key given as text is taken as its UTF-8 bytes. */
export async function isHmac(
  hash: "SHA-1" | "SHA-256" | "SHA-512",
  key: string | Uint8Array<ArrayBuffer>,
  text: string,
  signature: Uint8Array<ArrayBuffer> | null,
): Promise<boolean> {
  const bytes = typeof key === "string" ? utf8.encode(key) : key;
  // HMAC has no empty key; an endpoint without a secret believes nobody.
  if (signature === null || bytes.length === 0) return false;
  const imported = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, ["verify"]);
  return crypto.subtle.verify("HMAC", imported, signature, utf8.encode(text));
}

/** Whether a text is one of the secrets; all are looked at. */
export function isOneOf(text: string, secrets: readonly string[]): boolean {
  return secrets.map((secret) => isSame(text, secret)).includes(true);
}

function isSame(text: string, secret: string): boolean {
  const [a, b] = [utf8.encode(text), utf8.encode(secret)];
  if (b.length === 0) return false;
  // The time tells a secret's length and nothing else.
  return crypto.subtle.timingSafeEqual(a.length === b.length ? a : b, b) && a.length === b.length;
}

/** Bytes from lower-case hex, null where it is none: one signature has one spelling. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  return /^(?:[0-9a-f]{2})+$/.test(text) ? Uint8Array.fromHex(text) : null;
}

/** Bytes from base64, null where it is none, or not the one spelling of its bytes. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return /\s/.test(text) ? null : Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    return null;
  }
}
