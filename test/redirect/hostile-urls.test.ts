/**
 * Confusing URLs: the Web Platform Tests' cases of the URL standard (3-clause BSD, as shipped in `@wordpress/url`),
 * and disguised hosts from collections of open redirects. None may redirect to a host outside the program's.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { parseDestination, readDeepLink } from "../../src/links/destination.ts";

const HOSTS = ["shop.example", "help.shop.example"];
const OWN = "https://shop.example/start?x=1#y";

const packageRoot = createRequire(import.meta.url)
  .resolve("@wordpress/url/package.json")
  .replace(/package\.json$/, "");
const standard: (string | { input: string })[] = JSON.parse(
  readFileSync(`${packageRoot}src/test/fixtures/wpt-data.json`, "utf8"),
);
const cases = standard.filter((entry) => typeof entry !== "string");

/** The prefixes, infixes and suffixes that are combined. */
const EVIL = [
  "evil.example",
  "evil%2eexample",
  "evil。example",
  "ⓔvil.example",
  "3627734734",
  "0xd83ad6ce",
  "[::ffff:1.2.3.4]",
];
const BEFORE = [
  "",
  "/",
  "//",
  "///",
  "////",
  "\\",
  "\\\\",
  "/\\",
  "\\/",
  "/\\/",
  "https:",
  "https:/",
  "https://",
  "https:\\\\",
  "http:",
  "hTTps://",
  "https://shop.example@",
  "https://shop.example:pw@",
  "//shop.example@",
  "https://shop.example%40",
  "https://shop.example\\@",
  "https://shop.example#@",
  "https://shop.example?@",
  "https://shop.example.",
  "/%09/",
  "/%2f",
  "/%5c",
  "//%0d%0a",
  "\t//",
  " //",
  "\u0000//",
  "/.//",
  "/..//",
  "./",
  "../",
  "javascript:",
  "javascript://",
  "data:text/html,",
  "vbscript:",
  "file://",
  "ftp://",
  "ws://",
  "blob:https://",
  "https://shop.example;@",
  "https://shop.example&@",
  "https://shop.example[@",
  "http://shop.example:80#@",
  "//shop.example%00@",
];
const AFTER = [
  "",
  "/",
  "/%2e%2e",
  "/..",
  "#shop.example",
  "?shop.example",
  "/shop.example",
  ":80/",
  ":443\\@shop.example",
  "%00.shop.example",
  ".shop.example",
];
const redirects = EVIL.flatMap((evil) => BEFORE.flatMap((before) => AFTER.map((after) => before + evil + after)));

function leadsOff(url: string | null): boolean {
  if (url === null) return false;
  const { protocol, host, username, password } = new URL(url);
  return !/^https?:$/.test(protocol) || !HOSTS.includes(host) || username + password !== "";
}

test("the collections are not empty", () => {
  expect(cases.length).toBe(326);
  expect(redirects.length).toBeGreaterThan(3_000);
});

describe.each([
  ["the URL standard's cases", cases.map(({ input }) => input)],
  ["open redirects", redirects],
])("%s", (_, inputs) => {
  test("as deep links stay on the program's hosts", () => {
    expect(
      inputs.filter((input) => leadsOff(readDeepLink(input, OWN, { hosts: HOSTS, reserved_parameter: null }))),
    ).toEqual([]);
  });

  test("parsed by a browser as stored, have no other destination", () => {
    const landings = inputs.flatMap(
      (input) => readDeepLink(input, OWN, { hosts: HOSTS, reserved_parameter: null }) ?? [],
    );
    expect(landings.length).toBeGreaterThan(0);
    expect(landings.filter((landing) => new URL(landing).href !== landing && !landing.includes("{"))).toEqual([]);
  });

  test("as destinations are refused or stay on the program's hosts", () => {
    const stored = inputs.flatMap((input) => {
      const parsed = parseDestination(input, { hosts: HOSTS, reserved_parameter: null });
      return parsed.ok ? [parsed.url] : [];
    });
    expect(stored.filter(leadsOff)).toEqual([]);
  });
});
