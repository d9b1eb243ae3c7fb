/** Looks up at a provider's API what its webhooks don't contain. */

import { type Env, readSettings } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { unseal } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { isJson } from "../../lib/well-formed.ts";
import { apiKeyContext } from "../endpoint-queries.ts";
import {
  type LookedUp,
  type LookupTools,
  LookupUnavailable,
  type ProviderEvent,
  type SignedRequest,
} from "../provider.ts";
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
  if (missing === undefined || provider.look_up?.run === undefined || endpoint.sealed_api_key === null) {
    return { found: {}, note: null };
  }
  try {
    const tools = await toolsFor(env, endpoint.id, endpoint.sealed_api_key);
    return { found: await provider.look_up.run(missing, tools), note: null };
  } catch (error) {
    const cause = causeOf(error);
    const isPassing = error instanceof LookupUnavailable && now < delivery.received_at + PATIENCE_MS;
    logError("provider_lookup_failed", { delivery_id: delivery.id, error });
    return isPassing ? null : { found: {}, note: `The API key couldn't be used to look up details: ${cause}.` };
  }
}

/**
 * The request with what its webhook only names, for providers whose webhooks contain only ids. Null while the provider's API is
 * unavailable. Throws a 422 where the endpoint has no API key, or the key can't be used.
 */
export async function completeRequest(
  env: Env,
  { request, provider, endpoint, delivery }: Pick<DeliveryWork, "request" | "provider" | "endpoint" | "delivery">,
): Promise<SignedRequest | null> {
  if (provider.look_up?.complete === undefined) return request;
  if (endpoint.sealed_api_key === null) {
    const fault = "This provider's webhooks contain only ids: add an API key to the endpoint, and replay the delivery.";
    throw new Problem(422, "endpoint_without_api_key", fault);
  }
  try {
    const tools = await toolsFor(env, endpoint.id, endpoint.sealed_api_key);
    return { ...request, body: await provider.look_up.complete(request.body, tools) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    logError("webhook_not_completed", { delivery_id: delivery.id, error });
    if (error instanceof LookupUnavailable) return null;
    throw new Problem(422, "lookup_failed", `The API key couldn't be used to look up the event: ${causeOf(error)}.`);
  }
}

async function toolsFor(env: Env, endpointId: string, sealedApiKey: string): Promise<LookupTools> {
  const api_key = await unseal(readSettings(env).vault_key, apiKeyContext(endpointId), sealedApiKey);
  return { api_key, request: send };
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The answer with its body, which must arrive in time too. */
async function send(url: string, init?: RequestInit): Promise<Response> {
  let status: number;
  let body: string;
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    status = response.status;
    body = await response.text();
  } catch {
    throw new LookupUnavailable("the API couldn't be reached");
  }
  // A proxy's page, or a part of an answer, doesn't come from the API.
  if (status === 200 && !isJson(body)) throw new LookupUnavailable("the API's answer isn't JSON");
  return new Response(body === "" ? null : body, { status });
}
