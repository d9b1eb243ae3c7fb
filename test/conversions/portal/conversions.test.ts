/** The list of an affiliate's conversions with filters and pages, without other affiliates' conversions, and a conversion's timeline. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../../portal/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../../support/story.ts";

const DAY = 86_400_000;
const EVIL = `<img src=x onerror=alert(1)>'"`;
const idsOf = (html: string) => [...html.matchAll(/href="\/app\/conversions\/(cv_[0-9a-f]{32})"/g)].map(([, id]) => id);

async function linkIdOf(slug: string): Promise<number> {
  return (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;
}

test("filters by period, type and link, and pages without gaps", async () => {
  const { program, a, b, endpoint } = await setUp({ program: { terms: { customers_per_click: 100 } } });
  const tracking = { program, affiliate: a.username, slug: `mail-${program}`, kind: "tracking", channel: EVIL };
  await admin("POST", "/v1/links", { ...tracking, destination: "https://shop.example/" });
  const [own, mail, other] = [await click(a.slug), await click(tracking.slug), await click(b.slug)];
  const post = async (event: Record<string, unknown>) => (await postEvent(endpoint, event)).json.conversion as string;
  const sales: string[] = [];
  for (let n = 0; n < 27; n += 1) {
    const occurred_at = new Date(Date.now() + n * 1_000).toISOString();
    sales.unshift(await post(sale({ click: own.token, occurred_at })));
  }
  const lead = await post({ ...sale({ click: mail.token }), type: "lead", payment: null, amount: null });
  const foreign = await post(sale({ click: other.token }));
  await conversionThat(lead, { attributed_to: a.username });
  await conversionThat(foreign, { attributed_to: b.username });
  const { open } = await signIn(a.username);
  const list = async (query: string) => bodyOf((await open(`/app/conversions?${query}`)).html);
  const first = await eventually(async () => {
    const html = await list("type=sale");
    expect(idsOf(html)).toEqual(sales.slice(0, 25));
    expect(html).toContain("$39.60");
    return html;
  });
  const next = /href="\/app\/conversions\?([^"]*cursor=[^"]*)"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
  expect(next).toContain("type=sale");
  const second = await list(next);
  expect(idsOf(second)).toEqual(sales.slice(25));
  expect(second).not.toContain("cursor=");
  expect(idsOf(await list("type=lead"))).toEqual([lead]);
  expect(idsOf(await list(`link=${await linkIdOf(tracking.slug)}`))).toEqual([lead]);
  expect(idsOf(await list(`link=${await linkIdOf(tracking.slug)}&type=sale`))).toEqual([]);
  expect(await list("type=trial")).toContain("No conversions match these filters");
  // Invalid filters are ignored.
  expect(idsOf(await list("type=x&period=y&cursor=z"))).toHaveLength(25);
  await env.DB.prepare("UPDATE conversions SET occurred_at = ? WHERE id = ?")
    .bind(Date.now() - 40 * DAY, lead)
    .run();
  expect(idsOf(await list("period=30d&type=lead"))).toEqual([]);
  expect(idsOf(await list("period=90d&type=lead"))).toEqual([lead]);
  expect(first).toContain("&lt;img src=x");
  for (const html of [first, second]) expect(html).not.toMatch(new RegExp(`<img|${b.slug}|${foreign}`));
});

test("conversions that weren't credited have their own list, and other affiliates' ids open nothing", async () => {
  const { program, a, b, endpoint } = await setUp();
  const customer = { id: `cus-${program}` };
  const lost = await click(b.slug);
  await postEvent(endpoint, { ...sale({ customer, click: lost.token }), type: "lead", payment: null, amount: null });
  const { json } = await postEvent(endpoint, sale({ customer, click: (await click(a.slug)).token, amount: 77_700 }));
  await conversionThat(json.conversion, { attributed_to: a.username });
  const loser = await signIn(b.username);
  await eventually(async () => {
    const html = bodyOf((await loser.open("/app/conversions?show=lost")).html);
    expect(idsOf(html)).toEqual([json.conversion]);
    expect(html).toContain("Another affiliate’s click came later");
    expect(html).not.toMatch(new RegExp(`777\\.00|${a.slug}|\\b${a.username}\\b|${customer.id}`));
  });
  const page = bodyOf((await loser.open(`/app/conversions/${json.conversion}`)).html);
  expect(page).toContain(
    `<a href="/app/conversions?program=${program}&amp;show=lost"><span aria-hidden="true">← </span>`,
  );
  expect(idsOf(bodyOf((await loser.open("/app/conversions?type=sale")).html))).toEqual([]);
  const stranger = await setUp();
  for (const link of [await linkIdOf(a.slug), await linkIdOf(stranger.a.slug), 999_999_999, "x", "-1", "1e3"]) {
    expect((await loser.open(`/app/conversions?link=${link}`)).status, String(link)).toBe(404);
  }
  expect((await loser.open(`/app/conversions?program=${stranger.program}`)).status).toBe(404);
  const outside = await signIn(stranger.a.username);
  expect((await outside.open(`/app/conversions/${json.conversion}`)).status).toBe(404);
  expect(bodyOf((await outside.open("/app/conversions")).html)).toContain("No conversions yet");
});

test("a conversion's page shows its refund and its hold period", async () => {
  const { a, endpoint } = await setUp();
  const sold = sale({ click: (await click(a.slug)).token });
  const { json } = await postEvent(endpoint, sold);
  const occurred_at = new Date(Date.now() + 60_000).toISOString();
  await postEvent(endpoint, { ...sold, type: "refund", refund: `re-${a.slug}`, amount: 4_950, occurred_at });
  await conversionThat(json.conversion, { entries: [{}, { amount: -1_980 }] });
  const { open } = await signIn(a.username);
  const page = bodyOf((await open(`/app/conversions/${json.conversion}`)).html);
  expect(page).toMatch(
    /<a href="\/app\/conversions\?program=[^"&]+"><span aria-hidden="true">← <\/span>[^<]+ conversions</,
  );
  const steps = page.split('<ol class="touches timeline">')[1]?.split("</ol>")[0] ?? "";
  const texts = [...steps.matchAll(/<li[^>]*>(.*?)<\/li>/gs)].map(([, li = ""]) => li.replaceAll(/<[^>]+>/g, " "));
  expect(texts).toHaveLength(5);
  expect(texts[0]).toMatch(new RegExp(`Click\\s+link ${a.slug}`));
  expect(texts[2]).toMatch(/Commission\s+In reserve for 45 days.*\+\$39\.60/s);
  expect(texts[3]).toMatch(/Refund\s+\$49\.50 of \$99\.00 refunded in total.*-\$19\.80/s);
  expect(texts[4]).toMatch(/Hold period ends\s+\$19\.80 becomes due in 44 days/);
});
