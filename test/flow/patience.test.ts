/** What a visitor waits for: nothing while the link is warm, whatever storage does. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import worker from "../../src/index.ts";
import { within } from "../../src/within.ts";
import { admin, BROWSER, click, ORIGIN, setUp } from "../support/story.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A database whose every answer is for ever to come. */
const statement: unknown = new Proxy(
  {},
  { get: (_, name) => () => (name === "bind" ? statement : new Promise(() => {})) },
);
const hanging = { prepare: () => statement, batch: () => new Promise(() => {}) } as unknown as D1Database;

const throwing = {
  prepare: () => {
    throw new Error("D1 is away");
  },
  batch: () => Promise.reject(new Error("D1 is away")),
} as unknown as D1Database;

async function clickWith(slug: string, DB: D1Database) {
  const ctx = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/${slug}`, {
    headers: { "User-Agent": BROWSER },
  });
  const response = await worker.fetch?.(request, { ...env, DB }, ctx);
  return { response, ctx };
}

function later(ms: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

describe.each([
  ["hangs", hanging],
  ["throws", throwing],
])("while D1 %s", (_, broken) => {
  test.each([
    ["fresh", 0],
    ["ageing, and refreshed behind the answer", 15_000],
    ["an hour old", 3_600_000],
  ])("a link that is %s is followed", async (_, age) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { a } = await setUp({ affiliates: 1 });
    expect((await click(a.slug)).status).toBe(302);
    later(age);
    // Less than what storage itself is given, or a visitor would be waiting for it.
    const { response } = await within(2_500, clickWith(a.slug, broken));
    expect(response?.status).toBe(302);
  });

  test("an old link asks storage once, not once a request", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const asked = vi.spyOn(broken, "prepare");
    const { a } = await setUp({ affiliates: 1 });
    await click(a.slug);
    later(3_600_000);
    for (let n = 0; n < 5; n += 1) expect((await clickWith(a.slug, broken)).response?.status).toBe(302);
    expect(asked).toHaveBeenCalledTimes(1);
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

describe("an edit that this isolate does not know of", () => {
  const change = (slug: string) =>
    env.DB.prepare("UPDATE links SET destination = 'https://shop.example/new' WHERE slug = ?").bind(slug).run();

  test("is effective within 30 seconds", async () => {
    const { a } = await setUp({ affiliates: 1 });
    await click(a.slug);
    await change(a.slug);
    later(30_000);
    expect((await click(a.slug)).location).toContain("https://shop.example/new");
  });

  test("is fetched behind the answer of a link that is asked for", async () => {
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

test("a load that an edit overtakes does not put the old link back", async () => {
  const { a, b } = await setUp();
  // The programme's day has its key already, so that one statement is all there is to hold back.
  await click(b.slug);
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slow = {
    prepare: (sql: string) => {
      const wrap = (statement: D1PreparedStatement): D1PreparedStatement =>
        ({
          bind: (...values: unknown[]) => wrap(statement.bind(...values)),
          raw: async () => {
            const rows = await statement.raw();
            await gate;
            return rows;
          },
        }) as unknown as D1PreparedStatement;
      return wrap(env.DB.prepare(sql));
    },
    batch: (statements: D1PreparedStatement[]) => env.DB.batch(statements),
  } as unknown as D1Database;
  const loading = clickWith(a.slug, slow);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
  goOn();
  expect((await loading).response?.status).toBe(302);
  // The other tier remembers what it read for ten seconds; this isolate's own memory must not.
  later(10_001);
  expect((await click(a.slug)).status).toBe(410);
});
