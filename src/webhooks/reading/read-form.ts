/** How adapters read forms, with keys in brackets as PHP and Rails write them (`order[charges][0][amount]`). */
import * as v from "valibot";
import { readId, readJsonBody } from "./read-fields.ts";

/** A form's fields: texts, and bags of further fields. */
export interface FormFields {
  [name: string]: string | FormFields;
}

/** Deeper than any checkout's; what is deeper is left out. */
const MAX_DEPTH = 8;
const MAX_TEXT_CHARACTERS = 200;

/**
 * The fields of a body that is a form, or JSON where its sender was set to that. A form's lists are bags with the keys "0",
 * "1" and so on; of a key given twice the last one counts. Throws 422 `invalid_json` for what begins like an object of JSON
 * and is none.
 */
export function readFormOrJson(body: string): unknown {
  return body.trimStart().startsWith("{") ? readJsonBody(body) : readForm(body);
}

function readForm(body: string): FormFields {
  const fields = emptyBag();
  for (const [key, value] of new URLSearchParams(body)) {
    const path = splitKey(key);
    if (path.length <= MAX_DEPTH) place(fields, path, value);
  }
  return fields;
}

/** ["order", "charges", "0", "amount"]; a key whose brackets do not match is one name. */
function splitKey(key: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(key);
  if (match === null) return [key];
  const [, first = "", rest = ""] = match;
  return [first, ...rest.slice(1, -1).split("][")];
}

function place(fields: FormFields, path: readonly string[], value: string): void {
  let bag = fields;
  for (const [depth, part] of path.entries()) {
    // `name[]` is the next of a list.
    const name = part === "" && depth > 0 ? String(Object.keys(bag).length) : part;
    if (depth === path.length - 1) {
      bag[name] = value;
      return;
    }
    const known = bag[name];
    const inner = typeof known === "object" ? known : emptyBag();
    bag[name] = inner;
    bag = inner;
  }
}

/** Without a prototype, so that no key of a sender means anything but itself. */
function emptyBag(): FormFields {
  return Object.create(null);
}

/** A bag of custom data that came as one, or as JSON in a text; null for anything else. */
export function readBag(value: unknown): object | null {
  if (typeof value === "object") return value;
  if (typeof value !== "string" || !value.startsWith("{")) return null;
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

/** A field that is text in a form, and may be a number or truth value in JSON. */
export const fieldText = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

/** A whole number, from 0, that arithmetic keeps exact. */
export const fieldCount = v.pipe(
  fieldText,
  v.regex(/^\d{1,15}$/, "must be a whole number, not negative"),
  v.transform(Number),
);

/** The same where it may be missing: null for that, and for the words that the provider writes for nothing. */
export function optionalCount(...nothing: readonly string[]) {
  return v.pipe(
    v.optional(v.unknown(), null),
    v.transform((value) => (value === "" || nothing.includes(String(value)) ? null : value)),
    v.nullable(fieldCount),
  );
}

/** The entries of a list, which comes from a form as a bag; none where it is missing. */
export function fieldList<const Schema extends v.GenericSchema>(entry: Schema) {
  return v.pipe(
    v.optional(v.unknown(), null),
    v.transform((value) => (typeof value === "object" && value !== null ? Object.values(value) : [])),
    v.array(entry),
  );
}

/** `true` in words; anything else, and nothing, is false. */
export const fieldFlag = v.pipe(
  v.optional(v.unknown(), null),
  v.transform((value) => value === true || value === "true" || value === "1"),
);

/**
 * A field that an event is not refused for: null where it is missing, one of the words that the provider writes for
 * nothing, or no short text.
 */
export function looseText(...nothing: readonly string[]) {
  return v.pipe(
    v.optional(v.unknown(), null),
    v.transform((value) => {
      const text = readId(value);
      return text === null || nothing.includes(text) || text.length > MAX_TEXT_CHARACTERS ? null : text;
    }),
  );
}
