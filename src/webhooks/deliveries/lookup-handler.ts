/** Looks up at a provider's API what its event doesn't contain. */
import { type Env, readSettings } from "../../env.ts";
import { unseal } from "../../lib/platform/vault.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { apiKeyContext } from "../endpoint-queries.ts";
import { type LookedUp, LookupUnavailable, type ProviderEvent } from "../provider.ts";
import type { DeliveryWork } from "./delivery-work.ts";

const REQUEST_TIMEOUT_MS = 3_000;
/** After that, an event is recorded without what can't be looked up. */
const PATIENCE_MS = MS_PER_DAY;

/** What was found, with a sentence where something couldn't be. */
export interface Lookup {
  found: LookedUp;
  note: string | null;
}

/**
 * Looks up what an event lacks; nothing where the endpoint has no API key. Null while the provider's API is unavailable: then
 * the event is handled again later.
 */
export async function lookUpMissing(
  env: Env,
  { missing }: Pick<ProviderEvent, "missing">,
  { provider, endpoint, delivery }: Pick<DeliveryWork, "provider" | "endpoint" | "delivery">,
  now: number,
): Promise<Lookup | null> {
  if (missing === undefined || provider.look_up === undefined || endpoint.sealed_api_key === null) {
    return { found: {}, note: null };
  }
  try {
    const api_key = await unseal(readSettings(env).vault_key, apiKeyContext(endpoint.id), endpoint.sealed_api_key);
    return { found: await provider.look_up.run(missing, { api_key, request: send }), note: null };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const isPassing = error instanceof LookupUnavailable && now < delivery.received_at + PATIENCE_MS;
    console.error("lookup at the provider failed", delivery.id, cause);
    return isPassing ? null : { found: {}, note: `The API key couldn't be used to look up details: ${cause}.` };
  }
}

async function send(url: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  } catch {
    throw new LookupUnavailable("the API couldn't be reached");
  }
}
