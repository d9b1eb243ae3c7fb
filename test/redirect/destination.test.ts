import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeLocation, parseDestination, readSubIds } from "../../src/redirect/destination.ts";

describe("the landing URL", () => {
  const cases: [string, string, string, boolean, string | null, string][] = [
    ["a bare path", "https://s.example/p", "", false, "T", "https://s.example/p?lc_click=T"],
    ["with a query", "https://s.example/p?a=1", "", false, "T", "https://s.example/p?a=1&lc_click=T"],
    ["with an empty query", "https://s.example/p?", "", false, "T", "https://s.example/p?lc_click=T"],
    [
      "with a fragment",
      "https://s.example/p?a=%20b+c#/r?x",
      "",
      false,
      "T",
      "https://s.example/p?a=%20b+c&lc_click=T#/r?x",
    ],
    ["without a token", "https://s.example/p?a=1#f", "", false, null, "https://s.example/p?a=1#f"],
    ["a query that is not asked for", "https://s.example/p", "utm=x", false, "T", "https://s.example/p?lc_click=T"],
    [
      "a query passed on as it is",
      "https://s.example/p",
      "utm=a%2Bb&&e",
      true,
      "T",
      "https://s.example/p?utm=a%2Bb&e&lc_click=T",
    ],
    [
      "sub-ids stay here",
      "https://s.example/p",
      "sub1=a&S2=b&aff_sub=c&u=1",
      true,
      "T",
      "https://s.example/p?u=1&lc_click=T",
    ],
    [
      "a foreign token stays here",
      "https://s.example/p",
      "lc_click=evil&lc%5Fclick=evil",
      true,
      "T",
      "https://s.example/p?lc_click=T",
    ],
  ];

  test.each(cases)("%s", (_, destination, query, forward, token, expected) => {
    expect(makeLocation(destination, query, forward, token)).toBe(expected);
  });

  test("no query changes the host, the path or the fragment", () => {
    const destination = new URL("https://s.example/p/q?a=1#frag");
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 60 }), (text) => {
        const query = new URL(`https://go.example/x?${text.replaceAll("#", "")}`).search.slice(1);
        const landed = new URL(makeLocation(destination.href, query, true, "T"));
        expect(landed.origin + landed.pathname + landed.hash).toBe("https://s.example/p/q#frag");
        expect(landed.searchParams.getAll("lc_click")).toEqual(["T"]);
      }),
    );
  });
});

describe("destinations", () => {
  const hosts = ["s.example", "localhost:8788"];
  const accepted: [string, string][] = [
    ["https://s.example", "https://s.example/"],
    ["HTTPS://S.EXAMPLE:443/a b", "https://s.example/a%20b"],
    ["http://localhost:8788/x?y#z", "http://localhost:8788/x?y#z"],
  ];
  test.each(accepted)("%s", (text, url) => {
    expect(parseDestination(text, hosts)).toEqual({ ok: true, url });
  });

  const refused: [string, string][] = [
    ["", "not_a_url"],
    ["/pricing", "not_a_url"],
    ["//s.example/", "not_a_url"],
    ["javascript:alert(1)//s.example", "scheme_not_allowed"],
    ["data:text/html,x", "scheme_not_allowed"],
    ["https://me:pw@s.example/", "credentials_not_allowed"],
    ["https://s.example@evil.example/", "credentials_not_allowed"],
    ["https://evil.example/s.example", "host_not_allowed"],
    ["https://s.example.evil.example/", "host_not_allowed"],
    ["https://s.example:8443/", "host_not_allowed"],
    ["https://evil.example\\@s.example/", "host_not_allowed"],
    ["http://localhost/", "host_not_allowed"],
  ];
  test.each(refused)("%s is refused", (text, error) => {
    expect(parseDestination(text, hosts)).toEqual({ ok: false, error });
  });
});

describe("sub-ids", () => {
  const cases: [string, (string | null)[] | null][] = [
    ["", null],
    ["utm_source=x", null],
    ["sub1=a", ["a"]],
    ["sub3=c&sub1=a", ["a", null, "c"]],
    ["s2=b", [null, "b"]],
    ["aff_sub=a&aff_sub2=b", ["a", "b"]],
    ["subid=a", ["a"]],
    ["sub1=first&s1=second", ["first"]],
    ["sub1=", null],
    ["SUB1=caf%C3%A9+x", ["café x"]],
    [`sub1=${"x".repeat(500)}`, ["x".repeat(100)]],
  ];
  test.each(cases)("%s", (query, subs) => {
    expect(readSubIds(query)).toEqual(subs);
  });
});
