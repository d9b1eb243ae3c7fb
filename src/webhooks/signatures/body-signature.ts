/** The proof that several checkouts send: one header with the HMAC-SHA256 of the raw body, and nothing else signed. */
import { Problem } from "../../lib/problem.ts";
import type { SignedRequest, Verdict } from "../provider.ts";
import { isHmac } from "./signature.ts";

/** Where the signature stands, and in which letters: `decode` gives null for what is no such text. */
export interface BodySignature {
  header: string;
  decode: (text: string) => Uint8Array<ArrayBuffer> | null;
}

/**
 * Refuses a request whose body none of the secrets signed. Nothing here dates the request: what is sent again is known by
 * its business key.
 */
export async function verifyBodySignature(
  { body, headers }: SignedRequest,
  secrets: readonly string[],
  { header, decode }: BodySignature,
): Promise<Verdict> {
  const text = headers.get(header) ?? "";
  if (text === "") return new Problem(401, "signature_missing", `${header} is required.`);
  const signature = decode(text);
  const matches = await Promise.all(secrets.map((secret) => isHmac("SHA-256", secret, body, signature)));
  return matches.includes(true)
    ? null
    : new Problem(401, "signature_invalid", `${header} is not of the body and this endpoint's secret.`);
}
