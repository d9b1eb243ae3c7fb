/** Readers of forms with keys in brackets, as PHP and Rails write them (`order[charges][0][amount]`). */
import * as v from "valibot";
import { parseWellFormedJson } from "../../lib/well-formed.ts";
import { readId, readJsonBody } from "./read-fields.ts";

/** A form's fields: text, or nested fields. */
export interface FormFields {
  [name: string]: string | FormFields;
}

/** No checkout nests deeper; deeper fields are ignored. */
const MAX_DEPTH = 8;
const MAX_TEXT_CHARACTERS = 200;

/**
 * The fields of a body that is a form, or JSON where the sender is set to that. A form's list has the keys "0", "1" and so
 * on; of a repeated key the last one counts. Throws 422 `invalid_json` for text that starts like a JSON object but isn't one.
 */
export function readFormOrJson(body: string): unknown {
  return body.trimStart().startsWith("{") ? readJsonBody(body) : readForm(body);
}

function readForm(body: string): FormFields {
  const fields = emptyFields();
  for (const [key, value] of new URLSearchParams(body)) {
    const path = splitKey(key);
    if (path.length <= MAX_DEPTH) place(fields, path, value);
  }
  return fields;
}

/** `["order", "charges", "0", "amount"]`; a key whose brackets don't match is not split. */
function splitKey(key: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(key);
  if (match === null) return [key];
  const [, first = "", rest = ""] = match;
  return [first, ...rest.slice(1, -1).split("][")];
}

function place(fields: FormFields, path: readonly string[], value: string): void {
  let parent = fields;
  for (const [depth, part] of path.entries()) {
    // `name[]` adds to a list.
    const name = part === "" && depth > 0 ? String(Object.keys(parent).length) : part;
    if (depth === path.length - 1) {
      parent[name] = value;
      return;
    }
    const known = parent[name];
    const inner = typeof known === "object" ? known : emptyFields();
    parent[name] = inner;
    parent = inner;
  }
}

/** An object without a prototype, so that a key such as `__proto__` is an ordinary field. */
function emptyFields(): FormFields {
  return Object.create(null);
}

/** Custom data, sent as an object or as JSON text; null for anything else. */
export function readCustomData(value: unknown): object | null {
  if (typeof value === "object") return value;
  if (typeof value !== "string" || !value.startsWith("{")) return null;
  try {
    return Object(parseWellFormedJson(value));
  } catch {
    return null;
  }
}

/** A field that is text in a form, and may be a number or a boolean in JSON. */
export const fieldText = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

/** A whole number from 0, small enough for exact arithmetic. */
export const fieldCount = v.pipe(
  fieldText,
  v.regex(/^\d{1,15}$/, "must be a whole number of at least 0"),
  v.transform(Number),
);

/** An optional {@link fieldCount}: null where it is missing, empty, or one of the provider's words for no value. */
export function optionalCount(...noValue: readonly string[]) {
  return v.pipe(
    v.optional(v.unknown(), null),
    v.transform((value) => (value === "" || noValue.includes(String(value)) ? null : value)),
    v.nullable(fieldCount),
  );
}

/** The entries of a list, which a form sends as nested fields; none where it is missing. */
export function fieldList<const Schema extends v.GenericSchema>(entry: Schema) {
  return v.pipe(
    v.optional(v.unknown(), null),
    v.transform((value) => (typeof value === "object" && value !== null ? Object.values(value) : [])),
    v.array(entry),
  );
}

/** True for `true`, `"true"` and `"1"`; false for anything else. */
export const fieldFlag = v.pipe(
  v.optional(v.unknown(), null),
  v.transform((value) => value === true || value === "true" || value === "1"),
);

/**
 * A field that never causes a refusal: null where it is missing, one of the provider's words for no value, too long, or not
 * text.
 */
export function looseText(...noValue: readonly string[]) {
  return v.pipe(
    v.optional(v.unknown(), null),
    v.transform((value) => {
      const text = readId(value);
      return text === null || noValue.includes(text) || text.length > MAX_TEXT_CHARACTERS ? null : text;
    }),
  );
}
