/** The delivery log: what a checkout sent, and the outcome. */

import { eq, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { databaseNotMigrated, isSchemaMissing } from "../../lib/missing-schema.ts";
import { logError } from "../../lib/platform/log.ts";
import { Problem } from "../../lib/problem.ts";
import { clearRelayed } from "../identity/unrelayed-store.ts";
import type { Outcome } from "../provider.ts";
import { deliveries, deliveryRequests, deliveryWaits } from "../tables.ts";

/** A delivery before its request is parsed. */
export interface Delivery {
  id: string;
  program_id: number;
  endpoint_id: string;
  source: string;
  /** Milliseconds since the epoch. */
  received_at: number;
  /** Whether the endpoint was in test mode when it received the delivery. Of a stored one: or its content was. */
  test: boolean;
  /** The number of earlier attempts. */
  attempts: number;
  /** The verified request, sealed; null where the request was not verified or has been deleted. */
  sealed_request: string | null;
}

/** What is known of a delivery's content: the provider's type and event id, null where they can't be read. */
export interface DeliveryContent {
  type: string | null;
  event_id: string | null;
  /** Whether the provider sent it in test mode. */
  test: boolean;
}

/** The content of a request that wasn't parsed. */
export const UNKNOWN_CONTENT: DeliveryContent = { type: null, event_id: null, test: false };

/** The outcome of an attempt, as the log stores it. */
export interface Closing extends Omit<Outcome, "problem"> {
  /** The reason as a sentence. */
  detail: string | null;
  /** The customer identifiers that a waiting delivery needs; any one of them is enough. */
  waits_for: readonly string[];
  /** The time of the next attempt, in milliseconds since the epoch; null for none. */
  next_at: number | null;
  /** Keys of customers whose objects have nothing left to relay. */
  relayed: readonly string[];
  /** The customer was erased: the log keeps neither the request nor the event id. */
  is_erased?: boolean;
}

/** How long an attempt may take before a retry is due, in ms: longer than any attempt that succeeds. */
export const ATTEMPT_MS = 60_000;

function columnsOf(delivery: Delivery, content: DeliveryContent) {
  return {
    id: delivery.id,
    program_id: delivery.program_id,
    endpoint_id: delivery.endpoint_id,
    source: delivery.source,
    received_at: delivery.received_at,
    test: delivery.test || content.test,
    type: content.type,
    event_id: content.event_id,
  };
}

/** The statement that opens a delivery: without a later {@link closeDelivery}, a retry is due after {@link ATTEMPT_MS}. */
export function insertOpenDelivery(db: Database, delivery: Delivery, content: DeliveryContent) {
  return db
    .insert(deliveries)
    .values({ ...columnsOf(delivery, content), status: "received", next_at: delivery.received_at + ATTEMPT_MS })
    .onConflictDoNothing();
}

/** The statement that stores a delivery's request; none where it has no request. */
export function insertRequest(db: Database, { id, sealed_request }: Delivery) {
  return sealed_request === null
    ? []
    : [db.insert(deliveryRequests).values({ id, sealed_request }).onConflictDoNothing()];
}

/**
 * Stores the outcome of a delivery, whether it was opened before or not. A recorded delivery stays recorded, whatever the
 * outcome of a retry. Throws while D1 is unavailable.
 */
export async function closeDelivery(
  db: Database,
  delivery: Delivery,
  content: DeliveryContent,
  closing: Closing,
): Promise<void> {
  const result = {
    test: delivery.test || content.test,
    type: content.type,
    event_id: closing.is_erased ? null : content.event_id,
    status: closing.status,
    reason: closing.reason,
    detail: closing.detail,
    conversion: closing.conversion,
    attributed_to: closing.attributed_to,
    attempts: delivery.attempts + 1,
    next_at: closing.next_at,
  };
  const waits = closing.waits_for.map((name) => ({
    program_id: delivery.program_id,
    name,
    delivery_id: delivery.id,
  }));
  await db.batch([
    db
      .insert(deliveries)
      .values({ ...columnsOf(delivery, content), ...result })
      .onConflictDoUpdate({
        target: deliveries.id,
        set: result,
        setWhere: sql`${deliveries.status} <> 'recorded' OR excluded.status = 'recorded'`,
      }),
    ...(closing.is_erased
      ? [db.delete(deliveryRequests).where(eq(deliveryRequests.id, delivery.id))]
      : insertRequest(db, delivery)),
    db.delete(deliveryWaits).where(eq(deliveryWaits.delivery_id, delivery.id)),
    ...waits.map((wait) => db.insert(deliveryWaits).values(wait).onConflictDoNothing()),
    ...closing.relayed.map((key) => clearRelayed(db, { key, until: delivery.received_at })),
  ]);
}

/** The result of a call to D1. Throws a 503 that asks the provider to send the event again where D1 fails. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    logError("webhook_not_stored", { error });
    if (isSchemaMissing(error)) throw databaseNotMigrated();
    throw new Problem(503, "storage_unavailable", "The event could not be stored; please send it again.");
  }
}
