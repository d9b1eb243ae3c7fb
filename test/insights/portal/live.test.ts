import { expect, test } from "vitest";
import { bodyOf, readTiles, signIn } from "../../portal/session.ts";
import { click, conversionThat, eventually, postEvent, sale, send, setUp } from "../../support/story.ts";

const DAY = 86_400_000;

/** Requests a page like the affiliate's browser, with all its cookies. */
async function visitor(username: string) {
  const { cookie } = await signIn(username);
  const jar = new Map([cookie.split(/=(.*)/s).slice(0, 2) as [string, string]]);
  return {
    jar,
    async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
      const Cookie = [...jar].map((pair) => pair.join("=")).join("; ");
      const response = await send(path, { headers: { Cookie, ...headers } });
      for (const line of response.headers.getSetCookie()) {
        const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/s);
        jar.set(name, value);
      }
      return response;
    },
  };
}

test("an open overview gets updates only when something changed", async () => {
  const { a, endpoint } = await setUp();
  const browser = await visitor(a.username);
  const page = await (await browser.get("/app")).text();
  const source = /data-source="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const pulse = /data-pulse="([^"]+)"/.exec(page)?.[1]?.replaceAll("&quot;", '"') ?? "";
  expect(source).toMatch(/^\/app\/live\?program=/);
  const same = await browser.get(source, { "If-None-Match": pulse });
  expect([same.status, await same.text()]).toEqual([304, ""]);

  const { token } = await click(a.slug);
  const tag = await eventually(async () => {
    const fresh = await browser.get(source, { "If-None-Match": pulse });
    expect(fresh.status).toBe(200);
    expect(readTiles(await fresh.text())).toMatchObject({ Clicks: "1", Sales: "0" });
    return fresh.headers.get("etag") ?? "";
  });
  expect((await browser.get(source, { "If-None-Match": tag })).status).toBe(304);

  const { json } = await postEvent(endpoint, sale({ click: token }));
  await conversionThat(json.conversion, { entries: [{ kind: "commission" }] });
  const sold = await browser.get(source, { "If-None-Match": tag });
  const html = await sold.text();
  expect(readTiles(html)).toMatchObject({ Clicks: "1", Sales: "1", "In reserve": "$39.60" });
  expect(html).toContain(json.conversion);
  expect(sold.headers.get("x-news")).toBe("Updated: 1 click, 1 sale");
  // The live part, without the layout.
  expect(html).not.toMatch(/<html|<style|<script|Sign out/);
});

test("a period in the past isn't polled", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { open } = await signIn(a.username);
  expect((await open("/app?period=today")).html).toContain('data-source="/app/live?');
  expect((await open("/app?period=last-month")).html).not.toContain("data-source=");
});

test("there are no updates for another affiliate's program or without a session", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const other = await setUp({ affiliates: 1 });
  const browser = await visitor(a.username);
  expect((await browser.get(`/app/live?program=${other.program}`)).status).toBe(404);
  expect((await send("/app/live")).status).toBe(401);
});

test("the second visit lists changes since the first one", async () => {
  const { a, b, endpoint } = await setUp();
  const browser = await visitor(a.username);
  const first = bodyOf(await (await browser.get("/app")).text());
  expect(first).not.toContain("Since your last visit");

  const { token } = await click(a.slug);
  await click(b.slug);
  const { json } = await postEvent(endpoint, sale({ click: token, payment: `pay_${a.slug}` }));
  await conversionThat(json.conversion, { entries: [{ kind: "commission" }] });
  await eventually(async () => expect((await browser.get("/app/live")).headers.get("etag")).toMatch(/^"1\.1\./));
  // An hour passes: make the browser's cookie that old.
  const seen = browser.jar.get("lc_seen") ?? "";
  const [program = "", at = ""] = seen.split(".");
  browser.jar.set("lc_seen", `${program}.${Number(at) - DAY / 24}.0.0.0.0.0`);
  const next = bodyOf(await (await browser.get("/app")).text());
  expect(next).toContain("Since your last visit");
  expect(next).toContain("<li>1 new click</li><li>1 commission: $39.60</li>");
  // Still the same visit.
  expect(bodyOf(await (await browser.get("/app")).text())).toContain("<li>1 new click</li>");
});

test("shows a single day by hour", async () => {
  const { a } = await setUp({ affiliates: 1 });
  await click(a.slug);
  const { open } = await signIn(a.username);
  await eventually(async () => {
    const { html } = await open("/app?period=today");
    expect(html).toContain("Hourly performance");
    expect(html).toContain("Clicks, Earned over 24 hours: 1 click, 0 sales.");
    expect(readTiles(html)).toMatchObject({ Clicks: "1" });
  });
});

test("rejects invalid days with an error and shows the default period", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { open } = await signIn(a.username);
  const { html } = await open("/app?period=custom&from=2026-02-01&to=2026-01-01");
  expect(html).toContain("The first day must be on or before the last day.");
  expect(html).toContain("Last 30 days");
});

test("formats figures and times for the reader's locale and zone", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  await postEvent(endpoint, sale({ click: token, amount: 250_000 }));
  const browser = await visitor(a.username);
  await eventually(async () => {
    const headers = { "Accept-Language": "de-DE,de;q=0.9,en;q=0.5" };
    browser.jar.set("lc_zone", "Europe/Berlin");
    const html = (await (await browser.get("/app", headers)).text()).replaceAll("\u00a0", " ");
    expect(html).toContain("1.000,00 $");
    expect(html).toContain("Times are in Europe/Berlin time, days in UTC.");
  });
});
