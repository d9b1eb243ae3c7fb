/** Stores an event and finds its customer, in one transaction. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { runBatch } from "../../db/named-batch.ts";
import {
  type Delivery,
  type DeliveryContent,
  insertOpenDelivery,
  insertRequest,
} from "../deliveries/delivery-store.ts";
import { webhookEvents } from "../tables.ts";
import { deleteNumber, numberCustomer, selectNumber, selectNumbered } from "./click-customer-queries.ts";
import {
  deleteIdentifiers,
  findAssignment,
  mergeAssigned,
  type NamedCustomer,
  recordCustomer,
} from "./customer-store.ts";

/** An event to store. */
export interface NewEvent extends Pick<NamedCustomer, "identifiers" | "customer_key" | "namespace"> {
  event_id: string;
  /** See `hashEventId`. */
  erased_id: string;
  /** Hash of the event's content. */
  digest: string;
  /**
   * Its delivery was handled before, or its content was looked up. It may have stored the id with the digest of an earlier adapter
   * or earlier content, which is accepted.
   */
  is_retry: boolean;
  /** The id of the click whose customers are numbered; null without a valid click, and in test mode. */
  click_id: string | null;
}

/** A stored event. */
export interface StoredEvent {
  /** An event with this id and different content was stored before; then this one changed nothing. */
  is_id_reused: boolean;
  /** The event was stored before, and its customer's identity was erased since; then this one changed nothing. */
  is_erased: boolean;
  /** The event's customer; null where it has none yet. */
  customer_key: string | null;
  /** The main id of the payment, with its namespace. */
  payment: string | null;
  /** The customer's number among the distinct customers of its click; null where they aren't numbered. */
  click_customer_number: number | null;
  /** The key of the customer that this event gave a number; null if it gave none. */
  newly_numbered: string | null;
  /** Customers that were merged into the event's customer, and whose objects haven't handed over their history yet. */
  merging: string[];
}

/**
 * Makes a delivery and one of its events durable, and finds the event's customer. Where two events with the same identifier
 * arrive at once, both get the customer of the first. Throws while D1 is unavailable.
 */
export async function storeEvent(
  db: Database,
  delivery: Delivery,
  content: DeliveryContent,
  event: NewEvent,
): Promise<StoredEvent> {
  const { endpoint_id, program_id, received_at } = delivery;
  const { event_id: id, digest } = event;
  const isErased = sql`EXISTS (SELECT 1 FROM ${webhookEvents}
    WHERE endpoint_id = ${endpoint_id} AND id = ${event.erased_id})`;
  const may_change = sql`(${isRetryOrSameContent(delivery, event)} AND NOT ${isErased})`;
  const named = { ...event, program_id, at: received_at, origin: originOf(delivery, event), may_change };
  const { key, statements } = recordCustomer(db, named);
  const click = event.click_id === null ? null : { click_id: event.click_id, key };
  const { stored, erased, numbered_before, numbers, ...customer } = await runBatch(db, {
    delivery: insertOpenDelivery(db, delivery, content),
    request: insertRequest(db, delivery),
    event: db
      .insert(webhookEvents)
      .select(sql`SELECT ${endpoint_id}, ${id}, ${digest}, ${received_at} WHERE NOT ${isErased}`)
      .onConflictDoNothing(),
    ...statements,
    numbered_before: click === null ? [] : [selectNumbered(db, click)],
    numbered: click === null ? [] : [numberCustomer(db, click, may_change)],
    numbers: click === null ? [] : [selectNumber(db, click)],
    stored: db
      .select({ digest: webhookEvents.digest })
      .from(webhookEvents)
      .where(and(eq(webhookEvents.endpoint_id, endpoint_id), eq(webhookEvents.id, id))),
    erased: db.select({ is_erased: sql<number>`${isErased}`.as("is_erased") }).from(sql`(SELECT 1)`),
  });
  const { payment = null } = customer.keys[0] ?? {};
  const click_customer_number = numbers[0]?.[0]?.number ?? null;
  const earlier = numbered_before[0]?.[0];
  const newly_numbered = earlier?.before === null ? earlier.key : null;
  const is_erased = erased[0]?.is_erased === 1;
  const common = { payment, click_customer_number, newly_numbered, is_erased };
  if (is_erased) return { ...common, is_id_reused: false, customer_key: null, merging: [] };
  const is_id_reused = !event.is_retry && stored[0]?.digest !== digest;
  const assigned = is_id_reused
    ? { customer_key: findAssignment(named, customer)?.key ?? null, merging: [] }
    : await mergeAssigned(db, named, customer);
  return { ...common, is_id_reused, ...assigned };
}

/** An event whose id was stored before with different content must change nothing. */
function isRetryOrSameContent({ endpoint_id }: Delivery, { event_id, digest, is_retry }: NewEvent): SQL {
  return sql`(${is_retry ? 1 : 0} OR EXISTS (SELECT 1 FROM ${webhookEvents}
    WHERE endpoint_id = ${endpoint_id} AND id = ${event_id} AND digest = ${digest}))`;
}

/** Takes back what an event recorded of its customer, where its object refused the event: identifiers, and the click's number. */
export async function forgetEvent(
  db: Database,
  delivery: Delivery,
  event: NewEvent,
  { newly_numbered }: Pick<StoredEvent, "newly_numbered">,
): Promise<void> {
  const { identifiers, click_id } = event;
  await db.batch([
    deleteIdentifiers(db, { program_id: delivery.program_id, origin: originOf(delivery, event), identifiers }),
    ...(click_id === null || newly_numbered === null ? [] : [deleteNumber(db, { click_id, key: newly_numbered })]),
  ]);
}

function originOf({ endpoint_id }: Delivery, { event_id }: NewEvent): string {
  return `${endpoint_id}:${event_id}`;
}
