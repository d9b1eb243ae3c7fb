/** Every page of the portal that links lead to: accessible, responsive, small, and without requests to other sites. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isDeep } from "../support/random.ts";
import { findChromium } from "./chromium.ts";
import { listPaleTexts, listTooWide, listViolations, measureLayoutShift, measureOverflow } from "./inspect.ts";
import { type BrowserShop, openShop } from "./shop.ts";

const executable = findChromium();

const WIDTHS = [360, 768, 1440];
const HEIGHT = 900;
/** More than a page with its style should need. */
const WEIGHT_MIN_BYTES = 1_000;
const WEIGHT_MAX_BYTES = 60_000;
const PAGES_MAX = 60;
/** A slow page arrives in this many parts, this long apart. */
const PARTS = 60;
const PART_MS = 20;
const LONG_AGO_MS = 120 * 86_400_000;
const PATIENCE = { timeout: 20_000, interval: 200 };
/** Pages are found by following links. These must be among them. */
const KNOWN = [
  "/app",
  "/app/program",
  "/app/payouts",
  "/app/payouts/:id",
  "/app/account",
  "/app/links",
  "/app/links/:id",
  "/app/conversions",
  "/app/conversions/:id",
  "/app/transactions",
  "/app/reports",
  "/app/referred",
];
/** Creatives of each kind with values of maximum length. */
const LONG = `A title that says more than it must, and one_word_without_a_break_${"x".repeat(60)}`;
const CREATIVES = [
  {
    ...{ kind: "image", title: LONG, url: `https://cdn.example/${"deep/".repeat(40)}banner.png` },
    ...{ width: 728, height: 90, alt: LONG },
  },
  { kind: "image", title: "Sidebar", url: "https://cdn.example/s.png", width: 300, height: 250, alt: "Plan less" },
  {
    kind: "text",
    title: "An email",
    text: `Hello,\n\nsee {link}\n\n${"https://shop.example/".repeat(20)}\n`.repeat(3),
  },
  { kind: "resource", title: "Press kit", url: "https://press.example/kit" },
  { kind: "resource", title: LONG, url: `https://${"long.".repeat(30)}example/kit` },
];
/** Where to save screenshots of all pages, if set. */
const PICTURES = process.env.PORTAL_PICTURES;

/** The kind of a page: `/app/conversions/:id` for `/app/conversions/cv_1?x=2`. */
function kindOf(path: string): string {
  const { pathname, searchParams } = new URL(path, "http://x");
  const parts = pathname.split("/").map((part) => (/\d/.test(part) ? ":id" : part));
  // Each period of the overview has a chart of its own.
  const choices = pathname === "/app" ? [...searchParams.keys()].filter((name) => name !== "program") : [];
  return [parts.join("/"), ...choices.map((name) => `${name}=${searchParams.get(name)}`)].join("?");
}

/** A server that sends a page in parts, as a slow connection does. */
async function serveSlowly(html: string): Promise<{ origin: string; stop: () => void }> {
  const server = createServer(async (_, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    const body = html.indexOf("<body");
    response.write(html.slice(0, body));
    const size = Math.ceil((html.length - body) / PARTS);
    for (let from = body; from < html.length; from += size) {
      response.write(html.slice(from, from + size));
      await new Promise((done) => setTimeout(done, PART_MS));
    }
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

describe.skipIf(executable === null)("every page of the portal", { tags: ["deep"] }, () => {
  let shop: BrowserShop;
  let page: Page;
  const complaints: string[] = [];

  function listen(to: Page): void {
    to.on("console", (message) => {
      // Browsers log this for every response of 400 and above.
      if (message.text().startsWith("Failed to load resource: the server responded with a status of 4")) return;
      if (message.type() === "error" || message.type() === "warning") complaints.push(`${to.url()} ${message.text()}`);
    });
    to.on("pageerror", (error) => complaints.push(`${to.url()} ${error}`));
    to.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== shop.origin && url.protocol !== "data:") complaints.push(`asked ${url} for something`);
    });
  }

  /** The links on an open page to other portal pages, without downloads. */
  async function listLinks(at: Page): Promise<string[]> {
    const hrefs = await at
      .locator("a[href^='/app']:not([download])")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    return hrefs.filter((href) => !/\.[a-z]{3,4}($|\?)/.test(href));
  }

  beforeAll(async () => {
    shop = await openShop(executable ?? "", { email: true });
    const { call } = shop;
    page = await shop.openPage();
    const { destination } = await call("GET", "/v1/links/mira-link");
    await call("POST", "/v1/links", { program: "shop", affiliate: "mira", slug: "mira-own", destination });
    for (const creative of CREATIVES) await call("POST", "/v1/programs/shop/creatives", creative);
    const customer = { id: "cus_old" };
    const long = new Date(Date.now() - LONG_AGO_MS).toISOString();
    await shop.post("referral", { type: "referral", affiliate: "mira", binding: true, customer, occurred_at: long });
    const sale = { type: "sale", amount: 9_900, currency: "USD" };
    await shop.post("old", { ...sale, customer, payment: "pay_old", occurred_at: long });
    const click = await shop.clickLink("mira-link");
    await shop.post("new", { ...sale, customer: { id: "cus_new" }, payment: "pay_new", click });
    // Mira's click leads to a lead, and then Tom's click is credited with the sale.
    const lost = { customer: { id: "cus_lost" } };
    await shop.post("lead", { ...lost, type: "lead", click });
    await shop.post("lost", { ...sale, ...lost, payment: "pay_lost", click: await shop.clickLink("tom-link") });
    const account = "/v1/programs/shop/affiliates/mira";
    await vi.waitFor(async () => {
      const { clicks, balances } = await call("GET", account);
      expect({ clicks, balances }).toMatchObject({ clicks: 1, balances: { reserve: 3_960, due: 3_960 } });
    }, PATIENCE);
    await call("POST", "/v1/programs/shop/payouts/runs", {});
    await vi.waitFor(async () => {
      expect((await call("GET", `${account}/statements`)).data).toMatchObject([{ number: 1, payable: 3_960 }]);
      expect((await call("GET", `${account}/touched`)).data).toHaveLength(1);
    }, PATIENCE);
    await shop.signIn(page, "mira");
    listen(page);
  });

  afterAll(() => shop?.stop());

  async function takePicture(at: Page, path: string, suffix: string): Promise<void> {
    const name = path.replaceAll(/[^a-z0-9]+/gi, "-").slice(1, 60);
    await at.screenshot({ path: `${PICTURES}/${name}-${suffix}.png`, fullPage: true });
  }

  /** Opens a page and runs all checks on it. */
  async function listFaults(at: Page, path: string): Promise<string[]> {
    const bodies: Promise<Buffer>[] = [];
    const keep = (response: Response) => {
      const isRedirect = response.status() >= 300 && response.status() < 400;
      if (!isRedirect) bodies.push(response.body());
    };
    at.on("response", keep);
    const policy = (await at.goto(shop.origin + path))?.headers()["content-security-policy"] ?? "";
    at.off("response", keep);
    const faults: string[] = [];
    const shift = await measureLayoutShift(at);
    if (shift > 0) faults.push(`has moved by ${shift}`);
    if (!policy.includes("default-src 'none'") || /unsafe|\*|https?:/.test(policy))
      faults.push(`lax policy: ${policy}`);
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    if (bytes < WEIGHT_MIN_BYTES || bytes >= WEIGHT_MAX_BYTES) faults.push(`weighs ${bytes} bytes`);
    await at.emulateMedia({ colorScheme: "light" });
    for (const width of WIDTHS) {
      await at.setViewportSize({ width, height: HEIGHT });
      const over = await measureOverflow(at);
      if (over > 0) faults.push(`${over} px too wide at ${width} px: ${(await listTooWide(at)).join(" ")}`);
      // In the quick run, axe checks phones only.
      const isChecked = width === WIDTHS[0] || (isDeep && width === WIDTHS.at(-1));
      if (isChecked) faults.push(...(await listViolations(at)).map((violation) => `at ${width} px: ${violation}`));
      if (PICTURES !== undefined) await takePicture(at, path, `${width}-light`);
    }
    // A dark page differs only in color.
    await at.emulateMedia({ colorScheme: "dark" });
    faults.push(...(await listPaleTexts(at)).map((text) => `dark and pale: ${text}`));
    for (const width of PICTURES === undefined ? [] : WIDTHS) {
      await at.setViewportSize({ width, height: HEIGHT });
      await takePicture(at, path, `${width}-dark`);
    }
    return faults.map((fault) => `${path} ${fault}`);
  }

  const promise =
    "fits every screen, is readable in light and dark, doesn't shift, passes axe, is small and loads nothing else";

  test(`each page ${promise}`, async () => {
    const faults: string[] = [];
    // One page of each kind, starting at the overview.
    const found = new Map(["/app", "/app/nothing-here"].map((path) => [kindOf(path), path]));
    for (const path of found.values()) {
      faults.push(...(await listFaults(page, path)));
      for (const href of await listLinks(page)) {
        if (!found.has(kindOf(href)) && found.size < PAGES_MAX) found.set(kindOf(href), href);
      }
    }
    expect([...found.keys()]).toEqual(expect.arrayContaining(KNOWN));
    expect(faults).toEqual([]);
  });

  test("so does each page without a session", async () => {
    const stranger = await shop.openPage();
    listen(stranger);
    const { url } = await shop.call("POST", "/v1/affiliates/tom/sign-in-link");
    const faults: string[] = [];
    for (const path of ["/app", "/app/sign-in", "/app/sign-in?token=over", url.slice(shop.origin.length)]) {
      faults.push(...(await listFaults(stranger, path)));
    }
    await stranger.context().close();
    expect(faults).toEqual([]);
  });

  test("the check finds a layout shift", async () => {
    const at = await shop.openPage();
    await at.goto(`${shop.origin}/app/sign-in`);
    expect(await measureLayoutShift(at)).toBe(0);
    await at.evaluate(
      "document.body.prepend(Object.assign(document.createElement('p'), { textContent: 'An advertisement' }))",
    );
    expect(await measureLayoutShift(at)).toBeGreaterThan(0);
    await at.context().close();
  });

  test("a page that arrives slowly doesn't shift", async () => {
    for (const path of isDeep ? ["/app", "/app/reports", "/app/links"] : ["/app/reports"]) {
      const html = (await page.evaluate(`fetch("${path}").then((response) => response.text())`)) as string;
      const slow = await serveSlowly(html);
      const at = await shop.openPage();
      await at.goto(slow.origin);
      expect([path, await measureLayoutShift(at)]).toEqual([path, 0]);
      await at.context().close();
      slow.stop();
    }
  });

  test("no page sent requests to another site, and the browser logged no errors", () => {
    expect(complaints).toEqual([]);
  });
});
