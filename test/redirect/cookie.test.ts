import { expect, test } from "vitest";
import { makeCookie } from "../../src/redirect/cookie.ts";
import { fc } from "../support/random.ts";

const cases: [string, { cookie_days: number | null; cookie_domain: string | null }, string, string][] = [
  ["30 days", { cookie_days: 30, cookie_domain: null }, "go.shop.example", "Max-Age=2592000; Path=/; Secure"],
  ["never expires", { cookie_days: null, cookie_domain: null }, "go.shop.example", "Max-Age=34560000; Path=/; Secure"],
  [
    "over the browsers' cap",
    { cookie_days: 3_650, cookie_domain: null },
    "go.shop.example",
    "Max-Age=34560000; Path=/; Secure",
  ],
  ["its domain", { cookie_days: 30, cookie_domain: "shop.example" }, "shop.example", "Path=/; Domain=shop.example;"],
  [
    "a host in its domain",
    { cookie_days: 30, cookie_domain: "shop.example" },
    "go.shop.example",
    "Path=/; Domain=shop.example;",
  ],
  [
    "a host that only ends with the same characters",
    { cookie_days: 30, cookie_domain: "shop.example" },
    "bishop.example",
    "Path=/; Secure",
  ],
];

test.each(cases)("%s", (_, terms, host, expected) => {
  const cookie = makeCookie({ program_slug: "orbit", ...terms }, host, "tok_en");
  expect(cookie).toMatch(/^lc_orbit=tok_en; Max-Age=\d+; Path=\/(; Domain=[a-z.]+)?; Secure; HttpOnly; SameSite=Lax$/);
  expect(cookie).toContain(expected);
});

test("for any program and host, browsers accept the cookie and keep it no longer than they may", () => {
  const label = fc.constantFrom("shop", "go", "a", "xn--caf-dma", "example");
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => `${labels.join(".")}.example`);
  fc.assert(
    fc.property(
      host,
      fc.option(host),
      fc.option(fc.integer({ min: 1, max: 3_650 })),
      fc.stringMatching(/^[A-Za-z0-9_-]{1,200}$/),
      (answering, cookie_domain, cookie_days, token) => {
        const cookie = makeCookie({ program_slug: "p", cookie_days, cookie_domain }, answering, token);
        const [pair, ...attributes] = cookie.split("; ");
        expect(pair).toBe(`lc_p=${token}`);
        const maxAge = Number(attributes.find((text) => text.startsWith("Max-Age="))?.slice("Max-Age=".length));
        expect(maxAge).toBe(Math.min((cookie_days ?? 400) * 86_400, 34_560_000));
        const domain = attributes.find((text) => text.startsWith("Domain="))?.slice("Domain=".length) ?? null;
        // RFC 6265, 5.1.3: the host is the domain, or ends with it after a dot.
        if (domain !== null) expect(`.${answering}`.endsWith(`.${domain}`)).toBe(true);
        expect(attributes).toEqual(expect.arrayContaining(["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]));
      },
    ),
  );
});
