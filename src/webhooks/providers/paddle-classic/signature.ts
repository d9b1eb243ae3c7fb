/** Verifies the sender of a Paddle Classic alert. Source: its page "Verifying Webhooks" and the sample in PHP on that page. */
import { Problem } from "../../../lib/problem.ts";
import type { SignedRequest, Verdict } from "../../provider.ts";
import { invalidField } from "../../reading/read-fields.ts";
import { fromBase64 } from "../../signatures/signature.ts";

/** The field with the signature of all the others. */
const SIGNATURE_FIELD = "p_signature";
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-1" };
const PEM = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/;

const utf8 = new TextEncoder();

/** Throws a 422 for text that isn't a public key in PEM. */
export function checkPublicKey(text: string): void {
  if (readPem(text) !== null) return;
  const place = "the public key under Developer Tools > Public Key";
  throw invalidField("secret", `must be ${place}, from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----`);
}

/** The fields of an alert. Of a repeated field the last one counts, as in PHP. */
export function readAlert(body: string): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(body));
}

/**
 * Refuses an alert that isn't signed with the private key of one of these public keys. The signature has no time; a replayed
 * alert is a duplicate by its order.
 */
export async function verifyAlert({ body }: SignedRequest, secrets: readonly string[]): Promise<Verdict> {
  const { [SIGNATURE_FIELD]: text = "", ...fields } = readAlert(body);
  if (text === "") return new Problem(401, "signature_missing", `${SIGNATURE_FIELD} is required.`);
  const signature = fromBase64(text);
  const matches = await Promise.all(secrets.map((secret) => isSignedBy(secret, signature, serialize(fields))));
  return matches.includes(true)
    ? null
    : new Problem(
        401,
        "signature_invalid",
        `${SIGNATURE_FIELD} doesn't match the fields and this endpoint's public key.`,
      );
}

async function isSignedBy(pem: string, signature: Uint8Array<ArrayBuffer> | null, signed: string): Promise<boolean> {
  const bytes = readPem(pem);
  if (signature === null || bytes === null) return false;
  try {
    const key = await crypto.subtle.importKey("spki", bytes, ALGORITHM, false, ["verify"]);
    return await crypto.subtle.verify(ALGORITHM, key, signature, utf8.encode(signed));
  } catch {
    // The text is base64, but not a key.
    return false;
  }
}

/** The fields in alphabetical order as PHP's `serialize` writes them. Lengths are in bytes. */
function serialize(fields: Readonly<Record<string, string>>): string {
  const names = Object.keys(fields).sort();
  const text = (value: string) => `s:${utf8.encode(value).length}:"${value}";`;
  return `a:${names.length}:{${names.map((name) => text(name) + text(fields[name] ?? "")).join("")}}`;
}

function readPem(text: string): Uint8Array<ArrayBuffer> | null {
  const [, base64] = PEM.exec(text.trim()) ?? [];
  return base64 === undefined ? null : fromBase64(base64.replaceAll(/\s/g, ""));
}
