/** Recurly's signature, as on its page "Signature verification" and in its client libraries: `1663103925004,ad24699f…,5257a8…`. */
import { Problem } from "../../../lib/problem.ts";
import type { SignedRequest, Verdict } from "../../provider.ts";
import { fromHex, isHmac } from "../../signatures/signature.ts";

const HEADER = "recurly-signature";
/** The tolerance of Recurly's libraries, in both directions. */
const TOLERANCE_MS = 300_000;
/** More than Recurly sends; limits the work that a header full of signatures can cause. */
const MAX_SIGNATURES = 20;

/** Refuses a request whose time (ms) and body are not signed with one of the secrets, or whose time is too far from `now` (ms). */
export async function verifyRecurly(
  { body, headers }: SignedRequest,
  secrets: readonly string[],
  now: number,
): Promise<Verdict> {
  const [time = "", ...signatures] = (headers.get(HEADER) ?? "").split(",").slice(0, MAX_SIGNATURES + 1);
  if (time === "" || signatures.length === 0) {
    return new Problem(401, "signature_missing", `${HEADER} is required, with a time and a signature.`);
  }
  const age = /^\d{1,15}$/.test(time) ? now - Number(time) : Number.NaN;
  if (!(Math.abs(age) <= TOLERANCE_MS)) {
    return new Problem(401, "timestamp_out_of_range", `The time in ${HEADER} must be within 300 s of now.`);
  }
  const pairs = secrets.flatMap((secret) => signatures.map((signature) => ({ secret, bytes: fromHex(signature) })));
  const matches = await Promise.all(
    pairs.map(({ secret, bytes }) => isHmac("SHA-256", secret, `${time}.${body}`, bytes)),
  );
  return matches.includes(true)
    ? null
    : new Problem(401, "signature_invalid", `${HEADER} doesn't match the body and this endpoint's secret.`);
}
