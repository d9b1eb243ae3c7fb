/** Verifies the sender of a ClickFunnels webhook. Source: the page "Signature verification" of its developer documentation. */
import { Problem } from "../../../lib/problem.ts";
import type { SignedRequest, Verdict } from "../../provider.ts";
import { invalidField } from "../../reading/read-fields.ts";
import { fromHex, isHmac } from "../../signatures/signature.ts";

const SIGNATURE = "X-Webhook-ClickFunnels-Signature";
const TIMESTAMP = "X-Webhook-ClickFunnels-Timestamp";
/** The page's own tolerance. */
const TOLERANCE_SECONDS = 600;

/** Throws a 422 for text that can't be the secret of a webhook endpoint, which is long hexadecimal text. */
export function checkSecret(text: string): void {
  if (/^[A-Za-z0-9_-]{24,200}$/.test(text)) return;
  throw invalidField("secret", "must be the secret of the webhook endpoint under Workspace Settings > Webhooks");
}

/** Refuses a webhook that isn't signed with one of the secrets, or whose time is too far from `now` (ms since the epoch). */
export async function verifySigned(
  { headers, body }: SignedRequest,
  secrets: readonly string[],
  now: number,
): Promise<Verdict> {
  const [signature, timestamp] = [headers.get(SIGNATURE) ?? "", headers.get(TIMESTAMP) ?? ""];
  if (signature === "" || timestamp === "") {
    return new Problem(401, "signature_missing", `${SIGNATURE} and ${TIMESTAMP} are required.`);
  }
  const age = /^\d{1,12}$/.test(timestamp) ? now / 1_000 - Number(timestamp) : Number.NaN;
  if (!(Math.abs(age) <= TOLERANCE_SECONDS)) {
    return new Problem(401, "timestamp_out_of_range", `${TIMESTAMP} must be within ${TOLERANCE_SECONDS} s of now.`);
  }
  const bytes = fromHex(signature);
  const matches = await Promise.all(secrets.map((secret) => isHmac("SHA-256", secret, `${timestamp}.${body}`, bytes)));
  return matches.includes(true)
    ? null
    : new Problem(401, "signature_invalid", `${SIGNATURE} doesn't match the body and this endpoint's secret.`);
}
