/**
 * What is done with the VAULT_KEY: sealing webhook secrets and payment details, and keying the hashes of what people are told
 * by. Each purpose has its own key, derived by HKDF (RFC 5869), so that none tells anything about another.
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

/** Seals for storage, and opens again. `context` names where a text belongs: it opens nowhere else. */
export interface Sealer {
  seal: (context: string, text: string) => Promise<string>;
  /** Throws where the key, the context or the text is another. */
  unseal: (context: string, sealed: string) => Promise<string>;
}

/** What is sealed, each with a key of its own. */
export type SealedPurpose = "endpoint secret" | "payment details";

/** A sealer for one purpose (AES-256-GCM); whoever has many texts to open derives its key once. */
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

/** Seals a webhook secret, or a request that is kept: see {@link Sealer}. */
export async function seal(vaultKey: Uint8Array<ArrayBuffer>, context: string, secret: string): Promise<string> {
  return (await openSealer(vaultKey, "endpoint secret")).seal(context, secret);
}

/** Opens what {@link seal} sealed. Throws where the key, the context or the text is another. */
export async function unseal(vaultKey: Uint8Array<ArrayBuffer>, context: string, sealed: string): Promise<string> {
  return (await openSealer(vaultKey, "endpoint secret")).unseal(context, sealed);
}

/** The keyed hash that stands for an e-mail address: the same for every spelling of one mailbox. */
export function hashEmail(vaultKey: Uint8Array<ArrayBuffer>, email: string): Promise<string> {
  return hashMark(vaultKey, normalizeEmail(email));
}

/**
 * The keyed hash that stands for what somebody pays, or is paid, with: a card's fingerprint, or an address at PayPal, which
 * has the same hash as an e-mail address.
 */
export function hashPaymentDetails(vaultKey: Uint8Array<ArrayBuffer>, details: string): Promise<string> {
  const text = details.trim();
  return text.includes("@") ? hashEmail(vaultKey, text) : hashMark(vaultKey, `payment details ${text}`);
}

/** The keyed hash that stands for a visitor, whose eight bytes a click token holds in hex. */
export function hashVisitor(vaultKey: Uint8Array<ArrayBuffer>, visitor: string): Promise<string> {
  return hashMark(vaultKey, `visitor ${visitor}`);
}

async function hashMark(vaultKey: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  const key = await deriveKey(vaultKey, "lastclick customer e-mail", hmac, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(text))).toHex();
}

/** SHA-256 in hex: how bodies are compared, and how one-time and session tokens are stored, which are random and need no key. */
export async function hashText(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text))).toHex();
}
