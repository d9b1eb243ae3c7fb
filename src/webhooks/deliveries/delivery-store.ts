/** The delivery log as the door writes it. */
import { eq, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { clearRelayed } from "../identity/unrelayed-store.ts";
import type { Outcome } from "../provider.ts";
import { deliveries, deliveryRequests, deliveryWaits } from "../tables.ts";

/** A delivery: what is known of it before it is read. */
export interface Delivery {
  id: string;
  program_id: number;
  endpoint_id: string;
  source: string;
  /** Milliseconds since the epoch. */
  received_at: number;
  /** The endpoint's mode when it came. */
  test: boolean;
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

/** How a delivery ends for now. */
export interface Closing extends Omit<Outcome, "problem"> {
  /** In words. */
  detail: string | null;
  /** The names of which a waiting one needs one to be heard of. */
  waits_for: readonly string[];
  /** When it is tried again, ms since the epoch; null for never. */
  next_at: number | null;
  /** Objects that have nothing to relay after it. */
  relayed: readonly string[];
}

const TIME_DIGITS = 9;

/** `dl_`, the time in base 36, and randomness: ids sort by time. */
export function makeDeliveryId(now: number, random: string): string {
  return `${idBefore(now)}${random}`;
}

/** The ids of deliveries before a time (ms) sort before this. */
export function idBefore(time: number): string {
  return `dl_${Math.max(time, 0).toString(36).padStart(TIME_DIGITS, "0")}`;
}

/** The columns of a delivery that do not change. */
export function rowOf(delivery: Delivery, content: DeliveryContent) {
  return {
    id: delivery.id,
    program_id: delivery.program_id,
    endpoint_id: delivery.endpoint_id,
    source: delivery.source,
    received_at: delivery.received_at,
    test: delivery.test,
    type: content.type,
    event_id: content.event_id,
  };
}

/** The statement that keeps a delivery's request; none where it has none. */
export function keepRequest(db: Database, { id, sealed_request: sealedRequest }: Delivery) {
  return sealedRequest === null
    ? []
    : [db.insert(deliveryRequests).values({ id, sealed_request: sealedRequest }).onConflictDoNothing()];
}

/**
 * Writes what became of a delivery, whether it was opened before or not. One that was recorded stays so, whatever it comes to
 * when it is taken up again. Throws while D1 is away.
 */
export async function closeDelivery(
  db: Database,
  delivery: Delivery,
  content: DeliveryContent,
  closing: Closing,
): Promise<void> {
  const { id: deliveryId, program_id: programId } = delivery;
  const result = {
    type: content.type,
    event_id: content.event_id,
    status: closing.status,
    reason: closing.reason,
    detail: closing.detail,
    conversion: closing.conversion,
    attributed_to: closing.attributed_to,
    attempts: delivery.attempts + 1,
    next_at: closing.next_at,
  };
  const waits = closing.waits_for.map((name) => ({ program_id: programId, name, delivery_id: deliveryId }));
  await db.batch([
    db
      .insert(deliveries)
      .values({ ...rowOf(delivery, content), ...result })
      .onConflictDoUpdate({
        target: deliveries.id,
        set: result,
        setWhere: sql`${deliveries.status} <> 'recorded' OR excluded.status = 'recorded'`,
      }),
    ...keepRequest(db, delivery),
    db.delete(deliveryWaits).where(eq(deliveryWaits.delivery_id, deliveryId)),
    ...waits.map((wait) => db.insert(deliveryWaits).values(wait).onConflictDoNothing()),
    ...closing.relayed.map((key) => clearRelayed(db, { key, until: delivery.received_at })),
  ]);
}
