/** The console's pages of links. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { linkHref, readChanges, toValues } from "../../../src/links/console/link-view.ts";
import { signIn } from "../../console/session.ts";
import { admin, click, eventually, setUp } from "../../support/story.ts";

const asOwner = () => signIn({ key: env.ADMIN_TOKEN });

test("links are listed with their clicks, searched, and shown with their address", async () => {
  const { program, a, b } = await setUp({ affiliates: 2 });
  await click(a.slug);
  const session = await asOwner();
  const path = `/admin/programs/${program}/links`;
  await eventually(async () => {
    const { html } = await session.open(`${path}?affiliate=${a.username}`);
    expect(html).toContain(`/links/${a.slug}?host=`);
    expect(html).not.toContain(`/links/${b.slug}?host=`);
    expect(html).toMatch(/data-label="Clicks"[^>]*><span>1<\/span>/);
  });
  const { html } = await session.open(`${path}/${a.slug}`);
  expect(html).toContain(`value="https://go.example.com/${a.slug}"`);
  expect(html).toContain("A click by a person.");
});

test("a link is created once, or its faults are shown", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await asOwner();
  const path = `/admin/programs/${program}/links/new`;
  const fields = { affiliate: a.username, slug: `news-${a.slug}`, channel: "<b>news</b>" };
  const refused = await session.post(path, { ...fields, destination: "https://evil.example/", form_key: "l1" });
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("(shop.example)")]);
  for (const _ of [1, 2]) {
    const created = await session.post(path, { ...fields, destination: "https://shop.example/", form_key: "l2" });
    expect(created.headers.get("location")).toContain(`/links/news-${a.slug}?host=go.example.com&done=created`);
  }
  const { json } = await admin("GET", `/v1/links/news-${a.slug}`);
  expect(json).toMatchObject({ kind: "tracking", channel: "<b>news</b>", affiliate: a.username });
  const { html } = await session.open(`/admin/programs/${program}/links`);
  expect(html).toContain("&lt;b&gt;news&lt;/b&gt;");
});

test("a link is changed, disabled and enabled", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await asOwner();
  const path = `/admin/programs/${program}/links/${a.slug}`;
  const link = async () => (await admin("GET", `/v1/links/${a.slug}`)).json;
  const values = { ...toValues(await link()), destination: "https://shop.example/new", expires_at: "2030-01-01T10:00" };
  const fields = Object.fromEntries(Object.entries(values).filter(([name]) => name !== "forward_query"));
  expect((await session.post(path, { ...fields, click_cap: "0" })).status).toBe(422);
  expect((await session.post(path, { ...fields, click_cap: "5" })).status).toBe(303);
  expect(await link()).toMatchObject({
    ...{ destination: "https://shop.example/new", expires_at: "2030-01-01T10:00:00.000Z", click_cap: 5 },
    ...{ forward_query: false, channel: null },
  });
  await session.post(`${path}/state`, { disabled: "yes" });
  expect((await link()).disabled).toBe(true);
  await session.post(`${path}/state`, { disabled: "no" });
  expect((await link()).disabled).toBe(false);
});

test("a link of another program has no page in this one", async () => {
  const [one, other] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
  const session = await asOwner();
  const path = `/admin/programs/${one.program}/links/${other.a.slug}`;
  expect((await session.open(path)).status).toBe(404);
  expect((await session.post(`${path}/state`, { disabled: "yes" })).status).toBe(404);
});

test("only what differs is changed, and a time keeps its seconds", () => {
  const link = {
    ...{ destination: "https://shop.example/", channel: null, starts_at: "2026-01-01T10:00:30.000Z", expires_at: null },
    ...{ click_cap: null, forward_query: true, deep_links: null },
  } as Parameters<typeof toValues>[0];
  expect(readChanges(link, toValues(link))).toEqual({});
  const { forward_query: _, ...unchecked } = toValues(link);
  const changed = { ...unchecked, starts_at: "", channel: " news ", deep_links: "true" };
  expect(readChanges(link, changed)).toEqual({
    ...{ starts_at: null, channel: "news", deep_links: true, forward_query: false },
  });
});

test("a link whose path is the name of a page has a page of its own", () => {
  expect(linkHref("p", { slug: "new", url: "https://go.example.com/new" })).toBe(
    "/admin/programs/p/links/NEW?host=go.example.com",
  );
});
