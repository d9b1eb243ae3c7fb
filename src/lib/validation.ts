/** Shared schemas for input, and the conversion of validation errors to {@link Problem}s. */
import * as v from "valibot";
import { dayOf, parseDay } from "./calendar.ts";
import { isEmailAddress } from "./email.ts";
import { codeOfField, type FieldFault, Problem } from "./problem.ts";

/** 1–200 characters, no control characters. */
export const shortText = v.pipe(
  v.string(),
  v.minLength(1, "must not be empty"),
  v.maxLength(200, "must have at most 200 characters"),
  v.regex(/^[^\p{Cc}]*$/u, "must not contain control characters"),
);

/** A name that people read: like {@link shortText}, without spaces around it and not of spaces alone. */
export const displayName = v.pipe(v.string(), v.trim(), shortText);

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

/** A text without the form of a day has another fault already. */
function isRealDay(text: string): boolean {
  return !/^\d{4}-\d{2}-\d{2}/.test(text) || parseDay(text.slice(0, 10)) !== null;
}

/** A non-negative safe integer of minor units. */
export const minorUnits = v.pipe(
  v.number(),
  v.safeInteger("must be an integer of minor units"),
  v.minValue(0, "must not be negative"),
);

/** The largest amount that a merchant enters. Far from where sums stop being exact. */
export const ENTERED_AMOUNT_MAX = 1_000_000_000_000;

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
  throw refuseFields(schema, result.issues);
}

/**
 * {@link parseFields} for calls of our own API: the 422 lists all faults, and an unknown field the known ones. A list in place of
 * an object is refused.
 */
export function parseAllFields<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const lists = findLists([schema], input, []);
  if (lists.length > 0) throw refuseLists(lists);
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw refuseFields(schema, result.issues);
}

/** Throws 422 with all faults of fields, if there are any. */
export function refuseFaults(faults: readonly FieldFault[]): void {
  const [first] = faults;
  if (first !== undefined) throw new Problem(422, first.code, first.detail, first.field, faults);
}

/** More than anyone corrects at once. */
const FAULTS_MAX = 50;

/** The paths of lists where an object or a record belongs. valibot takes a list for an object without fields. */
function findLists(schemas: readonly object[], input: unknown, path: readonly string[]): string[] {
  const own = schemas.flatMap(unwrap);
  if (own.length === 0 || typeof input !== "object" || input === null) return [];
  const isObject =
    own.some((schema) => "entries" in schema || "value" in schema) && !own.some((schema) => "item" in schema);
  if (Array.isArray(input) && isObject) return [path.join(".")];
  return Object.entries(input).flatMap(([key, value]) => findLists(enter(own, key), value, [...path, key]));
}

function refuseLists(paths: readonly string[]): Problem {
  const faults = paths.map((field) => ({ field, code: codeOfField(field), detail: `${field}: ${TYPE_FAULTS.object}` }));
  const [first] = faults;
  if (first === undefined || first.field === "") return notAnObject();
  return new Problem(422, first.code, first.detail, first.field, faults);
}

function notAnObject(): Problem {
  return new Problem(422, "invalid_body", "The body must be a JSON object.");
}

function refuseFields(schema: v.GenericSchema, issues: readonly v.BaseIssue<unknown>[]): Problem {
  const faults = issues.slice(0, FAULTS_MAX).map((issue) => describeFault(schema, issue));
  const [first] = faults;
  if (first === undefined || first === null) return notAnObject();
  const others = issues.length - 1;
  const more = others === 0 ? "" : ` (and ${others} more fault${others === 1 ? "" : "s"})`;
  return new Problem(
    422,
    first.code,
    `${first.detail}${more}`,
    first.field,
    faults.filter((fault) => fault !== null),
  );
}

/** Null where the input as a whole is wrong. */
function describeFault(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): FieldFault | null {
  const field = v.getDotPath(issue);
  if (field === null) return null;
  if (issue.type === "strict_object" && issue.expected === "never") {
    const path = (issue.path ?? []).slice(0, -1).map(({ key }) => key);
    const known = listFields(path.reduce<object[]>(enter, [schema]));
    const list = known.length === 0 ? "" : ` The fields are: ${known.join(", ")}.`;
    return { field, code: "unknown_field", detail: `${field}: is not a field of this call.${list}` };
  }
  return { field, code: codeOfField(field), detail: `${field}: ${describeIssue(issue)}` };
}

/** The parts of a schema that decide about its fields, through optional ones and alternatives. */
function unwrap(schema: object): object[] {
  const { wrapped, options } = Object(schema);
  if (wrapped !== undefined) return unwrap(wrapped);
  return Array.isArray(options) && typeof options[0] === "object" ? options.flatMap(unwrap) : [schema];
}

/** The schemas of a field or list entry of these. */
function enter(schemas: readonly object[], key: unknown): object[] {
  return schemas.flatMap(unwrap).flatMap((schema) => {
    const { entries, item, value } = Object(schema);
    return entries?.[String(key)] ?? item ?? value ?? [];
  });
}

function listFields(schemas: readonly object[]): string[] {
  return [...new Set(schemas.flatMap(unwrap).flatMap((schema) => Object.keys(Object(schema).entries ?? {})))];
}

/** What values of the wrong type should be, by the type that was expected. */
const TYPE_FAULTS: Readonly<Record<string, string>> = {
  string: "must be text",
  number: "must be a number",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
  strict_object: "must be an object",
  record: "must be an object",
};

function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "schema" && issue.input === undefined) return "is missing";
  // The validator's own words are for programmers.
  if (/^Invalid \w+:/.test(issue.message)) return TYPE_FAULTS[issue.type] ?? describeChoices(issue.expected);
  return issue.message;
}

/** Of a choice: `"a" | "b"` → `must be one of: a, b`. */
function describeChoices(expected: string | null): string {
  const choices = [...(expected ?? "").matchAll(/"([^"]*)"/g)].map(([, choice]) => choice);
  return choices.length === 0 ? "is not a valid value" : `must be one of: ${choices.join(", ")}`;
}
