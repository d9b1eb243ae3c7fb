import { expect, test } from "vitest";
import { isOwnParameter, makeLocation } from "../../src/redirect/location.ts";
import { fc } from "../support/random.ts";

const cases: [string, string, string | null, string | null, string][] = [
  ["a bare path", "https://s.example/p", null, "T", "https://s.example/p?lc_click=T"],
  ["with a query", "https://s.example/p?a=1", null, "T", "https://s.example/p?a=1&lc_click=T"],
  ["with an empty query", "https://s.example/p?", null, "T", "https://s.example/p?lc_click=T"],
  ["with a fragment", "https://s.example/p?a=%20b+c#/r?x", null, "T", "https://s.example/p?a=%20b+c&lc_click=T#/r?x"],
  ["without a token", "https://s.example/p?a=1#f", null, null, "https://s.example/p?a=1#f"],
  [
    "a query forwarded unchanged",
    "https://s.example/p",
    "utm=a%2Bb&&e",
    "T",
    "https://s.example/p?utm=a%2Bb&e&lc_click=T",
  ],
  [
    "sub-ids are not forwarded",
    "https://s.example/p",
    "sub1=a&S2=b&aff_sub=c&u=1",
    "T",
    "https://s.example/p?u=1&lc_click=T",
  ],
  [
    "our own parameters are not forwarded",
    "https://s.example/p",
    "to=/x&lc_consent=1&u=1",
    "T",
    "https://s.example/p?u=1&lc_click=T",
  ],
  [
    "what the destination has isn't repeated",
    "https://s.example/p?utm_source=own&a%5Bb%5D=1#f?c=1",
    "utm_source=x&utm%5Fsource=y&a[b]=2&c=1&c=2",
    "T",
    "https://s.example/p?utm_source=own&a%5Bb%5D=1&c=1&c=2&lc_click=T#f?c=1",
  ],
  [
    "a token in the query is not forwarded",
    "https://s.example/p",
    "lc_click=evil&lc%5Fclick=evil",
    "T",
    "https://s.example/p?lc_click=T",
  ],
];

test.each(cases)("%s", (_, destination, query, token, expected) => {
  expect(makeLocation(destination, { query, referral: null, token })).toBe(expected);
});

test("the merchant's own referral parameter has the affiliate's username", () => {
  const referral = { parameter: "via", affiliate: "maya" };
  expect(makeLocation("https://s.example/p#f", { query: "via=evil&u=1&v%69a=evil", referral, token: "T" })).toBe(
    "https://s.example/p?u=1&via=maya&lc_click=T#f",
  );
});

test("names that links use themselves", () => {
  const own = ["lc_click", "to", "lc_consent", "sub1", "SUB5", "s1", "subid", "subId3", "aff_sub", "aff_sub2"];
  expect(own.filter((name) => !isOwnParameter(name))).toEqual([]);
  expect(["via", "ref", "sub", "sub6", "lc_other", "TO"].filter(isOwnParameter)).toEqual([]);
});

test("no query changes the host, the path or the fragment", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii", maxLength: 60 }), (text) => {
      const query = new URL(`https://go.example/x?${text.replaceAll("#", "")}`).search.slice(1);
      const landed = new URL(makeLocation("https://s.example/p/q?a=1#frag", { query, referral: null, token: "T" }));
      expect(landed.origin + landed.pathname + landed.hash).toBe("https://s.example/p/q#frag");
      expect(landed.searchParams.getAll("lc_click")).toEqual(["T"]);
    }),
  );
});
