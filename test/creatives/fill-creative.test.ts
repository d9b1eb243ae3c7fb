/** The rules that put an affiliate's link into a creative. */

import { describe, expect, test } from "vitest";
import { buildCreativeUrl, fillText, type LinkMismatch } from "../../src/creatives/fill-creative.ts";
import { writeSnippet } from "../../src/creatives/portal/snippet.tsx";
import type { CreativeLink } from "../../src/creatives/queries.ts";
import { decode, parse } from "../portal/read-html.ts";
import { fc } from "../support/random.ts";

const LINK: CreativeLink = {
  ...{ id: 7, slug: "mine", host: "", destination: "https://shop.example/", kind: "affiliate", channel: null },
  ...{
    starts_at: null,
    expires_at: null,
    click_cap: null,
    disabled: false,
    created_at: 0,
    targets: null,
    archived_at: null,
    deep_links: true,
  },
};
const PLACE = {
  origin: "https://go.example",
  rules: { hosts: ["shop.example"], reserved_parameter: "via" },
};

describe("the HTML of a banner", () => {
  test("links the image to the affiliate's link", () => {
    const image = { url: "https://cdn.example/a.png?x=1&y=2", width: 300, height: 250, alt: `Tom & "Co"` };
    expect(writeSnippet(image, "https://go.example/mine")).toBe(
      '<a href="https://go.example/mine" rel="sponsored"><img src="https://cdn.example/a.png?x=1&amp;y=2" width="300" height="250" alt="Tom &amp; &quot;Co&quot;"></a>',
    );
  });

  test("parses back into exactly the given values", async () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom('"', "'", "<", ">", "&", "=", "/", " ", "`", "a", "amp;", "quot;", "--") }),
    );
    const property = fc.asyncProperty(anything, anything, anything, fc.nat(), async (href, src, alt, width) => {
      const html = writeSnippet({ url: src, width, height: 9, alt }, href);
      const { elements, text } = await parse(html);
      expect(text).toBe("");
      expect(elements.map(({ tag }) => tag)).toEqual(["a", "img"]);
      const [a, img] = elements.map(({ attributes }) =>
        Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, decode(value)])),
      );
      expect(a).toEqual({ href, rel: "sponsored" });
      expect(img).toEqual({ src, width: String(width), height: "9", alt });
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

describe("the URL for a creative", () => {
  const to = "https://shop.example/summer?a=1&b=2";
  const deep = `https://go.example/mine?to=${encodeURIComponent(to)}`;
  const plain = "https://go.example/mine";

  const home = LINK.destination;
  const deepHome = `https://go.example/mine?to=${encodeURIComponent(home)}`;
  const shallow = { ...LINK, deep_links: false };
  const targets = [{ countries: ["DE"], split: [{ destination: "https://shop.example/de", weight: 1 }] }];

  test.each<[string, CreativeLink, string | null, string, LinkMismatch | null]>([
    ["without its own destination", LINK, null, plain, null],
    ["without one, whatever the link's targets", { ...shallow, targets }, null, plain, null],
    ["with the link's destination", shallow, home, plain, null],
    ["with all visitors' destination", { ...shallow, targets: [] }, home, plain, null],
    ["with some visitors' destination, as a deep link", { ...LINK, targets }, home, deepHome, null],
    ["with some visitors' destination", { ...shallow, targets }, home, plain, "leads_some_elsewhere"],
    ["with one target's destination", { ...shallow, targets }, "https://shop.example/de", plain, "leads_elsewhere"],
    ["as a deep link", LINK, to, deep, null],
    ["as a deep link past its targets", { ...LINK, targets }, to, deep, null],
    ["where the link does not allow deep links", shallow, to, plain, "leads_elsewhere"],
    ["on a host that is not the program's", LINK, "https://evil.example/", plain, "against_rules"],
    ["with the merchant's own parameter", LINK, "https://shop.example/?via=x", plain, "against_rules"],
    ["with a destination that no link may have", shallow, "https://shop.example/?via=x", plain, "against_rules"],
    ["on the program's own host", { ...LINK, host: "r.shop.example" }, null, "https://r.shop.example/mine", null],
  ])("%s", (_, link, destination, url, mismatch) => {
    expect(buildCreativeUrl(link, destination, PLACE)).toEqual({ url, mismatch });
  });
});

describe("a text", () => {
  test.each([
    ["Buy: {link}", "https://go.example/a", "Buy: https://go.example/a"],
    ["{link} and {link}", "x", "x and x"],
    ["{{link}} {LINK} { link }", "x", "{x} {LINK} { link }"],
    ["{link}", "$& $1 $$ {link}", "$& $1 $$ {link}"],
  ])("%j", (text, address, filled) => {
    expect(fillText(text, address)).toBe(filled);
  });

  test("keeps everything except the placeholder", () => {
    const parts = fc.array(
      fc.string().filter((part) => !/[{}]/.test(part)),
      { minLength: 2 },
    );
    fc.assert(
      fc.property(parts, fc.string(), (words, address) => {
        expect(fillText(words.join("{link}"), address)).toBe(words.join(address));
      }),
    );
  });
});
