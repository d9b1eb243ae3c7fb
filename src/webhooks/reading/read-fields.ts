/** How adapters read what providers send. */
import * as v from "valibot";
import { Problem } from "../../lib/problem.ts";

/** What a click token is called wherever a provider can carry it: metadata, custom fields, query parameters. */
export const CLICK_FIELD = "lc_click";

/** A token that is no token is evidence, not an error; only its length is bounded. */
const MAX_CLICK_CHARACTERS = 2_000;

/** A body of JSON. Throws 422 `invalid_json`. */
export function readJsonBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Problem(422, "invalid_json", "The body is not JSON.");
  }
}

/**
 * The click token in a provider's bag of custom data, null where there is none: an object of texts (`{"lc_click": "…"}`),
 * or a list of pairs (`[{"name": "lc_click", "value": "…"}]`, `key` for `name`).
 */
export function readClick(bag: unknown): string | null {
  if (typeof bag !== "object" || bag === null) return null;
  const entries = Array.isArray(bag)
    ? bag.map((pair: unknown) => {
        const { name, key, value } = Object(pair) as Record<string, unknown>;
        return [name ?? key, value] as const;
      })
    : Object.entries(bag);
  const value = entries.find(([name]) => name === CLICK_FIELD)?.[1];
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_CLICK_CHARACTERS) : null;
}

/** An e-mail address, null for what is none: providers' forms let anything through, and a sale is not lost for it. */
export function readEmail(value: unknown): string | null {
  const email = v.safeParse(v.pipe(v.string(), v.trim(), v.maxLength(200), v.email()), value);
  return email.success ? email.output : null;
}

/** A provider's id as text, whether it came as text or as a number; null where it is none. */
export function readId(value: unknown): string | null {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

/** As long as the generic event's may be; a fingerprint or an address is far shorter. */
const PAYER_CHARACTERS = 200;

/** What tells who paid: the first of these that is a text, left out where there is none. */
export function readPayer(...values: unknown[]): { payer?: string } {
  const payer = values.find(
    (value) => typeof value === "string" && value.trim() !== "" && value.length <= PAYER_CHARACTERS,
  );
  return typeof payer === "string" ? { payer } : {};
}

/** A 422 for a field of an event of interest. */
export function invalidField(field: string, fault: string): Problem {
  return new Problem(422, `invalid_${field.replaceAll(/[^a-zA-Z0-9]+/g, "_")}`, `${field} ${fault}.`, field);
}
