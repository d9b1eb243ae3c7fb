/** The data that is stored, and for how long. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { projectEntry } from "../../src/commissions/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import { submitSignIn } from "../portal/session.ts";
import { noonAfter, runCron } from "../support/run-cron.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const everything = async (tables: string[]) =>
  JSON.stringify(
    await Promise.all(tables.map(async (table) => (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results)),
  );

test("a visitor's IP address is stored nowhere, and the key of its hash is deleted after 48 hours", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const address = "203.0.113.77";
  await click(a.slug, { headers: { "CF-Connecting-IP": address } });
  await eventually(async () => expect((await admin("GET", `/v1/links/${a.slug}`)).json.clicks).toBe(1));
  expect(await everything(["clicks", "click_days", "texts", "visitor_keys"])).not.toContain(address);
  const count = (table: string, column: string) =>
    env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${column}`).bind(program).first<number>("n");
  const keys = () => count("visitor_keys", "program_id = (SELECT id FROM programs WHERE slug = ?1)");
  const endOfToday = Math.ceil(Date.now() / DAY) * DAY;
  await runCron(endOfToday + DAY - 1);
  expect(await keys()).toBe(1);
  await runCron(endOfToday + DAY);
  expect(await keys()).toBe(0);
});

test("a customer's email address is stored nowhere", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const email = "very.private@example.org";
  const { json } = await postEvent(endpoint, sale({ customer: { id: "cus_private", email } }));
  await conversionThat(json.conversion, { status: "recorded" });
  const programId = await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first("id");
  const object = env.CUSTOMERS.getByName(`${programId}:id:cus_private`);
  const inside = await runInDurableObject(object, (_, state) =>
    JSON.stringify(state.storage.sql.exec("SELECT fact FROM facts").toArray()),
  );
  for (const text of [inside, await everything(["conversions", "webhook_events"])]) {
    expect(text).not.toContain("very.private");
    expect(text).not.toContain("example.org");
  }
});

describe("an event id", () => {
  test("with another customer is refused, even if another object stores that customer", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const event = sale({ click: (await click(a.slug)).token });
    await postEvent(endpoint, event, { id: "msg_1" });
    const other = await postEvent(endpoint, { ...event, customer: { id: "somebody_else" } }, { id: "msg_1" });
    expect([other.status, other.json.code]).toEqual([409, "event_id_reused"]);
    expect((await admin("GET", `/v1/conversions?program=${program}`)).json.data.length).toBeLessThan(2);
  });

  test("that is new, for a known payment with a different amount, is refused too", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const event = sale({ click: (await click(a.slug)).token });
    const { json } = await postEvent(endpoint, event);
    const earlier = new Date(Date.now() - 5_000).toISOString();
    for (const change of [{ amount: 100 }, { currency: "JPY" }]) {
      const again = await postEvent(endpoint, { ...event, ...change, occurred_at: earlier });
      expect([again.status, again.json.code]).toEqual([409, "payment_reused"]);
    }
    await eventually(async () => {
      const { json: kept } = await admin("GET", `/v1/conversions/${json.conversion}`);
      expect(kept).toMatchObject({ amount: 9_900, currency: "USD", entries: [{ kind: "commission", amount: 3_960 }] });
    });
  });
});

test("a fact and its changes are atomic: if one can't be written, neither is", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  vi.spyOn(console, "error").mockImplementation(() => {});
  const programId = await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first("id");
  const object = env.CUSTOMERS.getByName(`${programId}:id:cus_broken`);
  const customer = { id: "cus_broken" };
  await postEvent(endpoint, { type: "cancellation", occurred_at: new Date().toISOString(), customer });
  await runInDurableObject(object, (_, state) => {
    state.storage.sql.exec("CREATE TRIGGER refuse BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END");
  });
  const event = sale({ customer, click: (await click(a.slug)).token });
  const spooled = await postEvent(endpoint, event, { id: "msg_1" });
  expect([spooled.status, spooled.json.status]).toEqual([202, "spooled"]);
  const facts = await runInDurableObject(object, (_, state) => {
    state.storage.sql.exec("DROP TRIGGER refuse");
    return state.storage.sql.exec("SELECT id FROM facts").toArray().length;
  });
  expect(facts).toBe(1);
  expect((await postEvent(endpoint, event, { id: "msg_1" })).json).toMatchObject({ status: "recorded" });
});

describe("a lost alarm", () => {
  test("of an account is set again whenever the account starts", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { json } = await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
    const entry = await eventually(async () => {
      const { json: found } = await admin("GET", `/v1/conversions/${json.conversion}`);
      expect(found.entries).toHaveLength(1);
      return found.entries[0];
    });
    const ids = await env.DB.prepare("SELECT program_id, affiliate_id FROM ledger_entries WHERE id = ?")
      .bind(entry.id)
      .first<{ program_id: number; affiliate_id: number }>();
    const account = env.ACCOUNTS.getByName(`${ids?.program_id}:${ids?.affiliate_id}`);
    await runInDurableObject(account, async (_, state) => {
      const stored = state.storage.sql.exec<{ entry: string }>("SELECT entry FROM entries").one().entry;
      const late = { ...JSON.parse(stored), id: `${entry.id}_late`, number: 99 };
      state.storage.sql.exec("INSERT INTO outbox (message) VALUES (?)", JSON.stringify(late));
      await state.storage.deleteAlarm();
    });
    const { evictDurableObject } = await import("cloudflare:test");
    await evictDurableObject(account);
    // Inspecting the object starts it, which only runs the constructor.
    await runInDurableObject(account, () => {});
    await eventually(async () => {
      const { json: ledger } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`);
      expect(ledger.data.map((row: { id: string }) => row.id)).toContain(`${entry.id}_late`);
    });
  });
});

test("the ledger's projection is append-only: an entry sent again with different content changes nothing", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1 });
  const { json } = await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
  const view = await eventually(async () => {
    const { json: found } = await admin("GET", `/v1/conversions/${json.conversion}`);
    expect(found.entries).toHaveLength(1);
    return found;
  });
  const ids = await env.DB.prepare("SELECT program_id, affiliate_id, number FROM ledger_entries WHERE conversion = ?")
    .bind(json.conversion)
    .first<{ program_id: number; affiliate_id: number; number: number }>();
  const [entry] = view.entries;
  const changed = { ...entry, ...ids, amount: 1, occurred_at: 0, clears_at: 0 };
  await projectEntry(openDatabase(env.DB), changed);
  expect((await admin("GET", `/v1/conversions/${json.conversion}`)).json.entries).toEqual(view.entries);
});

describe("the portal's secrets", () => {
  const linkFor = async (username: string) => (await admin("POST", `/v1/affiliates/${username}/sign-in-link`)).json.url;

  test("a sign-in link is valid for a day", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const [first, second] = [await linkFor(a.username), await linkFor(a.username)];
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + DAY - HOUR });
    expect((await submitSignIn(first)).status).toBe(303);
    vi.setSystemTime(Date.now() + 2 * HOUR);
    expect((await submitSignIn(second)).status).toBe(410);
  });

  test("a session is valid for thirty days, and expired ones are deleted", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const signedIn = await submitSignIn(await linkFor(a.username));
    const Cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const open = async () => (await send("/app", { headers: { Cookie } })).status;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30 * DAY - HOUR });
    expect(await open()).toBe(200);
    vi.setSystemTime(Date.now() + 2 * HOUR);
    expect(await open()).toBe(401);
    const left = () =>
      env.DB.prepare("SELECT count(*) AS n FROM sessions WHERE expires_at <= ?").bind(Date.now()).first<number>("n");
    expect(await left()).toBeGreaterThan(0);
    await runCron(noonAfter(Date.now()));
    expect(await left()).toBe(0);
  });
});
