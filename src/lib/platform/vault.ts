/**
 * Everything that uses the VAULT_KEY: sealing webhook secrets and payment details, and keyed hashes of identifiers. Each purpose
 * has its own key, derived by HKDF (RFC 5869), so that no key reveals another.
 */
import { normalizeEmail } from "../email.ts";

const IV_BYTES = 12;

const utf8 = new TextEncoder();

async function deriveKey(
  vaultKey: Uint8Array<ArrayBuffer>,
  purpose: string,
  algorithm: SubtleCryptoImportKeyAlgorithm,
  usages: string[],
): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey("raw", vaultKey, "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8.encode(purpose) };
  return crypto.subtle.deriveKey(derivation, master, algorithm, false, usages);
}

/** Seals texts for storage, and opens them. `context` says where a text belongs; it can't be opened with another context. */
export interface Sealer {
  seal: (context: string, text: string) => Promise<string>;
  /** Throws if the key or the context differs, or if the text was changed. */
  unseal: (context: string, sealed: string) => Promise<string>;
}

/** The kinds of sealed texts, each with its own key. */
export type SealedPurpose = "endpoint secret" | "payment details" | "api response" | "kept form";

/** Creates a sealer for one purpose (AES-256-GCM). It derives its key once, so reuse it for many texts. */
export async function openSealer(vaultKey: Uint8Array<ArrayBuffer>, purpose: SealedPurpose): Promise<Sealer> {
  const aes = { name: "AES-GCM", length: 256 };
  const key = await deriveKey(vaultKey, `lastclick ${purpose}`, aes, ["encrypt", "decrypt"]);
  return {
    async seal(context, text) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const algorithm = { name: "AES-GCM", iv, additionalData: utf8.encode(context) };
      const sealed = await crypto.subtle.encrypt(algorithm, key, utf8.encode(text));
      return `${iv.toBase64()}.${new Uint8Array(sealed).toBase64()}`;
    },
    async unseal(context, sealed) {
      const [iv = "", text = ""] = sealed.split(".");
      const algorithm = { name: "AES-GCM", iv: Uint8Array.fromBase64(iv), additionalData: utf8.encode(context) };
      return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, Uint8Array.fromBase64(text)));
    },
  };
}

/** Seals a webhook secret or a stored request: see {@link Sealer}. */
export async function seal(vaultKey: Uint8Array<ArrayBuffer>, context: string, secret: string): Promise<string> {
  return (await openSealer(vaultKey, "endpoint secret")).seal(context, secret);
}

/** Opens a text sealed by {@link seal}. Throws if the key or the context differs, or if the text was changed. */
export async function unseal(vaultKey: Uint8Array<ArrayBuffer>, context: string, sealed: string): Promise<string> {
  return (await openSealer(vaultKey, "endpoint secret")).unseal(context, sealed);
}

/** The keyed hash of an email address: the same for every spelling of a mailbox. */
export function hashEmail(vaultKey: Uint8Array<ArrayBuffer>, email: string): Promise<string> {
  return hashWithKey(vaultKey, normalizeEmail(email));
}

/**
 * The keyed hash of payment details: a card's fingerprint or a PayPal address, which
 * has the same hash as an email address.
 */
export function hashPaymentDetails(vaultKey: Uint8Array<ArrayBuffer>, details: string): Promise<string> {
  const text = details.trim();
  return text.includes("@") ? hashEmail(vaultKey, text) : hashWithKey(vaultKey, `payment details ${text}`);
}

/** The keyed hash of a visitor's id; `visitor` is in hex, as in a click token. */
export function hashVisitor(vaultKey: Uint8Array<ArrayBuffer>, visitor: string): Promise<string> {
  return hashWithKey(vaultKey, `visitor ${visitor}`);
}

/**
 * The id of an erased customer's event, by which the same event sent again is recognized: the provider's id may contain the
 * customer's id.
 */
export async function hashEventId(vaultKey: Uint8Array<ArrayBuffer>, endpoint: string, id: string): Promise<string> {
  return `erased:${await hashWithKey(vaultKey, `event ${endpoint} ${id}`)}`;
}

async function hashWithKey(vaultKey: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  const key = await deriveKey(vaultKey, "lastclick customer e-mail", hmac, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(text))).toHex();
}

/** SHA-256 in hex, to compare bodies and to store one-time and session tokens, which are random and need no key. */
export async function hashText(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text))).toHex();
}
