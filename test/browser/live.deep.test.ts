/** An open overview updates within seconds and makes few requests. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "./chromium.ts";
import { measureLayoutShift } from "./inspect.ts";
import { type BrowserShop, openShop } from "./shop.ts";

const executable = findChromium();

/** How often the page polls. */
const POLL_MS = 4_000;
/** The rest allows for the queue and a slow machine. */
const SECONDS = { timeout: 20_000 };

describe.skipIf(executable === null)("an open overview", { tags: ["deep"] }, () => {
  let shop: BrowserShop;
  let page: Page;

  beforeAll(async () => {
    shop = await openShop(executable ?? "");
    page = await shop.openPage();
    await shop.signIn(page, "mira");
  });

  afterAll(() => shop?.stop());

  const tile = (at: Page, label: string) => at.locator(`.tile:has(dt:text-is("${label}")) .value`);
  const shows = (label: string, value: string) =>
    page.locator(`.tile:has(dt:text-is("${label}")) :text-is("${value}")`).first().waitFor(SECONDS);

  test("shows a click from another browser and the following sale without a reload", async () => {
    expect(await tile(page, "Clicks").textContent()).toBe("0");
    await page.evaluate("globalThis.wasHere = true");
    const click = await shop.clickLink("mira-link");
    await shows("Clicks", "1");
    const sale = { type: "sale", amount: 9_900, currency: "USD", customer: { id: "cus_1" }, payment: "pay_1" };
    expect(await shop.post("sale", { ...sale, click })).toMatchObject({ attributed_to: "mira" });
    await shows("Sales", "1");
    await shows("In reserve", "$39.60");
    expect(await page.evaluate("globalThis.wasHere")).toBe(true);
    expect(await measureLayoutShift(page)).toBe(0);
    // Screen readers get the update too.
    expect(await page.getByRole("status").allTextContents()).toContainEqual(
      expect.stringMatching(/1 click\b.*1 sale\b/),
    );
  });

  test("gets a 304 without changes, and doesn't poll while hidden", async () => {
    const asked: number[] = [];
    page.on("response", (response) => {
      if (new URL(response.url()).pathname === "/app/live") asked.push(response.status());
    });
    await page.waitForResponse((response) => response.url().includes("/app/live"), SECONDS);
    expect(asked).toEqual([304]);
    await page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })");
    await page.waitForTimeout(POLL_MS + 1_500);
    expect(asked).toEqual([304]);
  });

  test("is complete without JavaScript", async () => {
    const still = await shop.openPage({ javaScriptEnabled: false });
    const { cookies } = await page.context().storageState();
    await still.context().addCookies(cookies);
    await still.goto(`${shop.origin}/app`);
    expect(await tile(still, "Clicks").textContent()).toBe("1");
    await still.getByText("Show as a table").click();
    expect(await still.locator(".plain tbody tr").first().locator("td").allTextContents()).toEqual([
      "1",
      "1",
      "$39.60",
    ]);
    await still.context().close();
  });

  test("reads out its chart with the keyboard", async () => {
    await page.goto(`${shop.origin}/app`);
    await page.locator(".plot").focus();
    await page.keyboard.press("End");
    expect(await page.locator(".readout").textContent()).toMatch(/ so far: 1 click, 1 sale, \$39\.60$/);
  });
});
