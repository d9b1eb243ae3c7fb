/**
 * Calls with an `Idempotency-Key` that create something: their response is stored in the transaction that creates it, so that
 * the same call with the same key gets the same response and creates nothing again.
 */
import { and, eq, lt, sql } from "drizzle-orm";
import type { MiddlewareHandler } from "hono";
import type { Database } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/unique-violation.ts";
import { readSettings } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { readBytes } from "../../lib/platform/read-bytes.ts";
import { hashText, openSealer } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { MS_PER_HOUR } from "../../lib/time.ts";
import type { ApiCall, ApiEnv, IdempotentCall } from "./api-app.ts";
import { checkIdempotencyKey } from "./idempotency-key.ts";
import { idempotentCalls } from "./tables.ts";

/** How long a response is kept: at least 24 hours. */
const KEPT_MS = 48 * MS_PER_HOUR;

/** The longest body that any call takes. */
export const LONGEST_BODY_BYTES = 20_000_000;

/** A response with a JSON body. */
export interface JsonResponse {
  status: 200 | 201 | 202;
  body: object;
}

/**
 * Answers a repeated POST with the stored response and the header `Idempotent-Replayed: true`. Throws 409 if the key was used
 * for another call, and 422 if it is invalid.
 */
export const replayCalls: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const key = c.req.header("idempotency-key");
  if (c.req.method !== "POST" || key === undefined) return next();
  checkIdempotencyKey(key);
  const { pathname, search } = new URL(c.req.url);
  // The bytes, not the text: a payment report may be in another encoding.
  const body = await readBytes(c.req.raw.clone(), LONGEST_BODY_BYTES);
  // The handler refuses it.
  if (body === null) return next();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", body)).toHex();
  const call = { key, fingerprint: await hashText(`${c.req.method} ${pathname}${search}\n${hash}`) };
  c.set("idempotent_call", call);
  return (await findResponse(c, call)) ?? next();
};

/**
 * The statements that store a call's response. Place them last in the batch of what the call creates. With `if_changed`, they
 * store nothing if the statement before them changed no row.
 */
export async function storeResponse(c: ApiCall, response: JsonResponse, { if_changed = false } = {}) {
  const call = c.get("idempotent_call");
  if (call === undefined) return [];
  const sealer = await openSealer(readSettings(c.env).vault_key, "api response");
  const sealed = await sealer.seal(contextOf(c.var.key, call.key), JSON.stringify(response));
  const { key, fingerprint } = call;
  const isStored = if_changed ? sql`changes() > 0` : sql`true`;
  return [
    c.var.db
      .insert(idempotentCalls)
      .select(sql`SELECT ${c.var.key}, ${key}, ${fingerprint}, ${sealed}, ${c.var.now} WHERE ${isStored}`),
  ];
}

/** The response to this call that a simultaneous one with the same key has stored, or null. Throws 409 as {@link replayCalls}. */
export async function findStoredResponse(c: ApiCall): Promise<Response | null> {
  const call = c.get("idempotent_call");
  return call === undefined ? null : findResponse(c, call);
}

/**
 * Keeps the response to a call whose change objects have made. Returns the response of a simultaneous call with the same key that
 * was kept first, or null.
 */
export async function keepResponse(c: ApiCall, response: JsonResponse): Promise<Response | null> {
  const [store] = await storeResponse(c, response);
  try {
    await store;
    return null;
  } catch (error) {
    if (isUniqueViolation(error)) return findStoredResponse(c);
    // The change is made: a repeated call finds that out from the objects.
    logError("response_not_kept", { error });
    return null;
  }
}

/** Deletes responses that are older than 48 hours. */
export async function deleteOldResponses(db: Database, now: number): Promise<void> {
  await db.delete(idempotentCalls).where(lt(idempotentCalls.at, now - KEPT_MS));
}

async function findResponse(c: ApiCall, call: IdempotentCall): Promise<Response | null> {
  const { key_id, idempotency_key } = idempotentCalls;
  const isThis = and(eq(key_id, c.var.key), eq(idempotency_key, call.key));
  const row = await c.var.db.select().from(idempotentCalls).where(isThis).get();
  if (row === undefined) return null;
  if (row.fingerprint !== call.fingerprint) {
    const detail = "This Idempotency-Key was used for another call.";
    throw new Problem(409, "idempotency_key_reused", detail, "Idempotency-Key");
  }
  const sealer = await openSealer(readSettings(c.env).vault_key, "api response");
  const text = await sealer.unseal(contextOf(c.var.key, call.key), row.sealed_response);
  const { status, body }: JsonResponse = JSON.parse(text);
  return c.json(body, status, { "Idempotent-Replayed": "true" });
}

function contextOf(keyId: string, key: string): string {
  return `${keyId} ${key}`;
}
