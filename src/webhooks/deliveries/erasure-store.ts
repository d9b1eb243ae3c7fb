/** Finds an erased customer's deliveries, and removes what they say about it. */
import { and, eq, gt, inArray, isNotNull, isNull, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import type { ErasedEvent } from "../identity/erasure-store.ts";
import { customerIdentifiers, deliveries, deliveryRequests, deliveryWaits, webhookEvents } from "../tables.ts";
import type { Delivery } from "./delivery-store.ts";
import { readDeliveries } from "./retry-store.ts";

/** What a customer's deliveries are found by. */
export interface DeliveryTraces {
  program_id: number;
  conversions: readonly string[];
  events: readonly Pick<ErasedEvent, "endpoint" | "id" | "received_at">[];
}

/**
 * Matches a customer's deliveries: by their conversion, by their event, or, where the provider's event id isn't the event's own
 * and there is no conversion, by the endpoint and millisecond of receipt.
 */
function isOfCustomer({ program_id, conversions, events }: DeliveryTraces): SQL | undefined {
  const isOne = (text: SQL, values: readonly string[]) =>
    sql`${text} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
  const byEvent = isOne(
    sql`${deliveries.endpoint_id} || ':' || ${deliveries.event_id}`,
    events.map(({ endpoint, id }) => `${endpoint}:${id}`),
  );
  const byTime = isOne(
    sql`${deliveries.endpoint_id} || ':' || ${deliveries.received_at}`,
    events.map(({ endpoint, received_at }) => `${endpoint}:${received_at}`),
  );
  return and(
    eq(deliveries.program_id, program_id),
    or(
      isOne(sql`${deliveries.conversion}`, conversions),
      byEvent,
      sql`(${deliveries.conversion} IS NULL AND ${byTime})`,
    ),
  );
}

/** The ids of a customer's deliveries. */
export async function listDeliveriesOf(db: Database, traces: DeliveryTraces): Promise<string[]> {
  const rows = await db.select({ id: deliveries.id }).from(deliveries).where(isOfCustomer(traces));
  return rows.map(({ id }) => id);
}

/**
 * The ids of finished deliveries whose events recorded an identifier of these customers, but which no object has: those that only
 * say which ids one payment has, or that repeat a payment. They are found by the time at which their event was received.
 */
export async function listDeliveriesByOrigin(
  db: Database,
  programId: number,
  keys: readonly string[],
): Promise<string[]> {
  const received = sql`SELECT e.endpoint_id || ':' || e.received_at FROM ${customerIdentifiers} k
    JOIN ${webhookEvents} e ON e.endpoint_id = substr(k.origin, 1, instr(k.origin, ':') - 1)
      AND e.id = substr(k.origin, instr(k.origin, ':') + 1)
    WHERE k.program_id = ${programId} AND k.customer_key IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`;
  const rows = await db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.program_id, programId),
        isNull(deliveries.conversion),
        isNull(deliveries.next_at),
        inArray(deliveries.status, ["recorded", "duplicate"]),
        sql`${deliveries.endpoint_id} || ':' || ${deliveries.received_at} IN (${received})`,
      ),
    );
  return rows.map(({ id }) => id);
}

/** Removes requests, event ids and details of a customer's deliveries. Returns how many requests were stored. */
export async function eraseDeliveries(db: Database, ids: readonly string[]): Promise<number> {
  const list = sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const [requests] = await db.batch([
    db.delete(deliveryRequests).where(sql`${deliveryRequests.id} IN ${list}`).returning({ id: deliveryRequests.id }),
    db.update(deliveries).set({ event_id: null, detail: null }).where(sql`${deliveries.id} IN ${list}`),
    db.delete(deliveryWaits).where(sql`${deliveryWaits.delivery_id} IN ${list}`),
  ]);
  return requests.length;
}

/** A program's unfinished deliveries after an id: open, spooled or waiting. */
export async function listUnfinished(
  db: Database,
  programId: number,
  after: string,
  limit: number,
): Promise<Delivery[]> {
  const isWaiting = sql`${deliveries.id} IN (SELECT delivery_id FROM ${deliveryWaits} WHERE program_id = ${programId})`;
  const isUnfinished = or(isNotNull(deliveries.next_at), isWaiting);
  const where = and(eq(deliveries.program_id, programId), gt(deliveries.id, after), isUnfinished);
  return readDeliveries(db, where, deliveries.id, limit);
}
