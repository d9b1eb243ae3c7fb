/** Shared by the tests of deliveries: the log, a sender whose events have no customer, an object that fails. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { admin, send } from "./story.ts";

export async function listDeliveries(program: string, query = "") {
  const { status, json } = await admin("GET", `/v1/programs/${program}/deliveries${query}`);
  expect(status, JSON.stringify(json)).toBe(200);
  return json.data as Record<string, unknown>[];
}

export async function readDelivery(program: string, id: unknown) {
  return (await admin("GET", `/v1/programs/${program}/deliveries/${id}`)).json;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
async function sendForJson(path: string): Promise<{ status: number; json: any }> {
  const answer = await send(path);
  return { status: answer.status, json: await answer.json() };
}

/** Creates a postback endpoint of the program, and returns a function that posts to it with these parameters. */
export async function openPostback(program: string) {
  const { json } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
  return (changes: Record<string, string>) => {
    const query = new URLSearchParams({ endpoint: json.id, key: json.secret, currency: "USD", ...changes });
    return sendForJson(`/v1/postback?${query}`);
  };
}

/** Makes a customer's object fail to record events, and returns a function that repairs it. */
export async function breakObject(program: string, customer: string) {
  const id = await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first("id");
  const object = env.CUSTOMERS.getByName(`${id}:id:${customer}`);
  const exec = (sql: string) => runInDurableObject(object, (_, state) => void state.storage.sql.exec(sql));
  await exec("CREATE TRIGGER refuse BEFORE INSERT ON facts BEGIN SELECT RAISE(ABORT, 'no'); END");
  return () => exec("DROP TRIGGER refuse");
}
