import { expect, test } from "vitest";
import { cutSubId, readSubIds } from "../../src/links/sub-ids.ts";
import { fc } from "../support/random.ts";

const cases: [string, (string | null)[] | null][] = [
  ["", null],
  ["utm_source=x", null],
  ["sub1=a", ["a"]],
  ["sub3=c&sub1=a", ["a", null, "c"]],
  ["s2=b", [null, "b"]],
  ["aff_sub=a&aff_sub2=b", ["a", "b"]],
  ["subid=a", ["a"]],
  ["subId2=b", [null, "b"]],
  ["aff_sub1=a", ["a"]],
  ["sub1=first&s1=second", ["first"]],
  ["sub1=", null],
  ["sub1=%00&s1=x", ["x"]],
  ["sub1=a%00b", ["ab"]],
  ["SUB1=caf%C3%A9+x", ["café x"]],
  [`sub1=${"x".repeat(5_000)}`, ["x".repeat(5_000)]],
];
test.each(cases)("%s", (query, subs) => {
  expect(readSubIds(new URLSearchParams(query))).toEqual(subs);
});

const cuts: [string, string, string][] = [
  ["an fbclid", "x".repeat(170), "x".repeat(170)],
  ["255 bytes", "x".repeat(255), "x".repeat(255)],
  ["256 bytes", "x".repeat(256), `${"x".repeat(252)}…`],
  ["127 two-byte characters and one byte", `${"é".repeat(127)}x`, `${"é".repeat(127)}x`],
  ["128 two-byte characters", "é".repeat(128), `${"é".repeat(126)}…`],
  ["64 emoji", "🎉".repeat(64), `${"🎉".repeat(63)}…`],
];
test.each(cuts)("%s in the log", (_, text, kept) => {
  expect(cutSubId(text)).toBe(kept);
});

test("the log keeps a sub-id of up to 255 bytes as it is, and the beginning of a longer one with an ellipsis", () => {
  const text = fc.string({ unit: "binary", maxLength: 400 }).map((value) => value.toWellFormed());
  fc.assert(
    fc.property(text, (value) => {
      const kept = cutSubId(value);
      const bytes = new TextEncoder().encode(value).length;
      expect(new TextEncoder().encode(kept).length).toBeLessThanOrEqual(255);
      if (bytes <= 255) expect(kept).toBe(value);
      else
        expect([kept.endsWith("…"), value.startsWith(kept.slice(0, -1)), kept.isWellFormed()]).toEqual([
          true,
          true,
          true,
        ]);
    }),
  );
});
