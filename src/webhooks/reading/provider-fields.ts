/** What the payloads of several providers have in common. */
import * as v from "valibot";
import { roundDecimal, roundRest } from "../../lib/currency.ts";
import { Problem } from "../../lib/problem.ts";
import { currencyCode } from "../../lib/validation.ts";
import type { SignedRequest } from "../provider.ts";
import { invalidField } from "./read-fields.ts";

/** An id, sent as text or as an integer, to text. */
export const providerId = v.union(
  [v.pipe(v.string(), v.minLength(1)), v.pipe(v.number(), v.safeInteger(), v.transform(String))],
  "is not an id",
);

/** ISO 4217 in letters of either case. */
export const anyCaseCurrency = v.pipe(v.string(), v.toUpperCase(), currencyCode);

/** A decimal amount, sent as text or as a JSON number, to text: arithmetic only begins with minor units. */
export const decimal = v.union([v.string(), v.pipe(v.number(), v.transform(String))], "is not an amount");

/**
 * Minor units of an amount as the provider wrote it; fractions of one, which shops with digits of their own write, are
 * rounded. Throws a 422 that names the field where it is no amount.
 */
export function readDecimal(text: string, currency: string, field: string): number {
  const units = roundDecimal(text, currency);
  if (units === null) throw invalidField(field, `is not an amount of ${currency}`);
  return units;
}

/** The same of what is left of one field without others, rounded only once. */
export function readRest<Name extends string>(
  fields: Readonly<Record<Name, string>>,
  whole: Name,
  parts: readonly Name[],
  currency: string,
): number {
  for (const name of [whole, ...parts]) readDecimal(fields[name], currency, name);
  const texts = parts.map((name) => fields[name]);
  const units = roundRest(fields[whole], texts, currency);
  if (units === null) throw invalidField(whole, `is not an amount of ${currency}`);
  return units;
}

/** A header that says what the body is. Throws a 422 that names it where it is missing. */
export function readHeader({ headers }: SignedRequest, name: string): string {
  const value = headers.get(name);
  if (!value) throw new Problem(422, "invalid_header", `${name} is missing.`, name);
  return value;
}
