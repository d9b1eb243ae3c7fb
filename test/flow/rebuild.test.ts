/** The objects are authoritative: D1's rows are rebuilt from them, and messages of lost alarms are found. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { runMinute } from "../support/run-cron.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

const MINUTE = 60_000;
const PROJECTIONS = ["conversions", "touched_conversions", "ledger_entries"];

const rowsOf = async (programId: unknown) =>
  Promise.all(
    PROJECTIONS.map(async (table) => {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table} WHERE program_id = ? ORDER BY 1, 2`)
        .bind(programId)
        .all();
      return results;
    }),
  );

const programIdOf = (slug: string) => env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(slug).first("id");

async function rebuild(program: string, body: Record<string, unknown>) {
  const steps = [];
  for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
    const { status, json } = await admin("POST", `/v1/programs/${program}/rebuilds`, { ...body, cursor });
    expect(status, JSON.stringify(json)).toBe(200);
    steps.push(json);
    cursor = json.next;
  }
  return steps;
}

test("projections that were dropped or damaged are rebuilt with equal rows", async () => {
  const { program, a, b, endpoint } = await setUp();
  const customer = { id: "cus_1", email: "cus1@example.com" };
  const lead = { ...sale({ customer: { email: customer.email }, click: (await click(b.slug)).token }), type: "lead" };
  await postEvent(endpoint, { ...lead, payment: null });
  const { json } = await postEvent(endpoint, sale({ customer, payment: "p1", click: (await click(a.slug)).token }));
  await postEvent(endpoint, sale({ customer, payment: "p2" }));
  await postEvent(endpoint, { ...sale({ customer, payment: "p1", amount: 3_300 }), type: "refund", refund: "r1" });
  await postEvent(endpoint, sale({ customer: { id: "cus_2" } }));
  await conversionThat(json.conversion, { status: "refunded", entries: [{ amount: 3_960 }, { amount: -1_320 }] });
  const id = await programIdOf(program);
  const before = await eventually(async () => {
    const rows = await rowsOf(id);
    expect(rows.map((table) => table.length)).toEqual([4, 2, 3]);
    return rows;
  });
  const steps = await rebuild(program, { drop: true });
  expect(steps.at(-1)).toMatchObject({ accounts: 2, entries: 3, next: null });
  await eventually(async () => expect(await rowsOf(id)).toEqual(before));
  await env.DB.prepare("UPDATE conversions SET amount = 1, affiliate_id = NULL WHERE program_id = ?").bind(id).run();
  await env.DB.prepare("DELETE FROM ledger_entries WHERE program_id = ? AND number = 2").bind(id).run();
  await rebuild(program, { drop: true });
  await eventually(async () => expect(await rowsOf(id)).toEqual(before));
  expect((await admin("POST", `/v1/programs/${program}/rebuilds`, { cursor: "elsewhere" })).json.code).toBe(
    "invalid_cursor",
  );
});

test("the minute's cron finds a customer with a lost alarm and no further event", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { json } = await postEvent(
    endpoint,
    sale({ customer: { id: "cus_lost" }, click: (await click(a.slug)).token }),
  );
  await conversionThat(json.conversion, { attributed_to: a.username, entries: [{ amount: 3_960 }] });
  const key = `${await programIdOf(program)}:id:cus_lost`;
  const marks = () =>
    env.DB.prepare("SELECT count(*) AS n FROM unrelayed_customers WHERE key = ?").bind(key).first("n");
  await eventually(async () => expect(await marks()).toBe(0));
  const object = env.CUSTOMERS.getByName(key);
  await runInDurableObject(object, async (_, state) => {
    const { record } = state.storage.sql.exec<{ record: string }>("SELECT record FROM conversions").one();
    const late = { to: "reports", record: { ...JSON.parse(record), revision: 9, notes: ["found"] } };
    state.storage.sql.exec("INSERT INTO outbox (message) VALUES (?)", JSON.stringify(late));
    await state.storage.deleteAlarm();
  });
  await evictDurableObject(object);
  const now = Date.now();
  await env.DB.prepare("INSERT INTO unrelayed_customers (key, since) VALUES (?, ?)").bind(key, now).run();
  const notes = async () => (await admin("GET", `/v1/conversions/${json.conversion}`)).json.explanation.notes;
  await runMinute(now + 9 * MINUTE);
  expect(await notes()).toEqual([]);
  expect(await marks()).toBe(1);
  await runMinute(now + 11 * MINUTE);
  expect(await notes()).toEqual(["found"]);
  expect(await marks()).toBe(0);
});

test("an event without messages leaves no row in unrelayed_customers", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const cancelled = { type: "cancellation", occurred_at: new Date().toISOString(), customer: { id: "cus_quiet" } };
  expect((await postEvent(endpoint, cancelled)).status).toBe(200);
  const key = `${await programIdOf(program)}:id:cus_quiet`;
  expect(await env.DB.prepare("SELECT 1 FROM unrelayed_customers WHERE key = ?").bind(key).first()).toBeNull();
});
