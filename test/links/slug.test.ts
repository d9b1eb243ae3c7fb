import { expect, test } from "vitest";
import { firstSegment, slugOfPath } from "../../src/links/slug.ts";

const cases: [string, string | null][] = [
  ["/summer", "summer"],
  ["/Summer-24_x", "summer-24_x"],
  ["/summer/", "summer"],
  ["/summer/sale", null],
  ["/", null],
  ["//evil.example", null],
  ["/..%2f", null],
  ["/caf%C3%A9", null],
  ["/app", null],
  ["/APP", null],
  ["/robots.txt", null],
  [`/${"x".repeat(64)}`, "x".repeat(64)],
  [`/${"x".repeat(65)}`, null],
];

test.each(cases)("%s", (path, slug) => {
  expect(slugOfPath(path)).toBe(slug);
});

test("the first segment decides between slugs and reserved paths", () => {
  expect(["/", "/v1", "/v1/links", "/.well-known/gpc.json"].map(firstSegment)).toEqual(["", "v1", "v1", ".well-known"]);
});
