import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import worker from "../support/current-worker.ts";
import { admin, BROWSER, click, eventually, ORIGIN, send, setUp } from "../support/story.ts";

const countsOf = async (slug: string) => (await admin("GET", `/v1/links/${slug}`)).json;

describe("a visitor's click", () => {
  test("answers 302 with the landing URL, the cookie and no-store, and is counted", async () => {
    const { program, a } = await setUp();
    const visit = await click(a.slug, { headers: { Referer: "https://blog.example/post?x=1" } });
    expect(visit.status).toBe(302);
    expect(visit.token).toMatch(/^[A-Za-z0-9_-]{1,200}$/);
    expect(visit.location).toBe(`https://shop.example/pricing?lc_click=${visit.token}`);
    expect(visit.cookie).toBe(`lc_${program}=${visit.token}; Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Lax`);
    expect(visit.response.headers.get("cache-control")).toBe("no-store");
    await eventually(async () => expect(await countsOf(a.slug)).toMatchObject({ clicks: 1, verdicts: { counted: 1 } }));
    const { json } = await admin("GET", `/v1/links/${a.slug}/clicks`);
    expect(json.data).toMatchObject([{ verdict: "counted", reason: null, referrer: "blog.example" }]);
    expect(Math.abs(Date.parse(json.data[0].at) - Date.now())).toBeLessThan(60_000);
  });

  test("sets a cookie of 400 days if the program's cookie never expires", async () => {
    const { a } = await setUp({ preset: "carrot", affiliates: 1 });
    expect((await click(a.slug)).cookie).toContain("; Max-Age=34560000;");
  });

  test("repeated within an hour is not counted, but becomes the last click", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const first = await click(a.slug);
    const again = await click(a.slug, { headers: { Cookie: first.cookie?.split(";")[0] ?? "" } });
    expect(again.token).not.toBe(first.token);
    expect(again.cookie).toContain(again.token);
    await eventually(async () =>
      expect(await countsOf(a.slug)).toMatchObject({ clicks: 1, verdicts: { counted: 1, duplicate: 1 } }),
    );
  });

  test("stores sub-ids, and forwards the rest of the query if the link is set to", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    await admin("PATCH", `/v1/links/${a.slug}`, { forward_query: true });
    const visit = await click(`${a.slug}?sub1=mail&s3=top&utm_source=x`);
    expect(visit.location).toBe(`https://shop.example/pricing?utm_source=x&lc_click=${visit.token}`);
    await eventually(async () => {
      const { json } = await admin("GET", `/v1/links/${a.slug}/clicks`);
      expect(json.data, program).toMatchObject([{ sub1: "mail", sub2: null, sub3: "top" }]);
    });
  });
});

describe("hits that are logged but never counted, and get no cookie", () => {
  const cases: [string, { method?: string; headers?: Record<string, string> }, string, number][] = [
    ["HEAD", { method: "HEAD" }, "head", 302],
    ["a bot", { headers: { "User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)" } }, "bot", 302],
    ["no user agent", { headers: { "User-Agent": "" } }, "bot", 302],
    ["Safari's preview", { headers: { "X-Purpose": "preview" } }, "prefetch", 503],
    ["an instant preview", { headers: { "X-Purpose": "instant" } }, "prefetch", 503],
    ["prefetch, refused so that the true click comes", { headers: { "Sec-Purpose": "prefetch" } }, "prefetch", 503],
  ];
  test.each(cases)("%s", async (_, init, verdict, status) => {
    const { a } = await setUp({ affiliates: 1 });
    const visit = await click(a.slug, init);
    expect(visit.status).toBe(status);
    expect(visit.cookie).toBeNull();
    expect(visit.response.headers.get("cache-control")).toBe("no-store");
    await eventually(async () =>
      expect(await countsOf(a.slug)).toMatchObject({ clicks: 0, verdicts: { [verdict]: 1 } }),
    );
  });
});

describe("a link without a destination", () => {
  test("unknown: a 404 page", async () => {
    for (const path of ["nothing-here", "a/b", "caf%C3%A9", "x".repeat(65)]) {
      const { response } = await click(path);
      expect(response.status, path).toBe(404);
      expect(response.headers.get("content-type")).toContain("text/html");
      expect(await response.text()).toContain("does not exist");
    }
  });

  test.each([
    ["disabled", { disabled: true }],
    ["expired", { expires_at: "2023-03-31T00:00:00Z" }],
  ])("%s: 410, or the program's fallback URL", async (verdict, change) => {
    const plain = await setUp({ affiliates: 1 });
    const withFallback = await setUp({ affiliates: 1, program: { fallback_url: "https://shop.example/new" } });
    for (const { a } of [plain, withFallback]) {
      expect((await click(a.slug)).status).toBe(302);
      expect((await admin("PATCH", `/v1/links/${a.slug}`, change)).status).toBe(200);
    }
    const gone = await click(plain.a.slug);
    expect(gone.status).toBe(410);
    const moved = await click(withFallback.a.slug);
    expect([moved.status, moved.location, moved.cookie]).toEqual([302, "https://shop.example/new", null]);
    await eventually(async () =>
      expect(await countsOf(plain.a.slug)).toMatchObject({ clicks: 1, verdicts: { [verdict]: 1 } }),
    );
  });

  test("a method that isn't allowed", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { response } = await click(a.slug, { method: "POST" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});

describe("while D1 is unavailable", () => {
  const broken = {
    prepare: () => {
      throw new Error("D1 is away");
    },
    batch: () => Promise.reject(new Error("D1 is away")),
  };
  const down = { ...env, DB: broken as unknown as D1Database };

  /** This isolate's own click, so that the link is in its memory; `click` may be served by another one. */
  const clickWhileUp = (slug: string) => clickWith(env, slug);
  const clickWhileDown = (slug: string) => clickWith(down, slug);

  async function clickWith(bindings: typeof env, slug: string) {
    const ctx = createExecutionContext();
    const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/${slug}`, {
      headers: { "User-Agent": BROWSER },
    });
    const response = await worker.fetch?.(request, bindings, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  }

  test("a warm link doesn't wait for storage, and its click is counted later", async () => {
    const { a } = await setUp({ affiliates: 1 });
    await clickWhileUp(a.slug);
    const response = await clickWhileDown(a.slug);
    expect(response?.status).toBe(302);
    await eventually(async () => expect(await countsOf(a.slug)).toMatchObject({ clicks: 2 }));
  });

  test("a cold link gets 503 with Retry-After, never a wrong target", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const response = await clickWhileDown(a.slug);
    expect([response?.status, response?.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await response?.text()).toContain('<a href="">Try again</a>');
    expect((await click(a.slug)).status).toBe(302);
  });
});

test("the other paths of a redirect host", async () => {
  expect((await send("/")).headers.get("location")).toBe("/app");
  const nothing = await send("/v1/nothing", { headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` } });
  expect([nothing.status, ((await nothing.json()) as { code: string }).code]).toEqual([404, "not_found"]);
  const health = await send("/healthz");
  expect([health.status, await health.json()]).toEqual([
    200,
    { status: "ok", checks: { settings: "ok", database: "ok", migrations: "ok" } },
  ]);
});

test("crawlers may follow links, for preview cards, but not read the portal and the API", async () => {
  const robots = await (await send("/robots.txt")).text();
  const rules = [...robots.matchAll(/^Disallow: (\S+)$/gm)].map(([, rule = ""]) => rule);
  // RFC 9309, 2.2.3: a rule is the beginning of a path, `$` its end.
  const isClosed = (path: string) =>
    rules.some((rule) => (rule.endsWith("$") ? path === rule.slice(0, -1) : path.startsWith(rule)));
  expect(robots).toMatch(/^User-agent: \*\n/);
  for (const path of ["/app", "/app/sign-in?token=x", "/app?days=7", "/admin", "/admin/x", "/v1/links"])
    expect([path, isClosed(path)]).toEqual([path, true]);
  for (const path of ["/summer", "/apple", "/app-store?sub1=a", "/administrator", "/v1x", "/"])
    expect([path, isClosed(path)]).toEqual([path, false]);
});
