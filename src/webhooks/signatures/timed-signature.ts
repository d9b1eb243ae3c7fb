/** The signature of Stripe and Paddle: one header with a time and the HMAC-SHA256 of that time and the raw body. */
import { Problem } from "../../lib/problem.ts";
import type { SignedRequest, Verdict } from "../provider.ts";
import { fromHex, isHmac, signHmac } from "./signature.ts";

/** The format of the header: `t=1767434400,v1=5257a8…,v1=6fd1c2…`. */
export interface TimedSignature {
  header: string;
  /** Between the header's parts. */
  separator: string;
  /** The key of the time, in seconds since the epoch. */
  time: string;
  /** The key of a signature in lower-case hex; there are several signatures while the provider rotates its secret. */
  scheme: string;
  /** Between the time and the body in the signed text. */
  joint: string;
  /** The largest allowed difference between the time and now, in both directions. */
  tolerance_seconds: number;
}

/** More than any provider sends; limits the work that a header full of signatures can cause. */
const MAX_SIGNATURES = 20;

/** Refuses a request that is not signed with one of the secrets, or whose time is too far from `now` (ms since the epoch). */
export async function verifyTimedSignature(
  { body, headers }: SignedRequest,
  secrets: readonly string[],
  now: number,
  form: TimedSignature,
): Promise<Verdict> {
  const parts = (headers.get(form.header) ?? "").split(form.separator);
  const valuesOf = (key: string) =>
    parts.filter((part) => part.startsWith(`${key}=`)).map((part) => part.slice(key.length + 1));
  const [time] = valuesOf(form.time);
  const signatures = valuesOf(form.scheme).slice(0, MAX_SIGNATURES);
  if (time === undefined || signatures.length === 0) {
    const words = `${form.header} is required, with ${form.time}= and ${form.scheme}=.`;
    return new Problem(401, "signature_missing", words);
  }
  const age = /^\d{1,12}$/.test(time) ? now / 1_000 - Number(time) : Number.NaN;
  if (!(Math.abs(age) <= form.tolerance_seconds)) {
    const words = `The time in ${form.header} must be within ${form.tolerance_seconds} s of now.`;
    return new Problem(401, "timestamp_out_of_range", words);
  }
  const signed = `${time}${form.joint}${body}`;
  const pairs = secrets.flatMap((secret) => signatures.map((signature) => ({ secret, bytes: fromHex(signature) })));
  const matches = await Promise.all(pairs.map(({ secret, bytes }) => isHmac("SHA-256", secret, signed, bytes)));
  return matches.includes(true)
    ? null
    : new Problem(401, "signature_invalid", `${form.header} doesn't match the body and this endpoint's secret.`);
}

/** The value of the header that {@link verifyTimedSignature} accepts at `now` (ms since the epoch). */
export async function signTimed(body: string, secret: string, now: number, form: TimedSignature): Promise<string> {
  const time = String(Math.floor(now / 1_000));
  const signature = await signHmac("SHA-256", secret, `${time}${form.joint}${body}`);
  return [`${form.time}=${time}`, `${form.scheme}=${signature.toHex()}`].join(form.separator);
}
