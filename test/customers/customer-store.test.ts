/** Data that an object stored before namespaces, test mode and gross amounts existed keeps its meaning. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { parseRecord } from "../../src/customers/conversion.ts";
import type { CustomerRpc } from "../../src/customers/customer-rpc.ts";
import { parseFact } from "../../src/customers/fact.ts";
import { type ConversionEvent, customerKeyOf } from "../../src/webhooks/conversion-event.ts";
import { click, conversionThat, eventually, setUp } from "../support/story.ts";

function event(program_id: number, changes: Partial<ConversionEvent>): ConversionEvent {
  return {
    program_id,
    endpoint: "ep_1",
    namespace: "",
    test: false,
    id: "evt_1",
    type: "sale",
    occurred_at: Date.now(),
    customer: { id: "cus_1", email_hash: null },
    click: null,
    coupon: null,
    payment: "pay_1",
    refund: null,
    amount: 9_900,
    gross: null,
    currency: "USD",
    product: null,
    subscription: null,
    ...changes,
  };
}

const programId = async (slug: string) =>
  (await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;

/** The id in the earlier format: 128 bits of a hash of program, customer and payment. */
async function oldId(program_id: number): Promise<string> {
  const bytes = new TextEncoder().encode(`${program_id}:id:cus_1\npayment:pay_1`);
  return `cv_${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 32)}`;
}

/** The id in the current format: a hash of program and payment. */
async function newId(program_id: number): Promise<string> {
  const bytes = new TextEncoder().encode(`${program_id}\npayment:pay_1`);
  return `cv_${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 32)}`;
}

/** Removes the fields that earlier versions did not write from JSON text. */
const asBefore = (json: string) =>
  json
    .replaceAll(/"(namespace|test|gross)":(""|false|null),?/g, "")
    .replaceAll(
      /"touches":\[(\{[^}]*\})\],"fault":null,"marks":\[[^\]]*\],/g,
      '"evidence":{"kind":"touch","touch":$1},',
    )
    .replaceAll(/"(source|coupon|interval|country|platform|payment_number|first_paid_at)":("[a-z]*"|\d+|null),?/g, "")
    .replaceAll(/"(own|ruling|unlisted|customer_key)":(\[\]|null|0|"[^"]*"),?/g, "")
    .replaceAll(",}", "}");

/** Rewrites an object's data into the form that the previous version stored. */
async function age(object: DurableObjectStub, id: { old: string; now: string }) {
  await runInDurableObject(object, (_, { storage: { sql } }) => {
    for (const [table, column] of [
      ["facts", "fact"],
      ["conversions", "record"],
    ]) {
      const [row] = sql.exec<{ json: string }>(`SELECT ${column} AS json FROM ${table}`).toArray();
      const json = asBefore(row?.json ?? "").replaceAll(id.now, id.old);
      expect(json).not.toMatch(/"(namespace|test|gross|touches|source|own|customer_key|payment_number)"/);
      sql.exec(`UPDATE ${table} SET ${column} = ?`, json);
    }
    sql.exec("UPDATE conversions SET id = ?", id.old);
    for (const table of ["fact_places", "touches", "standings", "marks", "own", "rulings", "checkpoints", "settings"]) {
      sql.exec(`DROP TABLE ${table}`);
    }
  });
  await evictDurableObject(object);
}

test("reads earlier facts and records with defaults for missing fields", () => {
  const fact = { id: "ep_1:evt_1", event: { id: "evt_1", amount: 1 } };
  expect(parseFact(JSON.stringify(fact)).event).toEqual({
    id: "evt_1",
    amount: 1,
    namespace: "",
    test: false,
    gross: null,
  });
  const later = { namespace: "stripe", test: true, gross: 2 };
  expect(parseFact(JSON.stringify({ event: later })).event).toEqual(later);
  expect(parseRecord('{"id":"cv_1","credit":{"considered":[]}}')).toMatchObject({
    id: "cv_1",
    test: false,
    gross: null,
    payment_number: null,
  });
  expect(parseRecord('{"id":"cv_1","test":true,"gross":2,"credit":{"considered":[]}}')).toMatchObject({
    id: "cv_1",
    test: true,
    gross: 2,
  });
});

test("a sale stored by the previous version keeps its id and commission, and a refund matches it", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const program_id = await programId(program);
  const sale = event(program_id, { click: (await click(a.slug)).token });
  const object = env.CUSTOMERS.getByName(customerKeyOf(sale));
  const id = { old: await oldId(program_id), now: await newId(program_id) };
  expect(await object.record(sale, Date.now())).toMatchObject({ conversion: id.now, attributed_to: a.username });
  await conversionThat(id.now, { entries: [{ amount: 3_960 }] });
  const outbox = (state: DurableObjectState) => state.storage.sql.exec("SELECT count(*) AS n FROM outbox").one().n;
  await eventually(async () => expect(await runInDurableObject(object, (_, state) => outbox(state))).toBe(0));
  await age(object, id);

  const again = await object.record(event(program_id, { id: "evt_2" }), Date.now());
  expect(again).toMatchObject({ conversion: id.old, attributed_to: a.username, reason: "last_click" });
  const touched = await object.record(event(program_id, { id: "evt_3", type: "touch" }), Date.now());
  expect(touched).toMatchObject({ status: "recorded", conversion: null, attributed_to: null, reason: "touch" });
  const refund = event(program_id, { id: "evt_4", type: "refund", refund: "re_1", amount: null, gross: 4_950 });
  expect(await object.record(refund, Date.now())).toMatchObject({ status: "recorded", conversion: id.old });
  await conversionThat(id.old, { status: "refunded", refunded: 4_950, attributed_to: a.username });
});

test("projects a message that the previous version queued", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const program_id = await programId(program);
  const sale = event(program_id, { click: (await click(a.slug)).token });
  const object = env.CUSTOMERS.getByName(customerKeyOf(sale));
  await runInDurableObject(object, async (instance, state) => {
    const noAlarm = vi.spyOn(state.storage, "setAlarm").mockResolvedValue();
    await instance.record(sale, Date.now());
    noAlarm.mockRestore();
    for (const { number, message } of state.storage.sql
      .exec<{ number: number; message: string }>("SELECT * FROM outbox")
      .toArray()) {
      state.storage.sql.exec("UPDATE outbox SET message = ? WHERE number = ?", asBefore(message), number);
    }
  });
  await runInDurableObject(object, (instance) => (instance as CustomerRpc & { alarm(): Promise<void> }).alarm());
  await conversionThat(await newId(program_id), { test: false, attributed_to: a.username });
});

test("a refund matched by its payment alone belongs to the same conversion", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const program_id = await programId(program);
  const sale = event(program_id, {});
  const object = env.CUSTOMERS.getByName(customerKeyOf(sale));
  const { conversion } = await object.record(sale, Date.now());
  const refund = event(program_id, {
    id: "evt_2",
    type: "refund",
    refund: "re_1",
    amount: 100,
    customer: { id: null, email_hash: null },
  });
  expect(await object.record(refund, Date.now())).toMatchObject({ conversion, status: "recorded" });
});

test("a repeated payment is a duplicate with another gross amount and a conflict with another amount", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const program_id = await programId(program);
  const { token } = await click(a.slug);
  const sale = event(program_id, { gross: 11_000 });
  const object = env.CUSTOMERS.getByName(customerKeyOf(sale));
  const record = (changes: Partial<ConversionEvent>) => object.record({ ...sale, ...changes }, Date.now());
  expect(await record({})).toMatchObject({ status: "recorded", attributed_to: null, reason: "no_touch" });
  expect(await record({ id: "evt_2", gross: 12_000 })).toMatchObject({ status: "duplicate" });
  expect(await record({ id: "evt_3", gross: null })).toMatchObject({ status: "duplicate" });
  expect(await record({ id: "evt_4", amount: 9_901 })).toMatchObject({ status: "conflict" });
  expect(await record({ id: "evt_5", currency: "EUR" })).toMatchObject({ status: "conflict" });
  expect(await record({ id: "evt_6", gross: 12_000, click: token })).toMatchObject({
    status: "recorded",
    attributed_to: a.username,
  });
  await conversionThat(await newId(program_id), { amount: 9_900, gross: 11_000, attributed_to: a.username });
});
