/**
 * The redirect in a real browser: links followed from other pages, cookies set and renewed, the last click credited, and no
 * cookie for requests that aren't clicks.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { callAdmin } from "../support/call-admin.ts";
import { closePages, findChromium, launchChromium } from "./chromium.ts";
import { listPaleTexts, measureOverflow } from "./inspect.ts";
import { type Server as Lastclick, startServer } from "./server.ts";

const executable = findChromium();

const SECONDS_PER_DAY = 86_400;
const POLL = { timeout: 20_000, interval: 100 };
/** Browsers resolve every `*.localhost` name locally, and treat each `x.localhost` as a site of its own. */
const STRANGER = "blog.localhost";
/** Same-site with the redirect host: here the browser would accept a `SameSite=Lax` cookie from an image response. */
const SAME_SITE = "blog.go.localhost";
const NARROW = { width: 360, height: 740 };

let people = 0;
/** A fresh browser. Its user agent is set, since headless Chromium identifies itself and would be treated as a bot. */
function newPerson(): string {
  people += 1;
  return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.${people} Safari/537.36`;
}

describe.skipIf(executable === null)("links in a browser", { tags: ["deep"] }, () => {
  let server: Lastclick;
  let pages: Server;
  let browser: Browser;
  let port: string;
  let pagesPort: number;

  const call = (method: string, path: string, body?: unknown) => callAdmin(server, method, path, body);

  /** A program with its own redirect host `<name>.localhost`, with mira and tom enrolled. */
  async function makeProgram(slug: string, name: string, settings: Record<string, unknown>) {
    const hosts = { redirect_host: `${name}.localhost:${port}`, destination_hosts: [`shop.localhost:${pagesPort}`] };
    await call("POST", "/v1/programs", { slug, name: slug, currency: "USD", ...hosts, ...settings });
    for (const affiliate of ["mira", "tom"]) await call("POST", `/v1/programs/${slug}/enrollments`, { affiliate });
  }

  /** A new link of an affiliate. Each test needs its own: all visitors without a cookie have the same IP address here. */
  async function makeLink(affiliate: "mira" | "tom", program = "shop") {
    const destination = `http://shop.localhost:${pagesPort}/pricing?plan=growth`;
    const { slug, url } = await call("POST", "/v1/links", { program, affiliate, destination });
    return { slug: slug as string, url: url as string };
  }

  async function openBrowser(options: BrowserContextOptions = {}): Promise<Page> {
    return (await browser.newContext({ userAgent: newPerson(), ...options })).newPage();
  }

  /** The URL of another site's page with this body. */
  function pageWith(html: string, host = STRANGER): string {
    return `http://${host}:${pagesPort}/?html=${encodeURIComponent(html)}`;
  }

  /** Clicks the page's link. Returns the token of the landing page, or null. */
  async function clickThere(page: Page): Promise<string | null> {
    await Promise.all([page.waitForURL((url) => url.host === `shop.localhost:${pagesPort}`), page.click("a")]);
    const landed = new URL(page.url());
    expect([landed.pathname, landed.searchParams.get("plan")]).toEqual(["/pricing", "growth"]);
    return landed.searchParams.get("lc_click");
  }

  /** A visitor clicks the link on another site's blog. */
  async function follow(page: Page, url: string): Promise<string | null> {
    await page.goto(pageWith(`<a href="${url}">Have a look</a>`));
    return clickThere(page);
  }

  async function cookieIn(page: Page, url: string, name = "lc_shop") {
    return (await page.context().cookies(url)).find((cookie) => cookie.name === name);
  }

  /** Waits until exactly these verdicts are logged for a link, oldest first. Returns their reasons. */
  async function logged(link: { slug: string }, verdicts: string[]): Promise<(string | null)[]> {
    return vi.waitFor(async () => {
      const { data } = await call("GET", `/v1/links/${link.slug}/clicks`);
      const clicks: { verdict: string; reason: string | null }[] = data.reverse();
      expect(clicks.map(({ verdict }) => verdict)).toEqual(verdicts);
      return clicks.map(({ reason }) => reason);
    }, POLL);
  }

  beforeAll(async () => {
    server = await startServer();
    port = new URL(server.origin).port;
    pages = createServer((request, response) => {
      const body = new URL(request.url ?? "/", "http://x").searchParams.get("html") ?? "<h1>The shop</h1>";
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end(`<!doctype html><title>A page</title><link rel=icon href=data:,>${body}`);
    });
    await new Promise<void>((done) => pages.listen(0, "127.0.0.1", done));
    pagesPort = (pages.address() as AddressInfo).port;
    browser = await launchChromium(executable ?? "");
    for (const username of ["mira", "tom"]) {
      await call("POST", "/v1/affiliates", { username, name: username, email: `${username}@example.com` });
    }
    await makeProgram("shop", "go", { preset: "kartra-classic" });
    await makeProgram("root", "r.carrot", { preset: "carrot", cookie_domain: "carrot.localhost" });
    await makeProgram("asks", "asks", { preset: "carrot", cookie_mode: "consent" });
  });

  afterAll(async () => {
    await closePages();
    pages?.close();
    await server?.stop();
  });

  test("a click lands with its token and sets the cookie for 30 days, the next visit renews it, and one click counts", async () => {
    const page = await openBrowser();
    const link = await makeLink("mira");
    expect(link.url).toBe(`http://go.localhost:${port}/${link.slug}`);
    const token = await follow(page, link.url);
    expect(token).toMatch(/^[A-Za-z0-9_-]{1,200}$/);
    const cookie = await cookieIn(page, link.url);
    const attributes = { domain: "go.localhost", path: "/", httpOnly: true, secure: true, sameSite: "Lax" };
    expect(cookie).toMatchObject({ ...attributes, value: token });
    expect(daysLeft(cookie)).toBeCloseTo(30, 2);

    const again = await follow(page, link.url);
    const renewed = await cookieIn(page, link.url);
    expect(again).not.toBe(token);
    expect(renewed).toMatchObject({ ...attributes, value: again });
    expect(renewed?.expires).toBeGreaterThan(cookie?.expires ?? Number.POSITIVE_INFINITY);
    await logged(link, ["counted", "duplicate"]);
    expect(await call("GET", `/v1/links/${link.slug}`)).toMatchObject({ clicks: 1 });
  });

  test("a non-expiring cookie lasts 400 days from each visit, on the program's whole cookie domain", async () => {
    const page = await openBrowser();
    const link = await makeLink("mira", "root");
    const token = await follow(page, link.url);
    const cookie = await cookieIn(page, `http://carrot.localhost:${port}`, "lc_root");
    expect(cookie).toMatchObject({ value: token, domain: ".carrot.localhost", httpOnly: true, secure: true });
    expect(daysLeft(cookie)).toBeCloseTo(400, 2);
    const again = await follow(page, link.url);
    const renewed = await cookieIn(page, link.url, "lc_root");
    expect(renewed?.value).toBe(again);
    expect(renewed?.expires).toBeGreaterThan(cookie?.expires ?? Number.POSITIVE_INFINITY);
  });

  test("the cookie belongs to the affiliate clicked last", async () => {
    const page = await openBrowser();
    const [first, second] = [await makeLink("mira"), await makeLink("tom")];
    await follow(page, first.url);
    const token = await follow(page, second.url);
    expect(await page.context().cookies(first.url)).toMatchObject([{ name: "lc_shop", value: token }]);
    await logged(first, ["counted"]);
    await logged(second, ["counted"]);
  });

  const stuffing = [
    ["an image", "embedded", "asked for as image", (url: string) => `<img src="${url}">`],
    [
      "a module",
      "embedded",
      "asked for as json",
      (url: string) =>
        `<script type="module" crossorigin="use-credentials">import x from "${url}" with {type:"json"};</script>`,
    ],
    ["a frame", "embedded", "asked for as iframe", (url: string) => `<iframe src="${url}"></iframe>`],
    ["a script", "embedded", "asked for as script", (url: string) => `<script src="${url}"></script>`],
    ["a fetch", "embedded", "asked for as empty", (url: string) => fetching(url, "GET")],
    ["a HEAD", "head", null, (url: string) => fetching(url, "HEAD")],
  ] as const;

  test.each([
    ["another site", STRANGER],
    ["the same site", SAME_SITE],
  ])("no embedded request on %s changes the cookie, and the real click counts", async (_, host) => {
    const page = await openBrowser();
    const kept = await makeLink("mira");
    const token = await follow(page, kept.url);
    const stuffed = await Promise.all(
      stuffing.map(async ([name, verdict, reason, embed]) => ({
        ...{ name, verdict, reason, embed },
        link: await makeLink("tom"),
      })),
    );
    const asked = stuffed.map(({ link }) => page.waitForRequest(link.url));
    const embedded = stuffed.map(({ link, embed }) => embed(link.url)).join("");
    await page.goto(pageWith(`${embedded}<a href="${stuffed[0]?.link.url}">Have a look</a>`, host));
    // A module's response isn't visible to the page or the test. It is enough that it has finished.
    await Promise.all(asked.map(async (request) => (await request).response().catch(() => null)));
    for (const { name, verdict, reason, link } of stuffed)
      expect(await logged(link, [verdict]), name).toEqual([reason]);
    expect((await cookieIn(page, kept.url))?.value).toBe(token);
    const clicked = await clickThere(page);
    expect((await cookieIn(page, kept.url))?.value).toBe(clicked);
    const [first] = stuffed;
    if (first !== undefined) await logged(first.link, [first.verdict, "counted"]);
  });

  const prefetch = (url: string) => `<link rel="prefetch" href="${url}">`;
  const hints = [
    ["the shop", "shop.localhost", [prefetch]],
    [
      "the same site",
      SAME_SITE,
      [prefetch, (url: string) => speculating("prefetch", url), (url: string) => speculating("prerender", url)],
    ],
  ] as const;

  test.each(hints)("no prefetch by %s changes the cookie, and the real click counts", async (_, host, hints) => {
    const page = await openBrowser();
    const kept = await makeLink("mira");
    const token = await follow(page, kept.url);
    const fetched = await Promise.all(hints.map(async (hint) => ({ hint, link: await makeLink("tom") })));
    const hinted = fetched.map(({ hint, link }) => hint(link.url)).join("");
    const clickedLink = fetched.at(-1)?.link ?? kept;
    await page.goto(pageWith(`${hinted}<a href="${clickedLink.url}">Have a look</a>`, host));
    for (const { link } of fetched) {
      expect(await logged(link, ["prefetch"])).toEqual([expect.stringContaining("prefetch")]);
    }
    expect((await cookieIn(page, kept.url))?.value).toBe(token);
    const clicked = await clickThere(page);
    expect((await cookieIn(page, kept.url))?.value).toBe(clicked);
    await logged(clickedLink, ["prefetch", "counted"]);
  });

  test("an affiliate's own browser gets no cookie from its own link, but does from another affiliate's", async () => {
    const page = await openBrowser();
    const [own, other] = [await makeLink("mira"), await makeLink("tom")];
    const signIn = new URL((await call("POST", "/v1/affiliates/mira/sign-in-link?program=shop")).url);
    await page.goto(signIn.href);
    await page.getByRole("button", { name: "Sign in as mira" }).click();
    await page.waitForURL(`${signIn.origin}/app`);
    expect(await follow(page, own.url)).toBeNull();
    expect(await cookieIn(page, own.url)).toBeUndefined();
    const token = await follow(page, other.url);
    expect((await cookieIn(page, own.url))?.value).toBe(token);
    // The affiliate's own link doesn't replace the other affiliate's cookie either.
    await follow(page, own.url);
    expect((await cookieIn(page, own.url))?.value).toBe(token);
    await logged(own, ["self", "self"]);
    await logged(other, ["counted"]);
  });

  test("a program that requires consent sets a cookie only with consent", async () => {
    const page = await openBrowser();
    const link = await makeLink("mira", "asks");
    expect(await follow(page, link.url)).not.toBeNull();
    expect(await page.context().cookies()).toEqual([]);
    const token = await follow(page, `${link.url}?lc_consent=1`);
    expect((await cookieIn(page, link.url, "lc_asks"))?.value).toBe(token);

    const other = await openBrowser();
    await other.context().addCookies([{ name: "lc_consent", value: "granted", url: link.url }]);
    const agreed = await follow(other, link.url);
    expect((await cookieIn(other, link.url, "lc_asks"))?.value).toBe(agreed);
    await logged(link, ["counted", "duplicate", "counted"]);
  });

  test("with Global Privacy Control, the browser stores nothing and can't be recognized", async () => {
    const page = await openBrowser({ extraHTTPHeaders: { "Sec-GPC": "1" } });
    const link = await makeLink("mira");
    expect(await follow(page, link.url)).not.toBeNull();
    await follow(page, link.url);
    expect(await page.context().cookies()).toEqual([]);
    await logged(link, ["counted", "counted"]);
  });

  test.each(["light", "dark"] as const)(
    "who comes too late or goes astray is told so on a phone, %s",
    async (colorScheme) => {
      const page = await openBrowser({ colorScheme, viewport: NARROW });
      const link = await makeLink("mira");
      await follow(page, link.url);
      await call("PATCH", `/v1/links/${link.slug}`, { disabled: true });
      const deadEnds = [
        [link.url, 410, "This link is no longer in use"],
        [`${link.url}-nowhere`, 404, "This link does not exist"],
      ] as const;
      for (const [url, status, heading] of deadEnds) {
        const response = await page.goto(url);
        expect([response?.status(), await page.locator("h1").allTextContents()]).toEqual([status, [heading]]);
        expect(await measureOverflow(page), url).toBe(0);
        expect(await listPaleTexts(page), url).toEqual([]);
      }
      expect(await logged(link, ["counted", "disabled"])).toEqual([null, "switched off"]);
    },
  );
});

function daysLeft(cookie: { expires: number } | undefined): number {
  return ((cookie?.expires ?? 0) - Date.now() / 1_000) / SECONDS_PER_DAY;
}

/** A script that fetches the link with the visitor's cookies. */
function fetching(url: string, method: string): string {
  const init = JSON.stringify({ method, mode: "no-cors", credentials: "include" });
  return `<script>fetch("${url}", ${init})</script>`;
}

/** A speculation rule that makes the browser prefetch or prerender the link at once. */
function speculating(how: "prefetch" | "prerender", url: string): string {
  const rules = { [how]: [{ source: "list", urls: [url], eagerness: "immediate" }] };
  return `<script type="speculationrules">${JSON.stringify(rules)}</script>`;
}
