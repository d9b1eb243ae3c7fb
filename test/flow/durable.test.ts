/** Durability: evictions between any two steps, lost alarms, repeated messages, an unavailable D1. */
import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../../src/commissions/ledger.ts";
import { projectEntry } from "../../src/commissions/projection-store.ts";
import type { AttributedSale } from "../../src/customers/conversion.ts";
import { projectConversion } from "../../src/customers/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import { attributedSale } from "../support/given.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

async function programId(slug: string): Promise<number> {
  return (await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;
}

async function storyWithObject(customer: string) {
  const story = await setUp({ affiliates: 1 });
  const object = env.CUSTOMERS.getByName(`${await programId(story.program)}:id:${customer}`);
  return { ...story, object, customer: { id: customer } };
}

const balance = async (program: string, username: string) =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${username}`)).json.balances.reserve;

test("a sale is credited before its click has reached D1", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1 });
  // A click that was never sent to the queue.
  const { json } = await postEvent(endpoint, sale({ click: await signTokenAt(a.slug, Date.now() - 1_000) }));
  const stored = await env.DB.prepare(
    "SELECT count(*) AS n FROM clicks c JOIN links l ON l.id = c.link_id WHERE l.slug = ?",
  )
    .bind(a.slug)
    .first<number>("n");
  expect(stored).toBe(0);
  expect(json).toMatchObject({ attributed_to: a.username, reason: "last_click" });
});

describe("an object evicted between events", () => {
  test("gives the same result as one that was not evicted", async () => {
    const { program, a, endpoint, object, customer } = await storyWithObject("cus_evicted");
    const first = sale({ customer, click: (await click(a.slug)).token });
    const posted = await postEvent(endpoint, first, { id: "msg_1" });
    await evictDurableObject(object);
    expect((await postEvent(endpoint, first, { id: "msg_1" })).json).toEqual({ ...posted.json, status: "duplicate" });
    await evictDurableObject(object);
    expect((await postEvent(endpoint, sale({ customer }))).json).toMatchObject({
      attributed_to: a.username,
      reason: "bound",
    });
    await eventually(async () => expect(await balance(program, a.username)).toBe(7_920));
  });

  test("relays messages after an abort before its alarm", async () => {
    const { program, a, endpoint, object, customer } = await storyWithObject("cus_aborted");
    const { json } = await postEvent(endpoint, sale({ customer, click: (await click(a.slug)).token }));
    await abortAllDurableObjects();
    await runDurableObjectAlarm(object);
    await conversionThat(json.conversion, { attributed_to: a.username });
    await eventually(async () => expect(await balance(program, a.username)).toBe(3_960));
  });
});

test("a lost alarm is set again when the object starts", async () => {
  const { a, endpoint, object, customer } = await storyWithObject("cus_lost_alarm");
  const { json } = await postEvent(endpoint, sale({ customer, click: (await click(a.slug)).token }));
  await conversionThat(json.conversion, { attributed_to: a.username });
  const message = await runInDurableObject(object, async (_, state) => {
    const record = state.storage.sql.exec<{ record: string }>("SELECT record FROM conversions").one().record;
    const changed = { ...JSON.parse(record), revision: 9, notes: ["relayed after all"] };
    state.storage.sql.exec(
      "INSERT INTO outbox (message) VALUES (?)",
      JSON.stringify({ to: "reports", record: changed }),
    );
    await state.storage.deleteAlarm();
    return changed.id as string;
  });
  await evictDurableObject(object);
  await postEvent(endpoint, { type: "cancellation", occurred_at: new Date().toISOString(), customer });
  await conversionThat(message, { explanation: { notes: ["relayed after all"] } });
});

test("a message that cannot be delivered does not block others, and is kept", async () => {
  const { a, endpoint, object, customer } = await storyWithObject("cus_poison");
  await postEvent(endpoint, { type: "cancellation", occurred_at: new Date().toISOString(), customer });
  await runInDurableObject(object, (_, state) => {
    // D1 refuses this record: its program doesn't exist.
    state.storage.sql.exec(
      "INSERT INTO outbox (message) VALUES (?)",
      '{"to":"reports","record":{"id":"x","credit":{}}}',
    );
  });
  const { json } = await postEvent(endpoint, sale({ customer, click: (await click(a.slug)).token }));
  await conversionThat(json.conversion, { attributed_to: a.username });
  const left = await runInDurableObject(object, async (_, state) => ({
    rows: state.storage.sql.exec<{ attempts: number }>("SELECT attempts FROM outbox").toArray(),
    alarm: await state.storage.getAlarm(),
  }));
  expect(left.rows).toEqual([{ attempts: expect.any(Number) }]);
  expect(left.rows[0]?.attempts).toBeGreaterThan(0);
  expect(left.alarm).toBeGreaterThan(Date.now());
});

describe("idempotent receivers", () => {
  const credited = attributedSale({ conversion: "cv_twice", revision: 2 });

  async function accountOf() {
    const { program, a } = await setUp({ affiliates: 1 });
    const program_id = await programId(program);
    const affiliate_id =
      (await env.DB.prepare("SELECT id FROM affiliates WHERE username = ?").bind(a.username).first<number>("id")) ?? 0;
    const account = env.ACCOUNTS.getByName(`${program_id}:${affiliate_id}`);
    return { program, a, account, sale: { ...credited, program_id, affiliate_id } };
  }

  test("the Account posts a sale once, and an older revision changes nothing", async () => {
    const { program, a, account, sale } = await accountOf();
    await account.post(sale);
    await account.post(sale);
    await account.post({ ...sale, revision: 1, credited: false });
    await eventually(async () => {
      const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`);
      expect(json.data).toMatchObject([{ kind: "commission", amount: 3_960 }]);
    });
    await account.post({ ...sale, revision: 3, refunded: 9_900 });
    await eventually(async () => {
      const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`);
      expect(json.data).toMatchObject([{ kind: "reversal", amount: -3_960 }, { kind: "commission" }]);
    });
  });

  test("the Account accepts a sale as an earlier release sent it, and later adds the missing fields", async () => {
    const { program, a, account, sale } = await accountOf();
    const { customer: _, payment_number: __, first_paid_at: ___, interval: ____, country: _____, ...older } = sale;
    await account.post(older as AttributedSale);
    await eventually(async () => {
      const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`);
      expect(json.data).toMatchObject([{ kind: "commission", amount: 3_960, rule: 0, rate_bps: 4_000 }]);
    });
    const knownCustomer = () =>
      runInDurableObject(account, (_, state) => {
        const { state: known } = state.storage.sql.exec<{ state: string | null }>("SELECT state FROM sales").one();
        return known === null ? null : JSON.parse(known).customer;
      });
    expect(await knownCustomer()).toBe(sale.conversion);
    // As an earlier release stored it: the same revision, sent again, adds the customer and posts no entry.
    await runInDurableObject(account, (_, state) => {
      state.storage.sql.exec("UPDATE sales SET state = NULL");
    });
    await evictDurableObject(account);
    await account.post(sale);
    expect(await knownCustomer()).toBe(sale.customer);
    expect(await account.readEntries(0, 10)).toHaveLength(1);
  });

  test("the projections keep the newest revision and each entry once", async () => {
    const { a, endpoint, object, customer } = await storyWithObject("cus_projected");
    const { json } = await postEvent(endpoint, sale({ customer, click: (await click(a.slug)).token }));
    await conversionThat(json.conversion, { status: "recorded" });
    const record = await runInDurableObject(object, (_, state) =>
      JSON.parse(state.storage.sql.exec<{ record: string }>("SELECT record FROM conversions").one().record),
    );
    const db = openDatabase(env.DB);
    await projectConversion(db, { ...record, revision: 3, status: "refunded" });
    await projectConversion(db, { ...record, revision: 2, status: "waiting" });
    await conversionThat(json.conversion, { status: "refunded" });
    const [entry] = (
      await env.DB.prepare("SELECT * FROM ledger_entries WHERE conversion = ?").bind(json.conversion).all()
    ).results;
    await projectEntry(db, { ...(entry as unknown as LedgerEntry), id: String(entry?.id) });
    const n = await env.DB.prepare("SELECT count(*) AS n FROM ledger_entries WHERE conversion = ?")
      .bind(json.conversion)
      .first("n");
    expect(n).toBe(1);
  });
});
