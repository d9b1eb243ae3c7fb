/** Answers the requests of checkouts. */

import { nanoid } from "nanoid";
import { openDatabase } from "../../db/database.ts";
import { type Env, readSettings } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { retryHeaders } from "../../lib/platform/problem-response.ts";
import { isWithinLimit } from "../../lib/platform/rate-limit.ts";
import { Problem } from "../../lib/problem.ts";
import { handleDelivery } from "../deliveries/delivery-handler.ts";
import { createDeliveryId, DELIVERY_ID_RANDOM_CHARACTERS } from "../deliveries/delivery-id.ts";
import { closeDelivery, type Delivery, UNKNOWN_CONTENT } from "../deliveries/delivery-store.ts";
import { closingOf, refuse } from "../deliveries/outcome.ts";
import { redeliverWaiting } from "../deliveries/redelivery-handler.ts";
import { sealRequest } from "../deliveries/request-store.ts";
import type { Answer, Outcome, Provider, SignedRequest } from "../provider.ts";
import { type Receiver, resolveEndpoint, verifyToolsFor } from "./endpoint-resolver.ts";
import { readBody } from "./read-body.ts";

/** A request with the endpoint that it is addressed to. */
export interface IncomingRequest {
  request: Request;
  /** The endpoint's id. */
  endpoint: string;
  /** The part of the path after the endpoint's id. */
  path: string;
  /** When it was received, in milliseconds since the epoch. */
  now: number;
}

type WaitUntil = Pick<ExecutionContext, "waitUntil">;

/**
 * Answers a checkout's webhook: verifies the raw bytes, then checks the rate limit, and only then parses the request and
 * calls an object. Every delivery to an existing endpoint is logged. Throws a {@link Problem} for a refusal that the provider
 * has no answer of its own for; while D1 is unavailable that is a 503, so that the provider sends the event again.
 */
export async function receiveWebhook(incoming: IncomingRequest, env: Env, ctx: WaitUntil): Promise<Response> {
  const { request, now } = incoming;
  const receiver = await resolveEndpoint(env, incoming.endpoint, now);
  const { endpoint, provider, secrets } = receiver;
  const delivery: Delivery = {
    id: createDeliveryId(now, nanoid(DELIVERY_ID_RANDOM_CHARACTERS)),
    program_id: endpoint.program_id,
    endpoint_id: endpoint.id,
    source: endpoint.source,
    received_at: now,
    test: endpoint.test,
    attempts: 0,
    sealed_request: null,
  };
  let signed = withBody(incoming, "");
  try {
    signed = withBody(incoming, await readBody(request));
    if (endpoint.disabled) throw new Problem(403, "endpoint_disabled", "This webhook endpoint is disabled.");
    const probed = await provider.probe?.(signed, secrets);
    if (probed) return toResponse(probed);
    if (secrets.length === 0) throw withoutSecret();
    const refusal = await provider.verify(signed, secrets, verifyToolsFor(env, endpoint, now));
    if (refusal !== null) throw refusal;
    if (!(await isWithinLimit(env.WEBHOOK_LIMIT, endpoint.id))) {
      throw new Problem(429, "rate_limited", "This endpoint received too many requests; please send it again later.");
    }
    const { vault_key } = readSettings(env);
    delivery.sealed_request = await sealRequest({ vault_key, delivery_id: delivery.id }, signed, provider, secrets);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await logRefusal(env, delivery, refuse(error));
    return toAnswer(refuse(error), signed, provider, delivery.id);
  }
  const outcome = await deliver(delivery, signed, receiver, env, ctx);
  return toAnswer(outcome, signed, provider, delivery.id);
}

function withoutSecret(): Problem {
  const detail = "This endpoint has no valid secret. Add the one that the provider shows.";
  return new Problem(401, "endpoint_without_secret", detail);
}

/** Handles a verified delivery. Deliveries that wait for its customer are handled after the answer. */
async function deliver(
  delivery: Delivery,
  request: SignedRequest,
  { endpoint, provider }: Receiver,
  env: Env,
  ctx: WaitUntil,
): Promise<Outcome> {
  const now = delivery.received_at;
  try {
    const work = { delivery, request, endpoint, provider, is_retry: false };
    const { outcome, identifiers } = await handleDelivery(env, work, now);
    if (identifiers.length > 0) {
      const redelivered = redeliverWaiting(env, endpoint.program_id, identifiers, now);
      // The cron retries what fails here.
      ctx.waitUntil(redelivered.catch((error) => logError("waiting_deliveries_not_handled", { error })));
    }
    return outcome;
  } catch (error) {
    if (error instanceof Problem) return refuse(error);
    throw error;
  }
}

/**
 * Answers a provider that checks by GET or HEAD whether the endpoint exists. Throws 405 for a provider that doesn't do that.
 */
export async function probeWebhook(incoming: IncomingRequest, env: Env): Promise<Response> {
  const { endpoint, provider, secrets } = await resolveEndpoint(env, incoming.endpoint, incoming.now);
  const probed = endpoint.disabled ? null : await provider.probe?.(withBody(incoming, ""), secrets);
  if (!probed) throw methodNotAllowed("A webhook endpoint accepts POST only.");
  return toResponse(incoming.request.method === "HEAD" ? { ...probed, body: "" } : probed);
}

/** A 405; `detail` lists the methods that are allowed. */
export function methodNotAllowed(detail: string): Problem {
  return new Problem(405, "method_not_allowed", detail);
}

function toResponse({ status, headers, body }: Answer, common: Record<string, string> = {}): Response {
  return new Response(body || null, { status, headers: { ...common, ...headers } });
}

function withBody({ request, path }: IncomingRequest, body: string): SignedRequest {
  const { method, headers, url } = request;
  return { method, path, query: new URL(url).searchParams, headers, body };
}

/** Logs a refusal, within a rate limit, so that invalid requests can't fill the log. */
async function logRefusal(env: Env, delivery: Delivery, outcome: Outcome): Promise<void> {
  try {
    if (!(await isWithinLimit(env.REFUSAL_LIMIT, delivery.endpoint_id))) return;
    await closeDelivery(openDatabase(env.DB), delivery, UNKNOWN_CONTENT, closingOf(outcome));
  } catch (error) {
    logError("refusal_not_logged", { endpoint_id: delivery.endpoint_id, reason: outcome.reason, error });
  }
}

/** The answer to the sender: the provider's own if it has one, else ours. Throws the refusal where that is our answer. */
function toAnswer(outcome: Outcome, request: SignedRequest, provider: Provider, deliveryId: string): Response {
  const own = provider.answer?.(outcome, request) ?? null;
  const headers = { "Cache-Control": "no-store", "Lastclick-Delivery": deliveryId, ...retryHeaders(outcome.problem) };
  if (own !== null) return toResponse(own, headers);
  if (outcome.problem !== null) throw outcome.problem;
  const { status, conversion, attributed_to, reason } = outcome;
  const isUnfinished = status === "waiting" || status === "spooled";
  const type = status === "ignored" ? { type: reason } : {};
  return Response.json(
    { status, conversion, attributed_to, reason, ...type },
    { status: isUnfinished ? 202 : 200, headers },
  );
}
