/** A schema in words. */
import { nameOfRef, type Schema } from "./openapi.ts";

const NULL = "null";
/** Values from here on are no limit that a reader needs: 2^53 - 1, the largest exact integer. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

const FORMATS: Readonly<Record<string, string>> = {
  date: "date",
  "date-time": "time",
  uri: "URL",
  email: "email address",
};

/** The types of a value: `string`, `Program`, `array of strings`. */
export function listTypes(schema: Schema): string[] {
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return [...new Set(options.flatMap(listTypes))];
  if (schema.$ref !== undefined) return [nameOfRef(schema.$ref)];
  if (schema.const === null) return [NULL];
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? typesOfValues(schema));
  return types.map((type) => (type === "array" ? describeArray(schema) : describeType(type, schema)));
}

function typesOfValues({ enum: values = [], const: only }: Schema): string[] {
  const types = [...values, ...(only === undefined ? [] : [only])].map((value) =>
    value === null ? NULL : typeof value,
  );
  return types.length === 0 ? ["any"] : [...new Set(types)];
}

function describeType(type: string, { format }: Schema): string {
  return type === "string" && format !== undefined ? (FORMATS[format] ?? type) : type;
}

function describeArray({ items }: Schema): string {
  const types = items === undefined ? [] : listTypes(items);
  if (types.length === 0) return "array";
  return `array of ${types.map((type) => (/^[a-z]/.test(type) ? `${type}s` : type)).join(" or ")}`;
}

/** The values that are allowed, if they are listed. */
export function listValues(schema: Schema): unknown[] {
  if (schema.const !== undefined && schema.const !== null) return [schema.const];
  const own = schema.enum ?? [];
  const options = (schema.anyOf ?? schema.oneOf ?? []).flatMap(listValues);
  const ofItems = schema.items?.$ref === undefined && schema.items !== undefined ? listValues(schema.items) : [];
  return [...new Set([...own, ...options, ...ofItems])].filter((value) => value !== null);
}

/** The limits of a value: `1–200 characters`. Null if it has none. */
export function describeLimits(schema: Schema): string | null {
  const limits = [
    describeRange(schema.minimum, schema.maximum, ""),
    describeRange(schema.minLength, schema.maxLength, " characters"),
    describeRange(schema.minItems, schema.maxItems, schema.maxItems === 1 ? " item" : " items"),
  ].filter((limit) => limit !== null);
  return limits.length === 0 ? null : limits.join(", ");
}

function describeRange(low: number | undefined, high: number | undefined, unit: string): string | null {
  const isBelow = high !== undefined && high < UNLIMITED;
  if (low !== undefined && isBelow) return low === high ? `${low}${unit}` : `${low}–${high}${unit}`;
  if (isBelow) return `at most ${high}${unit}`;
  return low === undefined || low <= -UNLIMITED ? null : `${low}${unit} or more`;
}

/** The part of a schema that has fields, unless that is a component. Null if there is none. */
export function findFields(schema: Schema): Schema | null {
  if (schema.properties !== undefined) return schema;
  const parts = [...(schema.anyOf ?? schema.oneOf ?? []), schema.items, schema.additionalProperties];
  for (const part of parts) {
    const found = typeof part === "object" && part.$ref === undefined ? findFields(part) : null;
    if (found !== null) return found;
  }
  return null;
}
