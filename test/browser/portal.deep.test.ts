/** The full flow in a real browser with a real server: click, purchase, sign-in, figures. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { callAdmin } from "../support/call-admin.ts";
import { closePages, findChromium, launchChromium } from "./chromium.ts";
import { type Server as Lastclick, startServer } from "./server.ts";

const executable = findChromium();

/** Headless Chromium identifies itself in its user agent and would be treated as a bot. */
const PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

describe.skipIf(executable === null)("the portal in a browser", { tags: ["deep"] }, () => {
  let server: Lastclick;
  let shop: Server;
  let shopHost: string;
  let browser: Browser;
  let page: Page;
  let conversion: string;
  const complaints: string[] = [];

  const call = (method: string, path: string, body?: unknown) => callAdmin(server, method, path, body);

  beforeAll(async () => {
    server = await startServer();
    shop = createServer((_, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end("<!doctype html><title>Shop</title><link rel=icon href=data:,><h1>The shop</h1>");
    });
    await new Promise<void>((done) => shop.listen(0, "127.0.0.1", done));
    shopHost = `127.0.0.1:${(shop.address() as AddressInfo).port}`;
    browser = await launchChromium(executable ?? "");
    page = await (await browser.newContext({ userAgent: PERSON })).newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    const program = { slug: "shop", name: "The Shop", currency: "USD", preset: "kartra-classic" };
    await call("POST", "/v1/programs", { ...program, destination_hosts: [shopHost] });
    for (const username of ["mira", "tom"]) {
      await call("POST", "/v1/affiliates", { username, name: `${username} <b>`, email: `${username}@example.com` });
      await call("POST", "/v1/programs/shop/enrollments", { affiliate: username });
      const link = { program: "shop", affiliate: username, slug: `${username}-link`, kind: "tracking" };
      const channel = "A newsletter with quite a long name";
      await call("POST", "/v1/links", { ...link, channel, destination: `http://${shopHost}/pricing?plan=growth` });
    }
  });

  afterAll(async () => {
    await closePages();
    shop?.close();
    await server?.stop();
  });

  test("a click lands at the shop with its token and sets the cookie", async () => {
    await page.goto(`${server.origin}/tom-link`);
    await page.goto(`${server.origin}/mira-link`);
    const landed = new URL(page.url());
    expect(landed.host).toBe(shopHost);
    expect(landed.searchParams.get("plan")).toBe("growth");
    const token = landed.searchParams.get("lc_click") ?? "";
    expect(token).toMatch(/^[A-Za-z0-9_-]{1,200}$/);
    const cookies = await page.context().cookies(server.origin);
    expect(cookies.find((cookie) => cookie.name === "lc_shop")).toMatchObject({
      value: token,
      httpOnly: true,
      secure: true,
      sameSite: "Lax",
    });

    const { id, secret } = await call("POST", "/v1/programs/shop/endpoints", { source: "standard" });
    const sale = { type: "sale", customer: { id: "cus_1" }, payment: "pay_1", amount: 9_900, currency: "USD" };
    const body = JSON.stringify({ ...sale, occurred_at: new Date().toISOString(), click: token });
    const at = new Date();
    const posted = await fetch(`${server.origin}/v1/webhooks/${id}`, {
      method: "POST",
      body,
      headers: {
        "webhook-id": "msg_1",
        "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
        "webhook-signature": new Webhook(secret).sign("msg_1", at, body),
      },
    });
    const answer = (await posted.json()) as { conversion: string };
    expect(answer).toMatchObject({ status: "recorded", attributed_to: "mira", reason: "last_click" });
    conversion = answer.conversion;
  });

  test("the sign-in link opens the portal once", async () => {
    const { url } = await call("POST", "/v1/affiliates/mira/sign-in-link");
    await page.goto(url);
    expect((await page.context().cookies(server.origin)).map(({ name }) => name)).not.toContain("__Host-lc_session");
    await page.getByRole("button", { name: "Sign in as mira" }).click();
    await page.waitForURL(`${server.origin}/app`);
    const cookies = await page.context().cookies(server.origin);
    expect(cookies.find((cookie) => cookie.name === "__Host-lc_session")).toMatchObject({
      httpOnly: true,
      secure: true,
      sameSite: "Lax",
      path: "/",
    });
    const fresh = await (await browser.newContext({ userAgent: PERSON })).newPage();
    expect((await fresh.goto(url))?.status()).toBe(410);
    expect((await fresh.goto(`${server.origin}/app`))?.status()).toBe(401);
    await fresh.context().close();
  });

  test("the figures match the API, and each conversion has an explanation", async () => {
    await vi.waitFor(
      async () => {
        const { clicks, balances } = await call("GET", "/v1/programs/shop/affiliates/mira");
        expect({ clicks, balances }).toMatchObject({ clicks: 1, balances: { reserve: 3_960 } });
      },
      { timeout: 20_000, interval: 200 },
    );
    await page.goto(`${server.origin}/app`);
    const tile = (label: string) => page.locator(`.tile:has(dt:text-is("${label}")) .value`).textContent();
    expect(await tile("Clicks")).toBe("1");
    expect(await tile("Sales")).toBe("1");
    expect(await tile("In reserve")).toBe("$39.60");
    expect(await tile("Due")).toBe("$0.00");
    expect(await tile("Paid")).toBe("$0.00");
    expect(await page.locator("h1").count()).toBe(1);
    await page.getByText("Show as a table").click();
    expect(await page.locator(".plain tbody tr").first().locator("td").allTextContents()).toEqual(["1", "1", "$39.60"]);
    await page.getByRole("link", { name: /^Details of the sale/ }).click();
    expect(page.url()).toBe(`${server.origin}/app/conversions/${conversion}`);
    const text = await page.locator("main").textContent();
    expect(text).toContain("40% of $99.00 by rule 1 of terms version 1: 40% of each payment.");
    expect(text).toContain("Credited");
    expect(text).not.toContain("tom-link");
  });

  test("payment details are masked after they are saved", async () => {
    await page.goto(`${server.origin}/app`);
    await page.getByRole("link", { name: "Account" }).click();
    await page.getByText("PayPal", { exact: true }).click();
    await page.getByLabel("PayPal email address").fill("mira.payee@example.com");
    await page.getByRole("button", { name: "Save payout method" }).first().click();
    await page.getByText("Payout method saved.").waitFor();
    const text = await page.locator("main").innerText();
    expect(text).toContain("m•••@example.com");
    expect(await page.content()).not.toContain("mira.payee");
  });

  test("signing out ends the session", async () => {
    await page.goto(`${server.origin}/app`);
    expect(complaints).toEqual([]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to your affiliate portal" }).waitFor();
    const cookies = await page.context().cookies(server.origin);
    expect(cookies.some((cookie) => cookie.name === "__Host-lc_session")).toBe(false);
  });
});
