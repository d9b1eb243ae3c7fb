/**
 * Verifies the sender of a PayPal webhook (page "Integrate webhooks", section "Message verification"): with the certificate that
 * the message names, or with PayPal's API.
 *
 * The certificate is trusted because it is loaded over TLS, without redirects, from PayPal's own hosts. Its dates and name are
 * checked. Its chain isn't, because PayPal doesn't serve the intermediate certificates, and neither is revocation.
 *
 * PayPal signs only the CRC-32 of a body. Anyone with a signed message can construct another with the same checksum, so messages
 * must be kept as secret as a password. The receiver can't prevent that.
 */

import crc32 from "crc-32";
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../../../lib/time.ts";
import { instant } from "../../../lib/validation.ts";
import type { SignedRequest, Verdict, VerifyTools } from "../../provider.ts";
import { fromBase64 } from "../../signatures/signature.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import type { Proof } from "./proof.ts";
import { readPaypalSecret } from "./secret.ts";
import { isConfirmed } from "./verify-call.ts";

const ALGORITHM = "SHA256withRSA";
const WEB_CRYPTO_ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

const CERTIFICATE_HOSTS: ReadonlySet<string> = new Set([
  "api.paypal.com",
  "api-m.paypal.com",
  "api.sandbox.paypal.com",
  "api-m.sandbox.paypal.com",
]);
const CERTIFICATE_PATH = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]{1,100}$/;
const CERTIFICATE_NAMES: ReadonlySet<string> = new Set([
  "messageverificationcerts.paypal.com",
  "messageverificationcerts.sandbox.paypal.com",
]);
const CERTIFICATE_MAX_CHARACTERS = 32_768;

/** A delivery is sent up to 25 times over 3 days, and a retry keeps the time of its first transmission. */
const MAX_AGE_MS = 4 * MS_PER_DAY;
const MAX_AHEAD_MS = 5 * MS_PER_MINUTE;

const utf8 = new TextEncoder();

/**
 * Refuses a request that PayPal didn't send to a webhook whose id is among the secrets. Throws a 503, so that PayPal sends it
 * again, if neither the certificate nor PayPal's API can be reached.
 */
export async function verifyPaypal(
  request: SignedRequest,
  secrets: readonly string[],
  tools: VerifyTools,
): Promise<Verdict> {
  const proof = readProof(request.headers);
  if (proof === null) {
    return new Problem(401, "signature_missing", "PayPal's five signature headers (PAYPAL-*) are required.");
  }
  if (!isInTime(proof.transmission_time, tools.now)) {
    const words = "PAYPAL-TRANSMISSION-TIME must be within the last 4 days and at most 5 minutes ahead.";
    return new Problem(401, "timestamp_out_of_range", words);
  }
  const signature = fromBase64(proof.transmission_sig);
  if (proof.auth_algo !== ALGORITHM || !isCertificateUrl(proof.cert_url) || signature === null) {
    return invalid("The algorithm, the certificate's URL or the signature is not in PayPal's format.");
  }
  const known = secrets.flatMap((text) => readPaypalSecret(text) ?? []);
  const ids = known.filter(({ credentials }) => credentials === null).map(({ webhook_id }) => webhook_id);
  const refusal = await verifyByCertificate(request.body, { ...proof, signature }, ids, tools);
  if (refusal === null) return null;
  for (const { webhook_id, credentials } of known) {
    if (credentials === null) continue;
    if (await isConfirmed({ ...proof, webhook_id }, request.body, credentials, tools)) return null;
  }
  return refusal;
}

async function verifyByCertificate(
  body: string,
  proof: Proof & { signature: Uint8Array<ArrayBuffer> },
  webhookIds: readonly string[],
  tools: VerifyTools,
): Promise<Verdict> {
  const refusal = invalid("The signature doesn't match the body and this endpoint's webhook ID.");
  if (webhookIds.length === 0) return refusal;
  const certificate = await loadCertificate(proof.cert_url, tools);
  const fault = faultOf(certificate, tools.now);
  if (fault !== null) return invalid(fault);
  const key = await importKey(certificate);
  if (key === null) return invalid("The certificate's key is not an RSA key.");
  // JavaScript's 32-bit integers are signed; PayPal's number is unsigned.
  const checksum = crc32.buf(utf8.encode(body)) >>> 0;
  for (const id of webhookIds) {
    const text = [proof.transmission_id, proof.transmission_time, id, checksum].join("|");
    if (await crypto.subtle.verify(WEB_CRYPTO_ALGORITHM, key, proof.signature, utf8.encode(text))) return null;
  }
  return refusal;
}

function readProof(headers: Headers): Proof | null {
  const read = (name: string) => headers.get(`paypal-${name}`) ?? "";
  const proof: Proof = {
    transmission_id: read("transmission-id"),
    transmission_time: read("transmission-time"),
    cert_url: read("cert-url"),
    auth_algo: read("auth-algo"),
    transmission_sig: read("transmission-sig"),
  };
  return Object.values(proof).includes("") ? null : proof;
}

function isInTime(text: string, now: number): boolean {
  const time = v.safeParse(instant, text);
  return time.success && now - time.output <= MAX_AGE_MS && time.output - now <= MAX_AHEAD_MS;
}

/** Accepts only the canonical form: no user, port, query or fragment, and nothing that a parser would normalize. */
function isCertificateUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !CERTIFICATE_HOSTS.has(url.hostname) || !CERTIFICATE_PATH.test(url.pathname)) return false;
  return text === `https://${url.hostname}${url.pathname}`;
}

async function loadCertificate(url: string, tools: VerifyTools): Promise<Certificate> {
  const pem = await requestText(url, tools);
  const certificate = pem === null || pem.length > CERTIFICATE_MAX_CHARACTERS ? null : readCertificate(pem);
  if (certificate !== null) return certificate;
  const words = "PayPal's certificate couldn't be loaded. Send the webhook again.";
  throw new Problem(503, "certificate_unavailable", words);
}

async function requestText(url: string, { request }: VerifyTools): Promise<string | null> {
  try {
    const response = await request(url);
    return response.status === 200 ? await response.text() : null;
  } catch {
    return null;
  }
}

function faultOf({ names, not_before, not_after }: Certificate, now: number): string | null {
  if (!names.some((name) => CERTIFICATE_NAMES.has(name)))
    return "The certificate is not PayPal's certificate for webhook messages.";
  return now < not_before || now > not_after ? "The certificate is not valid now." : null;
}

async function importKey({ public_key }: Certificate): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey("spki", public_key, WEB_CRYPTO_ALGORITHM, false, ["verify"]);
  } catch {
    return null;
  }
}

function invalid(words: string): Problem {
  return new Problem(401, "signature_invalid", words);
}
