/** What adapters verify signatures with. Comparisons take constant time. */

const utf8 = new TextEncoder();

/** Whether `signature` is the HMAC of a text. A key given as text is used as its UTF-8 bytes. */
export async function isHmac(
  hash: "SHA-1" | "SHA-256" | "SHA-512",
  key: string | Uint8Array<ArrayBuffer>,
  text: string,
  signature: Uint8Array<ArrayBuffer> | null,
): Promise<boolean> {
  const bytes = typeof key === "string" ? utf8.encode(key) : key;
  // An endpoint without a secret accepts no signature; HMAC can't import an empty key.
  if (signature === null || bytes.length === 0) return false;
  const imported = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, ["verify"]);
  return crypto.subtle.verify("HMAC", imported, signature, utf8.encode(text));
}

/** The HMAC of a text, with a key whose UTF-8 bytes are used. */
export async function signHmac(hash: "SHA-256", key: string, text: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", utf8.encode(key), { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8.encode(text)));
}

/** Whether a text is one of the secrets; always compares it with all of them. */
export function isOneOf(text: string, secrets: readonly string[]): boolean {
  return secrets.map((secret) => isSame(text, secret)).includes(true);
}

function isSame(text: string, secret: string): boolean {
  const [a, b] = [utf8.encode(text), utf8.encode(secret)];
  if (b.length === 0) return false;
  // The time reveals only the secret's length.
  return crypto.subtle.timingSafeEqual(a.length === b.length ? a : b, b) && a.length === b.length;
}

/** Bytes from lower-case hex; null for other text, so that a signature has only one valid form. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  return /^(?:[0-9a-f]{2})+$/.test(text) ? Uint8Array.fromHex(text) : null;
}

/** Bytes from base64; null for other text and for a form that isn't canonical. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return /\s/.test(text) ? null : Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    return null;
  }
}
