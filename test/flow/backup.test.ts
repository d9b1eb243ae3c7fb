/** A copy of what the objects hold survives their loss: restored and rebuilt, everything is as before and goes on. */
import { createExecutionContext, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { listAccountsBySponsor } from "../../src/affiliates/enrollment-queries.ts";
import { openDatabase } from "../../src/db/database.ts";
import { unpackObject } from "../../src/db/object-backup.ts";
import worker from "../../src/index.ts";
import { storeObject } from "../../src/programs/backups/backup-store.ts";
import { bucket } from "../support/archive.ts";
import { command, storyWithSales } from "../support/payout-story.ts";
import { admin, click, conversionThat, eventually, ORIGIN, postEvent, sale, setUp } from "../support/story.ts";

const PROJECTIONS = ["conversions", "touched_conversions", "ledger_entries", "statements"];

const programIdOf = (slug: string) =>
  env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(slug).first<number>("id");

async function readProjections(program: string) {
  const id = await programIdOf(program);
  return Promise.all(
    PROJECTIONS.map(async (table) => {
      const query = env.DB.prepare(`SELECT * FROM ${table} WHERE program_id = ? ORDER BY 1, 2, 3`);
      return (await query.bind(id).all()).results;
    }),
  );
}

/** Takes all steps of a call that has steps. */
async function takeSteps(path: string, body: Record<string, unknown> = {}) {
  const steps = [];
  for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
    const { status, json } = await admin("POST", path, { ...body, cursor });
    expect(status, JSON.stringify(json)).toBe(200);
    steps.push(json);
    cursor = json.next;
  }
  return steps;
}

/** Every object of the program, by namespace and name. */
async function listObjects(program: string) {
  const id = await programIdOf(program);
  const { results: customers } = await env.DB.prepare("SELECT key FROM customers WHERE program_id = ?")
    .bind(id)
    .all<{ key: string }>();
  const { results: accounts } = await env.DB.prepare("SELECT affiliate_id FROM enrolments WHERE program_id = ?")
    .bind(id)
    .all();
  return [
    ...customers.map(({ key }) => env.CUSTOMERS.getByName(key)),
    ...accounts.map(({ affiliate_id }) => env.ACCOUNTS.getByName(`${id}:${affiliate_id}`)),
  ];
}

/** Loses all objects of the program, as if their Worker had been deleted. */
async function loseObjects(program: string): Promise<void> {
  for (const object of await listObjects(program)) {
    await runInDurableObject(object, async (_, state) => {
      await state.storage.deleteAlarm();
      await state.storage.deleteAll();
    });
    await evictDurableObject(object);
  }
}

async function backUp(program: string): Promise<string> {
  const steps = await takeSteps(`/v1/programs/${program}/backups`);
  expect(new Set(steps.map(({ backup }) => backup)).size).toBe(1);
  return steps[0].backup;
}

const sumOf = (steps: { restored: number }[]) => steps.reduce((sum, { restored }) => sum + restored, 0);

test("objects that were lost are restored from their backup, and rebuilds give equal rows", async () => {
  const story = await storyWithSales("kartra-classic", ["2026-01-03", "2026-01-05"]);
  const { program, endpoint, sales, runs, statements } = story;
  expect((await command(runs, { month: "2026-03" })).status).toBe(201);
  await eventually(async () => expect((await admin("GET", statements)).json.data).toHaveLength(1));
  const before = await readProjections(program);
  expect(before.map((rows) => rows.length)).toEqual([2, expect.any(Number), 2, 1]);
  const ledgerCheck = `/v1/programs/${program}/affiliates/${story.a.username}/ledger-check`;
  const chain = (await admin("GET", ledgerCheck)).json;
  const backup = await backUp(program);
  expect((await admin("GET", `/v1/programs/${program}/backups`)).json).toMatchObject({
    data: [{ backup }],
    next: null,
  });

  await loseObjects(program);
  await takeSteps(`/v1/programs/${program}/rebuilds`, { drop: true });
  expect((await readProjections(program)).flat()).toEqual([]);

  const restored = await takeSteps(`/v1/programs/${program}/backups/${backup}/restore`);
  expect(sumOf(restored)).toBe(3);
  await takeSteps(`/v1/programs/${program}/rebuilds`, { drop: true });
  await eventually(async () => expect(await readProjections(program)).toEqual(before));
  expect((await admin("GET", ledgerCheck)).json).toEqual(chain);

  // Life goes on: what was recorded is known, and a refund finds its sale and its commission.
  const [first] = sales;
  if (first === undefined) throw new Error("the story has no sale");
  expect((await postEvent(endpoint, first.event)).json.status).toBe("duplicate");
  const refund = { ...first.event, type: "refund", refund: "r1", occurred_at: "2026-01-06T09:00:00Z" };
  expect((await postEvent(endpoint, refund)).status).toBe(200);
  await conversionThat(first.conversion, {
    status: "refunded",
    entries: [{ kind: "commission" }, { kind: "reversal" }],
  });
  expect((await admin("GET", ledgerCheck)).json).toMatchObject({ whole: true, entries: 3 });
});

test("objects that hold anything are left as they are and named", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { json } = await postEvent(
    endpoint,
    sale({ customer: { id: "cus_kept" }, click: (await click(a.slug)).token }),
  );
  await conversionThat(json.conversion, { attributed_to: a.username, entries: [{}] });
  const backup = await backUp(program);
  await postEvent(endpoint, sale({ customer: { id: "cus_kept" }, payment: "later" }));
  await eventually(async () => expect((await readProjections(program))[2]).toHaveLength(2));
  const before = await readProjections(program);
  const steps = await takeSteps(`/v1/programs/${program}/backups/${backup}/restore`);
  const id = await programIdOf(program);
  expect(sumOf(steps)).toBe(0);
  expect(steps.flatMap(({ not_empty }) => not_empty)).toEqual([expect.stringMatching(`^${id}:`), `${id}:id:cus_kept`]);
  await takeSteps(`/v1/programs/${program}/rebuilds`, { drop: true });
  await eventually(async () => expect(await readProjections(program)).toEqual(before));
});

test("messages that an object had not sent are sent after its restore", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { json } = await postEvent(
    endpoint,
    sale({ customer: { id: "cus_unsent" }, click: (await click(a.slug)).token }),
  );
  await conversionThat(json.conversion, { entries: [{ amount: 3_960 }] });
  const customer = env.CUSTOMERS.getByName(`${await programIdOf(program)}:id:cus_unsent`);
  await runInDurableObject(customer, async (_, state) => {
    const { record } = state.storage.sql.exec<{ record: string }>("SELECT record FROM conversions").one();
    const late = { to: "reports", record: { ...JSON.parse(record), revision: 9, notes: ["late"] } };
    state.storage.sql.exec("INSERT INTO outbox (message) VALUES (?)", JSON.stringify(late));
    await state.storage.deleteAlarm();
  });
  const backup = await backUp(program);
  await loseObjects(program);
  await takeSteps(`/v1/programs/${program}/backups/${backup}/restore`);
  await takeSteps(`/v1/programs/${program}/rebuilds`);
  await eventually(async () =>
    expect((await admin("GET", `/v1/conversions/${json.conversion}`)).json.explanation.notes).toEqual(["late"]),
  );
});

test("a customer that another one was merged into after its copy gets the other's history from the other's copy", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const email = "merged@example.com";
  const lead = sale({ customer: { email }, click: (await click(a.slug)).token });
  await postEvent(endpoint, { ...lead, type: "lead", payment: null });
  await postEvent(endpoint, sale({ customer: { id: "cus_merged" }, payment: "m1" }));
  const keys = async () => {
    const { results } = await env.DB.prepare("SELECT key, merged_into FROM customers WHERE program_id = ?")
      .bind(await programIdOf(program))
      .all<{ key: string; merged_into: string | null }>();
    return results;
  };
  const early = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { key } of await keys()) early.set(key, await env.CUSTOMERS.getByName(key).readBackup());
  await postEvent(endpoint, sale({ customer: { id: "cus_merged", email }, payment: "m2" }));
  const into = (await keys()).find(({ merged_into }) => merged_into !== null)?.merged_into ?? "";
  const backup = await backUp(program);
  await storeObject(
    bucket(),
    { program, backup, kind: "customers" },
    into,
    early.get(into) ?? expect.fail("no early copy"),
  );
  await loseObjects(program);
  await takeSteps(`/v1/programs/${program}/backups/${backup}/restore`);
  const types = await runInDurableObject(env.CUSTOMERS.getByName(into), (_, { storage }) =>
    storage.sql.exec<{ type: string }>("SELECT type FROM fact_places ORDER BY at").toArray(),
  );
  expect(types.map(({ type }) => type)).toEqual(["lead", "sale"]);
});

test("a backup with many objects takes several steps, and so does its restore", async () => {
  const { program } = await setUp({ affiliates: 2 });
  const id = await programIdOf(program);
  const numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 250) SELECT n FROM n";
  const columns = "program_id, key, first_seen_at";
  await env.DB.prepare(`INSERT INTO customers (${columns}) SELECT ?1, ?1 || ':id:many_' || n, 0 FROM (${numbers})`)
    .bind(id)
    .run();
  const steps = await takeSteps(`/v1/programs/${program}/backups`);
  expect(steps.map(({ copied }) => copied)).toEqual([100, 100, 52]);
  const restored = await takeSteps(`/v1/programs/${program}/backups/${steps[0].backup}/restore`);
  expect(sumOf(restored)).toBe(252);
});

test("a copy is put back into the object that it is of, and into no other", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  await postEvent(endpoint, sale({ customer: { id: "cus_own" } }));
  const id = await programIdOf(program);
  const packed = await env.CUSTOMERS.getByName(`${id}:id:cus_own`).readBackup();
  expect(await unpackObject(packed, { object: "customer", key: `${id}:id:cus_own` })).not.toEqual([]);
  const others = [
    { object: "customer", key: `${id}:id:cus_other` },
    { object: "account", key: `${id}:id:cus_own` },
  ] as const;
  for (const other of others) await expect(unpackObject(packed, other)).rejects.toThrow("of another object");
});

test("accounts are copied before those of their sponsors, page by page", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  for (const [username, sponsor] of [
    ["tier-2", a.username],
    ["tier-3", "tier-2"],
    ["tier-3b", "tier-2"],
  ]) {
    await admin("POST", "/v1/affiliates", { username, name: "Tier", email: `${username}@example.com`, sponsor });
    await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: username });
  }
  const id = (await programIdOf(program)) ?? 0;
  const db = openDatabase(env.DB);
  const depths: number[] = [];
  for (let last: { depth: number; affiliate_id: number } | null = null; ; ) {
    const [next]: Awaited<ReturnType<typeof listAccountsBySponsor>> = await listAccountsBySponsor(db, id, last, 1);
    if (next === undefined) break;
    depths.push(next.depth);
    last = next;
  }
  expect(depths).toEqual([2, 2, 1, 0]);
});

test("without a bucket, and for a backup that isn't complete, the answer says so", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/v1/programs/${program}/backups`, {
    method: "POST",
    headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` },
    body: "{}",
  });
  const { ARCHIVE: _, ...without } = env;
  const answer = await worker.fetch?.(request, without, createExecutionContext());
  expect(answer?.status).toBe(409);
  expect(await answer?.json()).toMatchObject({ code: "archive_unbound" });
  const backup = await backUp(program);
  await bucket().delete(`backups/${program}/complete/${backup}`);
  const restore = await admin("POST", `/v1/programs/${program}/backups/${backup}/restore`, {});
  expect(restore).toMatchObject({ status: 404, json: { code: "backup_not_found" } });
});
