/** The console's first page: what waits, and figures that are those of the API. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { formatMoney } from "../../../src/lib/format-money.ts";
import { signIn } from "../../console/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../../support/story.ts";
import { createUser } from "../../support/users.ts";

const readTiles = (html: string) =>
  Object.fromEntries(
    [
      ...html.matchAll(
        /<dt>(?:<span[^>]*><\/span>)?([^<]+)<\/dt><dd class="value">(?:<a href="([^"]*)">|<span>)([^<]+)</g,
      ),
    ].map(([, label = "", href = null, value]) => [label, { href: href?.replaceAll("&amp;", "&") ?? null, value }]),
  );

test("the figures are those of the API, and lead to their rows", async () => {
  const { program, a, b, endpoint } = await setUp();
  const visit = await click(a.slug);
  const posted = await postEvent(endpoint, sale({ click: visit.token, amount: 123_456 }));
  await postEvent(endpoint, sale({ amount: 5_000 }));
  await conversionThat(posted.json.conversion, { entries: [{ kind: "commission" }] });
  const { open } = await signIn({ key: env.ADMIN_TOKEN });
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/overview`);
    const [{ revenue, commission, owed, due, paid }] = json.money;
    expect([json.clicks, json.sales, owed, json.uncredited_sales]).toEqual([1, 1, commission, 1]);
    const { status, html } = await open(`/admin?program=${program}`);
    expect(status).toBe(200);
    const tiles = readTiles(html);
    const values = Object.entries(tiles).map(([label, { value }]) => [label, value]);
    const usd = (amount: number) => formatMoney(amount, "USD");
    expect(Object.fromEntries(values)).toEqual({
      ...{ Clicks: "1", Leads: "0", Trials: "0", Sales: "1", Revenue: usd(revenue), Commission: usd(commission) },
      ...{ Owed: usd(owed), Due: usd(due), Paid: usd(paid) },
    });
    const days = `from=${json.from}&to=${json.to}`;
    expect(tiles.Sales?.href).toBe(`/admin/programs/${program}/sales?${days}&type=sale&credited=true`);
    expect(tiles.Paid?.href).toBe(`/admin/programs/${program}/payouts`);
    expect(html).toContain("1 other sale");
    expect(html).toContain(`/admin/programs/${program}/affiliates/${a.username}`);
    expect(html).toContain(`/admin/programs/${program}/links/${a.slug}`);
    expect(html).not.toContain(`/links/${b.slug}`);
  });
  const ofB = await open(`/admin?program=${program}&affiliate=${b.username}`);
  expect(readTiles(ofB.html)).toMatchObject({ Clicks: { value: "0" }, Sales: { value: "0" } });
  expect(readTiles(ofB.html).Sales?.href).toContain(`&affiliate=${b.username}`);
  const inGermany = readTiles((await open(`/admin?program=${program}&country=de`)).html);
  expect(inGermany).toMatchObject({ Sales: { value: "0", href: expect.stringContaining("&click_country=DE") } });
  expect(inGermany).not.toHaveProperty("Due");
  const wrong = await open(`/admin?program=${program}&affiliate=${encodeURIComponent("<b>nobody")}`);
  expect([wrong.status, wrong.html.includes("<b>nobody")]).toEqual([200, false]);
  expect(wrong.html).toContain("There is no affiliate &quot;&lt;b&gt;nobody&quot;");
  expect((await open("/admin?program=none")).status).toBe(404);
  const longest = await open(`/admin?program=${program}&period=custom&from=2026-01-01&to=2026-01-31`);
  expect(longest.html.match(/class="day"/g)).toHaveLength(2 * 31);
  expect((await open(`/admin?program=${program}&period=90d`)).html.match(/class="day"/g)).toHaveLength(2 * 13);
});

test("what waits is named, with where to settle it", async () => {
  const { program, a, endpoint } = await setUp();
  const { open } = await signIn({ key: env.ADMIN_TOKEN });
  const listKinds = async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/attention`);
    return json.data.map(({ kind, count }: { kind: string; count: number }) => [kind, count]);
  };
  expect(await listKinds()).toEqual([]);
  expect((await open(`/admin?program=${program}`)).html).toContain("Needs attention");
  await admin("PATCH", `/v1/programs/${program}/enrollments/${a.username}`, { status: "pending" });
  await env.DB.prepare("UPDATE endpoints SET created_at = 0 WHERE id = ?").bind(endpoint.id).run();
  await admin("POST", `/v1/programs/${program}/payouts/runs`, {}, { "Idempotency-Key": "run" });
  await eventually(async () =>
    expect(await listKinds()).toEqual([
      ["unused_endpoint", 1],
      ["payout_run", 1],
      ["pending_enrollments", 1],
    ]),
  );
  const { html } = await open(`/admin?program=${program}`);
  expect(html).toContain(
    `<a href="/admin/programs/${program}/affiliates?status=pending">1 affiliate waits for approval.`,
  );
  expect(html).toContain(
    `<a href="/admin/programs/${program}/checkouts/${endpoint.id}">The standard endpoint has never received anything.`,
  );
  const limited = await signIn({ key: (await createUser("viewer", [program])).key });
  expect((await limited.open("/admin")).html).toContain("1 affiliate waits");
});
