/** Verifies the sender of a Braintree notification. Sources: the page "Webhooks: Parse" and Braintree's own libraries. */
import { Problem } from "../../../lib/problem.ts";
import type { Answer, SignedRequest, Verdict } from "../../provider.ts";
import { invalidField } from "../../reading/read-fields.ts";
import { fromHex, isHmac } from "../../signatures/signature.ts";

const FORM = /^[a-z0-9]{8,64}:[a-z0-9]{16,64}$/;

/** The text that a probe's answer signs. A notification can't have this format, so the answer's signature is useless for one. */
const CHALLENGE = /^[a-f0-9]{20,32}$/;
const NO_PAYLOAD = /[^A-Za-z0-9+/=\n]/;

const utf8 = new TextEncoder();

/** Throws a 422 for text that isn't a public and a private key. */
export function checkBraintreeSecret(text: string): void {
  if (FORM.test(text)) return;
  throw invalidField("secret", "must be PUBLIC_KEY:PRIVATE_KEY, as Braintree's control panel shows them under API");
}

/**
 * Refuses a notification that isn't signed with one of the key pairs. Its age isn't limited, as in Braintree's libraries; a
 * replayed notification is a duplicate by its event id.
 */
export async function verifyBraintree({ body }: SignedRequest, secrets: readonly string[]): Promise<Verdict> {
  const { signature, payload } = readForm(body);
  if (signature === "" || payload === "") {
    return new Problem(401, "signature_missing", "bt_signature and bt_payload are required.");
  }
  const isNotification = !NO_PAYLOAD.test(payload) && !CHALLENGE.test(payload.trim());
  const matches = await Promise.all(secrets.map((secret) => isSignedWith(secret, signature, payload)));
  return isNotification && matches.includes(true)
    ? null
    : new Problem(401, "signature_invalid", "No signature matches the payload and this endpoint's keys.");
}

/** The two fields of a notification's form; empty if they are missing. */
export function readForm(body: string): { signature: string; payload: string } {
  const form = new URLSearchParams(body);
  return { signature: form.get("bt_signature") ?? "", payload: form.get("bt_payload") ?? "" };
}

/** Answers Braintree's test of a new URL with the challenge, signed with the newest key; 400 for an invalid challenge. */
export async function answerChallenge({ query }: SignedRequest, [secret = ""]: readonly string[]): Promise<Answer> {
  const challenge = query.get("bt_challenge") ?? "";
  const { public_key, private_key } = readKeys(secret);
  if (!CHALLENGE.test(challenge) || private_key === "") {
    return { status: 400, body: "bt_challenge must be 20 to 32 hexadecimal digits." };
  }
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", await hash(private_key), algorithm, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(challenge)));
  return { status: 200, headers: { "Content-Type": "text/plain" }, body: `${public_key}|${signature.toHex()}` };
}

/** The header contains pairs of a public key and a signature, joined by `&`. */
async function isSignedWith(secret: string, signatures: string, payload: string): Promise<boolean> {
  const { public_key, private_key } = readKeys(secret);
  if (private_key === "") return false;
  const own = signatures.split("&").flatMap((pair) => {
    const [name, signature = "", ...rest] = pair.split("|");
    return name === public_key && rest.length === 0 ? [fromHex(signature)] : [];
  });
  const key = await hash(private_key);
  // A form's last line break is sometimes lost in transit, so Braintree's libraries try both.
  const texts = [payload, `${payload}\n`];
  const checks = own.flatMap((signature) => texts.map((text) => isHmac("SHA-1", key, text, signature)));
  return (await Promise.all(checks)).includes(true);
}

function readKeys(secret: string): { public_key: string; private_key: string } {
  const [public_key = "", private_key = ""] = secret.split(":");
  return { public_key, private_key };
}

/** The HMAC's key is the SHA-1 of the private key. */
async function hash(privateKey: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", utf8.encode(privateKey)));
}
