/** Random values and fields of a valibot schema. Supports the schema types used by terms. */

import type * as v from "valibot";
import { currencyCode } from "../../src/lib/validation.ts";
import { fc } from "./random.ts";

/** Untyped, because the types of a general schema do not describe its content. */
// biome-ignore lint/suspicious/noExplicitAny: a walk over any schema.
type Schema = any;
type Path = readonly (string | number)[];

/** A field that a value has or could have. */
export interface Field {
  /** The path with list positions: `rates.0.payment.to`. */
  path: Path;
  schema: v.GenericSchema;
}

/** Any value that passes the checks of single fields; checks across fields are ignored. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case "strict_object": {
      const fields = Object.entries<Schema>(schema.entries);
      const requiredKeys = fields.filter(([, field]) => field.type !== "optional").map(([name]) => name);
      return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, valuesOf(field)])), {
        requiredKeys,
        noNullPrototype: true,
      });
    }
    case "array":
      return listsOf(schema);
    case "optional":
      return valuesOf(schema.wrapped);
    case "nullable":
      return fc.option(valuesOf(schema.wrapped), { nil: null });
    case "picklist":
      return fc.constantFrom(...schema.options);
    case "boolean":
      return fc.boolean();
    case "number":
      return fc.integer({ min: limitOf(schema, "min_value") ?? 0, max: limitOf(schema, "max_value") ?? 10 ** 12 });
    case "string":
      if (schema === currencyCode) return fc.constantFrom("USD", "EUR", "JPY", "KWD");
      return isCountry(schema)
        ? fc.stringMatching(/^[A-Z]{2}$/)
        : fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[“”]/.test(text));
    default:
      throw new Error(`no values are known for a schema of type ${schema.type}`);
  }
}

/** Strings in a list are unique, so that only reordered lists are equivalent. */
function listsOf(schema: Schema): fc.Arbitrary<unknown> {
  const limits = { minLength: limitOf(schema, "min_length") ?? 0, maxLength: 4 };
  return schema.item.type === "strict_object"
    ? fc.array(valuesOf(schema.item), limits)
    : fc.uniqueArray(valuesOf(schema.item), limits);
}

function limitOf({ pipe = [] }: Schema, type: string): number | undefined {
  return pipe.findLast((action: Schema) => action.type === type)?.requirement;
}

function isCountry({ pipe = [] }: Schema): boolean {
  return pipe.some((action: Schema) => action.type === "regex" && action.requirement.source === "^[A-Z]{2}$");
}

const isObject = (schema: Schema) => bare(schema).type === "strict_object";
const bare = (schema: Schema): Schema =>
  schema.type === "optional" || schema.type === "nullable" ? bare(schema.wrapped) : schema;

/** The path of every field of a schema, without list positions: `rates.payment.to`. */
export function namesOf(schema: Schema, path = ""): string[] {
  return Object.entries<Schema>(bare(schema).entries).flatMap(([name, field]) => {
    const below = path === "" ? name : `${path}.${name}`;
    const inner = bare(field).type === "array" ? bare(field).item : field;
    return [below, ...(isObject(inner) ? namesOf(inner, below) : [])];
  });
}

/**
 * The fields of a value that can be changed, including missing ones unless another item of the same list has them: two items
 * then show fields that exclude each other.
 */
export function fieldsOf(schema: Schema, value: unknown, path: Path = [], siblings: readonly unknown[] = []): Field[] {
  return Object.entries<Schema>(bare(schema).entries).flatMap(([name, field]) => {
    const own = (value as Record<string, unknown>)[name];
    const below = [...path, name];
    if (own === undefined && siblings.some((other) => (other as Record<string, unknown>)[name] !== undefined))
      return [];
    const item = bare(field).type === "array" ? bare(field).item : null;
    const inner =
      item !== null && isObject(item) && Array.isArray(own)
        ? own.flatMap((element, place) => fieldsOf(item, element, [...below, place], own))
        : isObject(field) && own !== null && own !== undefined
          ? fieldsOf(field, own, below)
          : [];
    return [{ path: below, schema: field }, ...inner];
  });
}

/** A copy with another value at a path, or without the field if the value is undefined. */
export function withValue<Value>(value: Value, [key, ...rest]: Path, changed: unknown): Value {
  if (key === undefined) return changed as Value;
  const holder = value as Record<string | number, unknown>;
  const next = withValue(holder[key], rest, changed);
  if (Array.isArray(value)) return value.with(Number(key), next) as Value;
  const { [key]: _, ...others } = holder;
  return (next === undefined ? others : { ...others, [key]: next }) as Value;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((holder, key) => (holder as Record<string | number, unknown>)[key], value);
}
