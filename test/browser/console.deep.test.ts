/** The console in a real Chromium: every page that links lead to, and a wrong credit that is corrected and paid out. */
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findChromium } from "./chromium.ts";
import { listPaleTexts, listTooWide, measureLayoutShift, measureOverflow } from "./inspect.ts";
import { type BrowserShop, openShop } from "./shop.ts";

const executable = findChromium();

const WIDTHS = [390, 768, 1440];
const HEIGHT = 900;
const WEIGHT_MAX_BYTES = 80_000;
const PAGES_MAX = 80;
const PATIENCE = { timeout: 20_000, interval: 200 };
/** Kinds of pages that must be among those found. */
const KNOWN = [
  ...["/admin", "/admin/programs", "/admin/users", "/admin/keys", "/admin/audit", "/admin/operations", "/admin/access"],
  ...["setup", "affiliates", "sales", "links", "creatives", "payouts", "terms", "checkouts", "settings"].map(
    (page) => `/admin/programs/shop/${page}`,
  ),
  ...["sales/:id", "affiliates/mira", "payouts/:id", "checkouts/:id"].map((page) => `/admin/programs/shop/${page}`),
];

/** The kind of a page: `…/sales/:id` for `…/sales/cv_1?x=2`. */
function kindOf(path: string): string {
  const { pathname } = new URL(path, "http://x");
  return pathname
    .split("/")
    .map((part) => (/\d|_/.test(part) ? ":id" : part))
    .join("/");
}

describe.skipIf(executable === null)("the console", { tags: ["deep"] }, () => {
  let shop: BrowserShop;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    shop = await openShop(executable ?? "");
    const { call } = shop;
    const sale = { type: "sale", amount: 9_900, currency: "USD" };
    const click = await shop.clickLink("mira-link");
    await shop.post("first", { ...sale, customer: { id: "cus_1" }, payment: "pay_1", click });
    await shop.post("other", { ...sale, customer: { id: "<b>cus 2</b>" }, payment: "pay_2" });
    await call("POST", "/v1/affiliates", { username: "waiting", name: "W".repeat(150), email: "waiting@example.com" });
    await call("POST", "/v1/programs/shop/enrollments", { affiliate: "waiting", status: "pending" });
    await call("POST", "/v1/programs/shop/payouts/runs", {});
    await vi.waitFor(async () => {
      expect(await call("GET", "/v1/programs/shop/affiliates/mira")).toMatchObject({ clicks: 1 });
    }, PATIENCE);
    const { id } = await call("POST", "/v1/users", { email: "olga@example.com", name: "Olga", role: "owner" });
    const { url } = await call("POST", `/v1/users/${id}/sign-in-link`);
    page = await shop.openPage();
    page.on("console", (message) => {
      if (message.text().startsWith("Failed to load resource: the server responded with a status of 4")) return;
      if (message.type() === "error" || message.type() === "warning")
        complaints.push(`${page.url()} ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`${page.url()} ${error}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${shop.origin}/admin`)) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    await page.getByRole("button", { name: "Sign in as Olga" }).click();
    await page.waitForURL(`${shop.origin}/admin`);
  });

  afterAll(() => shop?.stop());

  async function listViolations(): Promise<string[]> {
    await page.evaluate(axe.source);
    const run = page.evaluate("axe.run(document, { resultTypes: ['violations'] })") as Promise<axe.AxeResults>;
    return (await run).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" ")}`,
    );
  }

  /** Opens a page, and lists everything that is wrong with it. */
  async function listFaults(path: string): Promise<string[]> {
    const faults: string[] = [];
    await page.emulateMedia({ colorScheme: "light" });
    const response = await page.goto(shop.origin + path);
    const bytes = (await response?.body())?.length ?? 0;
    if (bytes > WEIGHT_MAX_BYTES) faults.push(`weighs ${bytes} bytes`);
    if ((response?.status() ?? 500) >= 500) faults.push(`was answered ${response?.status()}`);
    const shift = await measureLayoutShift(page);
    if (shift > 0) faults.push(`moved by ${shift}`);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      if ((await measureOverflow(page)) > 0) faults.push(`${width}: ${await listTooWide(page)}`);
    }
    faults.push(...(await listViolations()));
    await page.emulateMedia({ colorScheme: "dark" });
    faults.push(...(await listPaleTexts(page)).map((text) => `dark and pale: ${text}`));
    return faults.map((fault) => `${path} ${fault}`);
  }

  async function listLinks(): Promise<string[]> {
    const links = page.locator("a[href^='/admin']:not([download])");
    const hrefs = await links.evaluateAll((found) => found.map((link) => link.getAttribute("href") ?? ""));
    return hrefs.filter((href) => !/\.csv($|\?)|\/files\//.test(href));
  }

  test("each page fits every screen, is readable in light and dark, doesn't shift, passes axe and is small", async () => {
    const faults: string[] = [];
    const found = new Map(["/admin", "/admin/nothing-here"].map((path) => [kindOf(path), path]));
    for (const path of found.values()) {
      faults.push(...(await listFaults(path)));
      for (const href of await listLinks()) {
        if (!found.has(kindOf(href)) && found.size < PAGES_MAX) found.set(kindOf(href), href);
      }
    }
    expect([...found.keys()]).toEqual(expect.arrayContaining(KNOWN));
    expect(faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a wrong credit is moved, with its effect in money shown before it", async () => {
    await page.setViewportSize({ width: 1440, height: HEIGHT });
    await page.goto(`${shop.origin}/admin/programs/shop/sales?affiliate=mira`);
    await page.locator("main table a").first().click();
    await page.getByRole("link", { name: /move credit/i }).click();
    await page.getByLabel("Affiliate").fill("tom");
    await page.getByLabel("Reason").fill("Tom’s newsletter brought this customer");
    await page.getByRole("button", { name: "Show the effect" }).click();
    const effect = await page.locator(".effect").textContent();
    expect(effect).toContain("$39.60");
    expect(effect).toMatch(/mira/);
    expect(effect).toMatch(/tom/);
    await page.locator("form:has(input[name=confirmed]) button").click();
    await page.waitForURL(/\/sales\/[^/]+\?done=/);
    const { call } = shop;
    const due = async (username: string) => (await call("GET", `/v1/programs/shop/affiliates/${username}`)).balances;
    await vi.waitFor(async () => {
      expect([await due("mira"), await due("tom")]).toMatchObject([{ earned: 0 }, { earned: 3_960 }]);
    }, PATIENCE);
    await page.goto(`${shop.origin}/admin/audit?action=conversion.credited`);
    expect(await page.locator("main table").textContent()).toContain("Olga");
  });

  test("a pending affiliate is approved from the list, with the keyboard alone", async () => {
    await page.goto(`${shop.origin}/admin/programs/shop/affiliates?status=pending`);
    await page.locator("main table input[type=checkbox]").first().focus();
    await page.keyboard.press("Space");
    await page.getByLabel("With the selected").selectOption({ label: "Approve" });
    await page.getByRole("button", { name: "Continue" }).focus();
    await page.keyboard.press("Enter");
    await vi.waitFor(async () => {
      expect(await shop.call("GET", "/v1/programs/shop/enrollments/waiting")).toMatchObject({ status: "approved" });
    }, PATIENCE);
  });
});
