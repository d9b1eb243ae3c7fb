/** Stores an event and finds its customer, in one transaction. */
import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { runBatch } from "../../db/named-batch.ts";
import { isErasedKey } from "../conversion-event.ts";
import {
  type Delivery,
  type DeliveryContent,
  insertOpenDelivery,
  insertRequest,
} from "../deliveries/delivery-store.ts";
import { customerIdentifiers, customers, webhookEvents } from "../tables.ts";
import { assignCustomer, type Candidate, type Candidates } from "./assign-customer.ts";
import { deleteNumber, numberCustomer, selectNumber, selectNumbered } from "./click-customer-queries.ts";
import { mergeCustomers } from "./customer-merge-store.ts";
import {
  firstRecordedCustomer,
  firstRecordedPayment,
  fromRecordedIdentifiers,
  type IdentifierList,
  identifierList,
  isErasedCustomer,
  mergedKey,
  RECORDED_CUSTOMER,
} from "./identifier-queries.ts";
import type { CustomerIdentifier } from "./identifiers.ts";
import { markUnrelayed } from "./unrelayed-store.ts";

/** An event to store. */
export interface NewEvent {
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
  identifiers: readonly CustomerIdentifier[];
  /** The customer that it creates where none of its identifiers is recorded; null where it must wait instead. */
  customer_key: string | null;
  /** The namespace of the customer id in that key; null where the key has no id. */
  namespace: string | null;
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

interface RecordedIdentifier extends Candidate {
  /** Its position among the event's identifiers. */
  position: number;
}

interface MergedCustomer {
  key: string;
  into: string | null;
  namespace: string | null;
  handed_over: boolean;
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
  const list = identifierList(program_id, event.identifiers);
  const ownKey = mergedKey(event.customer_key);
  const key = sql<string | null>`coalesce(${firstRecordedCustomer(list)}, ${ownKey})`;
  const isErased = sql`EXISTS (SELECT 1 FROM ${webhookEvents}
    WHERE endpoint_id = ${endpoint_id} AND id = ${event.erased_id})`;
  const mayChange = sql`(${isRetryOrSameContent(delivery, event)} AND NOT ${isErased})`;
  const click = event.click_id === null ? null : { click_id: event.click_id, key };
  const { stored, erased, keys, recorded, merged, numbered_before, numbers } = await runBatch(db, {
    delivery: insertOpenDelivery(db, delivery, content),
    request: insertRequest(db, delivery),
    event: db
      .insert(webhookEvents)
      .select(sql`SELECT ${endpoint_id}, ${id}, ${digest}, ${received_at} WHERE NOT ${isErased}`)
      .onConflictDoNothing(),
    identifiers: db
      .insert(customerIdentifiers)
      .select(
        sql`SELECT ${program_id}, value ->> 'identifier', ${key},
            CASE WHEN value ->> 'payment' IS NOT NULL
              THEN coalesce(${firstRecordedPayment(list)}, value ->> 'payment') END,
            ${originOf(delivery, event)}
          FROM json_each(${list.json})
          WHERE ${key} IS NOT NULL AND ${mayChange} AND NOT (value ->> 'is_email' AND ${isErasedCustomer(key)})`,
      )
      .onConflictDoNothing(),
    customer: db
      .insert(customers)
      .select(
        sql`SELECT key, ${program_id}, NULL, 0, CASE WHEN key = ${event.customer_key} THEN ${event.namespace} END,
            ${received_at}
          FROM (SELECT ${key} AS key) WHERE key IS NOT NULL AND ${mayChange}`,
      )
      .onConflictDoNothing(),
    numbered_before: click === null ? [] : [selectNumbered(db, click)],
    numbered: click === null ? [] : [numberCustomer(db, click, mayChange)],
    numbers: click === null ? [] : [selectNumber(db, click)],
    unrelayed: markUnrelayed(
      db,
      sql`SELECT key, ${received_at} FROM (SELECT ${key} AS key) WHERE key IS NOT NULL AND ${mayChange}`,
    ),
    stored: db
      .select({ digest: webhookEvents.digest })
      .from(webhookEvents)
      .where(and(eq(webhookEvents.endpoint_id, endpoint_id), eq(webhookEvents.id, id))),
    erased: db.select({ is_erased: sql<number>`${isErased}`.as("is_erased") }).from(sql`(SELECT 1)`),
    keys: db
      .select({ payment: firstRecordedPayment(list).as("recorded_payment"), own: ownKey.as("own_key") })
      .from(sql`(SELECT 1)`),
    recorded: selectRecordedIdentifiers(db, list),
    merged: selectMergedCustomers(db, list, ownKey),
  });
  const { own = null, payment = null } = keys[0] ?? {};
  const click_customer_number = numbers[0]?.[0]?.number ?? null;
  const earlier = numbered_before[0]?.[0];
  const newly_numbered = earlier?.before === null ? earlier.key : null;
  const is_erased = erased[0]?.is_erased === 1;
  const common = { payment, click_customer_number, newly_numbered, is_erased };
  if (is_erased) return { ...common, is_id_reused: false, customer_key: null, merging: [] };
  const is_id_reused = !event.is_retry && stored[0]?.digest !== digest;
  const assignment =
    assignCustomer(gatherCandidates(event, own, recorded, merged)) ?? (own === null ? null : { key: own, merges: [] });
  if (assignment === null || is_id_reused) {
    return { ...common, is_id_reused, customer_key: assignment?.key ?? null, merging: [] };
  }
  if (assignment.merges.length > 0) {
    const merge = await mergeCustomers(db, { ...assignment, program_id, at: received_at });
    return { ...common, is_id_reused, ...merge };
  }
  // What is merged into an erased customer is handed over by `completeErasure`.
  const isOpen = !isErasedKey(assignment.key);
  const merging = merged.filter(({ into, handed_over }) => isOpen && into === assignment.key && !handed_over);
  return { ...common, is_id_reused, customer_key: assignment.key, merging: merging.map((customer) => customer.key) };
}

/** An event whose id was stored before with different content must change nothing. */
function isRetryOrSameContent({ endpoint_id }: Delivery, { event_id, digest, is_retry }: NewEvent): SQL {
  return sql`(${is_retry ? 1 : 0} OR EXISTS (SELECT 1 FROM ${webhookEvents}
    WHERE endpoint_id = ${endpoint_id} AND id = ${event_id} AND digest = ${digest}))`;
}

function selectRecordedIdentifiers(db: Database, list: IdentifierList) {
  return db
    .select({
      position: sql<number>`n.key`.as("position"),
      key: RECORDED_CUSTOMER.as("recorded_key"),
      namespace: sql<string | null>`m.namespace`.as("recorded_namespace"),
    })
    .from(sql`${fromRecordedIdentifiers(list)} LEFT JOIN customers m ON m.key = ${RECORDED_CUSTOMER}`)
    .orderBy(sql`n.key`);
}

/** The customers that were merged into one of the event's candidates. */
function selectMergedCustomers(db: Database, list: IdentifierList, ownKey: SQL) {
  return db
    .select({
      key: customers.key,
      into: customers.merged_into,
      namespace: customers.namespace,
      handed_over: customers.handed_over,
    })
    .from(customers)
    .where(
      sql`${customers.merged_into} IN (SELECT ${RECORDED_CUSTOMER} FROM ${fromRecordedIdentifiers(list)}
        UNION SELECT ${ownKey})`,
    );
}

function gatherCandidates(
  event: NewEvent,
  ownKey: string | null,
  recorded: readonly RecordedIdentifier[],
  merged: readonly MergedCustomer[],
): Candidates {
  const isEmail = ({ position }: RecordedIdentifier) => event.identifiers[position]?.is_email === true;
  const email = recorded.find(isEmail) ?? null;
  const withEmail = email === null ? [] : [email, ...merged.filter(({ into }) => into === email.key)];
  return {
    own: event.namespace === null || ownKey === null ? null : { key: ownKey, namespace: event.namespace },
    related: recorded.filter((identifier) => !isEmail(identifier)),
    email,
    email_namespaces: withEmail.flatMap(({ namespace }) => namespace ?? []),
  };
}

/** Takes back what an event recorded of its customer, where its object refused the event: identifiers, and the click's number. */
export async function forgetEvent(
  db: Database,
  delivery: Delivery,
  event: NewEvent,
  { newly_numbered }: Pick<StoredEvent, "newly_numbered">,
): Promise<void> {
  const names = event.identifiers.map(({ identifier }) => identifier);
  const { click_id } = event;
  await db.batch([
    db
      .delete(customerIdentifiers)
      .where(
        and(
          eq(customerIdentifiers.program_id, delivery.program_id),
          eq(customerIdentifiers.origin, originOf(delivery, event)),
          inArray(customerIdentifiers.name, names),
        ),
      ),
    ...(click_id === null || newly_numbered === null ? [] : [deleteNumber(db, { click_id, key: newly_numbered })]),
  ]);
}

function originOf({ endpoint_id }: Delivery, { event_id }: NewEvent): string {
  return `${endpoint_id}:${event_id}`;
}
