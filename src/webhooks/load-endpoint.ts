import { eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { endpoints } from "../db/schema.ts";

/** A webhook endpoint as stored; its secret is still sealed. */
export interface Endpoint {
  id: string;
  program_id: number;
  source: string;
  sealed_secret: string;
}

/** Reads an endpoint, null where there is none. */
export async function loadEndpoint(db: Database, id: string): Promise<Endpoint | null> {
  const row = await db
    .select({
      id: endpoints.id,
      program_id: endpoints.programId,
      source: endpoints.source,
      sealed_secret: endpoints.sealedSecret,
    })
    .from(endpoints)
    .where(eq(endpoints.id, id))
    .get();
  return row ?? null;
}
