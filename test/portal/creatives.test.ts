/** Creatives made ready for one affiliate: the rules by themselves, and the page that shows them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeSnippet } from "../../src/portal/pages/snippet.ts";
import { addressForCreative, fillText } from "../../src/portal/use-creative.ts";
import { command } from "../support/payout-story.ts";
import { admin, BROWSER, send, setUp } from "../support/story.ts";
import { bodyOf, signIn } from "./visit.ts";

const LINK = {
  ...{ id: 7, slug: "mine", host: "", destination: "https://shop.example/", kind: "affiliate" as const, channel: null },
  ...{ starts_at: null, expires_at: null, click_cap: null, disabled: false, created_at: 0, deep_links: true },
};
const PLACE = {
  origin: "https://go.example",
  rules: { hosts: ["shop.example"], reserved_parameter: "via" },
};

/** HTML as a parser gives it: each element with its attributes, as they are after decoding. */
async function parse(html: string) {
  const elements: { tag: string; attributes: Record<string, string> }[] = [];
  const texts: string[] = [];
  const reader = new HTMLRewriter().on("*", {
    element({ tagName, attributes }) {
      elements.push({
        tag: tagName,
        attributes: Object.fromEntries([...attributes].map(([n = "", v = ""]) => [n, v])),
      });
    },
  });
  reader.onDocument({ text: (chunk) => void texts.push(chunk.text), comments: () => void texts.push("<!--") });
  await reader.transform(new Response(html)).text();
  return { elements, text: texts.join("") };
}

/** `&amp;` last, or `&amp;lt;` would become more than it says. */
function decode(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

describe("the HTML of a banner", () => {
  test("links the picture to the affiliate's own link", () => {
    const image = { url: "https://cdn.example/a.png?x=1&y=2", width: 300, height: 250, alt: `Tom & "Co"` };
    expect(writeSnippet(image, "https://go.example/mine")).toBe(
      '<a href="https://go.example/mine" rel="sponsored"><img src="https://cdn.example/a.png?x=1&amp;y=2" width="300" height="250" alt="Tom &amp; &quot;Co&quot;"></a>',
    );
  });

  test("is read back as exactly what was put in, whatever that is", async () => {
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

describe("the address for a creative", () => {
  const to = "https://shop.example/summer?a=1&b=2";
  const deep = `https://go.example/mine?to=${encodeURIComponent(to)}`;
  const plain = "https://go.example/mine";

  test.each([
    ["without a destination of its own", LINK, null, plain, true],
    ["where the link leads there anyway", { ...LINK, deep_links: false }, LINK.destination, plain, true],
    ["as a deep link", LINK, to, deep, true],
    ["where the link may have none", { ...LINK, deep_links: false }, to, plain, false],
    ["on a host that is not the programme's", LINK, "https://evil.example/", plain, false],
    ["with the merchant's own parameter", LINK, "https://shop.example/?via=x", plain, false],
    ["on the programme's own host", { ...LINK, host: "r.shop.example" }, null, "https://r.shop.example/mine", true],
  ])("%s", (_, link, destination, address, leads_there) => {
    expect(addressForCreative(link, destination, PLACE)).toEqual({ address, leads_there });
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

  test("keeps everything that is not the link", () => {
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

const IMAGE = {
  ...{ kind: "image", title: "Banner", url: "https://cdn.example/a.png?x=1&y=2" },
  ...{ width: 728, height: 90, alt: "Plan & ship" },
};
const TEXT = { kind: "text", title: "A post", text: "I plan with it:\n{link}" };

/** The fields to copy, by their order, as the browser would have their text. */
const fieldsOf = (html: string) =>
  [...html.matchAll(/<textarea[^>]*>([\s\S]*?)<\/textarea>/g)].map(([, text = ""]) => decode(text));

async function make(program: string, ...creatives: object[]) {
  for (const creative of creatives) {
    const { status, json } = await command(`/v1/programs/${program}/creatives`, creative);
    expect(status, JSON.stringify(json)).toBe(201);
  }
}

async function idOf(open: (path: string) => Promise<{ html: string }>, program: string, name: string) {
  const { html } = await open(`/app/links?program=${program}`);
  const [, id] = new RegExp(`href="/app/links/(\\d+)[^"]*">[^<]*/${name}<`).exec(html) ?? [];
  return id ?? "no such link";
}

describe("the programme's page", () => {
  test("has banners and texts filled with one's own link, and resources to open", async () => {
    const { program, a, b } = await setUp();
    await make(program, IMAGE, TEXT, { kind: "resource", title: "Press kit", url: "https://press.example/kit" });
    const { open } = await signIn(a.username);
    const { status, html } = await open("/app/program");
    expect(status).toBe(200);
    expect(fieldsOf(html)).toEqual([
      `<a href="https://go.example.com/${a.slug}" rel="sponsored"><img src="https://cdn.example/a.png?x=1&amp;y=2" width="728" height="90" alt="Plan &amp; ship"></a>`,
      `I plan with it:\nhttps://go.example.com/${a.slug}`,
    ]);
    expect(html).not.toContain(b.slug);
    expect(html).toContain("728 × 90 px");
    // The portal itself asks no other site for anything.
    const { elements } = await parse(html);
    expect(elements.filter(({ tag }) => ["img", "iframe", "object", "embed"].includes(tag))).toEqual([]);
    const outside = elements.filter(({ attributes: { href } }) => href?.startsWith("https://"));
    expect(outside.map(({ attributes }) => decode(attributes.href ?? ""))).toEqual([
      IMAGE.url,
      "https://press.example/kit",
    ]);
    for (const { attributes } of outside) {
      expect(attributes).toMatchObject({ target: "_blank", rel: "noopener noreferrer" });
    }
    // One link is no choice.
    expect(html).not.toContain('name="link"');
  });

  test("says what is missing where there is nothing, or no link to use it with", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const { open } = await signIn(a.username);
    const empty = await open("/app/program");
    expect(empty.html).toContain("has no banners or texts for you yet");
    expect(empty.html).toContain("has put up no resources yet");
    await make(program, TEXT);
    await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
    const { html } = await open("/app/program");
    expect(html).toContain("You have no link that works now.");
    expect(html).toContain("A post");
    expect(fieldsOf(html)).toEqual([]);
  });

  test("begins with the oldest affiliate link that works, and fills in the one that is chosen", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const link = { program, affiliate: a.username, destination: "https://shop.example/" };
    const [old, second, tracking] = [`old-${program}`, `second-${program}`, `tracking-${program}`];
    await admin("POST", "/v1/links", { ...link, slug: tracking, kind: "tracking", channel: "Blog" });
    await admin("POST", "/v1/links", { ...link, slug: second });
    await admin("POST", "/v1/links", { ...link, slug: old, expires_at: "2020-01-01T00:00:00Z" });
    await make(program, { ...TEXT, text: "{link}" });
    const { open } = await signIn(a.username);
    const shown = async (query = "") => {
      const { status, html } = await open(`/app/program?program=${program}${query}`);
      expect(status).toBe(200);
      return { address: fieldsOf(html)[0]?.split("/").at(-1), html };
    };
    const first = await shown();
    expect(first.address).toBe(a.slug);
    const offered = [...first.html.matchAll(/<option value="\d+"[^>]*>([^<]*)</g)].map(([, name]) => name);
    expect(offered).toEqual([a.slug, second, `${tracking}, Blog`]);
    for (const name of [second, tracking, old]) {
      const { address, html } = await shown(`&link=${await idOf(open, program, name)}`);
      expect(address).toBe(name);
      expect(html).toMatch(new RegExp(`<option value="\\d+" selected=""[^>]*>${name}`));
    }
    await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
    expect((await shown()).address).toBe(second);
    await admin("PATCH", `/v1/links/${second}`, { disabled: true });
    expect((await shown()).address).toBe(tracking);
  });

  test("knows no link but those of the programme that is shown", async () => {
    const { program, a, b } = await setUp();
    await make(program, TEXT);
    const other = await setUp({ affiliates: 1 });
    await admin("POST", `/v1/programs/${other.program}/enrolments`, { affiliate: a.username });
    const elsewhere = { program: other.program, affiliate: a.username, slug: `else-${program}` };
    await admin("POST", "/v1/links", { ...elsewhere, destination: "https://shop.example/" });
    const { open } = await signIn(a.username);
    const foreign = await idOf((await signIn(b.username)).open, program, b.slug);
    const elsewhereId = await idOf(open, other.program, elsewhere.slug);
    expect([foreign, elsewhereId]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)]);
    const nothing = await open(`/app/program?program=${program}&link=987654`);
    expect(nothing.status).toBe(404);
    const plain = (html: string) => bodyOf(html).replaceAll(/nonce="[^"]*"/g, "");
    for (const id of [foreign, elsewhereId, "0", "-1", "x", "1e3", "99999999999999999999", ""]) {
      const { status, html } = await open(`/app/program?program=${program}&link=${id}`);
      expect([id, status]).toEqual([id, 404]);
      expect(plain(html)).toBe(plain(nothing.html));
    }
    expect((await open(`/app/program?program=${other.program}&link=${elsewhereId}`)).status).toBe(200);
  });

  test("leads a creative's clicks to its own page where the link may, and says where it cannot", async () => {
    const { program, a } = await setUp({ affiliates: 1, program: { deep_links: true } });
    const destination_url = "https://shop.example/summer?a=1&b=2";
    await make(program, { ...TEXT, text: "{link}", destination_url });
    const { open } = await signIn(a.username);
    const [address = ""] = fieldsOf((await open("/app/program")).html);
    const clicked = await send(address, { headers: { "User-Agent": BROWSER } });
    const landed = new URL(clicked.headers.get("location") ?? "");
    landed.searchParams.delete("lc_click");
    expect([clicked.status, landed.href]).toEqual([302, destination_url]);
    await admin("PATCH", `/v1/links/${a.slug}`, { deep_links: false });
    const { html } = await open("/app/program");
    expect(fieldsOf(html)).toEqual([`https://go.example.com/${a.slug}`]);
    expect(bodyOf(html)).toContain("where this link does not lead");
  });
});
