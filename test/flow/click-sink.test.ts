/** Click destinations: the same guarantees whether clicks go to the queue first and D1 second, or the other way around. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Click } from "../../src/redirect/click.ts";
import worker from "../support/current-worker.ts";
import { admin, BROWSER, eventually, ORIGIN, setUp } from "../support/story.ts";

type Sink = "queue" | "d1";
type Way = (pack: unknown) => Promise<unknown>;

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

const fails: Way = () => Promise.reject(new Error("away"));
const hangs: Way = () => new Promise(() => {});
const queue: Way = (pack) => env.CLICKS.send(pack as Click[]);
const d1: Way = (statements) => env.DB.batch(statements as D1PreparedStatement[]);

/** The Worker's environment for a setting, with the given destinations and a count of the uses of each. */
function placeOf(sink: string, ways: { queue?: Way; d1?: Way } = {}) {
  const gone = { queue: 0, d1: 0 };
  const CLICKS = {
    send: (pack: Click[]) => {
      gone.queue += 1;
      return (ways.queue ?? queue)(pack);
    },
  };
  const DB = {
    prepare: (sql: string) => env.DB.prepare(sql),
    batch: (statements: D1PreparedStatement[]) => {
      gone.d1 += 1;
      return (ways.d1 ?? d1)(statements);
    },
  };
  return { env: { ...env, CLICK_SINK: sink, CLICKS, DB } as unknown as typeof env, gone };
}

/** Simultaneous clicks, each from a different IP address; resolves when the Worker has finished all work for them. */
async function clickAtOnce(slug: string, count: number, place: typeof env, firstAddress = 0): Promise<void> {
  const ctx = createExecutionContext();
  const requests = Array.from({ length: count }, (_, n) => {
    const headers = { "User-Agent": BROWSER, "CF-Connecting-IP": `192.0.2.${firstAddress + n}` };
    return new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/${slug}`, { headers });
  });
  const answers = await Promise.all(requests.map((request) => worker.fetch?.(request, place, ctx)));
  expect(answers.map((answer) => answer?.status)).toEqual(Array(count).fill(302));
  await waitOnExecutionContext(ctx);
}

/** A warm link, after one click that was sent. */
async function warmLink(): Promise<string> {
  const { a } = await setUp({ affiliates: 1 });
  await clickAtOnce(a.slug, 1, env, 200);
  return a.slug;
}

const countsOf = async (slug: string) => (await admin("GET", `/v1/links/${slug}`)).json;
const other = (sink: Sink): Sink => (sink === "queue" ? "d1" : "queue");

function counted(slug: string, clicks: number) {
  return eventually(async () => expect((await countsOf(slug)).verdicts).toEqual({ counted: clicks }));
}

describe.each<Sink>(["queue", "d1"])("clicks sent to %s first", (sink) => {
  test("are packed, counted once each, and sent nowhere else", async () => {
    const slug = await warmLink();
    const place = placeOf(sink);
    await clickAtOnce(slug, 150, place.env);
    await counted(slug, 151);
    expect(place.gone[sink]).toBeLessThan(75);
    expect(place.gone[other(sink)]).toBe(0);
  });

  test.each([
    ["fails", fails],
    ["hangs", hangs],
  ])("go to the other destination, unnoticed by visitors, when that %s", async (_, way) => {
    const slug = await warmLink();
    const place = placeOf(sink, { [sink]: way });
    await clickAtOnce(slug, 3, place.env);
    expect(place.gone[other(sink)]).toBeGreaterThan(0);
    await counted(slug, 4);
  });

  test("are counted once if they go to both destinations because a response was lost", async () => {
    const slug = await warmLink();
    const taken: Way = async (pack) => {
      await { queue, d1 }[sink](pack);
      throw new Error("the answer is lost");
    };
    const place = placeOf(sink, { [sink]: taken });
    await clickAtOnce(slug, 20, place.env);
    await counted(slug, 21);
    // Both destinations have delivered by then, and neither adds to the count.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await countsOf(slug)).verdicts).toEqual({ counted: 21 });
  });

  test("wait in memory while both destinations fail, and none is lost", async () => {
    const slug = await warmLink();
    await clickAtOnce(slug, 10, placeOf(sink, { queue: fails, d1: fails }).env);
    expect((await countsOf(slug)).clicks).toBeLessThanOrEqual(1);
    await clickAtOnce(slug, 1, placeOf(sink).env);
    // The eleventh click has the first one's IP address.
    await eventually(async () => expect((await countsOf(slug)).verdicts).toEqual({ counted: 11, duplicate: 1 }));
  });
});

test("an unknown sink is an error, and no click is accepted", async () => {
  const slug = await warmLink();
  const ctx = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/${slug}`);
  const response = await worker.fetch?.(request, placeOf("kafka").env, ctx);
  expect(response?.status).toBe(500);
});
