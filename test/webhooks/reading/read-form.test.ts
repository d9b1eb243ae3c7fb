import * as v from "valibot";
import { describe, expect, test } from "vitest";
import {
  fieldCount,
  fieldFlag,
  fieldList,
  fieldText,
  looseText,
  optionalCount,
  readCustomData,
  readFormOrJson,
} from "../../../src/webhooks/reading/read-form.ts";
import { fc } from "../../support/random.ts";

/** Parsed fields have no prototype; only their content is compared. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("a form", () => {
  test.each<[string, unknown]>([
    ["", {}],
    ["a=1&b=", { a: "1", b: "" }],
    ["a=1&a=2", { a: "2" }],
    ["a=x+y%20z%2B", { a: "x y z+" }],
    ["order[charges][0][amount]=9700", { order: { charges: { 0: { amount: "9700" } } } }],
    ["order%5Bid%5D=1&order%5Btotal%5D=2", { order: { id: "1", total: "2" } }],
    ["p[]=x&p[]=y", { p: { 0: "x", 1: "y" } }],
    ["p[][id]=x&p[][id]=y", { p: { 0: { id: "x" }, 1: { id: "y" } } }],
    ["a=1&a[b]=2", { a: { b: "2" } }],
    ["a[b]=2&a=1", { a: "1" }],
    ["a[b=1", { "a[b": "1" }],
    ["a]b=1", { "a]b": "1" }],
    ["[a]=1", { "[a]": "1" }],
    ["a[b]c=1", { "a[b]c": "1" }],
    ["a[b[c]]=1", { "a[b[c]]": "1" }],
    ["=1", { "": "1" }],
    [" a=1", { " a": "1" }],
  ])("%s", (body, fields) => {
    expect(plain(readFormOrJson(body))).toEqual(fields);
  });

  test("ignores fields that are nested too deeply", () => {
    const deep = `a${"[b]".repeat(5_000)}=1`;
    expect(plain(readFormOrJson(`${deep}&c=2`))).toEqual({ c: "2" });
    expect(plain(readFormOrJson("a[b][c][d][e][f][g][h]=1"))).toEqual({
      a: { b: { c: { d: { e: { f: { g: { h: "1" } } } } } } },
    });
  });

  test("has no key with a special meaning", () => {
    const fields = readFormOrJson("__proto__[admin]=1&constructor[prototype][admin]=1&a[__proto__][admin]=1");
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(Object.keys(fields as object)).toEqual(["__proto__", "constructor", "a"]);
    expect(Object.getPrototypeOf(fields)).toBeNull();
  });

  test("is parsed for any text", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."ab[]=&%+_0"), maxLength: 40 });
    fc.assert(
      fc.property(letters, (body) => {
        expect(typeof readFormOrJson(body)).toBe("object");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a body that may be JSON", () => {
  test("is JSON if it starts like an object", () => {
    expect(readFormOrJson(' \n{"a":{"b":[1]}}')).toEqual({ a: { b: [1] } });
  });

  test("is refused if it only starts like one", () => {
    expect(() => readFormOrJson("{a=1")).toThrow(expect.objectContaining({ code: "invalid_json" }));
  });
});

describe("custom data", () => {
  test.each<[unknown, unknown]>([
    [{ a: 1 }, { a: 1 }],
    ['{"a":1}', { a: 1 }],
    ["{a", null],
    ["[1]", null],
    ["a", null],
    [null, null],
    [undefined, null],
    [5, null],
  ])("%j", (value, data) => {
    expect(readCustomData(value)).toEqual(data);
  });
});

describe("fields", () => {
  const read = (schema: v.GenericSchema, value: unknown) => {
    const result = v.safeParse(v.object({ field: schema }), value === undefined ? {} : { field: value });
    return result.success ? (result.output as { field: unknown }).field : "refused";
  };

  test.each<[string, v.GenericSchema, unknown, unknown]>([
    ["text", fieldText, "a", "a"],
    ["text from a number", fieldText, 5, "5"],
    ["text that is missing", fieldText, undefined, "refused"],
    ["text that is an object", fieldText, {}, "refused"],
    ["a count", fieldCount, "2900", 2_900],
    ["a count in JSON", fieldCount, 2_900, 2_900],
    ["a count below zero", fieldCount, "-1", "refused"],
    ["a count with a fraction", fieldCount, 1.5, "refused"],
    ["a count in another notation", fieldCount, "1e3", "refused"],
    ["a count too large to be exact", fieldCount, "1".repeat(16), "refused"],
    ["an optional count", optionalCount(), "5", 5],
    ["an optional count that is missing", optionalCount(), undefined, null],
    ["an optional count that is empty", optionalCount(), "", null],
    ["an optional count that is a word for no value", optionalCount("null"), "null", null],
    ["an optional count that is JSON's null", optionalCount("null"), null, null],
    ["an optional count that isn't a number", optionalCount("null"), "x", "refused"],
    ["a flag", fieldFlag, "true", true],
    ["a flag in JSON", fieldFlag, true, true],
    ["a flag as a digit", fieldFlag, "1", true],
    ["a flag that is not set", fieldFlag, "false", false],
    ["a flag that is missing", fieldFlag, undefined, false],
    ["a loose text", looseText(), "a", "a"],
    ["a loose text from a number", looseText(), 7, "7"],
    ["a loose text that is missing", looseText(), undefined, null],
    ["a loose text that is a word for no value", looseText("N/A", "null"), "null", null],
    ["a loose text that is an object", looseText(), {}, null],
    ["a loose text that is long", looseText(), "a".repeat(201), null],
    ["a list from a form", fieldList(fieldText), { 0: "a", 1: "b" }, ["a", "b"]],
    ["a list in JSON", fieldList(fieldText), ["a", "b"], ["a", "b"]],
    ["a list that is missing", fieldList(fieldText), undefined, []],
    ["a list that isn't a list", fieldList(fieldText), "a", []],
    ["a list with invalid entries", fieldList(fieldText), [{}], "refused"],
  ])("%s", (_, schema, value, output) => {
    expect(read(schema, value)).toEqual(output);
  });
});
