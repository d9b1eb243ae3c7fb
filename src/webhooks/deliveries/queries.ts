import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { runBatch } from "../../db/named-batch.ts";
import { type List, type PageRequest, pageOf } from "../../lib/paging.ts";
import { deliveries, deliveryRequests } from "../tables.ts";
import { DELIVERIES_LOOKED_AT } from "./endpoint-warnings.ts";

type Row = typeof deliveries.$inferSelect;

/** A delivery as the API shows it: what a checkout sent, and the outcome. */
export interface DeliveryView {
  id: string;
  received_at: string;
  endpoint: string;
  provider: string;
  /** Whether the endpoint was in test mode, or the provider sent it in test mode. */
  test: boolean;
  /** The provider's event id and type; null where the request was not parsed. */
  event_id: string | null;
  type: string | null;
  outcome: Row["status"];
  /** A stable code, and a sentence where the code needs one. */
  reason: string | null;
  detail: string | null;
  conversion: string | null;
  attributed_to: string | null;
  /** Attempts so far, and when the next one is due. */
  attempts: number;
  next_at: string | null;
}

/** Filters of the list; null for all. */
export interface DeliveryFilter {
  program_id: number;
  endpoint: string | null;
  outcome: Row["status"] | null;
}

/** All outcomes of a delivery. */
export const OUTCOMES = deliveries.status.enumValues;

/** A program's deliveries, newest first, without their requests. */
export async function readDeliveries(
  db: Database,
  filter: DeliveryFilter,
  page: PageRequest,
): Promise<List<DeliveryView>> {
  const rows = await db
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.program_id, filter.program_id),
        filter.endpoint === null ? undefined : eq(deliveries.endpoint_id, filter.endpoint),
        filter.outcome === null ? undefined : eq(deliveries.status, filter.outcome),
        page.cursor === null ? undefined : lt(deliveries.id, page.cursor),
      ),
    )
    .orderBy(desc(deliveries.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, viewDelivery, (row) => row.id);
}

/** A delivery with its request, still sealed (null where the request is not stored); null for an unknown id. */
export async function readDelivery(
  db: Database,
  programId: number,
  id: string,
): Promise<{ view: DeliveryView; sealed_request: string | null } | null> {
  const [row] = await db
    .select({ delivery: deliveries, sealed_request: deliveryRequests.sealed_request })
    .from(deliveries)
    .leftJoin(deliveryRequests, eq(deliveryRequests.id, deliveries.id))
    .where(and(eq(deliveries.program_id, programId), eq(deliveries.id, id)));
  return row === undefined ? null : { view: viewDelivery(row.delivery), sealed_request: row.sealed_request };
}

/** What is known of an endpoint's latest deliveries. */
export type LatestDelivery = Pick<Row, "status" | "reason" | "detail" | "type" | "received_at">;

/** The latest deliveries of each of these endpoints, the newest first. */
export async function readLatestDeliveries(
  db: Database,
  endpointIds: readonly string[],
): Promise<Map<string, LatestDelivery[]>> {
  const { status, reason, detail, type, received_at } = deliveries;
  const queries = endpointIds.map((id) =>
    db
      .select({ status, reason, detail, type, received_at })
      .from(deliveries)
      .where(eq(deliveries.endpoint_id, id))
      .orderBy(desc(deliveries.id))
      .limit(DELIVERIES_LOOKED_AT),
  );
  const { latest } = queries.length === 0 ? { latest: [] } : await runBatch(db, { latest: queries });
  return new Map(endpointIds.map((id, place) => [id, latest[place] ?? []]));
}

/** How many of an endpoint's latest deliveries are searched for event types. */
export const TYPES_SEARCHED = 2_000;

/** The event types among an endpoint's latest deliveries that weren't refused. `last_at` in ms. */
export async function readEventTypes(
  db: Database,
  endpointId: string,
): Promise<{ type: string; deliveries: number; last_at: number }[]> {
  const latest = db
    .select({ type: deliveries.type, received_at: deliveries.received_at, status: deliveries.status })
    .from(deliveries)
    .where(eq(deliveries.endpoint_id, endpointId))
    .orderBy(desc(deliveries.id))
    .limit(TYPES_SEARCHED)
    .as("latest");
  return db
    .select({
      type: sql<string>`${latest.type}`.as("type"),
      deliveries: sql<number>`count(*)`.as("deliveries"),
      last_at: sql<number>`max(${latest.received_at})`.as("last_at"),
    })
    .from(latest)
    .where(sql`${latest.type} IS NOT NULL AND ${latest.status} <> 'refused'`)
    .groupBy(sql`1`)
    .orderBy(sql`1`);
}

function viewDelivery(row: Row): DeliveryView {
  return {
    id: row.id,
    received_at: new Date(row.received_at).toISOString(),
    endpoint: row.endpoint_id,
    provider: row.source,
    test: row.test,
    event_id: row.event_id,
    type: row.type,
    outcome: row.status,
    reason: row.reason,
    detail: row.detail,
    conversion: row.conversion,
    attributed_to: row.attributed_to,
    attempts: row.attempts,
    next_at: row.next_at === null ? null : new Date(row.next_at).toISOString(),
  };
}
