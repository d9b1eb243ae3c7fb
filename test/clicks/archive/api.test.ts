/** The API for archives of the click log. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { recordClicks } from "../../../src/clicks/click-store.ts";
import { DAY, manifest, startEmpty } from "../../support/archive.ts";
import { makeClick } from "../../support/make-click.ts";
import { runCron } from "../../support/run-cron.ts";
import { admin, send, setUp } from "../../support/story.ts";

const NOW = Date.UTC(2026, 10, 21, 9, 7);
const RETENTION_DAYS = 90;
const FIRST_KEPT = (Math.floor(NOW / DAY) - RETENTION_DAYS) * DAY;

beforeEach(startEmpty);

const list = async (query = "") => (await admin("GET", `/v1/click-archives${query}`)).json;

test("lists archives with their contents, in pages and by day", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const link_id = (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(a.slug).first<number>("id")) ?? 0;
  const daysBefore = [7, 7, 6, 5, 5, 5];
  await recordClicks(
    env.DB,
    daysBefore.map((days, n) => makeClick(n, { at: FIRST_KEPT - days * DAY, link_id })),
  );
  await runCron(NOW);
  const all = await list();
  const dayOf = (days: number) => new Date(FIRST_KEPT - days * DAY).toISOString().slice(0, 10);
  expect(all.data.map(({ day, clicks }: { day: string; clicks: number }) => [day, clicks])).toEqual([
    [dayOf(7), 2],
    [dayOf(6), 1],
    [dayOf(5), 3],
  ]);
  const [first] = await manifest();
  expect(all.data[0]).toEqual({ ...first, day: dayOf(7), archived_at: new Date(NOW).toISOString() });
  expect(all.next).toBeNull();
  const page = await list("?limit=2");
  expect(page.data).toEqual(all.data.slice(0, 2));
  expect(await list(`?limit=2&cursor=${page.next}`)).toEqual({ data: all.data.slice(2), next: null });
  expect((await list(`?from=${dayOf(6)}&to=${dayOf(6)}`)).data).toEqual([all.data[1]]);
});

test.each([
  ["from=2026-02-30", "invalid_from"],
  ["to=yesterday", "invalid_to"],
  ["day=2026-01-01", "unknown_parameter"],
  ["cursor=1", "invalid_cursor"],
  ["limit=0", "invalid_limit"],
])("refuses ?%s", async (query, code) => {
  const { status, json } = await admin("GET", `/v1/click-archives?${query}`);
  expect([status, json.code]).toEqual([422, code]);
});

test("needs an API key", async () => {
  expect((await send("/v1/click-archives")).status).toBe(401);
});
