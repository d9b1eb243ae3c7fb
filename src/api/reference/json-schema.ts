/** The JSON Schemas of the document: what valibot's converter writes, with descriptions, and shorter where it can be. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

/** JSON Schema 2020-12, as far as the document uses it. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  examples?: unknown[];
  default?: unknown;
  /** Texts of fields by path, before {@link convertSchema} moves them to the fields. */
  fields?: Readonly<Record<string, string>>;
  [keyword: string]: unknown;
}

/** Where components are in the document. */
export const COMPONENTS = "#/components/schemas/";

/** `input`: what a caller sends. `output`: what it gets. */
export type Direction = "input" | "output";

/** Named schemas by their names. */
export type Components = ReadonlyMap<string, v.GenericSchema>;

/**
 * Converts a schema. Schemas of `components` become references, unless it is one of them itself. Answers may get further
 * fields in later releases, so that only requests refuse unknown ones.
 */
export function convertSchema(schema: v.GenericSchema, direction: Direction, components: Components): JsonSchema {
  const others = [...components].filter(([, component]) => component !== schema);
  const {
    $schema: _,
    $defs: __,
    ...converted
  }: JsonSchema = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: direction,
    // Checks in code have no counterpart in JSON Schema.
    errorMode: "ignore",
    definitions: Object.fromEntries(others),
    overrideRef: ({ referenceId }) => `${COMPONENTS}${referenceId}`,
  }) as JsonSchema;
  return simplify(converted, direction);
}

/** Finds the named schemas in a schema, itself included. */
export function findNamed(schema: object, found: Map<string, v.GenericSchema> = new Map()): Components {
  const { pipe, entries, item, items, wrapped, options, key, value } = Object(schema);
  const title = pipe?.find((action: { type: string }) => action.type === "title")?.title;
  if (title !== undefined) {
    const known = found.get(title);
    if (known !== undefined && known !== schema) throw new Error(`two schemas are named ${title}`);
    found.set(title, schema as v.GenericSchema);
  }
  const parts = [item, wrapped, key, value, ...Object.values(entries ?? {}), ...(items ?? []), ...(options ?? [])];
  for (const part of parts) if (typeof part === "object" && part !== null) findNamed(part, found);
  return found;
}

function simplify(schema: JsonSchema, direction: Direction): JsonSchema {
  const { fields, ...rest } = schema;
  const simple = mergeNull(rest);
  if (direction === "output" && simple.additionalProperties === false) delete simple.additionalProperties;
  for (const key of ["items", "additionalProperties"] as const) {
    const part = simple[key];
    if (typeof part === "object") simple[key] = simplify(part, direction);
  }
  for (const key of ["anyOf", "oneOf"] as const) {
    const parts = simple[key];
    if (parts !== undefined) simple[key] = parts.map((part) => simplify(part, direction));
  }
  if (simple.properties !== undefined) {
    const properties = Object.entries(simple.properties).map(([name, part]) => [name, simplify(part, direction)]);
    simple.properties = Object.fromEntries(properties);
  }
  for (const [path, text] of Object.entries(fields ?? {})) describeField(simple, path, text);
  return simple;
}

/** `anyOf` of one type and null becomes a list of types. */
function mergeNull(schema: JsonSchema): JsonSchema {
  const [only, nothing, ...more] = schema.anyOf ?? [];
  if (only === undefined || nothing?.type !== "null" || more.length > 0) return { ...schema };
  const { anyOf: _, ...outer } = schema;
  if (only.$ref !== undefined || typeof only.type !== "string") {
    const { description, ...inner } = only;
    // A description belongs to the field, not to one of its types.
    return { ...(description !== undefined && { description }), ...outer, anyOf: [inner, nothing] };
  }
  const words = only.enum ?? (only.const === undefined ? undefined : [only.const]);
  const { const: __, ...inner } = only;
  return { ...inner, ...outer, type: [only.type, "null"], ...(words !== undefined && { enum: [...words, null] }) };
}

/** Sets the description of a field. Throws for a path that isn't there. */
function describeField(schema: JsonSchema, path: string, text: string): void {
  const found = path
    .split(".")
    .reduce<JsonSchema[]>((parts, name) => parts.flatMap((part) => enter(part, name)), [schema]);
  if (found.length === 0) throw new Error(`no field ${path} to describe`);
  for (const field of found) field.description = text;
}

/** A field of an object, of a list's entries, or of each alternative that has it. */
function enter(schema: JsonSchema, name: string): JsonSchema[] {
  const field = schema.properties?.[name];
  if (field !== undefined) return [field];
  const inner = [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return inner.flatMap((part) => (part === undefined ? [] : enter(part, name)));
}
