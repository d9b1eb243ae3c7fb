/** What a flood from one network costs, and what it leaves to others. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { checkDay } from "../../src/clicks/counts/count-check-store.ts";
import { dayOf } from "../../src/lib/calendar.ts";
import { admin, BROWSER, click, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const FLOOD = { "CF-Connecting-IP": "203.0.113.66" };
const LOGGED = 300;

const verdictsOf = async (slug: string) => (await admin("GET", `/v1/links/${slug}`)).json.verdicts;

test("a network's hits beyond its share are redirected, signed and counted, and get no row in the log", {
  tags: ["deep"],
}, async () => {
  const { a, endpoint } = await setUp({ affiliates: 1 });
  const hits = LOGGED + 60;
  let last = await click(a.slug, { headers: FLOOD });
  for (let n = 1; n < hits; n += 1) {
    last = await click(a.slug, { headers: { ...FLOOD, "User-Agent": `${BROWSER} v${n}` } });
  }
  expect([last.status, last.cookie, last.token]).toEqual([302, expect.any(String), expect.stringMatching(/^.{92}$/)]);
  expect((await postEvent(endpoint, sale({ click: last.token }))).json).toMatchObject({ attributed_to: a.username });
  // Another network isn't affected.
  await click(a.slug, { headers: { "CF-Connecting-IP": "203.0.113.67" } });
  const { throttled, ...logged } = await eventually(async () => {
    const verdicts = await verdictsOf(a.slug);
    expect(Object.values<number>(verdicts).reduce((sum, count) => sum + count, 0)).toBe(hits + 1);
    return verdicts;
  });
  // The share grows by one a second.
  expect(throttled).toBeGreaterThan(0);
  const rows = await env.DB.prepare("SELECT count(*) FROM clicks WHERE link_id = (SELECT id FROM links WHERE slug = ?)")
    .bind(a.slug)
    .first<number>("count(*)");
  expect(rows).toBe(Object.values<number>(logged).reduce((sum, count) => sum + count, 0));
  expect(rows).toBe(hits + 1 - throttled);
  const check = await checkDay(dayOf(Date.now()), { db: env.DB, bucket: undefined, mend: false });
  expect(check.differences).toEqual([]);
});

test("unknown slugs from one network get 503 once it has asked for too many, and links go on", {
  tags: ["deep"],
}, async () => {
  const { a, b } = await setUp();
  const headers = { "CF-Connecting-IP": "203.0.113.99" };
  await click(a.slug, { headers });
  const statuses = new Set<number>();
  for (let n = 0; n < 70; n += 1) {
    statuses.add((await send(`/no-such-link-${n}`, { headers })).status);
  }
  expect(statuses).toEqual(new Set([404, 503]));
  expect((await click(a.slug, { headers })).status).toBe(302);
  expect((await click(b.slug, { headers: { "CF-Connecting-IP": "203.0.113.100" } })).status).toBe(302);
});
