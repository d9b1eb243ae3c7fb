import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { consumeClicks } from "../../src/clicks/consume-clicks.ts";
import worker from "../../src/index.ts";
import type { Click } from "../../src/redirect/click.ts";
import { makeClick } from "../support/make-click.ts";
import { admin, setUp } from "../support/story.ts";

async function packOf(slug: string, from: number, count: number): Promise<Click[]> {
  const link_id = (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;
  return Array.from({ length: count }, (_, n) => makeClick(from + n, { link_id }));
}

const batchOf = (packs: Click[][]) =>
  createMessageBatch(
    "lastclick-clicks",
    packs.map((body, n) => ({ id: `m${n}`, timestamp: 0, attempts: 2, body })),
  );

test("the same queue batch twice is counted once", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const packs = [await packOf(a.slug, 0, 100), await packOf(a.slug, 100, 100), await packOf(a.slug, 50, 100)];
  for (let delivery = 0; delivery < 2; delivery += 1) {
    const batch = batchOf(packs);
    const ctx = createExecutionContext();
    await worker.queue?.(batch as MessageBatch<Click[]>, env, ctx);
    expect((await getQueueResult(batch, ctx)).ackAll).toBe(true);
  }
  expect((await admin("GET", `/v1/links/${a.slug}`)).json).toMatchObject({ clicks: 200, verdicts: { counted: 200 } });
});

test("a batch that D1 does not take is delivered again, later each time", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const batch = batchOf([await packOf(a.slug, 0, 2)]);
  const [message] = batch.messages;
  if (message === undefined) throw new Error("no message");
  const retry = vi.spyOn(message, "retry");
  // A database without our tables: the real refusal of a real D1.
  const broken = {
    ...env.DB,
    prepare: () => env.DB.prepare("SELECT 1 FROM no_such_table"),
    batch: env.DB.batch.bind(env.DB),
  };
  await consumeClicks(batch as MessageBatch<Click[]>, broken as unknown as D1Database);
  const result = await getQueueResult(batch, createExecutionContext());
  expect(result.ackAll).toBe(false);
  expect(result.retryMessages.map((message) => message.msgId)).toEqual(["m0"]);
  expect(retry).toHaveBeenCalledWith({ delaySeconds: 10 });
});

test("a message that never can be stored does not take the others with it", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const good = await packOf(a.slug, 0, 3);
  const poison = good.map((click) => ({ ...click, link_id: 999_999 }));
  const batch = batchOf([good, poison]);
  await consumeClicks(batch as MessageBatch<Click[]>, env.DB);
  const result = await getQueueResult(batch, createExecutionContext());
  expect(result.explicitAcks).toEqual(["m0"]);
  expect(result.retryMessages.map((message) => message.msgId)).toEqual(["m1"]);
  expect((await admin("GET", `/v1/links/${a.slug}`)).json.clicks).toBe(3);
});
