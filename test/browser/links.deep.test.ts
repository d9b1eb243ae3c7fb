/** An affiliate's links, conversions and reports in a real browser: create and copy a link, then a click, a sale and reports. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { callAdmin } from "../support/call-admin.ts";
import { closePages, findChromium, launchChromium } from "./chromium.ts";
import { measureOverflow } from "./inspect.ts";
import { type Server as Lastclick, startServer } from "./server.ts";

const executable = findChromium();

const PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const NARROW_PX = 360;
const EVIL = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

describe.skipIf(executable === null)("an affiliate's links in a browser", { tags: ["deep"] }, () => {
  let server: Lastclick;
  let shop: Server;
  let shopHost: string;
  let browser: Browser;
  let page: Page;
  let address = "";
  let path = "";
  const complaints: string[] = [];

  const call = (method: string, path: string, body?: unknown) => callAdmin(server, method, path, body);

  /** Another visitor follows a link in a separate browser. Returns the click token on the landing page. */
  async function follow(link: string, referer = "https://blog.example/a-post"): Promise<string> {
    const context = await browser.newContext({ userAgent: PERSON, extraHTTPHeaders: { Referer: referer } });
    const other = await context.newPage();
    await other.goto(link);
    const landed = new URL(other.url());
    await context.close();
    expect(landed.host).toBe(shopHost);
    return landed.searchParams.get("lc_click") ?? "";
  }

  async function post(event: Record<string, unknown>): Promise<void> {
    const { id, secret } = await call("POST", "/v1/programs/shop/endpoints", { source: "standard" });
    const at = new Date();
    const body = JSON.stringify({ type: "sale", occurred_at: at.toISOString(), currency: "USD", ...event });
    const headers = {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": new Webhook(secret).sign("msg_1", at, body),
    };
    expect((await fetch(`${server.origin}/v1/webhooks/${id}`, { method: "POST", body, headers })).status).toBe(200);
  }

  beforeAll(async () => {
    server = await startServer();
    shop = createServer((_, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end("<!doctype html><title>Shop</title><link rel=icon href=data:,><h1>The shop</h1>");
    });
    await new Promise<void>((done) => shop.listen(0, "127.0.0.1", done));
    shopHost = `127.0.0.1:${(shop.address() as AddressInfo).port}`;
    browser = await launchChromium(executable ?? "");
    const context = await browser.newContext({ userAgent: PERSON });
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.origin });
    page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !message.text().includes("status of 422")) {
        complaints.push(message.text());
      }
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    const terms = { second_tier: { rate_bps: 1_000, payments: "every" } };
    const program = { slug: "shop", name: "The Shop", currency: "USD", preset: "kartra-classic", terms };
    await call("POST", "/v1/programs", { ...program, destination_hosts: [shopHost] });
    for (const [username, sponsor] of [["mira"], ["tom", "mira"]]) {
      const person = { username, name: `${username} ${EVIL}`, email: `${username}@example.com`, sponsor };
      await call("POST", "/v1/affiliates", person);
      await call("POST", "/v1/programs/shop/enrollments", { affiliate: username });
      const link = { program: "shop", affiliate: username, slug: `${username}-link` };
      await call("POST", "/v1/links", { ...link, destination: `http://${shopHost}/pricing?plan=growth` });
    }
    await page.goto((await call("POST", "/v1/affiliates/mira/sign-in-link")).url);
    await page.getByRole("button", { name: "Sign in as mira" }).click();
    await page.waitForURL(`${server.origin}/app`);
  });

  afterAll(async () => {
    await closePages();
    shop?.close();
    await server?.stop();
  });

  test("an affiliate corrects a form, creates a tracking link and copies its URL", async () => {
    await page.getByRole("navigation", { name: "Portal" }).getByRole("link", { name: "Links" }).click();
    await page.getByLabel("Channel").fill(`Newsletter ${EVIL}`);
    await page.getByLabel("Destination URL").fill("https://elsewhere.example/");
    await page.getByRole("button", { name: "Create link" }).click();
    expect(await page.getByRole("alert").textContent()).toContain(`Enter a page on ${shopHost}.`);
    expect(await page.getByLabel("Channel").inputValue()).toBe(`Newsletter ${EVIL}`);
    await page.getByLabel("Destination URL").fill(`http://${shopHost}/plans`);
    await page.getByRole("button", { name: "Create link" }).click();
    await page.getByText("Your tracking link is ready").waitFor();
    path = new URL(page.url()).pathname;
    address = await page.getByLabel("Link URL").inputValue();
    expect(address).toMatch(new RegExp(`^${server.origin}/[a-z0-9]{7}$`));
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(address);
    await page.getByText("Add sub-IDs").click();
    await page.getByLabel("Sub-ID 1").fill("spring issue");
    await page.getByRole("button", { name: "Update link URL" }).click();
    expect(await page.getByLabel("Link URL").inputValue()).toBe(`${address}?sub1=spring+issue`);
    expect(await page.getByRole("img", { name: "QR code" }).boundingBox()).toMatchObject({ width: 160, height: 160 });
  });

  test("a visitor's click is counted, and their purchase appears in reports", async () => {
    const token = await follow(`${address}?sub1=spring+issue&sub2=${encodeURIComponent(EVIL)}`);
    const referred = await follow(`${server.origin}/tom-link`);
    await post({ click: token, customer: { id: "c1" }, payment: "p1", amount: 9_900, product: `Starter ${EVIL}` });
    await post({ click: referred, customer: { id: "c2" }, payment: "p2", amount: 5_000 });
    await vi.waitFor(
      async () => {
        await page.goto(server.origin + path);
        expect(await page.locator(".verdict").textContent()).toBe("1 hit: 1 counted");
        expect(await page.locator(".facts").first().textContent()).toContain("$39.60");
        await page.goto(`${server.origin}/app/referred`);
        expect(await page.locator("main").textContent()).toContain("$5.00 all time");
      },
      { timeout: 20_000, interval: 300 },
    );
    await page.goto(`${server.origin}/app/conversions`);
    await page.getByLabel("Type").selectOption("Sales");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("link", { name: /^Details of the sale/ }).click();
    expect(await page.locator(".timeline").textContent()).toContain("Hold period ends");
    await page.goto(`${server.origin}/app/reports?by=product`);
    expect(await page.locator("main").textContent()).toContain(`Starter ${EVIL}`);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download CSV" }).click();
    expect((await download).suggestedFilename()).toMatch(/^shop-by-product-.*\.csv$/);
  });

  test("nothing that an affiliate or a customer named runs on any page, however long it is", async () => {
    await page.goto(`${server.origin}/app/conversions`);
    const sale = (await page.getByRole("link", { name: /^Details of the sale/ }).getAttribute("href")) ?? "";
    const pages = [
      "/app/links",
      `${path}?sub1=x`,
      "/app/conversions",
      sale,
      "/app/reports?by=link",
      "/app/reports?by=sub2",
      "/app/referred",
    ];
    await page.setViewportSize({ width: NARROW_PX, height: 900 });
    for (const asked of pages) {
      const response = await page.goto(server.origin + asked);
      expect(response?.status()).toBe(200);
      expect(await measureOverflow(page), asked).toBe(0);
      expect(await page.title()).not.toBe("owned");
      expect(await page.locator("main img, main script:not([nonce])").count()).toBe(0);
    }
    expect(complaints).toEqual([]);
  });

  test("without JavaScript, the URL can be selected and links can be created", async () => {
    const context = await browser.newContext({ userAgent: PERSON, javaScriptEnabled: false });
    await context.addCookies(await page.context().cookies(server.origin));
    const plain = await context.newPage();
    await plain.goto(`${server.origin}/app/links`);
    await plain.getByLabel("Channel").fill("Podcast");
    await plain.getByRole("button", { name: "Create link" }).click();
    await plain.getByText("Your tracking link is ready").waitFor();
    expect(await plain.getByRole("button", { name: "Copy" }).isVisible()).toBe(false);
    expect(await plain.getByLabel("Link URL").getAttribute("readonly")).not.toBeNull();
    await context.close();
  });
});
