/** Fields that the payloads of several providers share. */
import * as v from "valibot";
import { roundDecimal, roundRest } from "../../lib/currency.ts";
import { Problem } from "../../lib/problem.ts";
import { currencyCode, instant } from "../../lib/validation.ts";
import type { SignedRequest } from "../provider.ts";
import { invalidField } from "./read-fields.ts";

/** An id as text; sent as text or as an integer. */
export const providerId = v.union(
  [v.pipe(v.string(), v.minLength(1)), v.pipe(v.number(), v.safeInteger(), v.transform(String))],
  "is not an id",
);

/**
 * A time in ISO 8601, parsed to milliseconds; null for anything else, such as the year 1. A missing time is no reason to refuse
 * an event: another time takes its place, at last that of receipt.
 */
export const anyTime = v.fallback(v.nullish(instant, null), null);

/** A field that an event can do without: null where it is missing or has another shape. */
export const lenient = <const Schema extends v.GenericSchema>(schema: Schema) =>
  v.fallback(v.nullish(schema, null), null);

/** A time in milliseconds, from 2000 to the year 9999; null for anything else, as {@link anyTime}. */
export const anyMilliseconds = lenient(
  v.pipe(v.number(), v.safeInteger(), v.minValue(946_684_800_000), v.maxValue(253_402_300_799_999)),
);

/** An ISO 4217 code in upper or lower case. */
export const anyCaseCurrency = v.pipe(v.string(), v.toUpperCase(), currencyCode);

/** A decimal amount as text; sent as text or as a JSON number. Arithmetic is done on minor units only. */
export const decimal = v.union([v.string(), v.pipe(v.number(), v.transform(String))], "is not an amount");

/**
 * The minor units of a decimal amount; fractions of a minor unit, which some shops send, are rounded. Throws a 422 that names
 * the field where it isn't an amount.
 */
export function readDecimal(text: string, currency: string, field: string): number {
  const units = roundDecimal(text, currency);
  if (units === null) throw invalidField(field, `is not an amount of ${currency}`);
  return units;
}

/** {@link readDecimal} of an amount that is never negative. */
export function readPaidDecimal(text: string, currency: string, field: string): number {
  const units = readDecimal(text, currency, field);
  if (units < 0) throw invalidField(field, "must not be negative");
  return units;
}

/** The minor units of one field minus others, rounded only once. Throws like {@link readDecimal}. */
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

/** A required header. Throws a 422 that names it where it is missing. */
export function readHeader({ headers }: SignedRequest, name: string): string {
  const value = headers.get(name);
  if (!value) throw new Problem(422, "invalid_header", `${name} is missing.`, name);
  return value;
}
