/** Stored deliveries to handle again. */
import { and, eq, exists, isNotNull, lte, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { customerIdentifiers, deliveries, deliveryRequests, deliveryWaits } from "../tables.ts";
import { ATTEMPT_MS, type Delivery } from "./delivery-store.ts";
import { retryDelay } from "./retry-schedule.ts";

/** A program's delivery with its request; null for an unknown id. */
export async function loadDelivery(db: Database, programId: number, id: string): Promise<Delivery | null> {
  const isThis = and(eq(deliveries.program_id, programId), eq(deliveries.id, id));
  const [row] = await readDeliveries(db, isThis, deliveries.id, 1);
  return row ?? null;
}

/** Deliveries that wait for one of these customer identifiers. */
export async function listWaiting(
  db: Database,
  programId: number,
  identifiers: readonly string[],
  limit: number,
): Promise<Delivery[]> {
  if (identifiers.length === 0) return [];
  const isWaitedFor = sql`${deliveryWaits.name} IN (SELECT value FROM json_each(${JSON.stringify(identifiers)}))`;
  return readWaiting(db, and(eq(deliveryWaits.program_id, programId), isWaitedFor), limit);
}

/**
 * Deliveries to retry now. Up to half of them wait for a customer identifier that has been recorded; the others are due: left
 * open by a crash, spooled, or at the end of their wait. All are postponed by {@link ATTEMPT_MS}, so that no other run
 * handles them at the same time.
 */
export async function lockDueDeliveries(db: Database, now: number, limit: number): Promise<Delivery[]> {
  const isRecorded = db
    .select({ one: sql`1` })
    .from(customerIdentifiers)
    .where(
      and(
        eq(customerIdentifiers.program_id, deliveryWaits.program_id),
        eq(customerIdentifiers.name, deliveryWaits.name),
      ),
    );
  const waiting = await readWaiting(db, exists(isRecorded), Math.floor(limit / 2));
  const isDue = and(isNotNull(deliveries.next_at), lte(deliveries.next_at, now));
  const due = await readDeliveries(db, isDue, deliveries.next_at, limit - waiting.length);
  const locked = [...new Map([...waiting, ...due].map((delivery) => [delivery.id, delivery])).values()];
  const isLocked = isOneOf(locked.map(({ id }) => id));
  await db
    .update(deliveries)
    .set({ next_at: now + ATTEMPT_MS })
    .where(and(isLocked, isNotNull(deliveries.next_at)));
  return locked;
}

/** Schedules the next retry of a delivery that could not be handled at all. */
export async function postponeDelivery(db: Database, delivery: Delivery, now: number): Promise<void> {
  const attempts = delivery.attempts + 1;
  await db
    .update(deliveries)
    .set({ attempts, next_at: now + retryDelay(attempts) })
    .where(and(eq(deliveries.id, delivery.id), isNotNull(deliveries.next_at)));
}

async function readWaiting(db: Database, where: SQL | undefined, limit: number): Promise<Delivery[]> {
  const rows = await db.selectDistinct({ id: deliveryWaits.delivery_id }).from(deliveryWaits).where(where).limit(limit);
  if (rows.length === 0) return [];
  const isWaiting = isOneOf(rows.map(({ id }) => id));
  return readDeliveries(db, isWaiting, deliveries.id, limit);
}

function isOneOf(ids: readonly string[]): SQL {
  return sql`${deliveries.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
}

/** Deliveries with their requests. */
export async function readDeliveries(
  db: Database,
  where: SQL | undefined,
  order: typeof deliveries.id | typeof deliveries.next_at,
  limit: number,
): Promise<Delivery[]> {
  return db
    .select({
      id: deliveries.id,
      program_id: deliveries.program_id,
      endpoint_id: deliveries.endpoint_id,
      source: deliveries.source,
      received_at: deliveries.received_at,
      test: deliveries.test,
      attempts: deliveries.attempts,
      sealed_request: deliveryRequests.sealed_request,
    })
    .from(deliveries)
    .leftJoin(deliveryRequests, eq(deliveryRequests.id, deliveries.id))
    .where(where)
    .orderBy(order)
    .limit(limit);
}
