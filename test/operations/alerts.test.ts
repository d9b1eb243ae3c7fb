/** Alerts, from the minute's cron of the real Worker to the email binding and a webhook's receiver. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Env, listSettingFaults, readAlertSettings } from "../../src/env.ts";
import { type Mailbox, openMailbox } from "../notifications/mailbox.ts";
import worker from "../support/current-worker.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, BROWSER, ORIGIN, setUp } from "../support/story.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RECEIVER = "https://alerts.example.com/hook?key=secret-of-the-hook";

let box: Mailbox;
let received: { url: string; body: { text: string; status: string; alerts: { kind: string; name: string }[] } }[];
let answer: () => Response | Promise<Response>;
let logged: unknown[];
/** Each test has its own time, later than those before. */
let start = Date.now();

beforeEach(async () => {
  start += 30 * DAY;
  box = openMailbox();
  received = [];
  logged = [];
  answer = () => new Response("ok");
  vi.spyOn(console, "error").mockImplementation((line: unknown) => {
    logged.push(line);
  });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init as RequestInit);
    expect([request.method, request.headers.get("Content-Type")]).toEqual(["POST", "application/json"]);
    received.push({ url: request.url, body: await request.json() });
    return answer();
  });
  await env.DB.batch(["DELETE FROM dead_clicks", "DELETE FROM status_items"].map((sql) => env.DB.prepare(sql)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Makes the item `dead_clicks` a warning, and ok again. */
const park = (at: number) =>
  env.DB.prepare("INSERT INTO dead_clicks (id, received_at, clicks, error, body) VALUES ('d', ?, 7, 'x', '[]')")
    .bind(at)
    .run();
const replay = () => env.DB.prepare("DELETE FROM dead_clicks").run();

const both = () => ({ EMAIL: box.EMAIL, ALERT_EMAIL: "ops@example.com", ALERT_WEBHOOK_URL: RECEIVER });

/** What the email receiver and the webhook's receiver got about dead clicks, after the cron at `minutes` after the start. */
async function cron(minutes: number, changes: Record<string, unknown> = both()) {
  const emails = box.emails.length;
  const posts = received.length;
  await runMinute(start + minutes * MINUTE, changes);
  return {
    emails: box.emails.slice(emails).filter(({ to }) => to === "ops@example.com"),
    posts: received.slice(posts).map(({ body }) => body.alerts.map(({ kind, name }) => `${kind} ${name}`).join()),
  };
}

test("an item that becomes bad is reported once, once a day while it stays bad, and once when it is ok again", async () => {
  expect(await cron(0)).toEqual({ emails: [], posts: [] });
  await park(start);
  const { emails, posts } = await cron(5);
  expect(posts).toEqual(["new dead_clicks"]);
  expect(emails).toMatchObject([
    { from: "portal@example.com", to: "ops@example.com", subject: "Lastclick: warning: dead clicks" },
  ]);
  expect(emails[0]?.text).toContain("7 clicks couldn't be stored.\nWhat to do: Read the reasons");
  expect(received[0]).toMatchObject({ url: RECEIVER, body: { status: "warning" } });
  expect(received[0]?.body.text).toContain("7 clicks couldn't be stored.");
  expect((await cron(10)).posts).toEqual([]);
  expect((await cron(60)).posts).toEqual([]);
  expect((await cron(5 + 1_440)).posts).toEqual(["still dead_clicks"]);
  expect((await cron(10 + 1_440)).posts).toEqual([]);
  await replay();
  expect((await cron(1_460)).posts).toEqual([]);
  const end = await cron(1_470);
  expect([end.posts, end.emails.map(({ subject }) => subject)]).toEqual([
    ["resolved dead_clicks"],
    ["Lastclick: 1 problem resolved"],
  ]);
  expect(await cron(1_480)).toEqual({ emails: [], posts: [] });
  expect(logged).toEqual([]);
});

test("the status says since when an item is bad", async () => {
  await cron(0);
  await park(start);
  await cron(5);
  await cron(10);
  const { json } = await admin("GET", "/v1/status");
  const item = json.items.find(({ name }: { name: string }) => name === "dead_clicks");
  expect(item).toMatchObject({ status: "warning", since: new Date(start + 5 * MINUTE).toISOString() });
});

test("the status is checked every five minutes, and once where several crons run", async () => {
  await park(start);
  await Promise.all([cron(0), cron(0), cron(0)]);
  expect(received).toHaveLength(1);
  await replay();
  await park(start - 80 * DAY); // now failing
  for (const minutes of [1, 2, 3, 4]) expect((await cron(minutes)).posts).toEqual([]);
  expect((await cron(5)).posts).toEqual(["worse dead_clicks"]);
});

test("an alert that no channel takes is sent by a later check, and one that a channel took isn't sent again", async () => {
  await park(start);
  answer = () => new Response("no", { status: 500 });
  box.refused.add("ops@example.com");
  await cron(0);
  expect(box.emails).toEqual([]);
  expect(logged).toEqual([
    { event: "alert_not_sent", channel: "email", code: "E_DELIVERY_FAILED" },
    { event: "alert_not_sent", channel: "webhook", code: "status_500" },
  ]);
  answer = () => Promise.reject(new TypeError(`can't reach ${RECEIVER}`));
  box.refused.clear();
  expect((await cron(5)).emails.map(({ subject }) => subject)).toEqual(["Lastclick: warning: dead clicks, alerts"]);
  expect(JSON.stringify(logged)).not.toContain("secret-of-the-hook");
  answer = () => new Response("ok");
  expect(await cron(10)).toEqual({ emails: [], posts: [] });
  const { json } = await admin("GET", "/v1/status");
  const alerts = json.items.find(({ name }: { name: string }) => name === "alerts");
  expect(alerts).toMatchObject({ status: "ok", values: { channels: [] } }); // the API's own settings have none
});

test("a receiver that redirects or fails has not taken the alert", async () => {
  await park(start);
  answer = () => Response.redirect("https://elsewhere.example.com/", 302);
  await cron(0, { ALERT_WEBHOOK_URL: RECEIVER });
  answer = () => new Response(null, { status: 204 });
  expect((await cron(5, { ALERT_WEBHOOK_URL: RECEIVER })).posts).toEqual(["new dead_clicks,new alerts"]);
  expect((await cron(10, { ALERT_WEBHOOK_URL: RECEIVER })).posts).toEqual([]);
});

test("without settings nothing is sent, and what is bad is reported once they are there", async () => {
  await park(start);
  expect(await cron(0, { EMAIL: box.EMAIL })).toEqual({ emails: [], posts: [] });
  expect(await cron(5, { EMAIL: box.EMAIL })).toEqual({ emails: [], posts: [] });
  expect((await cron(10)).posts).toEqual(["new dead_clicks"]);
  expect(logged).toEqual([]);
});

test("a slow receiver doesn't hold up other work of the minute", async () => {
  await park(start);
  let release = () => {};
  answer = () =>
    new Promise((resolve) => {
      release = () => resolve(new Response("ok"));
    });
  const running = cron(0, { ALERT_WEBHOOK_URL: RECEIVER });
  await vi.waitFor(() => expect(received).toHaveLength(1));
  await runMinute(start + MINUTE);
  release();
  expect((await running).posts).toEqual(["new dead_clicks"]);
});

test.each([
  ["ALERT_EMAIL", { ALERT_EMAIL: "Ops <ops@example.com>" }],
  ["ALERT_EMAIL", { ALERT_EMAIL: "ops@example.com", MAIL_FROM: "" }],
  ["ALERT_EMAIL", { ALERT_EMAIL: "ops@example.com", EMAIL: undefined }],
  ["ALERT_WEBHOOK_URL", { ALERT_WEBHOOK_URL: "http://alerts.example.com/" }],
  ["ALERT_WEBHOOK_URL", { ALERT_WEBHOOK_URL: "https://user:secret@alerts.example.com/" }],
  ["ALERT_WEBHOOK_URL", { ALERT_WEBHOOK_URL: "alerts.example.com" }],
])("a wrong %s (%o) is named by the health check, and breaks no link and no page", async (name, changes) => {
  const wrong = { ...env, ...changes } as Env;
  expect(readAlertSettings(wrong)).toEqual({ email: null, webhook_url: null, faults: [expect.stringContaining(name)] });
  expect(listSettingFaults(wrong).join()).not.toContain("secret@");
  const { a } = await setUp({ affiliates: 1 });
  const ask = async (path: string) => {
    const ctx = createExecutionContext();
    const request = new Request(`${ORIGIN}${path}`, { headers: { "User-Agent": BROWSER } });
    const response = await worker.fetch?.(request as never, wrong, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  };
  const health = await ask("/healthz");
  expect([health?.status, await health?.json()]).toMatchObject([
    503,
    { checks: { database: "ok", settings: { status: "failing", detail: expect.stringContaining(name) } } },
  ]);
  expect((await ask(`/${a.slug}`))?.status).toBe(302);
  expect((await ask("/app/sign-in"))?.status).toBe(200);
});

test("valid settings are both channels", () => {
  const settings = { ...env, EMAIL: box.EMAIL, ALERT_EMAIL: "ops@example.com", ALERT_WEBHOOK_URL: RECEIVER } as Env;
  expect(readAlertSettings(settings)).toEqual({
    ...{ email: { to: "ops@example.com" }, webhook_url: RECEIVER, faults: [] },
  });
});
