/** Readers of the fields that providers send. */
import * as v from "valibot";
import { codeOfField, Problem } from "../../lib/problem.ts";
import { emailAddress } from "../../lib/validation.ts";
import { cutText, parseWellFormedJson } from "../../lib/well-formed.ts";
import type { ProviderEvent } from "../provider.ts";

/** The name of the click token in a provider's metadata, custom fields or query parameters. */
export const CLICK_FIELD = "lc_click";

/** An invalid token is kept as evidence and isn't an error; only its length is limited. */
const MAX_CLICK_CHARACTERS = 2_000;

/**
 * Parses a JSON body. Half of a surrogate pair becomes U+FFFD, as in every store: a sale isn't refused because its
 * checkout cut a name through an emoji. Throws 422 `invalid_json`.
 */
export function readJsonBody(body: string): unknown {
  try {
    return parseWellFormedJson(body);
  } catch {
    throw new Problem(422, "invalid_json", "The body is not JSON.");
  }
}

/**
 * The click token in a provider's custom data, null where there is none. Custom data is an object (`{"lc_click": "…"}`) or a
 * list of pairs (`[{"name": "lc_click", "value": "…"}]`, with `name` or `key`).
 */
export function readClick(data: unknown): string | null {
  const value = readCustomField(data, CLICK_FIELD);
  return typeof value === "string" && value !== "" ? cutText(value, MAX_CLICK_CHARACTERS) : null;
}

/** A click token has 92 characters. Merchants put their own ids in the same places: a SHA-256 in hex has 64. */
const CLICK_TOKEN = /^[A-Za-z0-9_-]{65,200}$/;

/**
 * The first value that may be a click token, for fields that aren't only ours, such as Stripe's `client_reference_id`; null where
 * there is none. Other values are ignored, not reported as an invalid token.
 */
export function findClick(...values: readonly unknown[]): string | null {
  return values.find((value): value is string => typeof value === "string" && CLICK_TOKEN.test(value)) ?? null;
}

/** The click token in a URL's query, null where there is none. */
export function readClickInUrl(text: unknown): string | null {
  const url = typeof text === "string" ? URL.parse(text) : null;
  return readClick(Object.fromEntries(url?.searchParams ?? []));
}

/** The custom field by which a merchant pays no commission on a sale. */
export const NO_COMMISSION_FIELD = "lc_no_commission";
const NEGATIONS: ReadonlySet<unknown> = new Set([null, undefined, false, 0, "", "0", "false", "no"]);

/**
 * Whether a sale may earn a commission, from the first of these custom data that has the field `lc_no_commission`. Any value
 * but `false`, `0` and `no` means that it earns none: `1`, `true`, or a word such as `staff`.
 */
export function readCommissionable(...data: readonly unknown[]): Pick<ProviderEvent, "commissionable"> {
  const values = data.map((each) => readCustomField(each, NO_COMMISSION_FIELD));
  const value = values.find((each) => each !== undefined);
  const isNegation = NEGATIONS.has(typeof value === "string" ? value.trim().toLowerCase() : value);
  return isNegation ? {} : { commissionable: false };
}

/** A field of custom data in either form; see {@link readClick}. */
function readCustomField(data: unknown, field: string): unknown {
  if (typeof data !== "object" || data === null) return undefined;
  const entries = Array.isArray(data)
    ? data.map((pair: unknown) => {
        const { name, key, value } = Object(pair) as Record<string, unknown>;
        return [name ?? key, value] as const;
      })
    : Object.entries(data);
  return entries.find(([name]) => name === field)?.[1];
}

/** An email address; null where it isn't valid. */
export function readEmail(value: unknown): string | null {
  const email = v.safeParse(emailAddress, value);
  return email.success ? email.output : null;
}

/**
 * The customer of an event, with the first valid one of its email addresses. Checkouts' forms accept anything, and a sale
 * isn't refused because of an address: it is recorded without it, and its delivery says so.
 */
export function readCustomer(id: string | null, ...emails: unknown[]): ProviderEvent["customer"] {
  const email = emails.map(readEmail).find((found) => found !== null) ?? null;
  const isInvalid = email === null && emails.some((given) => ![null, undefined, ""].includes(given as string));
  return { id, email, ...(isInvalid && { is_email_invalid: true as const }) };
}

/** A provider's id as text, sent as text or as a number; null where it is neither. */
export function readId(value: unknown): string | null {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

/** More than any order has; no code is longer than an affiliate's may be. */
const COUPONS_MAX = 20;
const COUPON_CHARACTERS = 200;

/** The coupon codes of an event: each text once, in the provider's order. */
export function readCoupons(codes: readonly unknown[]): Pick<ProviderEvent, "coupon" | "coupons"> {
  const texts = codes.filter(
    (code): code is string => typeof code === "string" && code.trim() !== "" && code.length <= COUPON_CHARACTERS,
  );
  const coupons = [...new Set(texts)].slice(0, COUPONS_MAX);
  return { coupon: coupons[0] ?? null, ...(coupons.length > 1 && { coupons }) };
}

/** The limit of the generic event; a fingerprint or an address is far shorter. */
const PAYER_CHARACTERS = 200;

/** The payer of an event: the first value that is text, left out where none is. */
export function readPayer(...values: unknown[]): { payer?: string } {
  const payer = values.find(
    (value) => typeof value === "string" && value.trim() !== "" && value.length <= PAYER_CHARACTERS,
  );
  return typeof payer === "string" ? { payer } : {};
}

/** A 422 for an invalid field; `fault` completes the sentence that begins with the field's name. */
export function invalidField(field: string, fault: string): Problem {
  return new Problem(422, codeOfField(field), `${field} ${fault}.`, field);
}
