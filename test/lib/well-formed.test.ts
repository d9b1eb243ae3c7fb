import { describe, expect, test } from "vitest";
import { cutText, findIllFormed, parseWellFormedJson } from "../../src/lib/well-formed.ts";
import { fc } from "../support/random.ts";

describe("text is cut", () => {
  test.each([
    ["short", 10, "short"],
    ["abcdef", 3, "abc"],
    ["ab😀", 4, "ab😀"],
    ["ab😀", 3, "ab"],
    ["ab\uD83D", 10, "ab\uFFFD"],
  ])("%j to %i is %j", (text, max, cut) => expect(cutText(text, max)).toBe(cut));

  test("never into ill-formed text, and never longer than allowed", () => {
    const units = fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 12 });
    fc.assert(
      fc.property(units, fc.nat(14), (codes, max) => {
        const cut = cutText(String.fromCharCode(...codes), max);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(max);
      }),
    );
  });
});

test.each<[unknown, string | null]>([
  [{ a: "fine 😀", b: [1, null, true] }, null],
  [{ a: { b: ["x", "\uD83D"] } }, "a.b.1"],
  [{ a: { "\uDE00": 1 } }, "a"],
  ["\uDE00", ""],
])("the ill-formed text of %j is at %j", (value, path) => expect(findIllFormed(value)).toBe(path));

test.each<[string, unknown]>([
  ['{"a":"\\ud83d\\ude00"}', { a: "😀" }],
  ['{"a":["\\ud83d", {"\\ude00":"x"}], "b":1, "c":null}', { a: ["\uFFFD", { "\uFFFD": "x" }], b: 1, c: null }],
  ['"\\\\ud83d"', "\\ud83d"],
  ["[]", []],
])("%s is parsed as well-formed text", (text, value) => expect(parseWellFormedJson(text)).toEqual(value));

test.each([
  ['{"id":820982911946154508}', { id: "820982911946154508" }],
  [
    "[9007199254740991,9007199254740992,-9007199254740993]",
    [9007199254740991, "9007199254740992", "-9007199254740993"],
  ],
  ["[1234567890123456.5,1e20,-0]", [1234567890123456.5, 1e20, -0]],
  ['{"card":"4242424242424242","n":1}', { card: "4242424242424242", n: 1 }],
  ['{"id":1,"id":820982911946154508}', { id: "820982911946154508" }],
])("%s keeps the digits of integers that a number can't hold", (text, value) => {
  expect(parseWellFormedJson(text)).toEqual(value);
});

test("other JSON is the same whether or not it has a long integer", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!/\d{16}/.test(JSON.stringify(value)));
      const text = JSON.stringify([value, { ["__proto__"]: 1 }, "1234567890123456789"]);
      expect(parseWellFormedJson(text)).toStrictEqual(JSON.parse(text));
    }),
  );
});

test("text that isn't JSON is a syntax error", () => {
  expect(() => parseWellFormedJson("{")).toThrow(SyntaxError);
});

test("JSON nested deeper than the stack allows is read", () => {
  const nest = (inner: string) => `${"[".repeat(50_000)}${inner}${"]".repeat(50_000)}`;
  expect(findIllFormed(JSON.parse(nest("1")))).toBeNull();
  expect(findIllFormed(JSON.parse(nest('"\\ud83d"')))).toMatch(/^0(\.0)+$/);
  expect(findIllFormed(parseWellFormedJson(nest('"\\ud83d"')))).toBeNull();
});

test("JSON of any text is parsed as that text, with U+FFFD for each lone surrogate", () => {
  const texts = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\uD83D", "\uDE00", "\\", '"', "u")));
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.join("");
      expect(parseWellFormedJson(JSON.stringify({ text }))).toEqual({ text: text.toWellFormed() });
    }),
  );
});
