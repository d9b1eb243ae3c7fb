import { and, eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { webhookEvents } from "../db/schema.ts";

/**
 * Keeps an endpoint's event id with its body's digest, for ever. False where the id is known with another body; a repeat of
 * the same body is true, and what it is worth is the Customer object's to say. Throws while D1 is away.
 */
export async function claimEvent(
  db: Database,
  event: { endpoint_id: string; id: string; digest: string; received_at: number },
): Promise<boolean> {
  const { endpoint_id: endpointId, id, digest, received_at: receivedAt } = event;
  const [, rows] = await db.batch([
    db.insert(webhookEvents).values({ endpointId, id, digest, receivedAt }).onConflictDoNothing(),
    db
      .select({ digest: webhookEvents.digest })
      .from(webhookEvents)
      .where(and(eq(webhookEvents.endpointId, endpointId), eq(webhookEvents.id, id))),
  ]);
  return rows[0]?.digest === digest;
}
