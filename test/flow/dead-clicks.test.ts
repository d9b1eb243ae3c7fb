/** Clicks that can't be stored are parked and listed, and counted once when their cause is fixed. */
import { createExecutionContext, createMessageBatch, getQueueResult, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import worker from "../support/current-worker.ts";
import { makeClick } from "../support/make-click.ts";
import { noonAfter, runCron } from "../support/run-cron.ts";
import { admin, BROWSER, eventually, ORIGIN, send, setUp } from "../support/story.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RETENTION_DAYS = 90;
// Ids count down, because new links are numbered up from the highest id.
let lostLink = 900_000;

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  await env.DB.prepare("DELETE FROM dead_clicks").run();
});
afterEach(async () => {
  vi.restoreAllMocks();
});

async function linkIdOf(slug: string): Promise<number> {
  return (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;
}

/** A link that is missing from D1 until `restore`, with the given number of clicks. */
async function loseLink(count: number, at = Date.now()) {
  const { a } = await setUp({ affiliates: 1 });
  lostLink -= 1;
  const link_id = lostLink;
  const slug = `lost-${link_id}`;
  const restore = () =>
    env.DB.prepare(
      `INSERT INTO links (id, slug, program_id, affiliate_id, destination, kind, created_at)
       SELECT ?1, ?2, program_id, affiliate_id, destination, kind, created_at FROM links WHERE slug = ?3`,
    )
      .bind(link_id, slug, a.slug)
      .run();
  const clicks = Array.from({ length: count }, (_, n) => makeClick(n, { at: at + n, link_id }));
  return { a, slug, clicks, restore };
}

/** Delivers messages of the dead-letter queue; returns the acknowledged and the retried ones. */
async function deliverDead(bodies: unknown[], options: { db?: unknown; attempts?: number; sentAt?: number } = {}) {
  const { db = env.DB, attempts = 1, sentAt = Date.now() } = options;
  const messages = bodies.map((body, n) => ({ id: `d${n}`, timestamp: sentAt, attempts, body }));
  const batch = createMessageBatch<unknown>("lastclick-clicks-dead", messages);
  const retries = batch.messages.map((message) => vi.spyOn(message, "retry"));
  const ctx = createExecutionContext();
  await worker.queue?.(batch, { ...env, DB: db as D1Database }, ctx);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
  const delays = retries.flatMap((retry) => retry.mock.calls.map(([options]) => options?.delaySeconds ?? 0));
  return { acknowledged: explicitAcks, again: retryMessages.map(({ msgId }) => msgId), delays };
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
const listDead = async (): Promise<any[]> => (await admin("GET", "/v1/dead-clicks")).json.data;
const countsOf = async (slug: string) => (await admin("GET", `/v1/links/${slug}`)).json;

test("an invalid click goes through both queues into the list, the others of its message are counted, and it is replayed once", async () => {
  const { a, slug, clicks, restore } = await loseLink(3);
  const link_id = await linkIdOf(a.slug);
  const good = Array.from({ length: 97 }, (_, n) => makeClick(500 + n, { at: Date.now(), link_id }));
  await env.CLICKS.send([...good.slice(0, 50), ...clicks, ...good.slice(50)]);
  const [dead] = await eventually(async () => {
    const list = await listDead();
    expect(list).toMatchObject([{ clicks: 3, error: "link_id: no such link", replayed_at: null }]);
    return list;
  });
  expect(Math.abs(Date.parse(dead.received_at) - Date.now())).toBeLessThan(60_000);
  expect((await countsOf(a.slug)).clicks).toBe(97);
  expect((await admin("GET", `/v1/dead-clicks/${dead.id}`)).json).toEqual({ ...dead, body: clicks });

  const early = await admin("POST", `/v1/dead-clicks/${dead.id}/replay`);
  expect([early.status, early.json.code]).toEqual([422, "clicks_refused"]);
  expect(early.json.detail).toContain("3 of 3 clicks can't be stored: link_id: no such link");
  expect(await listDead()).toEqual([dead]);

  await restore();
  const replayed = await admin("POST", `/v1/dead-clicks/${dead.id}/replay`);
  expect([replayed.status, replayed.json]).toMatchObject([200, { id: dead.id, clicks: 3, status: "replayed" }]);
  expect(replayed.json.replayed_at).not.toBeNull();
  expect((await countsOf(slug)).clicks).toBe(3);

  const again = await admin("POST", `/v1/dead-clicks/${dead.id}/replay`);
  expect([again.status, again.json]).toEqual([200, { ...replayed.json, status: "already_replayed" }]);
  expect((await countsOf(slug)).clicks).toBe(3);
});

test.each(["queue", "d1"])("clicks on a link that D1 has lost are kept when clicks go to %s first", async (sink) => {
  const { slug, restore } = await loseLink(0);
  await restore();
  const ctx = createExecutionContext();
  const follow = () => {
    const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/${slug}`, {
      headers: { "User-Agent": BROWSER },
    });
    return worker.fetch?.(request, { ...env, CLICK_SINK: sink }, ctx);
  };
  expect((await follow())?.status).toBe(302);
  await eventually(async () => expect((await countsOf(slug)).clicks).toBe(1));
  const lost = "(SELECT id FROM links WHERE slug = ?1)";
  await env.DB.batch(
    [`clicks WHERE link_id = ${lost}`, `click_days WHERE link_id = ${lost}`, "links WHERE slug = ?1"].map((rows) =>
      env.DB.prepare(`DELETE FROM ${rows}`).bind(slug),
    ),
  );
  // The link is warm, so visitors notice nothing.
  expect((await follow())?.status).toBe(302);
  await waitOnExecutionContext(ctx);
  await eventually(async () => expect(await listDead()).toMatchObject([{ clicks: 1 }]));
  await restore();
  expect((await admin("POST", "/v1/dead-clicks/replay")).json).toEqual({ replayed: 1, failed: [], next: null });
  expect((await countsOf(slug)).clicks).toBe(1);
});

test("a replay that is repeated, or runs twice at once, counts once", async () => {
  const { slug, clicks, restore } = await loseLink(4);
  await deliverDead([clicks]);
  const [dead] = await listDead();
  await restore();
  const replay = () => admin("POST", `/v1/dead-clicks/${dead.id}/replay`);
  for (const { status } of await Promise.all([replay(), replay(), replay()])) expect(status).toBe(200);
  // As if the replay had stopped before it was recorded.
  await env.DB.prepare("UPDATE dead_clicks SET replayed_at = NULL").run();
  expect((await replay()).json.status).toBe("replayed");
  expect(await countsOf(slug)).toMatchObject({ clicks: 4, verdicts: { counted: 4 } });
});

describe("a dead message", () => {
  test("that is valid is counted, and not parked", async () => {
    const { slug, clicks, restore } = await loseLink(5);
    await restore();
    expect(await deliverDead([clicks])).toMatchObject({ acknowledged: ["d0"], again: [] });
    expect((await countsOf(slug)).clicks).toBe(5);
    expect(await listDead()).toEqual([]);
  });

  test("that is redelivered is parked once, replayed or not", async () => {
    const { slug, clicks, restore } = await loseLink(2);
    await deliverDead([clicks], { sentAt: 1_000 });
    const [dead] = await listDead();
    expect(await deliverDead([clicks, clicks], { sentAt: 2_000 })).toMatchObject({ acknowledged: ["d0", "d1"] });
    expect(await listDead()).toEqual([dead]);
    await restore();
    await admin("POST", `/v1/dead-clicks/${dead.id}/replay`);
    const replayed = await listDead();
    await deliverDead([clicks]);
    expect(await listDead()).toEqual(replayed);
    expect((await countsOf(slug)).clicks).toBe(2);
  });

  test("of which some clicks can be stored is parked without them", async () => {
    const { slug, clicks, restore } = await loseLink(2);
    await restore();
    await deliverDead([[...clicks, { ...clicks[0], verdict: "hologram" }]]);
    expect((await countsOf(slug)).clicks).toBe(2);
    expect(await listDead()).toMatchObject([
      { clicks: 1, error: expect.stringMatching(/^verdict: is not a known value/) },
    ]);
  });

  test("that isn't a list of clicks is parked unchanged", async () => {
    await deliverDead([{ hello: 1 }]);
    const [dead] = await listDead();
    expect((await admin("GET", `/v1/dead-clicks/${dead.id}`)).json).toMatchObject({ clicks: 1, body: [{ hello: 1 }] });
    expect((await admin("POST", `/v1/dead-clicks/${dead.id}/replay`)).status).toBe(422);
  });
});

describe("while D1 is overloaded", () => {
  const refusal = () => Promise.reject(new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long."));
  /** Rejects clicks but accepts rows of other tables. */
  const overloaded = { prepare: (sql: string) => env.DB.prepare(sql), batch: refusal };
  const away = {
    prepare: () => {
      throw new Error("D1 is away");
    },
    batch: refusal,
  };

  test("dead messages are retried with growing delays, and not parked", async () => {
    const { slug, clicks, restore } = await loseLink(6);
    await restore();
    const bodies = clicks.map((click) => [click]);
    const everyone = bodies.map((_, n) => `d${n}`);
    for (const [attempts, least, most] of [
      [1, 2, 8],
      [10, 1_280, 3_840],
      [19, 1_800, 5_400],
    ] as const) {
      const { acknowledged, again, delays } = await deliverDead(bodies, { db: overloaded, attempts });
      expect([acknowledged, again]).toEqual([[], everyone]);
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...delays)).toBeLessThanOrEqual(most);
    }
    expect(await listDead()).toEqual([]);
    expect((await deliverDead(bodies)).acknowledged).toEqual(everyone);
    expect((await countsOf(slug)).clicks).toBe(6);
  });

  test("after half a day they are parked before the queue deletes them, and counted when replayed", async () => {
    const { slug, clicks, restore } = await loseLink(6);
    await restore();
    expect(await deliverDead([clicks], { db: away, attempts: 20 })).toMatchObject({ acknowledged: [], again: ["d0"] });
    expect((await deliverDead([clicks], { db: overloaded, attempts: 20 })).acknowledged).toEqual(["d0"]);
    expect(await listDead()).toMatchObject([{ clicks: 6, error: expect.stringContaining("overloaded") }]);
    expect((await admin("POST", "/v1/dead-clicks/replay")).json).toEqual({ replayed: 1, failed: [], next: null });
    expect((await countsOf(slug)).clicks).toBe(6);
  });
});

describe("all dead clicks", () => {
  test("are replayed in steps, skipping those that fail", async () => {
    const stories = [await loseLink(1), await loseLink(2), await loseLink(3), await loseLink(4)];
    for (const [n, { clicks }] of stories.entries()) await deliverDead([clicks], { sentAt: n * 1_000 });
    const [second] = (await listDead()).filter((dead) => dead.clicks === 2);
    for (const { clicks, restore } of stories) if (clicks.length !== 2) await restore();

    const steps = [await admin("POST", "/v1/dead-clicks/replay?limit=3")];
    steps.push(await admin("POST", `/v1/dead-clicks/replay?limit=3&cursor=${steps[0]?.json.next}`));
    const failed = [{ id: second.id, code: "clicks_refused", detail: expect.stringContaining("no such link") }];
    expect(steps.map(({ json }) => json)).toEqual([
      { replayed: 2, failed, next: expect.any(String) },
      { replayed: 1, failed: [], next: null },
    ]);
    const counts = await Promise.all(stories.filter((_, n) => n !== 1).map(({ slug }) => countsOf(slug)));
    expect(counts.map(({ clicks }) => clicks)).toEqual([1, 3, 4]);
    // Only what failed is left to replay.
    expect((await admin("POST", "/v1/dead-clicks/replay")).json).toEqual({ replayed: 0, failed, next: null });
  });

  test("are listed newest first, in pages", async () => {
    for (let n = 1; n <= 5; n += 1)
      await deliverDead([(await loseLink(n)).clicks], { sentAt: Math.ceil(n / 2) * 1_000 });
    const first = (await admin("GET", "/v1/dead-clicks?limit=3")).json;
    const second = (await admin("GET", `/v1/dead-clicks?limit=3&cursor=${first.next}`)).json;
    const times = [...first.data, ...second.data].map(({ received_at }) => Date.parse(received_at));
    expect(times).toEqual([3_000, 2_000, 2_000, 1_000, 1_000]);
    expect(new Set([...first.data, ...second.data].map(({ clicks }) => clicks)).size).toBe(5);
    expect([first.data.length, second.next]).toEqual([3, null]);
    const bad = await admin("GET", "/v1/dead-clicks?cursor=1");
    expect([bad.status, bad.json.code]).toEqual([422, "invalid_cursor"]);
  });
});

describe("clicks older than the log's retention", () => {
  const old = () => Date.now() - RETENTION_DAYS * DAY + HOUR - 60_000;

  test("are not stored, since the log can't tell whether they were counted", async () => {
    const { slug, clicks, restore } = await loseLink(2, old());
    await restore();
    expect((await deliverDead([clicks])).acknowledged).toEqual(["d0"]);
    const [dead] = await listDead();
    const { status, json } = await admin("POST", `/v1/dead-clicks/${dead.id}/replay`);
    expect([status, json.code]).toEqual([409, "too_old"]);
    const [failed] = (await admin("POST", "/v1/dead-clicks/replay")).json.failed;
    expect(failed).toMatchObject({ id: dead.id, code: "too_old" });
    expect((await countsOf(slug)).clicks).toBe(0);
  });

  test("are stored just before that age", async () => {
    const { slug, clicks, restore } = await loseLink(2, old() + 120_000);
    await restore();
    await deliverDead([clicks]);
    expect((await countsOf(slug)).clicks).toBe(2);
  });

  test("are deleted with the log", async () => {
    const now = noonAfter(Date.now());
    await deliverDead([(await loseLink(1)).clicks], { sentAt: now - RETENTION_DAYS * DAY - 60_000 });
    await deliverDead([(await loseLink(2)).clicks], { sentAt: now - RETENTION_DAYS * DAY + 60_000 });
    await runCron(now);
    expect(await listDead()).toMatchObject([{ clicks: 2 }]);
  });
});

test("dead clicks can be deleted, and unknown ones are not found", async () => {
  await deliverDead([(await loseLink(1)).clicks]);
  const [dead] = await listDead();
  const path = `/v1/dead-clicks/${dead.id}`;
  expect((await admin("DELETE", path)).json).toEqual({ ...dead, status: "deleted" });
  expect(await listDead()).toEqual([]);
  for (const [method, gone] of [
    ["GET", path],
    ["POST", `${path}/replay`],
    ["DELETE", path],
  ] as const) {
    const { status, json } = await admin(method, gone);
    expect([status, json.code]).toEqual([404, "dead_clicks_not_found"]);
  }
  expect((await send("/v1/dead-clicks")).status).toBe(401);
});
