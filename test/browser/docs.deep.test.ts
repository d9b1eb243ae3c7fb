/** The docs in a real browser: readable for everybody, with and without JavaScript, in light and dark. */
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closePages, findChromium, launchChromium } from "./chromium.ts";
import { listPaleTexts, listTooWide, measureLayoutShift, measureOverflow } from "./inspect.ts";
import { type Server, startServer } from "./server.ts";

const executable = findChromium();

const WIDTHS = [390, 768, 1440];
const HEIGHT = 900;
const NARROW = { viewport: { width: 390, height: HEIGHT } };
/** One page of each kind. */
const PAGES = [
  "/docs",
  "/docs/terms",
  "/docs/checkouts/stripe",
  "/docs/api/calls",
  "/docs/api/programs",
  "/docs/nothing",
];
/** Where to save screenshots of these pages, if set. */
const PICTURES = process.env.DOCS_PICTURES;

describe.skipIf(executable === null)("the docs", { tags: ["deep"] }, () => {
  let server: Server;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), launchChromium(executable ?? "")]);
  });

  afterAll(async () => {
    await closePages();
    await server?.stop();
  });

  /** Opens a page in a fresh browser. What it asks of other hosts, and what it complains about, is noted. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.on("console", (message) => {
      // Browsers log this for every response of 400 and above.
      if (message.text().startsWith("Failed to load resource: the server responded with a status of 4")) return;
      if (message.type() === "error" || message.type() === "warning")
        complaints.push(`${page.url()} ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`${page.url()} ${error}`));
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== server.origin) complaints.push(`${page.url()} asked for ${request.url()}`);
    });
    await page.goto(server.origin + path);
    return page;
  }

  /** `listPaleTexts` measures contrast too, in a fraction of the time, so that axe does it on one page of each kind. */
  async function listViolations(page: Page, { contrast }: { contrast: boolean }): Promise<string[]> {
    await page.evaluate(axe.source);
    const rules = `{ "color-contrast": { enabled: ${contrast} } }`;
    const run = page.evaluate(
      `axe.run(document, { resultTypes: ["violations"], rules: ${rules} })`,
    ) as Promise<axe.AxeResults>;
    return (await run).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" ")}`,
    );
  }

  /** Everything that is wrong with how a page of the docs looks. */
  async function listFaults(page: Page, path: string): Promise<string[]> {
    const faults: string[] = [];
    const isFirstOfKind = PAGES.includes(path);
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
    await page.goto(server.origin + path);
    const shift = await measureLayoutShift(page);
    if (shift > 0) faults.push(`moved by ${shift}`);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT });
        if ((await measureOverflow(page)) > 0) faults.push(`${width}: ${await listTooWide(page)}`);
        if (PICTURES !== undefined)
          await page.screenshot({ path: `${PICTURES}/${path.slice(1).replaceAll("/", "-")}-${width}-${scheme}.png` });
      }
      // Everything that folds up is looked at too, on a wide screen and a narrow one.
      await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
      if (scheme === "dark") await page.setViewportSize({ width: WIDTHS[0] ?? 0, height: HEIGHT });
      faults.push(...(await listPaleTexts(page)).map((text) => `${scheme} and pale: ${text}`));
      // What axe finds besides contrast is the same in the dark.
      if (scheme === "dark" && !isFirstOfKind) continue;
      const violations = await listViolations(page, { contrast: isFirstOfKind });
      faults.push(...violations.map((violation) => `${scheme}: ${violation}`));
    }
    return faults.map((fault) => `${path} ${fault}`);
  }

  test("each page fits every screen, is readable in light and dark, doesn't shift and passes axe", async () => {
    const page = await open("/docs");
    const faults: string[] = [];
    for (const path of await listAllPages(page)) faults.push(...(await listFaults(page, path)));
    expect(faults).toEqual([]);
  });

  /** The paths of all pages, from the sidebar of the first. */
  async function listAllPages(page: Page): Promise<string[]> {
    const links = page.locator("#sidebar a[href^='/docs']");
    const paths = await links.evaluateAll((found) => found.map((link) => link.getAttribute("href") ?? ""));
    expect(paths.length).toBeGreaterThan(60);
    return [...PAGES, ...paths.filter((path) => !PAGES.includes(path))];
  }

  test("the search finds a part of a page, by keyboard alone", async () => {
    const page = await open("/docs");
    await page.keyboard.press("Control+k");
    const field = page.locator("dialog.search input");
    await field.pressSequentially("hold period");
    const first = page.locator("dialog.search li a").first();
    await first.waitFor();
    expect(await page.locator("dialog.search mark").first().textContent()).toMatch(/hold|period/i);
    expect(await page.locator(".search-status").textContent()).toMatch(/^\d+ results?$/);
    await page.keyboard.press("ArrowDown");
    expect(await first.evaluate((link) => link.ownerDocument.activeElement === link)).toBe(true);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/docs\/[^#]+#.*hold/);
    expect(await page.locator("dialog.search").getAttribute("open")).toBeNull();
  });

  test("the search finds calls of the API and fields with an underscore", async () => {
    const page = await open("/docs");
    await page.getByRole("button", { name: "Search" }).first().click();
    const field = page.locator("dialog.search input");
    for (const [query, href] of [
      ["create a program", /^\/docs\/api\/programs#/],
      ["lc_click", /./],
    ] as const) {
      await field.fill(query);
      await expect
        .poll(async () =>
          (
            await page
              .locator("dialog.search li a")
              .evaluateAll((links) => links.map((link) => link.getAttribute("href")))
          ).some((found) => href.test(found ?? "")),
        )
        .toBe(true);
    }
    await field.fill("xyzzyx");
    await expect.poll(() => page.locator(".search-status").textContent()).toBe("Nothing was found for “xyzzyx”.");
    await page.keyboard.press("Escape");
    expect(await page.locator("dialog.search").getAttribute("open")).toBeNull();
  });

  test("dark mode follows the system until it is chosen, and is remembered", async () => {
    const page = await open("/docs/terms", { colorScheme: "light" });
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const toggle = page.getByRole("button", { name: "Dark mode" });
    const light = await ground();
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await ground();
    expect(dark).not.toBe(light);
    expect(await toggle.getAttribute("aria-pressed")).toBe("true");
    await page.emulateMedia({ colorScheme: "light" });

    await toggle.click();
    expect([await ground(), await toggle.getAttribute("aria-pressed")]).toEqual([dark, "true"]);
    await page.reload();
    expect([await ground(), await toggle.getAttribute("aria-pressed")]).toEqual([dark, "true"]);
    await page.goto(`${server.origin}/docs/links`);
    expect(await ground()).toBe(dark);

    // Back to what the system has: the page follows it again.
    await toggle.click();
    expect(await ground()).toBe(light);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground()).toBe(dark);
  });

  test("a copy button copies the code", async () => {
    const page = await open("/docs/quickstart", { permissions: ["clipboard-read", "clipboard-write"] });
    const figure = page.locator("figure.code").first();
    await figure.getByRole("button", { name: "Copy" }).click();
    await figure.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(await figure.locator("code").textContent());
    expect(await page.locator("#announcement").textContent()).toBe("The code is copied");
  });

  test("without the clipboard, the code is selected", async () => {
    const page = await open("/docs/quickstart");
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error())");
    const figure = page.locator("figure.code").first();
    await figure.getByRole("button", { name: "Copy" }).click();
    await figure.getByRole("button", { name: "Selected" }).waitFor();
    expect(await page.evaluate("getSelection().toString().trim()")).toBe(await figure.locator("code").textContent());
  });

  test("the list of headings marks what is being read", async () => {
    const page = await open("/docs/terms", { viewport: { width: 1440, height: HEIGHT }, reducedMotion: "reduce" });
    const marked = page.locator(".contents a[aria-current]");
    const links = page.locator(".contents a");
    expect(await marked.textContent()).toBe(await links.first().textContent());
    await links.nth(3).click();
    await expect.poll(() => marked.textContent()).toBe(await links.nth(3).textContent());
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
    await expect.poll(() => marked.textContent()).toBe(await links.last().textContent());
  });

  test("on a narrow screen the menu opens, keeps the focus and closes", async () => {
    const page = await open("/docs/terms", NARROW);
    const sidebar = page.locator("#sidebar");
    expect(await sidebar.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Menu", exact: true }).click();
    expect(await sidebar.isVisible()).toBe(true);
    expect(await listViolations(page, { contrast: true })).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await sidebar.isVisible()).toBe(false);
    const menu = page.getByRole("button", { name: "Menu", exact: true });
    expect(await menu.evaluate((link) => link.ownerDocument.activeElement === link)).toBe(true);
    await page.keyboard.press("Space");
    await sidebar.getByRole("link", { name: "Ledger" }).click();
    await page.waitForURL("**/docs/ledger");
  });

  test("everything can be read without JavaScript", async () => {
    const page = await open("/docs/terms", { ...NARROW, javaScriptEnabled: false });
    expect(await page.locator("h1").isVisible()).toBe(true);
    expect(await page.locator("article table").first().isVisible()).toBe(true);
    // What needs JavaScript isn't there.
    expect(await page.locator(".needs-script, .copy, dialog").filter({ visible: true }).count()).toBe(0);
    await page.locator("a.menu-link").click();
    await page.locator("#sidebar").getByRole("link", { name: "Ledger" }).click();
    await page.waitForURL("**/docs/ledger");
    expect(await page.locator("#sidebar").isVisible()).toBe(false);
    await page.locator(".contents-top summary").click();
    await page.locator(".contents-top a").first().click();
    expect(new URL(page.url()).hash).not.toBe("");
  });

  test("the keyboard can skip to the content", async () => {
    const page = await open("/docs/terms");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
  });

  test("nothing moves by itself for people who don't want it", async () => {
    const page = await open("/docs/terms", { reducedMotion: "reduce" });
    const moving = await page.evaluate(`[...document.querySelectorAll("*")].filter((element) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
      return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior !== "auto";
    }).length`);
    expect(moving).toBe(0);
  });

  test("no page asked another host for anything, and the browser logged no errors", () => {
    expect(complaints).toEqual([]);
  });
});
