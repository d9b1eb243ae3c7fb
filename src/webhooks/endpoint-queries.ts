import { and, eq, gt, isNull, or } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { programs } from "../programs/tables.ts";
import { endpointSecrets, endpoints } from "./tables.ts";

/** A webhook endpoint with its sealed secrets. */
export interface Endpoint {
  id: string;
  program_id: number;
  /** The program's currency. */
  currency: string;
  source: string;
  /** Whether all its events are in test mode: for providers whose test mode is a separate account. */
  test: boolean;
  disabled: boolean;
  /** The provider's API key; null where the merchant has added none. */
  sealed_api_key: string | null;
  /** Secrets that have not expired, the newest first. */
  sealed_secrets: string[];
}

/** What an endpoint's API key is sealed for. */
export function apiKeyContext(endpointId: string): string {
  return `${endpointId}:api_key`;
}

/** Loads an endpoint with the secrets that are valid at `now` (ms); null for an unknown id. */
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
        sealed_api_key: endpoints.sealed_api_key,
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
