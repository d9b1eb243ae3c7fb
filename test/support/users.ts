/** Users and keys of a merchant's team, and calls with their keys. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Role } from "../../src/users/actor.ts";
import { admin } from "./story.ts";

let unique = 0;

/** A user with a key that has the user's role and programs. */
export async function createUser(role: Role, programs: string[] | null = null) {
  unique += 1;
  const body = { email: `user${unique}@merchant.example`, name: `User ${unique}`, role, programs };
  const { status, json: user } = await admin("POST", "/v1/users", body);
  expect(status, JSON.stringify(user)).toBe(201);
  const { status: created, json: key } = await admin("POST", "/v1/keys", { name: `Key ${unique}`, user: user.id });
  expect(created, JSON.stringify(key)).toBe(201);
  return { ...body, id: String(user.id), key_id: String(key.id), ...callerOf(String(key.key)) };
}

/** A key that belongs to no user. */
export async function createKey(fields: Record<string, unknown> = {}) {
  const { status, json } = await admin("POST", "/v1/keys", { name: "Script", ...fields });
  expect(status, JSON.stringify(json)).toBe(201);
  return { id: String(json.id), ...callerOf(String(json.key)) };
}

/** Calls the API with a key. */
export function callerOf(key: string) {
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    admin(method, path, body, { ...headers, Authorization: `Bearer ${key}` });
  return { key, call };
}

/** The entries of the audit log, oldest first, optionally of some actions. */
export async function listAudited(where = "1") {
  const { results } = await env.DB.prepare(`SELECT * FROM audit_entries WHERE ${where} ORDER BY id`).all<{
    action: string;
    actor_kind: string;
    actor: string;
    key_id: string | null;
    subject: string;
    program_id: number | null;
    before: string | null;
    after: string | null;
  }>();
  return results;
}
