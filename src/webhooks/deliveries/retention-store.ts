/** How long deliveries are stored. */
import { and, inArray, isNotNull, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { deliveries, deliveryRequests, deliveryWaits } from "../tables.ts";
import { firstDeliveryIdAt } from "./delivery-id.ts";

const REQUEST_DAYS = 30;
const LOG_DAYS = 400;
const GIVEN_UP =
  "The event could not be recorded within 30 days: its payment was never received, or its object never answered.";
const ROWS_PER_STEP = 1_000;
/** Per run and table this allows more rows than an hour brings. */
const STEPS_PER_RUN = 200;

/**
 * Deletes requests after 30 days and the log after 400, in bounded steps. A delivery that is still waiting or spooled when its
 * request is deleted is refused as `given_up`.
 */
export async function deleteOldDeliveries(db: Database, now: number): Promise<void> {
  const oldRequest = firstDeliveryIdAt(now - REQUEST_DAYS * MS_PER_DAY);
  const oldRow = firstDeliveryIdAt(now - LOG_DAYS * MS_PER_DAY);
  await giveUpDeliveries(db, oldRequest);
  const oldest = (table: SQL, before: string) =>
    sql`id IN (SELECT id FROM ${table} WHERE id < ${before} ORDER BY id LIMIT ${ROWS_PER_STEP})`;
  for (let step = 0; step < STEPS_PER_RUN; step += 1) {
    const [requests, rows] = await db.batch([
      db.delete(deliveryRequests).where(oldest(sql`${deliveryRequests}`, oldRequest)),
      db.delete(deliveries).where(oldest(sql`${deliveries}`, oldRow)),
    ]);
    if (Math.max(requests.meta.changes, rows.meta.changes) < ROWS_PER_STEP) return;
  }
}

/** Refuses unfinished deliveries whose ids sort before `before`. */
async function giveUpDeliveries(db: Database, before: string): Promise<void> {
  const givenUp = { status: "refused" as const, reason: "given_up", detail: GIVEN_UP, next_at: null };
  // The unary plus makes SQLite use the small index of open deliveries; otherwise it would scan the log by its key.
  const isOld = sql`+${deliveries.id} < ${before}`;
  const isOldWait = lt(deliveryWaits.delivery_id, before);
  const oldWaits = db.select({ id: deliveryWaits.delivery_id }).from(deliveryWaits).where(isOldWait);
  await db.batch([
    db
      .update(deliveries)
      .set(givenUp)
      .where(and(isNotNull(deliveries.next_at), isOld)),
    db.update(deliveries).set(givenUp).where(inArray(deliveries.id, oldWaits)),
    db.delete(deliveryWaits).where(isOldWait),
  ]);
}
