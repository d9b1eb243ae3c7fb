import { expect, test } from "vitest";
import { writeCanonicalJson } from "../../src/lib/canonical-json.ts";
import { fc } from "../support/random.ts";

test("writes the example of RFC 8785, section 3.2.2", () => {
  const parsed = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`);
  expect(writeCanonicalJson(parsed)).toBe(
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

test("sorts keys by UTF-16 code units, as in RFC 8785, section 3.2.3", () => {
  const keys = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
  const text = writeCanonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
  const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"];
  expect(text).toBe(`{${sorted.map((key) => `${JSON.stringify(key)}:0`).join(",")}}`);
});

test("leaves out keys without a value, at any depth", () => {
  expect(writeCanonicalJson({ b: [{ d: undefined, c: null }], a: undefined })).toBe('{"b":[{"c":null}]}');
});

test("escapes half of a surrogate pair", () => {
  expect(writeCanonicalJson({ product: "Plan \ud800" })).toBe(String.raw`{"product":"Plan \ud800"}`);
});

test("equal values give equal texts, which parse to the value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = writeCanonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(writeCanonicalJson(reverseKeys(value))).toBe(text);
    }),
  );
});

function reverseKeys(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(reverseKeys);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reverseKeys(member)]),
  );
}
