/** Where an event belongs: its delivery made durable, its id claimed, its names looked up and made known, in one transaction. */
import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { deliveries, knownNames, webhookEvents } from "../db/schema.ts";
import { type Delivery, type DeliveryContent, keepRequest, rowOf } from "./deliveries.ts";
import type { Name } from "./names.ts";

/** One event's claim on its id, and the names that it brings. */
export interface Claim {
  event_id: string;
  /** Of what was read. */
  digest: string;
  /** Its delivery is taken up again, and may have claimed the id itself, as an older adapter read it: whatever it was is right. */
  is_again: boolean;
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

/** How long a try may take before another one is made: longer than any that goes well. */
export const TRY_MS = 60_000;

/**
 * Makes a delivery and one of its events durable, and finds where the event belongs: of two events that bring the same name
 * at once, both go where the first one went. Throws while D1 is away.
 */
export async function placeEvent(
  db: Database,
  delivery: Delivery,
  content: DeliveryContent,
  claim: Claim,
): Promise<Place> {
  const { endpoint_id: endpointId, program_id: programId, received_at: receivedAt } = delivery;
  const { event_id: id, digest, customer_key } = claim;
  const isClaim = and(eq(webhookEvents.endpointId, endpointId), eq(webhookEvents.id, id));
  const names = JSON.stringify(claim.names);
  const knownKey = firstKnown("customer_key", programId, names);
  const knownPayment = firstKnown("payment", programId, names);
  const results = await db.batch([
    db
      .insert(deliveries)
      .values({ ...rowOf(delivery, content), status: "received", nextAt: receivedAt + TRY_MS })
      .onConflictDoNothing(),
    ...keepRequest(db, delivery),
    db.insert(webhookEvents).values({ endpointId, id, digest, receivedAt }).onConflictDoNothing(),
    db
      .insert(knownNames)
      .select(
        sql`SELECT ${programId}, value ->> 'name', coalesce((${knownKey}), ${customer_key}),
            CASE WHEN value ->> 'payment' IS NOT NULL THEN coalesce((${knownPayment}), value ->> 'payment') END,
            ${originOf(delivery, claim)}
          FROM json_each(${names})
          WHERE coalesce((${knownKey}), ${customer_key}) IS NOT NULL
            -- Nothing is changed by an event whose id is another's.
            AND (${claim.is_again ? 1 : 0} OR EXISTS (SELECT 1 FROM ${webhookEvents}
              WHERE endpoint_id = ${endpointId} AND id = ${id} AND digest = ${digest}))`,
      )
      .onConflictDoNothing(),
    db.select({ digest: webhookEvents.digest }).from(webhookEvents).where(isClaim),
    db
      .select({
        customer_key: sql<string | null>`(${knownKey})`.as("found_key"),
        payment: sql<string | null>`(${knownPayment})`.as("found_payment"),
      })
      .from(sql`(SELECT 1)`),
  ]);
  const [claims, places] = results.slice(-2) as [{ digest: string }[], Pick<Place, "customer_key" | "payment">[]];
  const [place] = places;
  return {
    reused: !claim.is_again && claims[0]?.digest !== digest,
    customer_key: place?.customer_key ?? customer_key,
    payment: place?.payment ?? null,
  };
}

/** Of the names given, in their order, the first one's value that is known. */
function firstKnown(column: "customer_key" | "payment", programId: number, names: string): SQL {
  const value = sql.raw(`k.${column}`);
  return sql`SELECT ${value} FROM json_each(${names}) n
    JOIN ${knownNames} k ON k.program_id = ${programId} AND k.name = n.value ->> 'name'
    WHERE ${value} IS NOT NULL AND n.value ->> 'finds' ORDER BY n.key LIMIT 1`;
}

/** Takes back the names that an event brought which its object refused: it changes nothing. */
export async function forgetNames(db: Database, delivery: Delivery, claim: Claim): Promise<void> {
  const isOwn = and(eq(knownNames.programId, delivery.program_id), eq(knownNames.origin, originOf(delivery, claim)));
  const names = claim.names.map(({ name }) => name);
  if (names.length > 0) await db.delete(knownNames).where(and(isOwn, inArray(knownNames.name, names)));
}

function originOf({ endpoint_id }: Delivery, { event_id }: Claim): string {
  return `${endpoint_id}:${event_id}`;
}
