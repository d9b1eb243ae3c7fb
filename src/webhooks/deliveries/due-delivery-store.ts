/** Deliveries to be taken up again, and those whose time is over. */
import { and, eq, exists, inArray, isNotNull, lt, lte, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { TRY_MS } from "../identity/place-event-store.ts";
import { deliveries, deliveryRequests, deliveryWaits, knownNames } from "../tables.ts";
import { type Delivery, idBefore } from "./delivery-store.ts";

const REQUEST_DAYS = 30;
const LOG_DAYS = 400;
const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 3_600_000;
const GIVEN_UP =
  "It could not be taken up within 30 days: its payment was never heard of, or its object never answered.";
const DELETED_AT_ONCE = 1_000;
/** Of each table: more than an hour brings. */
const DELETIONS_A_RUN = 200;

/** How long after so many tries the next one is made, in ms. */
export function waitAfter(attempts: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_MAX_MS);
}

/** Reads a programme's delivery again, to be taken up once more; null for none. */
export async function loadDelivery(db: Database, programId: number, id: string): Promise<Delivery | null> {
  const isThis = and(eq(deliveries.program_id, programId), eq(deliveries.id, id));
  const [row] = await readDeliveries(db, isThis, deliveries.id, 1);
  return row ?? null;
}

/** Those that wait for one of these names. */
export async function listWaiting(
  db: Database,
  programId: number,
  names: readonly string[],
  limit: number,
): Promise<Delivery[]> {
  const isNamed = sql`${deliveryWaits.name} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`;
  return readWaiting(db, and(eq(deliveryWaits.program_id, programId), isNamed), limit);
}

/**
 * Those whose time has come, at most half of them waiting for a name that is known by now, the others left open by a crash,
 * spooled, or waiting for long enough. They are put off for the time of a try, so that no other run takes them up meanwhile.
 */
export async function takeDue(db: Database, now: number, limit: number): Promise<Delivery[]> {
  const isKnown = db
    .select({ one: sql`1` })
    .from(knownNames)
    .where(and(eq(knownNames.program_id, deliveryWaits.program_id), eq(knownNames.name, deliveryWaits.name)));
  const waiting = await readWaiting(db, exists(isKnown), Math.floor(limit / 2));
  const isDue = and(isNotNull(deliveries.next_at), lte(deliveries.next_at, now));
  const due = await readDeliveries(db, isDue, deliveries.next_at, limit - waiting.length);
  const taken = [...new Map([...waiting, ...due].map((delivery) => [delivery.id, delivery])).values()];
  const ids = JSON.stringify(taken.map(({ id }) => id));
  await db
    .update(deliveries)
    .set({ next_at: now + TRY_MS })
    .where(and(sql`${deliveries.id} IN (SELECT value FROM json_each(${ids}))`, isNotNull(deliveries.next_at)));
  return taken;
}

/** Puts off one that could not even be tried. */
export async function postponeDelivery(db: Database, delivery: Delivery, now: number): Promise<void> {
  const attempts = delivery.attempts + 1;
  await db
    .update(deliveries)
    .set({ attempts, next_at: now + waitAfter(attempts) })
    .where(and(eq(deliveries.id, delivery.id), isNotNull(deliveries.next_at)));
}

async function readWaiting(db: Database, which: SQL | undefined, limit: number): Promise<Delivery[]> {
  const rows = await db.selectDistinct({ id: deliveryWaits.delivery_id }).from(deliveryWaits).where(which).limit(limit);
  if (rows.length === 0) return [];
  const ids = JSON.stringify(rows.map(({ id }) => id));
  return readDeliveries(db, sql`${deliveries.id} IN (SELECT value FROM json_each(${ids}))`, deliveries.id, limit);
}

async function readDeliveries(
  db: Database,
  which: SQL | undefined,
  order: typeof deliveries.id | typeof deliveries.next_at,
  limit: number,
): Promise<Delivery[]> {
  const rows = await db
    .select({ delivery: deliveries, sealed_request: deliveryRequests.sealed_request })
    .from(deliveries)
    .leftJoin(deliveryRequests, eq(deliveryRequests.id, deliveries.id))
    .where(which)
    .orderBy(order)
    .limit(limit);
  return rows.map(({ delivery, sealed_request }) => ({
    id: delivery.id,
    program_id: delivery.program_id,
    endpoint_id: delivery.endpoint_id,
    source: delivery.source,
    received_at: delivery.received_at,
    test: delivery.test,
    attempts: delivery.attempts,
    sealed_request,
  }));
}

/**
 * Deletes requests after 30 days and the log after 400, in bounded steps. What still waits or is spooled when its request
 * goes is given up, and says so.
 */
export async function deleteOldDeliveries(db: Database, now: number): Promise<void> {
  const lastRequest = idBefore(now - REQUEST_DAYS * MS_PER_DAY);
  const lastRow = idBefore(now - LOG_DAYS * MS_PER_DAY);
  const givenUp = { status: "refused" as const, reason: "given_up", detail: GIVEN_UP, next_at: null };
  // The sign keeps SQLite to the small index of what is open, where it would read the whole log by its key.
  const isOld = sql`+${deliveries.id} < ${lastRequest}`;
  const oldWaits = db
    .select({ id: deliveryWaits.delivery_id })
    .from(deliveryWaits)
    .where(lt(deliveryWaits.delivery_id, lastRequest));
  await db.batch([
    db
      .update(deliveries)
      .set(givenUp)
      .where(and(isNotNull(deliveries.next_at), isOld)),
    db.update(deliveries).set(givenUp).where(inArray(deliveries.id, oldWaits)),
    db.delete(deliveryWaits).where(lt(deliveryWaits.delivery_id, lastRequest)),
  ]);
  const oldest = (table: SQL, before: string) =>
    sql`id IN (SELECT id FROM ${table} WHERE id < ${before} ORDER BY id LIMIT ${DELETED_AT_ONCE})`;
  for (let run = 0; run < DELETIONS_A_RUN; run += 1) {
    const [requests, rows] = await db.batch([
      db.delete(deliveryRequests).where(oldest(sql`${deliveryRequests}`, lastRequest)),
      db.delete(deliveries).where(oldest(sql`${deliveries}`, lastRow)),
    ]);
    if (Math.max(requests.meta.changes, rows.meta.changes) < DELETED_AT_ONCE) return;
  }
}
