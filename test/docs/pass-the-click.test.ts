/** The code of the guide "Pass the click to your checkout": Next.js files with stand-ins for its packages, HTML in Chromium. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { closePages, findChromium, launchChromium } from "../browser/chromium.ts";
import { readBlocks } from "./code-blocks.ts";

const guide = readFileSync(resolve(import.meta.dirname, "../../src/docs/guides/pass-the-click.md"), "utf8");
const TOKEN = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";

describe("Next.js", () => {
  const folder = mkdtempSync(join(tmpdir(), "lastclick-next-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the stand-ins were given and what they answer. */
  const seen = { cookies: new Map<string, string>(), set: [] as unknown[], session: null as unknown, redirect: "" };
  Object.assign(globalThis, { lastclickGuide: seen });

  const packages: Record<string, string> = {
    "next/server.js": `export const NextResponse = {
      next: () => ({ cookies: { set: (...cookie) => globalThis.lastclickGuide.set.push(cookie) } }),
    };`,
    "next/headers.js": `export const cookies = async () => ({
      get: (name) => globalThis.lastclickGuide.cookies.has(name)
        ? { value: globalThis.lastclickGuide.cookies.get(name) } : undefined,
    });`,
    "next/navigation.js": "export const redirect = (url) => { globalThis.lastclickGuide.redirect = url; };",
    "stripe/index.js": `export default class { checkout = { sessions: { create: async (session) => {
      globalThis.lastclickGuide.session = session;
      return { url: "https://checkout.stripe.com/c/pay/cs_1" };
    } } } }`,
  };
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const [name, text] of Object.entries(packages)) write(`packages/${name}`, text);

  /** Imports a file of the guide, with the stand-ins in place of its packages. */
  async function load(name: string) {
    const code = readBlocks(guide, "ts").find((block) => block.startsWith(`// ${name}`));
    if (code === undefined) throw new Error(`the guide has no ${name}`);
    const up = "../".repeat(name.split("/").length - 1) || "./";
    const linked = code
      .replaceAll(/from "(next\/\w+)"/g, `from "${up}packages/$1.js"`)
      .replaceAll('from "stripe"', `from "${up}packages/stripe/index.js"`)
      .replaceAll('/lib/click"', '/lib/click.ts"');
    write(name, linked);
    return import(/* @vite-ignore */ pathToFileURL(join(folder, name)).href);
  }

  test("the proxy keeps a landing page's click for 400 days where scripts can't read it, and nothing else", async () => {
    const { proxy, config } = await load("proxy.ts");
    for (const search of [`?lc_click=${TOKEN}`, "", "?lc_click=", "?lc_click=%3Cscript%3E"]) {
      proxy({ nextUrl: new URL(`https://shop.example/${search}`) });
    }
    const settings = { httpOnly: true, secure: true, sameSite: "lax", maxAge: 400 * 86_400 };
    expect(seen.set).toEqual([["lc_click", TOKEN, settings]]);
    expect(new RegExp(`^${config.matcher}$`).test("/pricing")).toBe(true);
    expect(new RegExp(`^${config.matcher}$`).test("/_next/static/a.js")).toBe(false);
  });

  const sell = async () => {
    await load("lib/click.ts");
    const { POST } = await load("app/checkout/route.ts");
    const { buy } = await load("app/buy/actions.ts");
    const response: Response = await POST(new Request("https://shop.example/checkout", { method: "POST" }));
    const posted = seen.session;
    await buy();
    return { response, posted, acted: seen.session };
  };

  test("the route handler and the server action pass on the click, from either cookie", async () => {
    for (const name of ["lc_click", "lc_acme"]) {
      seen.cookies = new Map([[name, TOKEN]]);
      const { response, posted, acted } = await sell();
      expect(posted).toMatchObject({
        client_reference_id: TOKEN,
        subscription_data: { metadata: { lc_click: TOKEN } },
        success_url: "https://shop.example/thanks",
      });
      expect(acted).toMatchObject({ mode: "payment", client_reference_id: TOKEN });
      expect([response.status, response.headers.get("location")]).toEqual([
        303,
        "https://checkout.stripe.com/c/pay/cs_1",
      ]);
      expect(seen.redirect).toBe("https://checkout.stripe.com/c/pay/cs_1");
    }
  });

  test("without a click they sell all the same", async () => {
    seen.cookies = new Map();
    const { posted, acted } = await sell();
    for (const session of [posted, acted]) expect(Object.keys(Object(session))).not.toContain("client_reference_id");
  });
});

const executable = findChromium();

describe.skipIf(executable === null)("plain HTML", () => {
  afterAll(closePages);

  const [script = "", ...parts] = readBlocks(guide, "html");
  const html = `<!doctype html><link rel="icon" href="data:,">${parts.join("")}${script}`;

  const BLOCK_STORAGE = `Object.defineProperty(window, "localStorage", {
    get: () => { throw new DOMException("blocked", "SecurityError"); },
  })`;
  /** Keeps what the button gives to Paddle.js. */
  const REPLACE_PADDLE = "window.Paddle = { Checkout: { open: (given) => { window.given = given; } } }";
  const READ = `({
    links: [...document.links].map(({ href }) => href),
    field: document.querySelector('input[name="lc_click"]').value,
    paddle: JSON.stringify(window.given.customData),
  })`;

  /** What the page's links, its field and its Paddle button lead to after these visits. */
  async function visit(paths: string[], { blockStorage = false } = {}) {
    const browser = await launchChromium(executable ?? "");
    const page = await (await browser.newContext()).newPage();
    await page.route("https://shop.example/**", (route) => route.fulfill({ contentType: "text/html", body: html }));
    if (blockStorage) await page.addInitScript(BLOCK_STORAGE);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    for (const path of paths) await page.goto(`https://shop.example${path}`);
    await page.evaluate(REPLACE_PADDLE);
    await page.getByRole("button", { name: "Buy" }).last().click();
    const found = await page.evaluate<{ links: string[]; field: string; paddle: string }>(READ);
    await page.context().close();
    expect(errors).toEqual([]);
    return found;
  }

  const withClick = {
    links: [
      `https://buy.stripe.com/YOUR_LINK?client_reference_id=${TOKEN}`,
      `https://store.lemonsqueezy.com/buy/VARIANT?checkout%5Bcustom%5D%5Blc_click%5D=${TOKEN}`,
      `https://buy.polar.sh/polar_cl_LINK?reference_id=${TOKEN}`,
    ],
    field: TOKEN,
    paddle: `{"lc_click":"${TOKEN}"}`,
  };
  const withoutClick = {
    links: [
      "https://buy.stripe.com/YOUR_LINK",
      "https://store.lemonsqueezy.com/buy/VARIANT",
      "https://buy.polar.sh/polar_cl_LINK",
    ],
    field: "",
    paddle: "{}",
  };

  test("links and forms get the click on the landing page and on later pages", async () => {
    expect(await visit([`/?lc_click=${TOKEN}`])).toEqual(withClick);
    expect(await visit([`/?lc_click=${TOKEN}`, "/pricing"])).toEqual(withClick);
    expect(await visit(["/pricing"])).toEqual(withoutClick);
  });

  test("a newer click takes the place of an older one", async () => {
    expect(await visit(["/?lc_click=older", `/?lc_click=${TOKEN}`, "/pricing"])).toEqual(withClick);
  });

  test("a browser that stores nothing still passes on the landing page's click", async () => {
    expect(await visit([`/?lc_click=${TOKEN}`], { blockStorage: true })).toEqual(withClick);
    expect(await visit(["/pricing"], { blockStorage: true })).toEqual(withoutClick);
  });
});
