/** Limits of deliveries: rate limits, and how long requests and the log are stored. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import worker from "../support/current-worker.ts";
import { listDeliveries, openPostback, readDelivery } from "../support/deliveries.ts";
import { noonAfter, runCron } from "../support/run-cron.ts";
import { admin, ORIGIN, send, setUp } from "../support/story.ts";

const DAY = 86_400_000;

/** The shipped Worker with changed bindings. */
const fetchBy = worker.fetch as (request: Request, bindings: unknown, ctx: ExecutionContext) => Promise<Response>;

describe("the rate limit", { tags: ["deep"] }, () => {
  /** The real bindings, but with the limit for refusals as the limit for deliveries: small enough to exceed in a test. */
  const fetchLimited = (request: Request) =>
    worker.fetch?.(
      request as Parameters<NonNullable<typeof worker.fetch>>[0],
      { ...env, ...(env.REFUSAL_LIMIT && { WEBHOOK_LIMIT: env.REFUSAL_LIMIT }) },
      {
        waitUntil: () => {},
        passThroughOnException: () => {},
        props: {},
      } as unknown as ExecutionContext,
    );

  test("of an endpoint is checked after the signature and before the object", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
    const post = (key: string) =>
      fetchLimited(
        new Request(
          `${ORIGIN}/v1/postback?endpoint=${endpoint.id}&key=${key}&event=lead&click_id=x&txid=lead1&currency=USD`,
        ),
      );
    // The limit is 60 per minute; up to 120 pass if a new minute starts during the test.
    let passed = 0;
    let answer = await post(endpoint.secret);
    for (; answer?.status === 200 && passed <= 120; passed += 1) answer = await post(endpoint.secret);
    expect(passed).toBeGreaterThanOrEqual(60);
    expect([answer?.status, answer?.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await post("wrong"))?.status).toBe(401);
  });

  test("of refusals limits what unverified senders can write to the log", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
    for (let n = 0; n < 130; n += 1) {
      expect((await send(`/v1/postback?endpoint=${endpoint.id}&key=wrong&event=lead`)).status).toBe(401);
    }
    const listed = await listDeliveries(program, "?limit=200");
    expect(listed.length).toBeGreaterThanOrEqual(60);
    expect(listed.length).toBeLessThanOrEqual(120);
  });
});

describe("a rate limit that fails", { tags: ["deep"] }, () => {
  const broken: [string, RateLimit][] = [
    ["throws", { limit: () => Promise.reject(new Error("the limiter is away")) }],
    ["never answers", { limit: () => new Promise(() => {}) }],
  ];

  /** The shipped Worker, with this limit for everything. */
  async function fetchWith(limit: RateLimit, path: string, init: RequestInit): Promise<Response> {
    const bindings = { ...env, WEBHOOK_LIMIT: limit, REFUSAL_LIMIT: limit, SIGN_IN_LIMIT: limit };
    const ctx = createExecutionContext();
    const response = await fetchBy(new Request(ORIGIN + path, { redirect: "manual", ...init }), bindings, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  }

  test.each(broken)("(it %s) lets webhooks, refusals and sign-ins through", async (_, limit) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { program } = await setUp({ affiliates: 1 });
    const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
    const post = (key: string) =>
      fetchWith(limit, `/v1/postback?endpoint=${endpoint.id}&key=${key}&event=lead&click_id=x&txid=l&currency=USD`, {});
    expect((await post(endpoint.secret)).status).toBe(200);
    expect((await post("wrong")).status).toBe(401);
    const listed = await listDeliveries(program);
    expect(listed.map(({ outcome }) => outcome).sort()).toEqual(["recorded", "refused"]);
    const asked = await fetchWith(limit, "/app/sign-in", {
      method: "POST",
      headers: { Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded" },
      body: "email=nobody@example.com",
    });
    expect([asked.status, asked.headers.get("location")]).toEqual([303, "/app/sign-in?done=sent"]);
    expect(new Set(logged.mock.calls.map(([line]) => line.event))).toEqual(new Set(["rate_limit_not_checked"]));
    logged.mockRestore();
  });
});

test("requests are deleted after 30 days, and waiting deliveries are refused then; the log is deleted after 400", {
  tags: ["deep"],
}, async () => {
  const { program } = await setUp({ affiliates: 1 });
  const post = await openPostback(program);
  await post({ txid: "1001", amount: "99.00", event: "sale" });
  await post({ txid: "1002", refund_id: "r1", amount: "99.00", event: "refund" });
  const [waiting, sold] = await listDeliveries(program);
  await runCron(noonAfter(Date.now() + 28 * DAY));
  expect((await readDelivery(program, sold?.id)).request).not.toBeNull();
  await runCron(noonAfter(Date.now() + 31 * DAY));
  expect((await readDelivery(program, sold?.id)).request).toBeNull();
  expect(await readDelivery(program, waiting?.id)).toMatchObject({
    outcome: "refused",
    reason: "given_up",
    request: null,
  });
  expect(await listDeliveries(program)).toHaveLength(2);
  await runCron(noonAfter(Date.now() + 401 * DAY));
  expect(await listDeliveries(program)).toEqual([]);
});
