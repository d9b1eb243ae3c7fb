/** The delivery log as the door writes it: a delivery is durable here before its event goes to an object. */
import { and, eq, inArray, isNotNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { deliveries, deliveryRequests, knownNames, webhookEvents } from "../db/schema.ts";
import { MS_PER_DAY } from "../time.ts";
import type { Name } from "./names.ts";
import type { Outcome } from "./provider.ts";

/** A delivery: what is known of it before it is read. */
export interface Delivery {
  id: string;
  program_id: number;
  endpoint_id: string;
  source: string;
  /** Milliseconds since the epoch. */
  received_at: number;
  /** Earlier tries. */
  attempts: number;
  /** The request of a proved sender; null where it is nobody's or too old. */
  sealed_request: string | null;
}

/** What was read out of it. */
export interface DeliveryContent {
  type: string | null;
  event_id: string | null;
}

/** One event's claim on its id, and the names that it brings. */
export interface Claim {
  event_id: string;
  digest: string;
  names: readonly Name[];
  /** The object that it goes to where its names are not known; null where it must wait then. */
  customer_key: string | null;
}

/** What D1 knows of an event: `reused` where its id is known with another content, and where it belongs, if that is known. */
export interface Place {
  reused: boolean;
  customer_key: string | null;
  /** The payment's one name. */
  payment: string | null;
}

const REQUEST_DAYS = 30;
const LOG_DAYS = 400;
/** How long a try may take before another one is made: longer than any that goes well. */
const TRY_MS = 60_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 3_600_000;
const GIVEN_UP =
  "It could not be taken up within 30 days: its payment was never heard of, or its object never answered.";
const DELETED_AT_ONCE = 1_000;
const TIME_DIGITS = 9;

/** `dl_`, the time in base 36, and randomness: ids sort by time. */
export function makeDeliveryId(now: number, random: string): string {
  return `${idBefore(now)}${random}`;
}

function idBefore(time: number): string {
  return `dl_${Math.max(time, 0).toString(36).padStart(TIME_DIGITS, "0")}`;
}

/**
 * Makes a delivery and one of its events durable, and finds where the event belongs, in one transaction: of two events that
 * bring the same name at once, both go where the first one went. Throws while D1 is away.
 */
export async function openDelivery(
  db: Database,
  delivery: Delivery,
  content: DeliveryContent,
  claim: Claim,
): Promise<Place> {
  const { endpoint_id: endpointId, program_id: programId, received_at: receivedAt } = delivery;
  const { event_id: id, digest } = claim;
  const isClaim = and(eq(webhookEvents.endpointId, endpointId), eq(webhookEvents.id, id));
  const names = JSON.stringify(claim.names);
  const results = await db.batch([
    db
      .insert(deliveries)
      .values({ ...rowOf(delivery, content), status: "received", nextAt: receivedAt + TRY_MS })
      .onConflictDoNothing(),
    ...keepRequest(db, delivery),
    db.insert(webhookEvents).values({ endpointId, id, digest, receivedAt }).onConflictDoNothing(),
    // A no-op where the id is another event's: nothing is changed by that one.
    db
      .insert(knownNames)
      .select(
        sql`SELECT ${programId}, value ->> 'name',
            coalesce((${firstKnown("customer_key", programId, names)}), ${claim.customer_key}),
            CASE WHEN value ->> 'payment' IS NOT NULL
              THEN coalesce((${firstKnown("payment", programId, names)}), value ->> 'payment') END
          FROM json_each(${names})
          WHERE coalesce((${firstKnown("customer_key", programId, names)}), ${claim.customer_key}) IS NOT NULL
            -- Nothing is changed by an event whose id is another's.
            AND EXISTS (SELECT 1 FROM ${webhookEvents}
              WHERE endpoint_id = ${endpointId} AND id = ${id} AND digest = ${digest})`,
      )
      .onConflictDoNothing(),
    db.select({ digest: webhookEvents.digest }).from(webhookEvents).where(isClaim),
    db
      .select({
        customer_key: sql<string | null>`(${firstKnown("customer_key", programId, names)})`.as("found_key"),
        payment: sql<string | null>`(${firstKnown("payment", programId, names)})`.as("found_payment"),
      })
      .from(sql`(SELECT 1)`),
  ]);
  const [claims, places] = results.slice(-2) as [{ digest: string }[], Pick<Place, "customer_key" | "payment">[]];
  const [place] = places;
  return {
    reused: claims[0]?.digest !== digest,
    customer_key: place?.customer_key ?? claim.customer_key,
    payment: place?.payment ?? null,
  };
}

/** Of the names given, in their order, the first one's value that is known. */
function firstKnown(column: "customer_key" | "payment", programId: number, names: string): SQL {
  const value = sql.raw(`k.${column}`);
  return sql`SELECT ${value} FROM json_each(${names}) n
    JOIN ${knownNames} k ON k.program_id = ${programId} AND k.name = n.value ->> 'name'
    WHERE ${value} IS NOT NULL ORDER BY n.key LIMIT 1`;
}

/** Writes what became of a delivery, whether it was opened before or not. Throws while D1 is away. */
export async function closeDelivery(
  db: Database,
  delivery: Delivery,
  content: DeliveryContent,
  outcome: Closing,
  now: number,
): Promise<void> {
  const attempts = delivery.attempts + 1;
  const { status } = outcome;
  const result = {
    ...content,
    eventId: content.event_id,
    status,
    reason: outcome.reason,
    detail: outcome.detail,
    conversion: outcome.conversion,
    attributedTo: outcome.attributed_to,
    waitsFor: outcome.waits_for,
    attempts,
    nextAt: status === "spooled" ? now + waitAfter(attempts) : null,
  };
  await db.batch([
    db
      .insert(deliveries)
      .values({ ...rowOf(delivery, content), ...result })
      .onConflictDoUpdate({
        target: deliveries.id,
        // One that was recorded stays so, however often it is taken up again.
        set: {
          ...result,
          status: sql`CASE WHEN ${deliveries.status} = 'recorded' AND ${status} = 'duplicate' THEN 'recorded' ELSE ${status} END`,
        },
      }),
    ...keepRequest(db, delivery),
  ]);
}

/** Puts off one that could not even be tried. */
export async function postponeDelivery(db: Database, delivery: Delivery, now: number): Promise<void> {
  const attempts = delivery.attempts + 1;
  const later = { attempts, nextAt: now + waitAfter(attempts) };
  await db.update(deliveries).set(later).where(eq(deliveries.id, delivery.id));
}

function waitAfter(attempts: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_MAX_MS);
}

/** How a delivery ends for now. */
export interface Closing extends Omit<Outcome, "problem"> {
  /** In words. */
  detail: string | null;
  /** The name that a waiting one waits for. */
  waits_for: string | null;
}

function rowOf(delivery: Delivery, content: DeliveryContent) {
  return {
    id: delivery.id,
    programId: delivery.program_id,
    endpointId: delivery.endpoint_id,
    source: delivery.source,
    receivedAt: delivery.received_at,
    type: content.type,
    eventId: content.event_id,
  };
}

function keepRequest(db: Database, { id, sealed_request: sealedRequest }: Delivery) {
  return sealedRequest === null
    ? []
    : [db.insert(deliveryRequests).values({ id, sealedRequest }).onConflictDoNothing()];
}

/** Reads a programme's delivery again, to be taken up once more; null for none. */
export async function loadDelivery(db: Database, programId: number, id: string): Promise<Delivery | null> {
  const [row] = await readDeliveries(db, and(eq(deliveries.programId, programId), eq(deliveries.id, id)), 1);
  return row ?? null;
}

/** Those that wait for one of these names, the oldest first. */
export function listWaiting(
  db: Database,
  programId: number,
  names: readonly string[],
  limit: number,
): Promise<Delivery[]> {
  const isOfProgram = eq(deliveries.programId, programId);
  return readDeliveries(db, and(isOfProgram, inArray(deliveries.waitsFor, [...names])), limit);
}

/** Those whose time has come: left open by a crash, spooled, or waiting for a name that is known by now. */
export async function listDue(db: Database, now: number, limit: number): Promise<Delivery[]> {
  const isKnown = sql`EXISTS (SELECT 1 FROM ${knownNames} k
    WHERE k.program_id = ${deliveries.programId} AND k.name = ${deliveries.waitsFor})`;
  const due = await readDeliveries(db, and(isNotNull(deliveries.nextAt), lte(deliveries.nextAt, now)), limit);
  const waiting = await readDeliveries(db, and(isNotNull(deliveries.waitsFor), isKnown), limit);
  return [...due, ...waiting].slice(0, limit);
}

async function readDeliveries(db: Database, which: SQL | undefined, limit: number): Promise<Delivery[]> {
  const rows = await db
    .select({ delivery: deliveries, sealed_request: deliveryRequests.sealedRequest })
    .from(deliveries)
    .leftJoin(deliveryRequests, eq(deliveryRequests.id, deliveries.id))
    .where(which)
    .orderBy(deliveries.id)
    .limit(limit);
  return rows.map(({ delivery, sealed_request }) => ({
    id: delivery.id,
    program_id: delivery.programId,
    endpoint_id: delivery.endpointId,
    source: delivery.source,
    received_at: delivery.receivedAt,
    attempts: delivery.attempts,
    sealed_request,
  }));
}

/**
 * Deletes requests after 30 days and the log after 400, a step at a time. What still waits or is spooled when its request
 * goes is given up, and says so.
 */
export async function deleteOldDeliveries(db: Database, now: number): Promise<void> {
  const lastRequest = idBefore(now - REQUEST_DAYS * MS_PER_DAY);
  const lastRow = idBefore(now - LOG_DAYS * MS_PER_DAY);
  const oldest = (table: SQL, before: string) =>
    sql`id IN (SELECT id FROM ${table} WHERE id < ${before} ORDER BY id LIMIT ${DELETED_AT_ONCE})`;
  const isOpen = or(isNotNull(deliveries.waitsFor), isNotNull(deliveries.nextAt));
  await db.batch([
    db
      .update(deliveries)
      .set({ status: "refused", reason: "given_up", detail: GIVEN_UP, waitsFor: null, nextAt: null })
      .where(and(isOpen, lt(deliveries.id, lastRequest))),
    db.delete(deliveryRequests).where(oldest(sql`${deliveryRequests}`, lastRequest)),
    db.delete(deliveries).where(oldest(sql`${deliveries}`, lastRow)),
  ]);
}
