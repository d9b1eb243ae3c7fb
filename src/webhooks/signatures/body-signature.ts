/** The signature of several checkouts: one header with the HMAC-SHA256 of the raw body. */
import { Problem } from "../../lib/problem.ts";
import type { SignedRequest, Verdict } from "../provider.ts";
import { isHmac } from "./signature.ts";

/** The signature's header and encoding; `decode` returns null for text in another encoding. */
export interface BodySignature {
  header: string;
  decode: (text: string) => Uint8Array<ArrayBuffer> | null;
}

/**
 * Refuses a request whose body is not signed with one of the secrets. The signature has no time; a replayed request is found
 * to be a duplicate by its event id.
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
    : new Problem(401, "signature_invalid", `${header} doesn't match the body and this endpoint's secret.`);
}
