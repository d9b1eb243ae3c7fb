import { expect, test } from "vitest";
import { makeCookie } from "../../src/redirect/cookie.ts";

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
    "a host that only ends like it",
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
