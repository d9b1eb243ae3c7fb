/** Shared by the tests of erased customers: everything that is stored, and what must not change. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { readSettings } from "../../src/env.ts";
import { hashEmail, hashText } from "../../src/lib/platform/vault.ts";
import { admin } from "./story.ts";

export const ID = "cus_erase_me";
export const EMAIL = "erase.me@example.org";
export const customer = { id: ID, email: EMAIL };
export const find = (body: Record<string, unknown>) => admin("POST", "/v1/customers/find", body);
export const erase = (body: Record<string, unknown>) => admin("POST", "/v1/customers/erase", body);
export const programIdOf = (slug: string) =>
  env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(slug).first("id");

/** Every row of every table of D1, as text by table. */
export async function dumpDatabase(): Promise<Record<string, string>> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>();
  expect(results.length).toBeGreaterThan(40);
  const dump: Record<string, string> = {};
  for (const { name } of results) {
    dump[name] = JSON.stringify((await env.DB.prepare(`SELECT * FROM "${name}"`).all()).results);
  }
  return dump;
}

/** Every row of every table of every object that this file has used. */
export async function dumpObjects(): Promise<Record<string, string>> {
  const dump: Record<string, string> = {};
  for (const namespace of ["CUSTOMERS", "ACCOUNTS"] as const) {
    for (const id of globalThis.usedObjects[namespace]) {
      const objects: DurableObjectNamespace = env[namespace];
      dump[`${namespace} ${id}`] = await runInDurableObject(objects.get(objects.idFromString(id)), (_, { storage }) => {
        const names = storage.sql
          .exec<{ name: string }>(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
          )
          .toArray();
        return JSON.stringify(names.map(({ name }) => storage.sql.exec(`SELECT * FROM "${name}"`).toArray()));
      });
    }
  }
  expect(Object.keys(dump).length).toBeGreaterThan(1);
  return dump;
}

/** Everything that says who the customer is: id, email, their hashes, and the hashes of keys made from them. */
export async function listSecrets(program: string): Promise<string[]> {
  const hash = await hashEmail(readSettings(env).vault_key, EMAIL);
  const id = await programIdOf(program);
  const keys = [`${id}:id:${ID}`, `${id}:email:${hash}`, `${id}:test:id:${ID}`];
  return [ID, EMAIL, hash, ...(await Promise.all(keys.map(async (key) => (await hashText(key)).slice(0, 32))))];
}

/** Makes sure that what {@link expectNoTrace} looks for is found where there is something. */
export async function expectTraces(program: string): Promise<void> {
  const [id = "", _, hash = "", label = ""] = await listSecrets(program);
  const { customers, webhook_events, known_names, click_customers, conversions } = await dumpDatabase();
  for (const text of [customers, webhook_events, click_customers, conversions]) expect(text).toContain(id);
  for (const text of [known_names, webhook_events]) expect(text).toContain(hash);
  const objects = Object.entries(await dumpObjects()).filter(([name]) => name.startsWith("CUSTOMERS"));
  expect(objects.filter(([, text]) => text.includes(hash)).length).toBeGreaterThan(2);
  const accounts = Object.entries(await dumpObjects()).filter(([name]) => name.startsWith("ACCOUNTS"));
  expect(accounts.filter(([, text]) => text.includes(label)).length).toBeGreaterThan(0);
}

export async function expectNoTrace(program: string): Promise<void> {
  const secrets = await listSecrets(program);
  for (const [place, text] of Object.entries({ ...(await dumpDatabase()), ...(await dumpObjects()) })) {
    expect(
      secrets.filter((secret) => text.includes(secret)),
      place,
    ).toEqual([]);
  }
}

/** What must not change: conversions as the API shows them, and the ledger. */
export async function readBooks(program: string) {
  const id = await programIdOf(program);
  const conversions = [];
  for (const query of ["", "&test=true"]) {
    const { json } = await admin("GET", `/v1/conversions?program=${program}${query}`);
    for (const row of json.data) conversions.push((await admin("GET", `/v1/conversions/${row.id}`)).json);
    // An erased customer has no id.
    for (const conversion of conversions) delete conversion.customer;
  }
  const { results: entries } = await env.DB.prepare("SELECT * FROM ledger_entries WHERE program_id = ? ORDER BY id")
    .bind(id)
    .all();
  return { conversions, entries };
}

export async function checkLedgers(program: string, usernames: readonly string[]): Promise<void> {
  for (const username of usernames) {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${username}/ledger-check`);
    expect(json.differences ?? [], JSON.stringify(json)).toEqual([]);
  }
}

export async function rebuild(program: string): Promise<void> {
  for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
    const { status, json } = await admin("POST", `/v1/programs/${program}/rebuilds`, { drop: true, cursor });
    expect(status, JSON.stringify(json)).toBe(200);
    cursor = json.next;
  }
}
