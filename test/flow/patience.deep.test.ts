/** A visitor's waiting time: none while the link is warm, whatever the state of storage. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { withTimeout } from "../../src/lib/platform/with-timeout.ts";
import worker from "../support/current-worker.ts";
import { admin, BROWSER, click, ORIGIN, setUp } from "../support/story.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A database that never answers. */
const statement: unknown = new Proxy(
  {},
  { get: (_, name) => () => (name === "bind" ? statement : new Promise(() => {})) },
);
const hanging = { prepare: () => statement, batch: () => new Promise(() => {}) } as unknown as D1Database;

const throwing = {
  prepare: () => {
    throw new Error("D1 is unavailable");
  },
  batch: () => Promise.reject(new Error("D1 is unavailable")),
} as unknown as D1Database;

async function clickWith(slug: string, DB: D1Database) {
  const ctx = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/${slug}`, {
    headers: { "User-Agent": BROWSER },
  });
  const response = await worker.fetch?.(request, { ...env, DB }, ctx);
  return { response, ctx };
}

/** The real D1, which answers only once `gate` resolves. */
function heldBack(gate: Promise<unknown>): D1Database {
  const wrap = (real: D1PreparedStatement): D1PreparedStatement =>
    ({
      bind: (...values: unknown[]) => wrap(real.bind(...values)),
      raw: async () => {
        const rows = await real.raw();
        await gate;
        return rows;
      },
    }) as unknown as D1PreparedStatement;
  return { prepare: (sql: string) => wrap(env.DB.prepare(sql)) } as unknown as D1Database;
}

function later(ms: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

describe.each([
  ["hangs", hanging],
  ["throws", throwing],
])("while D1 %s", { tags: ["deep"] }, (_, broken) => {
  test.each([
    ["fresh", 0],
    ["stale, and refreshed in the background", 15_000],
    ["an hour old", 3_600_000],
  ])("a link that is %s is followed", async (_, age) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { a } = await setUp({ affiliates: 1 });
    expect((await click(a.slug)).status).toBe(302);
    later(age);
    // Shorter than the timeout of storage, so that waiting for storage would fail this test.
    const { response } = await withTimeout(2_500, clickWith(a.slug, broken));
    expect(response?.status).toBe(302);
  });

  test("an old link queries storage once, not once per request", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const prepare = vi.spyOn(broken, "prepare");
    const { a } = await setUp({ affiliates: 1 });
    await click(a.slug);
    later(3_600_000);
    for (let n = 0; n < 5; n += 1) expect((await clickWith(a.slug, broken)).response?.status).toBe(302);
    expect(prepare).toHaveBeenCalledTimes(1);
  });

  test("a disabled link stays disabled", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { a } = await setUp({ affiliates: 1 });
    await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
    expect((await click(a.slug)).status).toBe(410);
    later(3_600_000);
    expect((await clickWith(a.slug, broken)).response?.status).toBe(410);
  });
});

describe("an edit made in another isolate", { tags: ["deep"] }, () => {
  const change = (slug: string) =>
    env.DB.prepare("UPDATE links SET destination = 'https://shop.example/new' WHERE slug = ?").bind(slug).run();

  test("applies within 30 seconds", async () => {
    const { a } = await setUp({ affiliates: 1 });
    await click(a.slug);
    await change(a.slug);
    later(30_000);
    expect((await click(a.slug)).location).toContain("https://shop.example/new");
  });

  test("is loaded in the background when the link is followed", async () => {
    const { a } = await setUp({ affiliates: 1 });
    await click(a.slug);
    await change(a.slug);
    later(11_000);
    const { response, ctx } = await clickWith(a.slug, env.DB);
    expect(response?.headers.get("location")).toContain("/pricing");
    await waitOnExecutionContext(ctx);
    expect((await click(a.slug)).location).toContain("https://shop.example/new");
  });
});

test("a distant D1 is waited for: an old edit applies at the first click", { tags: ["deep"] }, async () => {
  const { a } = await setUp({ affiliates: 1 });
  await click(a.slug);
  await env.DB.prepare("UPDATE links SET disabled = 1 WHERE slug = ?").bind(a.slug).run();
  later(3_600_000);
  const far = heldBack(new Promise((resolve) => setTimeout(resolve, 400)));
  expect((await clickWith(a.slug, far)).response?.status).toBe(410);
});

test("a D1 that is slower than the timeout still updates the link", { tags: ["deep"] }, async () => {
  const { a } = await setUp({ affiliates: 1 });
  await click(a.slug);
  await env.DB.prepare("UPDATE links SET disabled = 1 WHERE slug = ?").bind(a.slug).run();
  later(3_600_000);
  const slowly = () => heldBack(new Promise((resolve) => setTimeout(resolve, 1_900)));
  const { response, ctx } = await clickWith(a.slug, slowly());
  expect(response?.status).toBe(302);
  // The query continues in the background, and the next click uses its result.
  await waitOnExecutionContext(ctx);
  later(20_001);
  expect((await clickWith(a.slug, slowly())).response?.status).toBe(410);
});

test("a load that finishes after an edit does not restore the old link", { tags: ["deep"] }, async () => {
  const { a, b } = await setUp();
  // Creates the program's visitor key of the day, so that only one statement is held back.
  await click(b.slug);
  let openGate = () => {};
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  const loading = clickWith(a.slug, heldBack(gate));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
  openGate();
  expect((await loading).response?.status).toBe(302);
  // The shared cache may keep the old link for ten seconds; this isolate's cache must not.
  later(10_001);
  expect((await click(a.slug)).status).toBe(410);
});
