/** Shared schemas for input, and the conversion of validation errors to {@link Problem}s. */
import * as v from "valibot";
import { dayOf, parseDay } from "./calendar.ts";
import { isEmailAddress } from "./email.ts";
import { Problem } from "./problem.ts";

/** 1–200 characters, no control characters. */
export const shortText = v.pipe(
  v.string(),
  v.minLength(1, "must not be empty"),
  v.maxLength(200, "must have at most 200 characters"),
  v.regex(/^[^\p{Cc}]*$/u, "must not contain control characters"),
);

/** One email address; parsed without spaces around it. See {@link isEmailAddress}. */
export const emailAddress = v.pipe(v.string(), v.trim(), v.check(isEmailAddress, "is not an email address"));

/** ISO 8601 with a time zone; parsed to milliseconds since the epoch. */
export const instant = v.pipe(
  v.string(),
  v.isoTimestamp("is not an ISO 8601 time with its zone, such as 2026-01-03T10:00:00Z"),
  v.check(isRealDay, "is a day that does not exist"),
  v.transform((text) => Date.parse(text)),
  v.number("is not a time that exists"),
  v.minValue(0, "must not be before 1970"),
);

/** A calendar day; parsed to days since the epoch, UTC. */
export const calendarDay = v.pipe(
  v.string(),
  v.isoDate("is not a day such as 2026-01-03"),
  v.check(isRealDay, "is a day that does not exist"),
  v.transform((text) => dayOf(Date.parse(text))),
  v.number(),
  v.minValue(0, "must not be before 1970"),
);

function isRealDay(text: string): boolean {
  return parseDay(text.slice(0, 10)) !== null;
}

/** A non-negative safe integer of minor units. */
export const minorUnits = v.pipe(
  v.number(),
  v.safeInteger("must be an integer of minor units"),
  v.minValue(0, "must not be negative"),
);

/** The currencies of Intl, and the newest ones, which some runtimes lack. */
const CURRENCIES: ReadonlySet<string> = new Set([...Intl.supportedValuesOf("currency"), "SLE", "VED", "ZWG"]);

/** ISO 4217, upper case. */
export const currencyCode = v.pipe(
  v.string(),
  v.check((code) => CURRENCIES.has(code), "is not an ISO 4217 currency code, such as USD"),
);

/**
 * Validates an input. Throws 422 for the first invalid field: `code` is `invalid_` with the field's name, `field` its path with
 * dots (`customer.email`).
 */
export function parseFields<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  if (field === null) throw new Problem(422, "invalid_body", "The body must be a JSON object.");
  const code = `invalid_${field.replaceAll(/[^a-zA-Z0-9]+/g, "_")}`;
  throw new Problem(422, code, `${field}: ${describeIssue(issue)}`, field);
}

/** What values of the wrong type should be, by the type that was expected. */
const TYPE_FAULTS: Readonly<Record<string, string>> = {
  string: "must be text",
  number: "must be a number",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
};

function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "schema" && issue.input === undefined) return "is missing";
  if (issue.type === "strict_object") return "is not a field of this call";
  // The validator's own words are for programmers.
  if (issue.message.startsWith("Invalid type:")) return TYPE_FAULTS[issue.type] ?? issue.message;
  return issue.message;
}
