/** Schemas in words. */
import { expect, test } from "vitest";
import { describeLimits, listTypes, listValues } from "../../../../src/docs/site/calls/describe-schema.ts";
import { formatJson } from "../../../../src/docs/site/calls/format-json.ts";
import type { Schema } from "../../../../src/docs/site/calls/openapi.ts";

const program = { $ref: "#/components/schemas/Program" };

test.each<[Schema, string[]]>([
  [{ type: "string" }, ["string"]],
  [{ type: ["string", "null"] }, ["string", "null"]],
  [{ type: "string", format: "date-time" }, ["time"]],
  [{ type: "string", format: "regex" }, ["string"]],
  [{ type: "array", items: { type: "string" } }, ["array of strings"]],
  [{ type: "array", items: program }, ["array of Program"]],
  [{ type: "array" }, ["array"]],
  [program, ["Program"]],
  [{ anyOf: [program, { type: "null" }, { type: "null" }] }, ["Program", "null"]],
  [{ enum: ["a", 1, null] }, ["string", "number", "null"]],
  [{ const: true }, ["boolean"]],
  [{}, ["any"]],
])("the types of %j are %j", (schema, types) => expect(listTypes(schema)).toEqual(types));

test.each<[Schema, unknown[]]>([
  [{ enum: ["a", "b", null] }, ["a", "b"]],
  [{ const: "a" }, ["a"]],
  [{ anyOf: [{ const: "a" }, { enum: ["b"] }, { type: "string" }] }, ["a", "b"]],
  [{ type: "array", items: { enum: ["a"] } }, ["a"]],
  [{ type: "string" }, []],
])("the values of %j are %j", (schema, values) => expect(listValues(schema)).toEqual(values));

test.each<[Schema, string | null]>([
  [{ minLength: 1, maxLength: 200 }, "1–200 characters"],
  [{ maxLength: 9 }, "at most 9 characters"],
  [{ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, "0 or more"],
  [{ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, null],
  [{ minItems: 1, maxItems: 1 }, "1 item"],
  [{ minItems: 2 }, "2 items or more"],
  [{}, null],
])("the limits of %j are %j", (schema, limits) => expect(describeLimits(schema)).toBe(limits));

test("JSON stays on one line where it fits", () => {
  expect(formatJson({ a: [1, "x, [y]"], b: {} })).toBe('{"a": [1, "x, [y]"], "b": {}}');
  expect(formatJson({ name: "n".repeat(40), list: [1, 2], nothing: null })).toBe(
    `{\n  "name": "${"n".repeat(40)}",\n  "list": [1, 2],\n  "nothing": null\n}`,
  );
});

test("JSON in lines is the same value", () => {
  const value = { a: [{ b: "x".repeat(60), c: [[], {}, [null, true]] }, "\n\"'"], d: 1e21 };
  expect(JSON.parse(formatJson(value))).toEqual(value);
});
