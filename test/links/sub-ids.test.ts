import { expect, test } from "vitest";
import { readSubIds } from "../../src/links/sub-ids.ts";

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
  [`sub1=${"x".repeat(500)}`, ["x".repeat(100)]],
];
test.each(cases)("%s", (query, subs) => {
  expect(readSubIds(new URLSearchParams(query))).toEqual(subs);
});
