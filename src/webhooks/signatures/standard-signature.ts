/** The signature of the Standard Webhooks specification: the id, the time and the raw body, each in or behind a header. */
import type { Webhook } from "standardwebhooks";
import { Problem } from "../../lib/problem.ts";
import type { SignedRequest, Verdict } from "../provider.ts";
import { invalidField } from "../reading/read-fields.ts";
import { fromBase64, isOneOf } from "./signature.ts";

/** The start of a secret. The rest is its key in base64. */
export const STANDARD_PREFIX = "whsec_";

/** The tolerance of the specification, in both directions. */
const TOLERANCE_SECONDS = 300;
/** Enough for any rotation; a header has room for hundreds. */
const MAX_SIGNATURES = 16;

/**
 * Refuses a request that is not signed with one of the keys, or whose time is too far from `now` (ms since the epoch). The
 * headers are `webhook-id`, `webhook-timestamp` and `webhook-signature`, or the same with another prefix.
 */
export function verifyStandardSignature(
  { body, headers }: SignedRequest,
  keys: readonly Webhook[],
  now: number,
  prefix: "webhook" | "svix" = "webhook",
): Verdict {
  const [id, timestamp, signatures] = [`${prefix}-id`, `${prefix}-timestamp`, `${prefix}-signature`].map(
    (name) => headers.get(name) ?? "",
  );
  if (!id || !timestamp || !signatures) {
    return new Problem(401, "signature_missing", "webhook-id, webhook-timestamp and webhook-signature are required.");
  }
  const seconds = /^[1-9]\d{0,11}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(now / 1_000 - seconds) <= TOLERANCE_SECONDS)) {
    const detail = `${prefix}-timestamp must be within ${TOLERANCE_SECONDS} s of now.`;
    return new Problem(401, "timestamp_out_of_range", detail);
  }
  // The library verifies against its own clock, so only its signing is used.
  const time = new Date(seconds * 1_000);
  const expected = keys.map((key) => key.sign(id, time, body));
  const accepted = signatures.split(" ", MAX_SIGNATURES).map((signature) => isOneOf(signature, expected));
  return accepted.includes(true)
    ? null
    : new Problem(401, "signature_invalid", "No signature matches the body and this endpoint's secret.");
}

/** Throws a 422 for text that isn't a secret of the specification: `whsec_` and base64 of 24 to 64 bytes, as Svix has it too. */
export function checkStandardSecret(text: string): void {
  const bytes = text.startsWith(STANDARD_PREFIX) ? fromBase64(text.slice(STANDARD_PREFIX.length)) : null;
  if (bytes === null || bytes.length < 24 || bytes.length > 64) {
    throw invalidField("secret", "must be whsec_ and 24 to 64 bytes in base64");
  }
}
