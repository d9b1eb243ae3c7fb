import { expect, test } from "vitest";
import { readPastedLink, sortParameters, withoutToken } from "../../../src/links/portal/check-link.ts";

test.each([
  ["https://go.example/abc?sub1=x", { host: "go.example", slug: "abc", search: "?sub1=x", is_repaired: false }],
  [" go.example/ABC/ ", { host: "go.example", slug: "abc", search: "", is_repaired: false }],
  ["https://go.example/abc%3Fsub1=x", { slug: "abc", search: "?sub1=x", is_repaired: true }],
  ["https://go.example/abc).", { slug: "abc", is_repaired: true }],
  ["https://go.example/app", { ok: false, reason: "no_slug" }],
  ["https://go.example/", { ok: false, reason: "no_slug" }],
  ["not a url", { ok: false, reason: "not_a_url" }],
  [`https://go.example/${"a".repeat(3_000)}`, { ok: false, reason: "not_a_url" }],
])("%j is read", (text, expected) => expect(readPastedLink(text)).toMatchObject(expected));

test("sorts parameters by what becomes of them", () =>
  expect(
    sortParameters("?sub1=a&utm_source=b&utm_medium=c&lc_click=d", "https://shop.example/?utm_source=b&lc_click=t"),
  ).toEqual({ recorded: ["sub1"], forwarded: ["utm_source"], lost: ["utm_medium"] }));

test.each([
  ["https://shop.example/?a=1&lc_click=t", "https://shop.example/?a=1"],
  ["https://shop.example/?lc_click=t#top", "https://shop.example/#top"],
  ["https://shop.example/?lc_click=t&a=1", "https://shop.example/?a=1"],
])("%s without its token", (landing, expected) => expect(withoutToken(landing)).toBe(expected));
