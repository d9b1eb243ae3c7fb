/** Changing an affiliate's name and email: who can still sign in, whose purchases are its own, and what the audit log keeps. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { readRecipient } from "../../src/notifications/waiting-queries.ts";
import { createSignInLink, signIn, submitSignIn } from "../portal/session.ts";
import { admin, click, postEvent, sale, setUp } from "../support/story.ts";

const change = (username: string, fields: unknown) => admin("PATCH", `/v1/affiliates/${username}`, fields);

async function readAudit(username: string) {
  const entries = env.DB.prepare(
    "SELECT * FROM audit_entries WHERE action = 'affiliate.updated' AND subject = ? ORDER BY id",
  );
  return (await entries.bind(username).all()).results.map(({ action, actor, before, after }) => ({
    ...{ action, actor },
    before: JSON.parse(String(before)),
    after: JSON.parse(String(after)),
  }));
}

test("a new email ends sessions and unused sign-in links, and is where notifications go", async () => {
  const { a, b } = await setUp({ affiliates: 2 });
  const before = (await admin("GET", `/v1/affiliates/${a.username}`)).json;
  const [session, others] = [await signIn(a.username), await signIn(b.username)];
  const link = await createSignInLink(a.username);
  const email = `new.${a.username}@example.com`;
  const { status, json } = await change(a.username.toUpperCase(), { email: ` New.${a.username}@Example.com ` });
  expect([status, json]).toEqual([200, { ...before, email }]);
  expect((await admin("GET", `/v1/affiliates/${a.username}`)).json).toEqual(json);
  expect((await session.open("/app")).status).toBe(401);
  expect((await submitSignIn(link)).status).toBe(410);
  expect((await others.open("/app")).status).toBe(200);
  const id = await env.DB.prepare("SELECT id FROM affiliates WHERE username = ?").bind(a.username).first<number>("id");
  expect(await readRecipient(openDatabase(env.DB), id ?? 0)).toEqual({ name: before.name, email });
  const audited = { action: "affiliate.updated", actor: "first", before: { email: before.email }, after: { email } };
  expect(await readAudit(a.username)).toEqual([audited]);
});

test("a new name, or the same email again, ends nothing", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { open } = await signIn(a.username);
  const email = `${a.username}@example.com`;
  const { json } = await change(a.username, { name: "Ada L.", email: email.toUpperCase() });
  expect(json).toMatchObject({ name: "Ada L.", email });
  expect((await open("/app")).status).toBe(200);
  expect(await readAudit(a.username)).toMatchObject([{ before: { name: "Affiliate a" }, after: { name: "Ada L." } }]);
  await change(a.username, { name: "Ada L." });
  expect(await readAudit(a.username)).toHaveLength(1);
});

test("purchases with the new and the earlier address are the affiliate's own", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1, program: { terms: { self_purchase: "refuse" } } });
  const { token } = await click(a.slug);
  const buy = async (email: string) => (await postEvent(endpoint, sale({ click: token, customer: { email } }))).json;
  await change(a.username, { email: `moved.${a.username}@example.com` });
  expect((await buy(`moved.${a.username}@example.com`)).attributed_to).toBeNull();
  expect((await buy(`${a.username}@example.com`)).attributed_to).toBeNull();
  expect((await buy("someone@example.com")).attributed_to).toBe(a.username);
  const { json } = await admin("GET", `/v1/affiliates/${a.username}/marks`);
  expect(json.data).toMatchObject([{ kind: "email" }]);
});

test("refuses another's address, an unknown affiliate, an empty change, and one of an erased person", async () => {
  const { a, b } = await setUp({ affiliates: 2 });
  const refusal = async (username: string, fields: unknown) => {
    const { status, json } = await change(username, fields);
    return [status, json.code, json.field];
  };
  const { open } = await signIn(a.username);
  const taken = [409, "affiliate_exists", "email"];
  expect(await refusal(a.username, { email: `${b.username.toUpperCase()}@example.com` })).toEqual(taken);
  expect((await open("/app")).status, "nothing has changed").toBe(200);
  expect((await admin("GET", `/v1/affiliates/${a.username}/marks`)).json.data).toEqual([]);
  expect(await refusal("nobody-here", { name: "N" })).toEqual([404, "affiliate_not_found", undefined]);
  expect(await refusal(a.username, {})).toEqual([422, "invalid_body", undefined]);
  expect(await refusal(a.username, { email: "nonsense" })).toEqual([422, "invalid_email", "email"]);
  expect(await refusal(a.username, { username: "ada" })).toEqual([422, "unknown_field", "username"]);
  await admin("POST", `/v1/affiliates/${a.username}/erase`);
  expect(await refusal(a.username, { name: "Back" })).toEqual([409, "affiliate_erased", undefined]);
  expect((await admin("GET", `/v1/affiliates/${a.username}`)).json.email).toBeNull();
});

test("an erasure removes names and addresses from the audit log, and keeps that they were changed", async () => {
  const { a, b } = await setUp({ affiliates: 2 });
  for (const username of [a.username, b.username]) {
    await change(username, { name: `Second ${username}`, email: `second.${username}@example.com` });
  }
  await admin("POST", `/v1/affiliates/${a.username}/erase`);
  const empty = { name: null, email: null };
  const [first] = await readAudit(a.username);
  expect(first).toEqual({ action: "affiliate.updated", actor: "first", before: empty, after: empty });
  expect((await readAudit(b.username))[0]?.after.name).toBe(`Second ${b.username}`);
  const { results } = await env.DB.prepare("SELECT * FROM audit_entries").all();
  expect(JSON.stringify(results)).not.toContain(`second.${a.username}`);
});
