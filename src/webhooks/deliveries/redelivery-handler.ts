/** Handles stored deliveries again: after a crash, a spooled event, a wait for a customer, or on a merchant's request. */

import { openDatabase } from "../../db/database.ts";
import { type Env, readSettings } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { Problem } from "../../lib/problem.ts";
import { loadEndpoint } from "../endpoint-queries.ts";
import type { Outcome } from "../provider.ts";
import { providers } from "../providers.ts";
import { handleDelivery } from "./delivery-handler.ts";
import type { Delivery } from "./delivery-store.ts";
import type { DeliveryResult } from "./delivery-work.ts";
import { unsealRequest } from "./request-store.ts";
import { listWaiting } from "./retry-store.ts";
import { unpackRequest } from "./stored-request.ts";

/** Most waiting deliveries handled in one go; the cron handles the rest. */
const WAITING_MAX = 50;

/**
 * Handles a delivery again from its stored request: the outcome is the same as if it arrived now, and nothing is recorded
 * twice. Throws a 409 where its request or its endpoint is no longer stored.
 */
export async function redeliver(env: Env, delivery: Delivery, now: number): Promise<Outcome> {
  const { outcome, identifiers } = await handleStoredRequest(env, delivery, now);
  await redeliverWaiting(env, delivery.program_id, identifiers, now);
  return outcome;
}

/** Handles the deliveries that wait for these customer identifiers, and those that wait for identifiers recorded by these. */
export async function redeliverWaiting(
  env: Env,
  programId: number,
  identifiers: readonly string[],
  now: number,
): Promise<void> {
  const db = openDatabase(env.DB);
  const recorded = [...identifiers];
  const handled = new Set<string>();
  for (let batch = recorded.splice(0); batch.length > 0; batch = recorded.splice(0)) {
    for (const delivery of await listWaiting(db, programId, batch, WAITING_MAX)) {
      if (handled.has(delivery.id) || handled.size >= WAITING_MAX) continue;
      handled.add(delivery.id);
      try {
        recorded.push(...(await handleStoredRequest(env, delivery, now)).identifiers);
      } catch (error) {
        // It still waits, and the cron finds it.
        logError("waiting_delivery_not_handled", { delivery_id: delivery.id, error });
      }
    }
  }
}

async function handleStoredRequest(env: Env, delivery: Delivery, now: number): Promise<DeliveryResult> {
  if (delivery.sealed_request === null) {
    throw new Problem(
      409,
      "delivery_without_request",
      "The request of this delivery was not stored, or was deleted after 30 days.",
    );
  }
  const endpoint = await loadEndpoint(openDatabase(env.DB), delivery.endpoint_id, now);
  const provider = providers.get(delivery.source);
  if (endpoint === null || provider === undefined) {
    throw new Problem(
      409,
      "delivery_without_endpoint",
      "The endpoint or the provider of this delivery no longer exists.",
    );
  }
  const { vault_key } = readSettings(env);
  const text = await unsealRequest({ vault_key, delivery_id: delivery.id }, delivery.sealed_request);
  return handleDelivery(env, { delivery, request: unpackRequest(text), endpoint, provider, is_retry: true }, now);
}
