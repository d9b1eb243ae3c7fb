/** Finds the endpoint that a request is addressed to, with its provider and secrets. */
import { openDatabase } from "../../db/database.ts";
import { type Env, readSettings } from "../../env.ts";
import { isWithinLimit } from "../../lib/platform/rate-limit.ts";
import { unseal } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { orUnavailable } from "../deliveries/delivery-store.ts";
import { type Endpoint, loadEndpoint } from "../endpoint-queries.ts";
import type { Provider, VerifyTools } from "../provider.ts";
import { providers } from "../providers.ts";

/** An endpoint that can verify requests. */
export interface Receiver {
  endpoint: Endpoint;
  provider: Provider;
  /** The endpoint's valid secrets, the newest first. */
  secrets: string[];
}

const REQUEST_TIMEOUT_MS = 4_000;
/** Providers replace their certificates every few years. */
const REQUEST_CACHE_SECONDS = 3_600;

/** Finds an endpoint by its id. Throws 404 for an unknown id, and 503 while D1 is unavailable. */
export async function resolveEndpoint(env: Env, id: string, now: number): Promise<Receiver> {
  const endpoint = await orUnavailable(loadEndpoint(openDatabase(env.DB), id, now));
  if (endpoint === null) throw new Problem(404, "endpoint_not_found", "There is no such webhook endpoint.");
  const provider = providers.get(endpoint.source);
  if (provider === undefined) throw new Problem(500, "provider_missing", `There is no provider "${endpoint.source}".`);
  const { vault_key } = readSettings(env);
  const secrets = await Promise.all(endpoint.sealed_secrets.map((sealed) => unseal(vault_key, endpoint.id, sealed)));
  return { endpoint, provider, secrets };
}

/** What an adapter may use to verify a request. Unverified requests can cause only a limited number of requests to the provider. */
export function verifyToolsFor(env: Env, endpoint: Endpoint, now: number): VerifyTools {
  return {
    now,
    async request(url, init) {
      if (!(await isWithinLimit(env.WEBHOOK_LIMIT, `verify:${endpoint.id}`))) {
        throw new Error("too many requests to the provider");
      }
      return fetch(url, {
        ...init,
        redirect: "manual",
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        // Failures are not cached.
        cf: { cacheTtlByStatus: { "200-299": REQUEST_CACHE_SECONDS, "300-599": -1 } },
      });
    },
  };
}
