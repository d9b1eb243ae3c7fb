import { describe, expect, test } from "vitest";
import { buildLinkUrl } from "../../../src/links/link-url.ts";
import { parseLinkForm, parseSubIds } from "../../../src/links/portal/new-link-form.ts";
import { summarizeVerdicts } from "../../../src/links/portal/verdicts.ts";
import { fc } from "../../support/random.ts";

const hosts = ["shop.example", "blog.example:8443"];
const rules = { hosts, reserved_parameter: "ref", home_url: null, own_slugs: false };
const read = (destination: string, channel = "Newsletter") => parseLinkForm({ channel, destination }, rules);

describe("a tracking link's destination", () => {
  test.each([
    ["https://shop.example/pricing?plan=1#top", "https://shop.example/pricing?plan=1#top"],
    ["  shop.example/pricing ", "https://shop.example/pricing"],
    ["http://blog.example:8443", "http://blog.example:8443/"],
    ["https://shop.example/?by={sub1}", "https://shop.example/?by={sub1}"],
    ["/pricing?plan=1", "https://shop.example/pricing?plan=1"],
  ])("%j becomes %s", (typed, destination) =>
    expect(read(typed)).toEqual({ ok: true, channel: "Newsletter", destination, slug: undefined }),
  );

  test.each([
    ["", "Enter a full URL"],
    ["https://evil.example/", "shop.example, blog.example:8443"],
    ["https://shop.example.evil.example/", "Enter a page on"],
    ["https://shop.example@evil.example/", "user name and password"],
    ["https://evil.example\\@shop.example/", "Enter a page on"],
    ["//evil.example/", "Enter a page on"],
    ["/\\evil.example/", "Enter a page on"],
    ["/a\tb", "invisible characters"],
    ["javascript:alert(1)//shop.example", "must start with https"],
    ["data:text/html,<script>alert(1)</script>", "must start with https"],
    ["https://shop.example/\n", null],
    ["https://shop.example/a\tb", "invisible characters"],
    ["https://shop.example/?lc_click=x", "Remove the parameter “lc_click”"],
    ["https://shop.example/?ref=someone", "Remove the parameter “ref”"],
  ])("%j: %s", (typed, message) => {
    const found = read(typed);
    if (message === null) expect(found.ok).toBe(true);
    else expect(found).toMatchObject({ ok: false, faults: { destination: expect.stringContaining(message) } });
  });

  test("always has an allowed host, whatever surrounds it", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      "@",
      ":",
      "#",
      "?",
      "//",
      "https:",
      ".",
      "%2f",
      "\t",
      "shop.example",
      "evil.example",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const found = read(pieces.join(""));
        if (found.ok) expect(rules.hosts).toContain(new URL(found.destination).host);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each(["", "   ", "x".repeat(201), "a\u0000b"])("rejects the channel %j", (channel) =>
  expect(read("https://shop.example/", channel)).toMatchObject({
    ok: false,
    faults: { channel: expect.stringContaining("Enter a channel") },
  }),
);

test("resolves a path against the program's home page", () =>
  expect(
    parseLinkForm({ channel: "x", destination: "/a?b" }, { ...rules, home_url: "https://blog.example:8443/de/" }),
  ).toMatchObject({
    destination: "https://blog.example:8443/a?b",
  }));

test("reports the faults of all fields at once", () => {
  const form = { channel: "", destination: "https://evil.example/", slug: "no spaces" };
  const found = parseLinkForm(form, { ...rules, own_slugs: true });
  expect(found.ok ? [] : Object.keys(found.faults)).toEqual(["channel", "destination", "slug"]);
});

test("a slug can be chosen only where the program allows it", () => {
  const form = { channel: "x", destination: "/", slug: " Spring-Sale " };
  expect(parseLinkForm(form, { ...rules, own_slugs: true })).toMatchObject({ ok: true, slug: "spring-sale" });
  expect(parseLinkForm(form, rules)).toMatchObject({ ok: true, slug: undefined });
  expect(parseLinkForm({ ...form, slug: "app" }, { ...rules, own_slugs: true })).toMatchObject({ ok: false });
});

test("a link URL has its program's host and the sub-IDs that the redirect reads", () => {
  const link = { host: "", slug: "abc" };
  const subs = parseSubIds({ sub1: " spring & <b> ", sub3: "ü", sub2: "  ", other: "x" });
  expect(subs).toEqual(["spring & <b>", null, "ü"]);
  const address = buildLinkUrl(link, "https://go.example.com", subs);
  expect(address).toBe("https://go.example.com/abc?sub1=spring+%26+%3Cb%3E&sub3=%C3%BC");
  expect(parseSubIds(Object.fromEntries(new URL(address).searchParams))).toEqual(subs);
  expect(buildLinkUrl({ host: "go.shop.example", slug: "abc" }, "https://go.example.com")).toBe(
    "https://go.shop.example/abc",
  );
});

test.each([
  [{}, "No hits"],
  [{ counted: 1 }, "1 hit: 1 counted"],
  [
    { bot: 71, counted: 1_020, duplicate: 96, self: 1, head: 16 },
    "1,204 hits: 1,020 counted, 96 duplicates, 71 bots, 16 HEAD requests, 1 own click",
  ],
  [{ bot: 1, prefetch: 2 }, "3 hits: 2 prefetches, 1 bot"],
])("%j is summarized as %s", (verdicts, said) => expect(summarizeVerdicts(verdicts)).toBe(said));
