import { describe, expect, test } from "vitest";
import { buildLinkUrl } from "../../../src/links/link-url.ts";
import { readLinkForm, readSubIdForm } from "../../../src/links/portal/new-link-form.ts";
import { sayVerdicts } from "../../../src/links/portal/verdicts.ts";
import { fc } from "../../support/random.ts";

const rules = { hosts: ["shop.example", "blog.example:8443"], reserved_parameter: "ref" };
const read = (destination: string, channel = "Newsletter") => readLinkForm({ channel, destination }, rules);

describe("a tracking link's destination", () => {
  test.each([
    ["https://shop.example/pricing?plan=1#top", "https://shop.example/pricing?plan=1#top"],
    ["  shop.example/pricing ", "https://shop.example/pricing"],
    ["http://blog.example:8443", "http://blog.example:8443/"],
    ["https://shop.example/?by={sub1}", "https://shop.example/?by={sub1}"],
  ])("%j is taken as %s", (typed, destination) =>
    expect(read(typed)).toEqual({ ok: true, channel: "Newsletter", destination }),
  );

  test.each([
    ["", "Give the whole address"],
    ["https://evil.example/", "shop.example, blog.example:8443"],
    ["https://shop.example.evil.example/", "can lead to pages of this merchant"],
    ["https://shop.example@evil.example/", "user name or a password"],
    ["https://evil.example\\@shop.example/", "can lead to pages of this merchant"],
    ["//evil.example/", "can lead to pages of this merchant"],
    ["javascript:alert(1)//shop.example", "must begin with https"],
    ["data:text/html,<script>alert(1)</script>", "must begin with https"],
    ["https://shop.example/\n", null],
    ["https://shop.example/a\tb", "invisible character"],
    ["https://shop.example/?lc_click=x", "Leave “lc_click” out"],
    ["https://shop.example/?ref=someone", "Leave “ref” out"],
  ])("%j: %s", (typed, said) => {
    const found = read(typed);
    if (said === null) expect(found.ok).toBe(true);
    else expect(found).toMatchObject({ ok: false, field: "destination", fault: expect.stringContaining(said) });
  });

  test("is never elsewhere, whatever is put around the host", () => {
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

test.each(["", "   ", "x".repeat(201), "a\u0000b"])("a channel is named, not %j", (channel) =>
  expect(read("https://shop.example/", channel)).toMatchObject({ ok: false, field: "channel" }),
);

test("an address has its programme's host and the sub-ids that the redirect will read", () => {
  const link = { host: "", slug: "abc" };
  const subs = readSubIdForm({ sub1: " spring & <b> ", sub3: "ü", sub2: "  ", other: "x" });
  expect(subs).toEqual(["spring & <b>", null, "ü"]);
  const address = buildLinkUrl(link, "https://go.example.com", subs);
  expect(address).toBe("https://go.example.com/abc?sub1=spring+%26+%3Cb%3E&sub3=%C3%BC");
  expect(readSubIdForm(Object.fromEntries(new URL(address).searchParams))).toEqual(subs);
  expect(buildLinkUrl({ host: "go.shop.example", slug: "abc" }, "https://go.example.com")).toBe(
    "https://go.shop.example/abc",
  );
});

test.each([
  [{}, "No hits"],
  [{ counted: 1 }, "1 hit: 1 counted"],
  [
    { bot: 71, counted: 1_020, duplicate: 96, self: 1, head: 16 },
    "1,204 hits: 1,020 counted, 96 duplicates, 71 bots, 16 looks at the address, 1 by yourself",
  ],
  [{ bot: 1, prefetch: 2 }, "3 hits: 2 prefetches, 1 bot"],
])("%j is said %s", (verdicts, said) => expect(sayVerdicts(verdicts)).toBe(said));
