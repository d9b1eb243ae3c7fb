/**
 * Text from others stays text on every page of the portal: names, channels, coupons, products, sub-ids, referrers, user
 * agents and the merchant's creatives, with attacks from the OWASP XSS Filter Evasion Cheat Sheet. Every page is parsed as in a browser, and has no
 * element or attribute that it lacks when all of these are harmless words.
 */
import { expect, test } from "vitest";
import { command } from "../support/payout-story.ts";
import { isDeep } from "../support/random.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";
import { signIn } from "./session.ts";

const CORPUS = [
  "<script>alert(1)</script>",
  `"><script>alert(1)</script>`,
  `'><script>alert(1)</script>`,
  "</title><script>alert(1)</script>",
  "</style><script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  "</textarea><img src=x onerror=alert(1)>",
  "<img src=x onerror=alert(1)>",
  `"><img src=x onerror="alert(1)">`,
  "<svg/onload=alert(1)>",
  "<svg><script>alert&#40;1&#41;</script></svg>",
  "<iframe src=javascript:alert(1)></iframe>",
  "<body onload=alert(1)>",
  "<details open ontoggle=alert(1)>",
  "<a href=javascript:alert(1)>x</a>",
  "<base href=//evil.example/>",
  "<meta http-equiv=refresh content=0;url=//evil.example>",
  "<form action=//evil.example><button>x",
  "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "<!--><img src=x onerror=alert(1)>-->",
  "<scr<script>ipt>alert(1)</scr</script>ipt>",
  "<<script>alert(1);//<</script>",
  "javascript:alert(1)",
  `" onfocus=alert(1) autofocus x="`,
  `' onmouseover='alert(1)`,
  "` onmouseover=alert(1) `",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;script&#62;alert(1)&#60;/script&#62;",
  "%3Cscript%3Ealert(1)%3C/script%3E",
  "{{constructor.constructor('alert(1)')()}}",
  "$" + "{alert(1)}",
  "]]><script>alert(1)</script>",
];
/** The texts that are written to pages: in the quick run every third, so that each kind of attack remains. */
const WRITTEN = CORPUS.filter((_, n) => isDeep || n % 3 === 0);
const PAGES_MAX = 300;
/** Parameters that change figures but show no text from others. */
const PLAIN_PARAMETERS = ["days", "period", "from", "to", "program", "cursor", "link"];
const HARMLESS = ["Harmless 1", "Harmless 2", "Harmless 3"];
const TIMEOUT_MS = 120_000;

/** Sets everything that a visitor, another affiliate or the merchant can write to each of these texts. Returns the pages that show it. */
async function writeEverywhere(texts: readonly string[]): Promise<Map<string, string>> {
  const [first = ""] = texts;
  const { program, a, b, endpoint } = await setUp({ program: { name: first } });
  // The API accepts all of these as names.
  const sponsored = `sub-${a.username}`;
  const referred = { username: sponsored, name: first, email: `${sponsored}@example.com`, sponsor: a.username };
  expect((await admin("POST", "/v1/affiliates", referred)).status).toBe(201);
  await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: sponsored });
  for (const text of texts) {
    const creatives = [
      { kind: "image", title: text, url: `https://shop.example/${text}`, width: 1, height: 1, alt: text },
      { kind: "text", title: text, text: `${text}\n{link}`, destination_url: `https://shop.example/?${text}` },
      { kind: "resource", title: text, url: `https://shop.example/?q=${text}#${text}` },
    ];
    for (const creative of creatives) {
      expect((await command(`/v1/programs/${program}/creatives`, creative)).status).toBe(201);
    }
  }
  const ids = await Promise.all(
    texts.map(async (text, n) => {
      const slug = `t${n}-${program}`;
      const link = { program, affiliate: a.username, slug, kind: "tracking", channel: text };
      const destination = `https://shop.example/?q=${encodeURIComponent(text)}#${encodeURI(text)}`;
      expect((await admin("POST", "/v1/links", { ...link, destination })).status).toBe(201);
      const query = new URLSearchParams({ sub1: text, sub3: text });
      const headers = { Referer: `https://blog.example/${text}` };
      const { token } = await click(`${slug}?${query}`, { headers });
      await click(slug, { headers: { "User-Agent": `Googlebot ${text}`, Referer: text } });
      const own = sale({ click: token, product: text, subscription: { id: text, interval: text } });
      const { json } = await postEvent(endpoint, own);
      await conversionThat(json.conversion, { attributed_to: a.username });
      return json.conversion as string;
    }),
  );
  expect(new Set(ids).size).toBe(texts.length);
  // A sale credited to another affiliate, so that its page is covered too.
  const customer = { id: `cus_${program}` };
  const { token } = await click(a.slug);
  const lead = { ...sale({ click: token, customer }), type: "lead", payment: null, amount: null };
  await postEvent(endpoint, lead);
  const lost = await postEvent(endpoint, sale({ click: (await click(b.slug)).token, customer, product: first }));
  await conversionThat(lost.json.conversion, { attributed_to: b.username });
  const { open } = await signIn(a.username);
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json.clicks).toBeGreaterThanOrEqual(texts.length);
  });
  return followLinks(open);
}

/** All linked pages, each for one period. Requests the known ones in parallel. */
async function followLinks(open: (path: string) => Promise<{ status: number; html: string }>) {
  const pages = new Map<string, string>();
  const seen = new Set(["/app"]);
  for (let wave = ["/app"]; wave.length > 0; ) {
    const opened = await Promise.all(wave.map(async (path) => ({ path, ...(await open(path)) })));
    wave = [];
    for (const { path, status, html } of opened) {
      expect(status, path).toBe(200);
      pages.set(path, html);
      for (const [tag, href = ""] of html.matchAll(/<a [^>]*?href="(\/app[^"#]*)"[^>]*>/g)) {
        const url = new URL(href.replaceAll("&amp;", "&"), "https://x");
        for (const name of PLAIN_PARAMETERS) url.searchParams.delete(name);
        const next = url.pathname + url.search;
        if (tag.includes("download") || /\.\w{3}$/.test(url.pathname) || seen.has(next)) continue;
        seen.add(next);
        wave.push(next);
      }
    }
    expect(seen.size).toBeLessThan(PAGES_MAX);
  }
  return pages;
}

/** The elements and attributes of a page, and all of its URLs outside the portal and the shops. */
async function dissect(html: string) {
  const parts = new Set<string>();
  const addresses: string[] = [];
  const shown: string[] = [];
  const parser = new HTMLRewriter().on("*", {
    element(element) {
      parts.add(element.tagName);
      for (const [name = "", value = ""] of element.attributes) {
        parts.add(`${element.tagName} ${name}`);
        const isAddress = ["href", "src", "action", "formaction", "data", "xlink:href"].includes(name);
        // Share links have the link and the program's name in them, encoded.
        if (
          /^(mailto:\?subject=[\w%.!~*'()-]*&body=|sms:\?&body=|https:\/\/wa\.me\/\?text=)https%3A%2F%2Fgo\.example\.com%2F[\w%.-]*$/.test(
            value.replaceAll("&amp;", "&"),
          )
        )
          continue;
        if (isAddress && !/^(\/app|#|data:image\/svg\+xml,|https:\/\/(shop|blog|go)\.example)/.test(value))
          addresses.push(value);
      }
    },
  });
  parser.onDocument({
    comments: (comment) => void parts.add(`<!--${comment.text}`),
    text: (chunk) => void shown.push(chunk.text),
  });
  await parser.transform(new Response(html)).text();
  return { parts, addresses, text: shown.join("") };
}

test("text from others is shown and never becomes markup", { tags: ["deep"], timeout: TIMEOUT_MS }, async () => {
  const harmless = await writeEverywhere(HARMLESS);
  const hostile = await writeEverywhere(WRITTEN);
  expect(hostile.size).toBeGreaterThan(WRITTEN.length);
  const known = new Set<string>();
  for (const html of harmless.values()) for (const part of (await dissect(html)).parts) known.add(part);
  expect(known.has("a href")).toBe(true);
  const faults: string[] = [];
  let everything = "";
  for (const [path, html] of hostile) {
    const { parts, addresses, text } = await dissect(html);
    faults.push(...[...parts].filter((part) => !known.has(part)).map((part) => `${path}: ${part}`));
    faults.push(...addresses.map((address) => `${path} leads to ${address}`));
    everything += text;
  }
  expect(faults).toEqual([]);
  // All of them appear on the pages, as text.
  const asText = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const plain = everything.replaceAll("&quot;", '"').replaceAll("&#39;", "'");
  expect(WRITTEN.filter((text) => !plain.includes(asText(text)))).toEqual([]);
});

test("the check finds a page that doesn't escape markup", async () => {
  for (const text of CORPUS.filter((entry) => /<[a-z!]/i.test(entry))) {
    const { parts } = await dissect(`<title>x</title><p>${text}</p>`);
    expect(
      [...parts].filter((part) => !["title", "p"].includes(part)),
      text,
    ).not.toEqual([]);
  }
});
