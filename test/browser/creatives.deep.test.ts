/** Creatives in a real browser: copied, pasted into another page, clicked and credited, with and without JavaScript. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeSnippet } from "../../src/creatives/portal/snippet.tsx";
import { fc } from "../support/random.ts";
import { findChromium } from "./chromium.ts";
import { type BrowserShop, openShop } from "./shop.ts";

const executable = findChromium();

const EVIL = `"><img src=x onerror="document.title='owned'">`;
const BANNER = {
  kind: "image",
  title: `Banner ${EVIL}`,
  url: "https://cdn.example/a.png?x=1&y=2",
  width: 300,
  height: 250,
};
const ALT = `Plan & "ship" ${EVIL}`;

/** What a browser parses from HTML: every element with its attributes, and the text. Runs in the page. */
const READ = `(htmls) => htmls.map((html) => {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const elements = [...body.querySelectorAll("*")].map((element) => [
    element.localName,
    Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
  ]);
  return { elements, text: body.textContent };
})`;

describe.skipIf(executable === null)("creatives", { tags: ["deep"] }, () => {
  let shop: BrowserShop;
  let page: Page;

  const read = (at: Page, htmls: string[]): Promise<unknown[]> => at.evaluate(`(${READ})(${JSON.stringify(htmls)})`);

  beforeAll(async () => {
    shop = await openShop(executable ?? "");
    const { call } = shop;
    await call("POST", "/v1/programs/shop/creatives", { ...BANNER, alt: ALT });
    const text = { kind: "text", title: "A post", text: `</textarea>${EVIL}\n\nLook: {link}` };
    await call("POST", "/v1/programs/shop/creatives", text);
    const { destination } = await call("GET", "/v1/links/mira-link");
    await call("POST", "/v1/links", { program: "shop", affiliate: "mira", slug: "mira-own", destination });
    page = await shop.openPage({ permissions: ["clipboard-read", "clipboard-write"] });
    await shop.signIn(page, "mira");
  });

  afterAll(() => shop?.stop());

  test("a copied banner works on another page: an image that links to the shop and carries the affiliate's click", async () => {
    await page.goto(`${shop.origin}/app/program`);
    expect(await page.title()).not.toBe("owned");
    const banner = page.getByRole("listitem").filter({ hasText: BANNER.title });
    await banner.getByRole("button", { name: "Copy" }).click();
    await banner.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.locator("#copied").textContent()).toBe("Copied: HTML for your page");
    const copied = String(await page.evaluate("navigator.clipboard.readText()"));
    const { title: _, kind: __, url: src, ...size } = BANNER;
    const img = { src, alt: ALT, width: String(size.width), height: String(size.height) };
    const href = `${shop.origin}/mira-own`;
    expect(await read(page, [copied])).toEqual([
      {
        elements: [
          ["a", { href, rel: "sponsored" }],
          ["img", img],
        ],
        text: "",
      },
    ]);
    const blog = await shop.openPage();
    await blog.route("https://blog.example/", (route) => route.fulfill({ contentType: "text/html", body: copied }));
    await blog.route("https://cdn.example/**", (route) => route.fulfill({ status: 404 }));
    await blog.goto("https://blog.example/");
    await blog.locator("a").click();
    await blog.waitForURL((url) => url.pathname === "/pricing");
    expect(new URL(blog.url()).searchParams.get("lc_click")).toMatch(/.{20}/);
    await blog.context().close();
    await vi.waitFor(async () => expect((await shop.call("GET", "/v1/links/mira-own")).clicks).toBe(1), {
      timeout: 20_000,
      interval: 200,
    });
  });

  test("a text is copied verbatim with the selected link, with and without JavaScript", async () => {
    const text = (link: string) => `</textarea>${EVIL}\n\nLook: ${shop.origin}/${link}`;
    await page.getByRole("listitem").filter({ hasText: "A post" }).getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(text("mira-own"));
    const plain = await shop.openPage({ javaScriptEnabled: false, storageState: await page.context().storageState() });
    await plain.goto(`${shop.origin}/app/program`);
    expect(await plain.getByRole("button", { name: "Copy" }).count()).toBe(0);
    await plain.getByLabel("Link", { exact: true }).selectOption("mira-link, A newsletter with quite a long name");
    await plain.getByRole("button", { name: "Apply" }).click();
    expect(await plain.getByLabel("Text", { exact: true }).inputValue()).toBe(text("mira-link"));
    expect(new URL(plain.url()).hash).toBe("#creatives");
    await plain.context().close();
  });

  test("the browser parses a banner's HTML into exactly the given values", async () => {
    // Browsers turn CR into a line feed and NUL into a replacement character. The API allows neither.
    const anything = fc
      .oneof(
        fc.string({ unit: "binary" }),
        fc.string({ unit: fc.constantFrom('"', "'", "<", ">", "&", "=", "/", " ", "`", "a", "amp;", "quot;", "--") }),
      )
      .map((text) => text.replaceAll(/[\r\0]/g, ""));
    const images = fc.array(fc.record({ href: anything, url: anything, alt: anything }), {
      minLength: 100,
      maxLength: 100,
    });
    await fc.assert(
      fc.asyncProperty(images, async (samples) => {
        const htmls = samples.map(({ href, ...image }) => writeSnippet({ ...image, width: 1, height: 2 }, href));
        const expected = samples.map(({ href, url: src, alt }) => ({
          elements: [
            ["a", { href, rel: "sponsored" }],
            ["img", { src, alt, width: "1", height: "2" }],
          ],
          text: "",
        }));
        expect(await read(page, htmls)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });
});
