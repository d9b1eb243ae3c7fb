import { and, eq, gt, isNull, or } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { programs } from "../programs/tables.ts";
import { endpointSecrets, endpoints } from "./tables.ts";

/** A webhook endpoint as stored; its secrets are still sealed. */
export interface Endpoint {
  id: string;
  program_id: number;
  /** The programme's. */
  currency: string;
  source: string;
  /** Everything that comes by it is test mode's: for providers whose test mode is an account of its own. */
  test: boolean;
  disabled: boolean;
  /** Those that have not expired, the newest first. */
  sealed_secrets: string[];
}

/** Reads an endpoint at a time (ms), null where there is none. */
export async function loadEndpoint(db: Database, id: string, now: number): Promise<Endpoint | null> {
  const { sealed_secret: sealedSecret, expires_at: expiresAt, created_at: createdAt } = endpointSecrets;
  const [rows, secrets] = await db.batch([
    db
      .select({
        id: endpoints.id,
        program_id: endpoints.program_id,
        currency: programs.currency,
        source: endpoints.source,
        test: endpoints.test,
        disabled: endpoints.disabled,
      })
      .from(endpoints)
      .innerJoin(programs, eq(programs.id, endpoints.program_id))
      .where(eq(endpoints.id, id)),
    db
      .select({ sealedSecret, createdAt })
      .from(endpointSecrets)
      .where(and(eq(endpointSecrets.endpoint_id, id), or(isNull(expiresAt), gt(expiresAt, now)))),
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  return {
    ...row,
    sealed_secrets: secrets.sort((a, b) => b.createdAt - a.createdAt).map((secret) => secret.sealedSecret),
  };
}
