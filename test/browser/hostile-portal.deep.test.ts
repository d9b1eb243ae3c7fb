/** The portal with data that layouts break on, for affiliates of each status. */
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findChromium } from "./chromium.ts";
import { fillHostilePortal, HOSTILE } from "./hostile-portal.ts";
import { listPaleTexts, listTooWide, listViolations, measureLayoutShift, measureOverflow } from "./inspect.ts";
import { type BrowserShop, openShop } from "./shop.ts";

const executable = findChromium();

const PHONE = { width: 390, height: 844 };
const WIDTHS = [PHONE.width, 768, 1440];
const WEIGHT_MAX_BYTES = 60_000;
/** The tallest that a page of a long list may be on a phone. */
const HEIGHT_MAX = 6_000;
const PATIENCE = { timeout: 20_000, interval: 200 };
const PATHS = [
  ...["", "/links", "/conversions", "/transactions", "/reports", "/payouts", "/program", "/account", "/referred"],
].map((path) => `/app${path}`);
/** Where to save screenshots, if set. */
const PICTURES = process.env.PORTAL_PICTURES;

describe.skipIf(executable === null)("the portal with hostile data", { tags: ["deep"] }, () => {
  let shop: BrowserShop;

  beforeAll(async () => {
    shop = await openShop(executable ?? "");
    await fillHostilePortal(shop);
    await vi.waitFor(async () => {
      const { data } = await shop.call("GET", "/v1/programs/shop/affiliates/large/entries");
      expect(data).toHaveLength(4);
    }, PATIENCE);
  });

  afterAll(() => shop?.stop());

  async function listFaults(page: Page, path: string, name: string): Promise<string[]> {
    await page.setViewportSize(PHONE);
    const response = await page.goto(shop.origin + path);
    const faults: string[] = [];
    if (response?.status() !== 200) faults.push(`status ${response?.status()}`);
    const bytes = gzipSync((await response?.body()) ?? "").length;
    if (bytes > WEIGHT_MAX_BYTES) faults.push(`weighs ${bytes} bytes`);
    if ((await measureLayoutShift(page)) > 0) faults.push("moves");
    const height = (await page.evaluate("document.documentElement.scrollHeight")) as number;
    if (height > HEIGHT_MAX) faults.push(`is ${height} px tall on a phone`);
    for (const width of WIDTHS) {
      await page.setViewportSize({ ...PHONE, width });
      if ((await measureOverflow(page)) > 0) faults.push(`too wide at ${width}: ${await listTooWide(page)}`);
      faults.push(...(await listViolations(page)));
      if (PICTURES === undefined) continue;
      await page.screenshot({ path: `${PICTURES}/${name}${path.replaceAll("/", "-")}-${width}.png`, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: "dark" });
    faults.push(...(await listPaleTexts(page)).map((text) => `pale: ${text}`));
    await page.emulateMedia({ colorScheme: "light" });
    return faults.map((fault) => `${name} ${path}: ${fault}`);
  }

  test.each(Object.values(HOSTILE))("fits, is readable and passes axe for %s", async (username) => {
    const page = await shop.openPage();
    await shop.signIn(page, username);
    const faults: string[] = [];
    for (const path of PATHS) faults.push(...(await listFaults(page, path, username)));
    const link = await page.goto(`${shop.origin}/app/links`).then(() => page.locator("a.url-link").first());
    if ((await link.count()) > 0) {
      faults.push(...(await listFaults(page, (await link.getAttribute("href")) ?? "", username)));
    }
    await page.context().close();
    expect(faults).toEqual([]);
  });

  test("on a phone, the link is in the first screen and the current tab in view", async () => {
    const page = await shop.openPage({ viewport: PHONE });
    await shop.signIn(page, HOSTILE.large);
    const link = await page.getByRole("textbox", { name: "Link URL" }).boundingBox();
    expect((link?.y ?? Number.POSITIVE_INFINITY) + (link?.height ?? 0)).toBeLessThan(PHONE.height);
    for (const path of PATHS) {
      await page.goto(shop.origin + path);
      const tab = await page.locator("nav.pages [aria-current]").boundingBox();
      expect(tab?.x, path).toBeGreaterThanOrEqual(0);
      expect((tab?.x ?? 0) + (tab?.width ?? 0), path).toBeLessThanOrEqual(PHONE.width);
    }
    await page.context().close();
  });
});
