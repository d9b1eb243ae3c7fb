/** The docs as the Worker serves them. */
import { expect, test } from "vitest";
import { admin, BROWSER, send, setUp } from "../support/story.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** The files of a kind that the start page uses. */
async function findFile(pattern: RegExp): Promise<string> {
  const html = await (await send("/docs")).text();
  return pattern.exec(html)?.[1] ?? "";
}

test.each(["/docs", "/docs/quickstart", "/docs/checkouts/stripe", "/docs/overview"])(
  "%s is a page with a strict policy",
  async (path) => {
    const response = await send(path);
    const headers = Object.fromEntries(response.headers);
    expect(response.status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "cache-control": "public, no-cache",
      "strict-transport-security": "max-age=15552000",
    });
    const html = await response.text();
    expect(html).toContain("<!doctype html>");
    // What the policy would block.
    expect(html).not.toMatch(/<style|<script(?! src="\/docs\/_\/)|\sstyle="|\son\w+="|(?:src|data-\w+)="https?:/);
  },
);

test("a page that hasn't changed isn't sent again", async () => {
  const first = await send("/docs/quickstart");
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[\w-]{12}"$/);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await send("/docs/quickstart", { headers: { "If-None-Match": known } });
    expect([known, again.status, again.headers.get("etag"), await again.text()]).toEqual([known, 304, etag, ""]);
  }
  expect((await send("/docs/quickstart", { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
});

test("styles and scripts are kept for a year, because their URLs change with them", async () => {
  const files = {
    "text/css; charset=utf-8": await findFile(/<link rel="stylesheet" href="([^"]+)"/),
    "text/javascript; charset=utf-8": await findFile(/<script src="([^"]+)" defer/),
    "application/json; charset=utf-8": await findFile(/data-index="([^"]+)"/),
    "image/svg+xml": await findFile(/<link rel="icon" href="([^"]+)"/),
  };
  for (const [type, path] of Object.entries(files)) {
    const { status, headers } = await send(path);
    expect([path, status, headers.get("content-type")]).toEqual([path, 200, type]);
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  }
});

test("a slash at the end leads to the page, with its query", async () => {
  for (const [path, target] of [
    ["/docs/", "/docs"],
    ["/docs/terms/", "/docs/terms"],
    ["/docs/checkouts/stripe//?a=1", "/docs/checkouts/stripe?a=1"],
  ] as const) {
    const { status, headers } = await send(path);
    expect([path, status, headers.get("location")]).toEqual([path, 308, target]);
  }
});

test("an unknown URL is a page that says so, and isn't kept", async () => {
  for (const path of ["/docs/none", "/docs/none/", "/docs/_/none.css", "/docs/terms.html", "/docs/Terms"]) {
    const response = await send(path);
    expect([path, response.status, response.headers.get("cache-control")]).toEqual([path, 404, "no-store"]);
    expect(response.headers.get("content-security-policy")).toBe(POLICY);
    expect(await response.text()).toContain("There is no page at this URL");
  }
});

test("a page is sent compressed to those who take it, and plain to others", async () => {
  const plain = await (await send("/docs/terms")).text();
  for (const [accepted, encoding] of [
    ["gzip", "gzip"],
    ["br;q=1.0, gzip;q=0.8", "gzip"],
    ["gzip;q=0", null],
    ["br, gzip;q=0.0, *", null],
    ["x-gzip", null],
    ["", null],
  ] as const) {
    const response = await send("/docs/terms", { headers: { "Accept-Encoding": accepted } });
    expect([accepted, response.headers.get("content-encoding")]).toEqual([accepted, encoding]);
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect(await response.text()).toBe(plain);
  }
});

test("what the visitor takes counts, not what Cloudflare takes on the way", async () => {
  const headers = { "Accept-Encoding": "br, gzip" };
  for (const [clientAcceptEncoding, encoding] of [
    ["", null],
    ["identity", null],
    ["gzip, deflate, br", "gzip"],
  ] as const) {
    const response = await send("/docs/terms", { headers, cf: { clientAcceptEncoding } } as RequestInit);
    expect([clientAcceptEncoding, response.headers.get("content-encoding")]).toEqual([clientAcceptEncoding, encoding]);
  }
});

test("a page is also its Markdown", async () => {
  const response = await send("/docs/quickstart.md");
  expect(response.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  expect(await response.text()).toMatch(/^# Quickstart\n/);
});

test("the API's description needs no key, and pages of any origin may read it", async () => {
  const response = await send("/v1/openapi.json");
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(await response.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), paths: { "/v1/links": {} } });
  expect((await send("/docs/api/programs")).status).toBe(200);
});

test("only GET and HEAD are answered", async () => {
  const head = await send("/docs/terms", { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const post = await send("/docs/terms", { method: "POST" });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET"]);
});

test("paths that only look like the docs are slugs, and still redirect", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const destination = "https://shop.example/pricing";
  for (const slug of ["index", "docsy", "docs-css", "search", "404", "quickstart"]) {
    const created = await admin("POST", "/v1/links", { program, affiliate: a.username, slug, destination });
    expect([slug, created.status]).toEqual([slug, 201]);
    const { status, headers } = await send(`/${slug}`, { headers: { "User-Agent": BROWSER } });
    expect([slug, status, headers.get("location")?.startsWith(destination)]).toEqual([slug, 302, true]);
  }
  const { status, json } = await admin("POST", "/v1/links", {
    program,
    affiliate: a.username,
    slug: "docs",
    destination,
  });
  expect([status, json.code]).toEqual([422, "invalid_slug"]);
});
