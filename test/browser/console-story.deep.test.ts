/** A merchant's first 15 minutes with the console, in a real Chromium: only clicks and typing, and the checkout's webhook. */
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import checkout from "../fixtures/stripe/checkout-session-completed-payment.json";
import { closePages, findChromium, launchChromium } from "./chromium.ts";
import { type Server as Lastclick, startServer } from "./server.ts";

const executable = findChromium();

const PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const SECRET = "whsec_story";
const PATIENCE = { timeout: 20_000, interval: 250 };
/** A person who reads takes 14 seconds for each click and field: 64 of them take 15 minutes. */
const STEPS_MAX = 64;

describe.skipIf(executable === null)("a first-time merchant", { tags: ["deep"] }, () => {
  let server: Lastclick;
  let shop: Server;
  let shopHost: string;
  let browser: Browser;
  let page: Page;
  let steps = 0;

  beforeAll(async () => {
    server = await startServer();
    shop = createServer((_, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end("<!doctype html><title>Shop</title><link rel=icon href=data:,><h1>The shop</h1>");
    });
    await new Promise<void>((done) => shop.listen(0, "127.0.0.1", done));
    shopHost = `127.0.0.1:${(shop.address() as AddressInfo).port}`;
    browser = await launchChromium(executable ?? "");
    page = await openPage();
  });

  afterAll(async () => {
    await closePages();
    shop?.close();
    await server?.stop();
  });

  const openPage = async () => {
    const opened = await (await browser.newContext({ userAgent: PERSON })).newPage();
    opened.setDefaultTimeout(10_000);
    return opened;
  };
  const main = (on = page) => on.locator("main");
  const press = async (name: string | RegExp, on = page) => {
    steps += 1;
    await on.getByRole("button", { name }).first().click();
    await on.waitForLoadState();
  };
  const follow = async (name: string | RegExp, within = main()) => {
    steps += 1;
    await within.getByRole("link", { name }).first().click();
    await page.waitForLoadState();
  };
  const menu = (name: string) => follow(name, page.locator("nav").filter({ hasText: "Payouts" }));
  const fill = async (label: string | RegExp, text: string, on = page) => {
    steps += 1;
    await main(on).getByLabel(label).and(on.locator("input, textarea")).first().fill(text);
  };
  const choose = async (label: string | RegExp, value: string) => {
    steps += 1;
    await main().getByLabel(label).first().selectOption(value);
  };
  /** Waits for a text, as somebody who loads the page again. */
  const see = (text: string | RegExp) =>
    vi.waitFor(async () => {
      const shown = await main().textContent();
      if (shown !== null && (typeof text === "string" ? shown.includes(text) : text.test(shown))) return;
      await page.reload();
      throw new Error(`${page.url()} doesn’t show ${text}: ${shown}`);
    }, PATIENCE);

  /** Posts what Stripe posts when a visitor has paid $100.00 plus tax and shipping. */
  async function pay(url: string, click: string): Promise<void> {
    const { object } = checkout.data;
    const session = { ...object, client_reference_id: click, metadata: {}, currency: "usd" };
    const created = Math.floor(Date.now() / 1_000);
    const body = JSON.stringify({ ...checkout, created, data: { object: { ...session, created } } });
    const signature = createHmac("sha256", SECRET).update(`${created}.${body}`).digest("hex");
    const headers = { "Stripe-Signature": `t=${created},v1=${signature}` };
    const response = await fetch(url, { method: "POST", body, headers });
    expect([response.status, await response.json()]).toMatchObject([200, { status: "recorded" }]);
  }

  test("sets up a program, sees a sale credited, corrects its credit, and pays", async () => {
    // Sign in with the deployment's first key.
    await page.goto(`${server.origin}/admin`);
    await fill("API key", server.adminToken);
    await press("Sign in");

    // Create the program: its first page says so.
    await follow(/create .*program/i);
    await fill("Name", "Acme");
    await fill("Slug", "acme");
    await choose("Terms to begin with", "kartra-classic");
    await press("Show these terms");
    await see("40% of each payment");
    await fill("Destination hosts", shopHost);
    await press("Create program");
    await see("Set up Acme");
    await see("steps are finished");

    // Pay commissions at once, so that the first payout needn't wait.
    await follow(/the terms/);
    await fill("Hold period in days", "0");
    await fill("Months until a commission is paid", "0");
    await fill("First day of payouts", "1");
    await fill("Last day of payouts", "31");
    await press("Show the effect");
    await press("Publish version");
    await see("Version published.");

    // Connect Stripe.
    await menu("Setup");
    await choose("Your checkout", "stripe");
    await press("Connect checkout");
    await see("checkout.session.completed");
    const url = await main().getByLabel("URL").inputValue();
    await follow("Add it here");
    await fill("Secret", SECRET);
    await press("Add secret");
    await see("Secret added.");
    await see("Waiting for the first event");

    // Two affiliates: one brings the visitor, the other will turn out to deserve the credit.
    await menu("Setup");
    for (const [name, username] of [
      ["Mira Quill", "mira"],
      ["Tom Reed", "tom"],
    ] as const) {
      await follow(/^Add an/);
      await fill("Name", name);
      await fill("Email", `${username}@example.com`);
      await fill("Username", username);
      await fill("Destination", `http://${shopHost}/`);
      await press("Add affiliate");
      await see(name);
      await menu("Setup");
    }

    // A visitor follows the link, and buys.
    await see(/To do: Open the link in a private window/);
    const visitor = await openPage();
    steps += 2;
    await visitor.goto(await main().getByLabel("Link", { exact: true }).inputValue());
    const landed = new URL(visitor.url());
    expect(landed.host).toBe(shopHost);
    await pay(url, landed.searchParams.get("lc_click") ?? "");
    await see("Its commission is in the ledger.");
    await see("Everything is set up.");

    // Why it is credited, and to whom it belongs.
    await follow("Open sales");
    await follow(/./, main().locator("table"));
    await see(/Mira|mira/);
    await see("Rule");
    await follow("Move credit");
    await fill("Affiliate", "tom");
    await fill("Reason", "Tom’s newsletter brought this customer");
    await press("Show the effect");
    const effect = await page.locator(".effect").textContent();
    expect(effect).toContain("Reverses $40.00 of mira, credits $40.00 to tom.");
    await press(/Move credit|Confirm|credit/i);
    await see("The credit is decided.");
    await see(/Affiliate\s*tom/);

    // Tom says where his money goes.
    await menu("Affiliates");
    await follow("Tom Reed");
    await press("Create sign-in link");
    const link = await main().locator("input.copy-field").first().inputValue();
    const tom = await openPage();
    await tom.goto(link);
    await press(/Sign in as/, tom);
    await tom.getByRole("link", { name: "Account" }).first().click();
    steps += 1;
    await tom.locator("summary").filter({ hasText: "PayPal" }).first().click();
    steps += 1;
    await fill("PayPal email address", "tom@pay.example", tom);
    await press(/Save|Add|Use/, tom);
    await vi.waitFor(async () => expect(await main(tom).textContent()).toMatch(/PayPal/), PATIENCE);

    // Pay out.
    await menu("Payouts");
    await press("Draft run");
    await see("Waiting for approval");
    await see(/Tom Reed.*\$40\.00/);
    await press("Approve");
    await see("Approves 1 payment, $40.00");
    await press("Approve");
    await see("download the files and pay");
    await see(/paypal-usd-1\.csv/);
    await press("Finish run");
    await press("Finish run");
    await see("Paid: nothing is left to do.");
    await follow("Tom Reed");
    await see("Statement 1 of Tom Reed");
    await see("Paid by");
    await see("PayPal");
    expect(steps).toBeLessThan(STEPS_MAX);
  });
});
