/** The merchant's own decisions: calls with an `Idempotency-Key`, and what they leave in ledgers and the audit log. */
import { env } from "cloudflare:workers";
import { admin } from "./story.ts";

let keys = 0;

/** A POST with a new `Idempotency-Key`, or the given one. */
export function post(path: string, body: unknown, key?: string) {
  keys += 1;
  return admin("POST", path, body, { "Idempotency-Key": key ?? `decision-${keys}` });
}

/** Credits another affiliate, or nobody. */
export function credit(conversion: string, body: Record<string, unknown>, key?: string) {
  const decision = { scope: "conversion", reason: "She ran the webinar", ...body };
  return post(`/v1/conversions/${conversion}/credit`, decision, key);
}

/** Enters a sale of 99.00 USD by hand. */
export function enterSale(body: Record<string, unknown>, key?: string) {
  const occurred_at = new Date(Date.now() - 86_400_000).toISOString();
  const sale = { amount: 9_900, currency: "USD", occurred_at, reason: "Paid by invoice", ...body };
  return post("/v1/conversions", sale, key);
}

/** A refused call's status, code and field. */
export async function refused(call: ReturnType<typeof post>): Promise<[number, string, string | null]> {
  const { status, json } = await call;
  return [status, json.code, json.field ?? null];
}

/** An affiliate's ledger entries, the newest first. */
export async function entriesOf(
  program: string,
  username: string,
): Promise<{ kind: string; amount: number; conversion: string | null; reason: string | null; from: string | null }[]> {
  return (await admin("GET", `/v1/programs/${program}/affiliates/${username}/entries?limit=200`)).json.data;
}

/** What an affiliate has earned, in minor units. */
export async function earned(program: string, username: string): Promise<number> {
  return (await entriesOf(program, username)).reduce((sum, { amount }) => sum + amount, 0);
}

/** The entries of the audit log about a conversion, in order. */
export async function auditOf(action: string, subject: string) {
  const { results } = await env.DB.prepare(
    "SELECT actor_kind, actor, subject, before, after FROM audit_entries WHERE action = ? AND subject = ? ORDER BY id",
  )
    .bind(action, subject)
    .all<{ actor_kind: string; actor: string; subject: string; before: string | null; after: string }>();
  return results.map(({ before, after, ...entry }) => ({
    ...entry,
    before: before === null ? null : JSON.parse(before),
    after: JSON.parse(after),
  }));
}
