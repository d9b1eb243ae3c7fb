/** The log holds no personal data, whatever fails while people and checkouts send it. */
import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import worker from "../support/current-worker.ts";
import { admin, BROWSER, click, ORIGIN, sale, setUp } from "../support/story.ts";

const PERSON = {
  name: `Zoë "Ann" O'Brien-Private`,
  email: "zoe.private@secret.example",
  ipv4: "203.0.113.77",
  ipv6: "2001:db8:77::abcd",
  path: "secretslug",
  query: "secretquery",
  cookie: "secretcookie0123456789",
};
/** All of it in one text, as a careless error could name it. */
const EVERYTHING = Object.values(PERSON).join(" ");
const PARTS = /Zoë|Ann\b|Brien|Private|secret(?!s)|203\.0\.113|db8/i;

let lines: unknown[][];

beforeEach(() => {
  lines = [];
  for (const method of ["error", "warn", "info", "log", "debug"] as const) {
    vi.spyOn(console, method).mockImplementation((...line: unknown[]) => {
      lines.push(line);
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** The events that were logged, after checking that no line names the person. */
function loggedEvents(): string[] {
  return lines.map((line) => {
    const [entry, ...others] = line;
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ event: expect.stringMatching(/^[a-z_0-9]+$/) });
    const text = JSON.stringify(entry);
    expect(text).not.toMatch(PARTS);
    return (entry as { event: string }).event;
  });
}

const careless = () => Promise.reject(new Error(`it failed for '${EVERYTHING}', ${PERSON.email} at ${PERSON.ipv4}`));

const UNGUARDED = Symbol("the statement itself");
type Guarded = D1PreparedStatement & { [UNGUARDED]: D1PreparedStatement };

/** D1 whose statements fail with an error that quotes a parameter, from the first one on or after some. */
function failingDatabase(after = 0): D1Database {
  let left = after;
  const guard = (prepared: D1PreparedStatement): Guarded =>
    new Proxy(prepared as Guarded, {
      get(target, name) {
        if (name === UNGUARDED) return target;
        if (name === "bind") return (...values: unknown[]) => guard(target.bind(...values));
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          left -= 1;
          return left < 0 ? careless() : value.apply(target, values);
        };
      },
    });
  return new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => guard(target.prepare(sql));
      if (name !== "batch") return Reflect.get(target, name);
      return (statements: Guarded[]) => {
        left -= 1;
        return left < 0 ? careless() : target.batch(statements.map((statement) => statement[UNGUARDED]));
      };
    },
  });
}

/** A request of the person to the real Worker, with changed bindings. */
async function ask(path: string, init: RequestInit = {}, changes: Partial<Env> = {}): Promise<Response> {
  const ctx = createExecutionContext();
  const headers = {
    "User-Agent": BROWSER,
    "CF-Connecting-IP": PERSON.ipv4,
    "X-Forwarded-For": PERSON.ipv6,
    Cookie: `lc_session=${PERSON.cookie}; lc_other=${PERSON.cookie}`,
    Referer: `https://${PERSON.path}.example/?q=${PERSON.query}`,
    Origin: ORIGIN,
    ...init.headers,
  };
  const request = new Request(new URL(path, ORIGIN), { redirect: "manual", ...init, headers });
  const response = await worker.fetch?.(request as never, { ...env, ...changes }, ctx);
  if (response === undefined) throw new Error("there was no answer");
  await waitOnExecutionContext(ctx);
  return response;
}

function signed(
  endpoint: { secret: string },
  event: Record<string, unknown>,
  text = JSON.stringify(event),
): RequestInit {
  const id = `msg_${crypto.randomUUID()}`;
  const at = new Date();
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(endpoint.secret).sign(id, at, text),
  };
  return { method: "POST", body: text, headers };
}

const personal = (click?: string) =>
  sale({ customer: { id: PERSON.email, email: PERSON.email, name: PERSON.name }, product: PERSON.name, click });

test("webhooks", async () => {
  const { endpoint, a } = await setUp({ affiliates: 1 });
  const path = `/v1/webhooks/${endpoint.id}`;
  const { token } = await click(a.slug);
  for (const after of [0, 1, 2, 3]) await ask(path, signed(endpoint, personal(token)), { DB: failingDatabase(after) });
  const failing = { getByName: () => ({ record: careless, handOver: careless }) } as never;
  expect((await ask(path, signed(endpoint, personal(token)), { CUSTOMERS: failing })).status).toBe(202);
  await ask(path, signed(endpoint, {}, `{"customer": ${EVERYTHING}`));
  await ask(path, { method: "POST", body: EVERYTHING });
  await ask(path, { method: "POST", body: EVERYTHING }, { DB: failingDatabase(1) });
  const limit = { limit: careless };
  await ask(path, signed(endpoint, personal()), { WEBHOOK_LIMIT: limit, REFUSAL_LIMIT: limit });
  await ask(`/v1/postback?endpoint=${PERSON.query}&email=${PERSON.email}`, {}, { DB: failingDatabase() });
  expect([...new Set(loggedEvents())].sort()).toEqual([
    "delivery_not_closed",
    "event_spooled",
    "rate_limit_not_checked",
    "refusal_not_logged",
    "waiting_deliveries_not_handled",
    "webhook_not_stored",
  ]);
});

test("redirects and clicks", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const query = `?sub1=${PERSON.query}&email=${encodeURIComponent(PERSON.email)}`;
  const queue = { send: careless, sendBatch: careless, metrics: careless } as never;
  await ask(`/${PERSON.path}${query}`, {}, { DB: failingDatabase() });
  await ask(`/${a.slug}${query}`);
  const answer = await ask(`/${a.slug}${query}`, {}, { DB: failingDatabase(), CLICKS: queue });
  expect(answer.status).toBe(302);
  expect(new Set(loggedEvents())).toEqual(new Set(["link_not_loaded", "clicks_wait_in_memory"]));
});

test("the API and the portal", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const authorized = { Authorization: `Bearer ${env.ADMIN_TOKEN}` };
  const body = JSON.stringify({ username: PERSON.path, name: PERSON.name, email: PERSON.email });
  const DB = failingDatabase();
  expect((await ask("/v1/affiliates", { method: "POST", headers: authorized, body }, { DB })).status).toBe(500);
  await ask(`/v1/affiliates/${PERSON.path}?q=${PERSON.query}`, { headers: authorized }, { DB });
  await ask("/v1/affiliates", { headers: { Authorization: `Bearer ${PERSON.cookie}` } }, { DB });
  const ACCOUNTS = { getByName: () => new Proxy({}, { get: () => careless }) } as never;
  await ask(`/v1/programs/${program}/affiliates/${a.username}`, { headers: authorized }, { ACCOUNTS });
  await ask(`/app?program=${PERSON.query}`, { headers: { Cookie: `__Host-session=${PERSON.cookie}` } }, { DB });
  const { json } = await admin("POST", `/v1/affiliates/${a.username}/sign-in-link`);
  expect(json.url).toContain("token=");
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  const token = new URLSearchParams({ token: PERSON.cookie });
  await ask(`/app/sign-in?token=${PERSON.cookie}`, { method: "POST", headers: form, body: token.toString() }, { DB });
  const EMAIL = { send: careless } as never;
  const email = new URLSearchParams({ email: `${a.username}@example.com` });
  await ask("/app/sign-in/email", { method: "POST", headers: form, body: email.toString() }, { EMAIL });
  const events = new Set(loggedEvents());
  for (const event of ["request_failed", "page_failed"]) expect(events).toContain(event);
});

test("scheduled work, emails and the queue", async () => {
  const { a } = await setUp({ affiliates: 1 });
  await click(a.slug);
  for (const cron of ["* * * * *", "7 * * * *"]) {
    const ctx = createExecutionContext();
    const changed = { ...env, DB: failingDatabase(), EMAIL: { send: careless } as never };
    await worker.scheduled?.(createScheduledController({ cron, scheduledTime: Date.now() }), changed, ctx);
    await waitOnExecutionContext(ctx);
  }
  const body = [{ id: PERSON.cookie, link_id: 1, at: 1, referrer: PERSON.email, user_agent: PERSON.name }];
  for (const queue of ["lastclick-clicks", "lastclick-clicks-dead"]) {
    const message = { id: "m1", timestamp: new Date(), attempts: 1, body, ack: () => {}, retry: () => {} };
    const metadata = { metrics: { backlogCount: 0, backlogBytes: 0 } };
    const batch = { queue, metadata, messages: [message], ackAll: () => {}, retryAll: () => {} };
    const DEAD_CLICKS = { send: careless } as never;
    await worker.queue?.(batch, { ...env, DB: failingDatabase(), DEAD_CLICKS }, createExecutionContext());
  }
  const events = new Set(loggedEvents());
  for (const event of [
    "minute_task_failed",
    "hourly_task_failed",
    "click_message_retried",
    "dead_click_message_retried",
  ])
    expect(events).toContain(event);
});
