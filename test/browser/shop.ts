/** Setup for browser tests: a server, a shop with two affiliates, and browsers. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContextOptions, Page } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { callAdmin } from "../support/call-admin.ts";
import { closePages, launchChromium } from "./chromium.ts";
import { startServer } from "./server.ts";

/** Headless Chromium identifies itself in its user agent and would be treated as a bot. */
const PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/** The program `shop` (kartra-classic) with the affiliates mira and tom, each with a tracking link `<name>-link`. */
export interface BrowserShop {
  origin: string;
  /** An API call, with a new `Idempotency-Key` if the call needs one. */
  call: (method: string, path: string, body?: unknown) => ReturnType<typeof callAdmin>;
  /** A page in a fresh browser. */
  openPage: (options?: BrowserContextOptions) => Promise<Page>;
  /** Opens a sign-in link and continues to the overview. */
  signIn: (page: Page, username: string) => Promise<void>;
  /** A visitor follows a link. Returns the click token. */
  clickLink: (slug: string) => Promise<string>;
  /** Posts a checkout event with a new message id, by default with the current time. Returns the response. */
  post: (name: string, event: Record<string, unknown>) => Promise<{ conversion: string; attributed_to: string | null }>;
  database: D1Database;
  stop: () => Promise<void>;
}

/** Starts everything. With `email`, the server can send email. */
export async function openShop(executable: string, { email = false } = {}): Promise<BrowserShop> {
  const server = await startServer({ email });
  const { origin } = server;
  const shop = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html" });
    response.end("<!doctype html><title>Shop</title><link rel=icon href=data:,><h1>The shop</h1>");
  });
  await new Promise<void>((done) => shop.listen(0, "127.0.0.1", done));
  const shopHost = `127.0.0.1:${(shop.address() as AddressInfo).port}`;
  const browser = await launchChromium(executable);

  const call: BrowserShop["call"] = (method, path, body) => callAdmin(server, method, path, body, randomUUID());
  const openPage: BrowserShop["openPage"] = async (options) =>
    (await browser.newContext({ userAgent: PERSON, ...options })).newPage();

  const program = { slug: "shop", name: "The Shop", currency: "USD", preset: "kartra-classic" };
  await call("POST", "/v1/programs", { ...program, destination_hosts: [shopHost] });
  for (const username of ["mira", "tom"]) {
    await call("POST", "/v1/affiliates", { username, name: `${username} <b>`, email: `${username}@example.com` });
    await call("POST", "/v1/programs/shop/enrollments", { affiliate: username });
    const link = { program: "shop", affiliate: username, slug: `${username}-link`, kind: "tracking" };
    const channel = "A newsletter with quite a long name";
    await call("POST", "/v1/links", { ...link, channel, destination: `http://${shopHost}/pricing?plan=growth` });
  }
  const { id: endpoint, secret } = await call("POST", "/v1/programs/shop/endpoints", { source: "standard" });

  return {
    origin,
    database: server.database,
    call,
    openPage,
    async signIn(page, username) {
      const { url } = await call("POST", `/v1/affiliates/${username}/sign-in-link`);
      await page.goto(url);
      const button = page.getByRole("button", { name: /^Sign in as/ });
      if (await button.isVisible()) await button.click();
      await page.waitForURL(`${origin}/app`);
    },
    async clickLink(slug) {
      const page = await openPage();
      await page.goto(`${origin}/${slug}`);
      const landed = new URL(page.url());
      await page.context().close();
      if (landed.host !== shopHost) throw new Error(`the click ended at ${landed}`);
      return landed.searchParams.get("lc_click") ?? "";
    },
    async post(name, event) {
      const at = new Date();
      const body = JSON.stringify({ occurred_at: at.toISOString(), ...event });
      const posted = await fetch(`${origin}/v1/webhooks/${endpoint}`, {
        method: "POST",
        body,
        headers: {
          "webhook-id": name,
          "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
          "webhook-signature": new Webhook(secret).sign(name, at, body),
        },
      });
      const text = await posted.text();
      if (!posted.ok) throw new Error(`${name} was answered ${posted.status}: ${text}`);
      return JSON.parse(text);
    },
    async stop() {
      await closePages();
      shop.close();
      await server.stop();
    },
  };
}
