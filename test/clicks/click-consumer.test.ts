import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { consumeClicks } from "../../src/clicks/click-consumer.ts";
import type { Click } from "../../src/redirect/click.ts";
import worker from "../support/current-worker.ts";
import { makeClick } from "../support/make-click.ts";
import { admin, setUp } from "../support/story.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function packOf(slug: string, from: number, count: number): Promise<Click[]> {
  const link_id = (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;
  return Array.from({ length: count }, (_, n) => makeClick(from + n, { link_id }));
}

const batchOf = (bodies: unknown[], attempts = 2) =>
  createMessageBatch<unknown>(
    "lastclick-clicks",
    bodies.map((body, n) => ({ id: `m${n}`, timestamp: 0, attempts, body })),
  );

/** The dead letters, as a list. */
function makeGrave() {
  const buried: unknown[][] = [];
  return { buried, bury: async (clicks: unknown[]) => void buried.push(clicks) };
}

const countsOf = async (slug: string) => (await admin("GET", `/v1/links/${slug}`)).json;
const NO_LINK = 999_999;

test("the same queue batch twice is counted once", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const packs = [await packOf(a.slug, 0, 100), await packOf(a.slug, 100, 100), await packOf(a.slug, 50, 100)];
  for (let delivery = 0; delivery < 2; delivery += 1) {
    const batch = batchOf(packs);
    const ctx = createExecutionContext();
    await worker.queue?.(batch, env, ctx);
    expect((await getQueueResult(batch, ctx)).ackAll).toBe(true);
  }
  expect(await countsOf(a.slug)).toMatchObject({ clicks: 200, verdicts: { counted: 200 } });
});

describe("while D1 rejects clicks", () => {
  const overloaded = {
    prepare: (sql: string) => env.DB.prepare(sql),
    batch: () => Promise.reject(new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.")),
  };
  // Without our tables: the real error of a real D1.
  const empty = {
    prepare: () => env.DB.prepare("SELECT 1 FROM no_such_table WHERE ?1"),
    batch: env.DB.batch.bind(env.DB),
  };

  test.each([
    ["is overloaded", overloaded],
    ["has not been migrated", empty],
  ])("because it %s it is left alone, and the messages are retried later at different times", async (_, db) => {
    const { a } = await setUp({ affiliates: 1 });
    const packs = await Promise.all(Array.from({ length: 20 }, (_, n) => packOf(a.slug, n * 2, 2)));
    const asked = vi.spyOn(db, "batch");
    const { buried, bury } = makeGrave();
    const batch = batchOf(packs, 3);
    const retries = batch.messages.map((message) => vi.spyOn(message, "retry"));
    await consumeClicks(batch, db as unknown as D1Database, bury);
    expect(await getQueueResult(batch, createExecutionContext())).toMatchObject({ ackAll: false, explicitAcks: [] });
    const delays = retries.map((retry) => retry.mock.calls[0]?.[0]?.delaySeconds ?? 0);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30);
    expect(new Set(delays).size).toBeGreaterThan(3);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
    expect(buried).toEqual([]);
    // When D1 is back, the same messages are counted.
    await consumeClicks(batchOf(packs), env.DB, bury);
    expect((await countsOf(a.slug)).clicks).toBe(40);
  });
});

describe("a click that can never be stored", () => {
  test("doesn't affect the 99 others of its message", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const [good, pack] = [await packOf(a.slug, 0, 3), await packOf(a.slug, 100, 100)];
    const poison = { ...makeClick(142), link_id: NO_LINK };
    pack[42] = poison;
    const batch = batchOf([good, pack]);
    const { buried, bury } = makeGrave();
    await consumeClicks(batch, env.DB, bury);
    const result = await getQueueResult(batch, createExecutionContext());
    expect([result.explicitAcks, result.retryMessages]).toEqual([["m0", "m1"], []]);
    expect(buried).toEqual([[poison]]);
    expect((await countsOf(a.slug)).clicks).toBe(102);
  });

  test("stays in the queue while the dead-letter queue fails, and the others are counted once", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const pack = [...(await packOf(a.slug, 0, 5)), { ...makeClick(6), verdict: "hologram" }];
    const batch = batchOf([pack]);
    await consumeClicks(batch, env.DB, () => Promise.reject(new Error("queue is away")));
    const result = await getQueueResult(batch, createExecutionContext());
    expect([result.explicitAcks, result.retryMessages.map(({ msgId }) => msgId)]).toEqual([[], ["m0"]]);
    const { buried, bury } = makeGrave();
    await consumeClicks(batchOf([pack]), env.DB, bury);
    expect(buried).toEqual([[pack[5]]]);
    expect(await countsOf(a.slug)).toMatchObject({ clicks: 5, verdicts: { counted: 5 } });
  });

  test("in a message that isn't a list of clicks is passed on unchanged", async () => {
    const { buried, bury } = makeGrave();
    const batch = batchOf([null, { hello: 1 }, [7]]);
    await consumeClicks(batch, env.DB, bury);
    expect(buried).toEqual([[null], [{ hello: 1 }], [7]]);
    const { explicitAcks } = await getQueueResult(batch, createExecutionContext());
    expect(explicitAcks).toEqual(["m0", "m1", "m2"]);
  });
});

test("a message that an earlier version sent is counted", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const [now] = await packOf(a.slug, 0, 1);
  const { repeats, device, user_agent, visitor_by_hash, ...old } = now ?? makeClick(0);
  const sent = { ...old, visitor: "0123456789abcdef", new_visitor: "fedcba9876543210" };
  const { buried, bury } = makeGrave();
  await consumeClicks(batchOf([[sent]]), env.DB, bury);
  expect(buried).toEqual([]);
  expect(await countsOf(a.slug)).toMatchObject({ clicks: 1, unique_visitors: 1 });
  const { json } = await admin("GET", `/v1/links/${a.slug}/clicks`);
  expect(json.data).toMatchObject([{ verdict: "counted", device: null, user_agent: null }]);
  const details = env.DB.prepare("SELECT details FROM click_days d JOIN links l ON l.id = link_id WHERE slug = ?");
  expect(JSON.parse((await details.bind(a.slug).first<string>("details")) ?? "")).toEqual({ hour: { 0: 1 } });
});
