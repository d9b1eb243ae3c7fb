import { expect, test } from "vitest";
import { firstSegment, NEW_SLUG_PATTERN, RESERVED_SEGMENTS, repairPath, slugOfPath } from "../../src/links/slug.ts";
import { fc } from "../support/random.ts";

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

const repairs: [path: string, slug: string | null, query?: string][] = [
  ["/l0%2Dx", "l0-x"],
  ["/%6C0-x", "l0-x"],
  ["/%4c0-X/", "l0-x"],
  ["/l0-x%20", "l0-x"],
  ["/l0-x%0A", "l0-x"],
  ["/l0-x%C2%A0", "l0-x"],
  ["/%20l0-x", "l0-x"],
  ["/l0-x.", "l0-x"],
  ["/l0-x,", "l0-x"],
  ["/l0-x)", "l0-x"],
  ["/l0-x!", "l0-x"],
  ["/l0-x;", "l0-x"],
  ["/l0-x/).", "l0-x"],
  ["/l0-x%22%3E", "l0-x"],
  ["/l0-x%E2%80%9D", "l0-x"],
  ["/l0-x%E2%80%A6", "l0-x"],
  ["/l0-x%F0%9F%8E%89", "l0-x"],
  ["/l0-x%E2%9D%A4%EF%B8%8F", "l0-x"],
  ["/l0-x%E2%80%8B", "l0-x"],
  ["/%EF%BB%BFl0%E2%80%8D-x%C2%AD", "l0-x"],
  ["/imported_.", "imported_"],
  ["/l0-x&utm_source=a&b=%2F", "l0-x", "utm_source=a&b=%2F"],
  ["/l0-x&amp;sub1=a&amp;sub2=b", "l0-x", "sub1=a&sub2=b"],
  ["/l0-x%3Fsub1%3Da%26sub2%3Db%2520c", "l0-x", "sub1=a&sub2=b%20c"],
  ["/l0-x%26sub1=a", "l0-x", "sub1=a"],
  ["/l0-x%3Fa%3D%0D%0AX:%20y", "l0-x", "a=X:%20y"],
  ["/l0-x%3Fa%3D%", "l0-x", ""],
  ["/l0-x%23top", "l0-x"],
  ["/l0-x/&a=1", "l0-x", "a=1"],
  ["/summer/sale", null],
  ["/summer/sale.", null],
  ["/summer%2Fsale", null],
  ["//l0-x.", null],
  ["/.", null],
  ["/&a=1", null],
  ["/%", null],
  ["/%ff", null],
  ["/caf%C3%A9", null],
  ["/caf%C3%A9.", null],
  ["/l0x%CC%81", null],
  ["/a%20b", null],
  ["/app.", null],
  ["/%61pp", null],
  ["/robots%2Etxt", null],
  [`/${"x".repeat(64)}.`, "x".repeat(64)],
  [`/${"x".repeat(65)}.`, null],
  [`/x${".".repeat(15_000)}`, null],
];

test.each(repairs)("%s is repaired", (path, slug, query = "") => {
  expect(slugOfPath(path)).toBeNull();
  expect(repairPath(path)).toEqual(slug === null ? null : { slug, query });
});

test("a repaired path is a slug and a query that are safe in a URL, whatever the path", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("%0d%0a", "%3f", "%26", "&", "%00", "%25", "%", "a", "-", "."));
  fc.assert(
    fc.property(fc.array(text), (parts) => {
      const repaired = repairPath(new URL(`https://go.example/${parts.join("")}`).pathname);
      if (repaired === null) return;
      expect(slugOfPath(`/${repaired.slug}`)).toBe(repaired.slug);
      expect(repaired.query).toMatch(/^[\x21-\x7e]*$/);
      expect(repaired.query).not.toContain("#");
    }),
  );
});

test("a new slug doesn't end in a character that apps leave out", () => {
  const valid = ["a", "0", "_a", "-a", "a-b_c", "x".repeat(64)];
  const invalid = ["", "a-", "a_", "-", "_", "A", "a.", "x".repeat(65)];
  expect(valid.filter((slug) => !NEW_SLUG_PATTERN.test(slug))).toEqual([]);
  expect(invalid.filter((slug) => NEW_SLUG_PATTERN.test(slug))).toEqual([]);
  expect([...RESERVED_SEGMENTS].filter((segment) => repairPath(`/${segment}.`) !== null)).toEqual([]);
});
