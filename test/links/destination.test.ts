import { describe, expect, test } from "vitest";
import {
  fillDestination,
  type PlaceholderValues,
  parseDestination,
  readDeepLink,
} from "../../src/links/destination.ts";
import { fc } from "../support/random.ts";

describe("destinations", () => {
  const RULES = { hosts: ["s.example", "localhost:8788"], reserved_parameter: "via" };
  const accepted: [string, string][] = [
    ["https://s.example", "https://s.example/"],
    ["HTTPS://S.EXAMPLE:443/a b", "https://s.example/a%20b"],
    ["http://localhost:8788/x?y#z", "http://localhost:8788/x?y#z"],
    [
      "https://s.example/{sub1}?c={click_id}#{channel}{other}",
      "https://s.example/{sub1}?c={click_id}#{channel}{other}",
    ],
  ];
  test.each(accepted)("%s", (text, url) => {
    expect(parseDestination(text, RULES)).toEqual({ ok: true, url });
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
    ["https://{sub1}.s.example/", "host_not_allowed"],
    ["https://s.example/?lc_click=x", "click_parameter_not_allowed"],
    ["https://s.example/?a=1&v%69a=x", "referral_parameter_not_allowed"],
    ["https://s.exam\tple/", "control_characters_not_allowed"],
    ["https://s.example/\n", "control_characters_not_allowed"],
  ];
  test.each(refused)("%s is refused", (text, error) => {
    expect(parseDestination(text, RULES)).toEqual({ ok: false, error });
  });
});

describe("deep links", () => {
  const hosts = ["s.example", "help.s.example"];
  const from = "https://s.example/start/here?x=1#y";
  const cases: [string, string | null][] = [
    ["/pricing", "https://s.example/pricing"],
    ["/a%20b?c=d#e", "https://s.example/a%20b?c=d#e"],
    ["pricing", "https://s.example/start/pricing"],
    ["/%7Bsub1%7D", "https://s.example/%7Bsub1%7D"],
    ["/x?via=evil", null],
    ["/x?lc_click=evil", null],
    ["?plan=pro", "https://s.example/start/here?plan=pro"],
    ["https://help.s.example/faq", "https://help.s.example/faq"],
    ["//help.s.example/faq", "https://help.s.example/faq"],
    ["//evil.example", null],
    ["/\\evil.example", null],
    ["https://evil.example/", null],
    ["https://s.example@evil.example/", null],
    ["https://s.example.evil.example/", null],
    ["https:evil.example", "https://s.example/start/evil.example"],
    ["javascript:alert(1)", null],
    ["data:text/html,x", null],
    ["\thttps://evil.example/", null],
    ["http://[::1]/", null],
    ["https://s。example/", "https://s.example/"],
  ];
  test.each(cases)("%j", (to, landing) => {
    expect(readDeepLink(to, from, { hosts, reserved_parameter: "via" })).toBe(landing);
  });

  test("the host is one that the program allows, for any input", () => {
    const part = fc.constantFrom(
      "/",
      "\\",
      "//",
      "https:",
      "http://",
      "@",
      ":",
      "?",
      "#",
      ".",
      "%2f",
      "evil.example",
      "s.example",
      "\t",
      "\u3002",
      "[",
      "]",
    );
    const hostile = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
      fc.webUrl(),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(hostile, (to) => {
        const landing = readDeepLink(to, from, { hosts, reserved_parameter: "via" });
        if (landing !== null) expect(hosts).toContain(new URL(landing).host);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("placeholders", () => {
  const none: PlaceholderValues = {
    click_id: null,
    sub1: null,
    sub2: null,
    sub3: null,
    sub4: null,
    sub5: null,
    affiliate: null,
    channel: null,
    country: null,
  };
  const cases: [string, Partial<PlaceholderValues>, string][] = [
    ["https://s.example/p?c={click_id}", { click_id: "0199" }, "https://s.example/p?c=0199"],
    ["https://s.example/{affiliate}/{channel}", { affiliate: "maya" }, "https://s.example/maya/"],
    [
      "https://s.example/?s={sub1}&s={sub1}",
      { sub1: "a b&c=#" },
      "https://s.example/?s=a%20b%26c%3D%23&s=a%20b%26c%3D%23",
    ],
    ["https://s.example/{country}#{country}", { country: "DE" }, "https://s.example/DE#DE"],
    ["https://s.example/{other}", {}, "https://s.example/{other}"],
  ];
  test.each(cases)("%s", (destination, values, filled) => {
    expect(fillDestination(destination, { ...none, ...values })).toBe(filled);
  });

  test("no value changes the host", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
        (sub1) => {
          const url = new URL(fillDestination("https://s.example/{sub1}/x?{sub1}#{sub1}", { ...none, sub1 }));
          expect(url.origin).toBe("https://s.example");
        },
      ),
    );
  });
});
