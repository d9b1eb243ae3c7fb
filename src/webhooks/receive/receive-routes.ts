import { retryHeaders } from "../../lib/platform/problem-response.ts";
import { Problem } from "../../lib/problem.ts";
import { closeAs, type DeliveryTools, orUnavailable, refuse, takeDelivery } from "../deliveries/delivery-job.ts";
import type { Delivery } from "../deliveries/delivery-store.ts";
import { packRequest } from "../deliveries/stored-request.ts";
import type { Endpoint } from "../endpoint-queries.ts";
import type { Answer, Outcome, Provider, SignedRequest, VerifyTools } from "../provider.ts";
import { readBody } from "./read-body.ts";

/** What the webhook door is given by the wiring. */
export interface WebhookTools extends DeliveryTools, VerifyTools {
  /** Throws while D1 is away. */
  loadEndpoint: (id: string) => Promise<Endpoint | null>;
  providers: ReadonlyMap<string, Provider>;
  seal: (context: string, text: string) => Promise<string>;
  unseal: (context: string, sealed: string) => Promise<string>;
  makeDeliveryId: () => string;
  /** Whether an endpoint may have one more delivery now, and whether one more refusal of its senders may be logged. */
  hasRoom: (endpointId: string) => Promise<boolean>;
  mayLogRefusal: (endpointId: string) => Promise<boolean>;
  /** Takes up, after the answer, what waits for these names. */
  release: (programId: number, names: readonly string[]) => void;
}

/** Which endpoint a request is for, and what it says in the path besides. */
export interface Target {
  endpoint: string;
  path: string;
}

/** Who a request came to. */
interface Door {
  endpoint: Endpoint;
  provider: Provider;
  secrets: string[];
}

/**
 * Answers a checkout's request: proves the sender by the raw bytes, then looks at the rate, and only then reads it and
 * touches an object. Every delivery to an endpoint that exists is logged. Throws a {@link Problem} for a refusal that the
 * provider's own answer does not cover; what D1 cannot take now is a 503, so that the provider sends it again.
 */
export async function receiveWebhook(request: Request, target: Target, tools: WebhookTools): Promise<Response> {
  const door = await openDoor(target.endpoint, tools);
  const delivery: Delivery = {
    id: tools.makeDeliveryId(),
    program_id: door.endpoint.program_id,
    endpoint_id: door.endpoint.id,
    source: door.endpoint.source,
    received_at: tools.now,
    test: door.endpoint.test,
    attempts: 0,
    sealed_request: null,
  };
  let signed = withBody(request, target, "");
  try {
    signed = withBody(request, target, await readBody(request));
    if (door.endpoint.disabled) throw new Problem(403, "endpoint_disabled", "This webhook endpoint is disabled.");
    const looked = await door.provider.probe?.(signed, door.secrets);
    if (looked) return toResponse(looked);
    const refusal = await door.provider.verify(signed, door.secrets, verifyToolsFor(door.endpoint, tools));
    if (refusal !== null) throw refusal;
    if (!(await tools.hasRoom(door.endpoint.id))) {
      throw new Problem(429, "rate_limited", "This endpoint gets more than it may; please send it again later.");
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await logRefusal(delivery, refuse(error), tools);
    return answer(refuse(error), signed, door.provider, delivery.id);
  }
  delivery.sealed_request = await tools.seal(delivery.id, packRequest(signed, door.provider, door.secrets));
  const outcome = await takeUp(delivery, signed, door, tools);
  return answer(outcome, signed, door.provider, delivery.id);
}

async function takeUp(delivery: Delivery, signed: SignedRequest, door: Door, tools: WebhookTools): Promise<Outcome> {
  try {
    const { outcome, names } = await takeDelivery({ delivery, request: signed, ...door, is_again: false }, tools);
    if (names.length > 0) tools.release(door.endpoint.program_id, names);
    return outcome;
  } catch (error) {
    if (error instanceof Problem) return refuse(error);
    throw error;
  }
}

/** An unproved request may make us ask the provider, but not without end. */
function verifyToolsFor(endpoint: Endpoint, { now, request, hasRoom }: WebhookTools): VerifyTools {
  return {
    now,
    async request(url, init) {
      if (!(await hasRoom(`verify:${endpoint.id}`)))
        throw new Error("the provider has been asked often enough for now");
      return request(url, init);
    },
  };
}

/** Answers a provider that looks, by GET or HEAD, whether the endpoint is there. Throws 405 where the provider does not do that. */
export async function probeWebhook(request: Request, target: Target, tools: WebhookTools): Promise<Response> {
  const { endpoint, provider, secrets } = await openDoor(target.endpoint, tools);
  const looked = endpoint.disabled ? null : await provider.probe?.(withBody(request, target, ""), secrets);
  if (!looked) throw methodNotAllowed("A webhook endpoint takes POST.");
  return toResponse(request.method === "HEAD" ? { ...looked, body: "" } : looked);
}

/** The 405 of an endpoint that says what it takes. */
export function methodNotAllowed(detail: string): Problem {
  return new Problem(405, "method_not_allowed", detail);
}

function toResponse({ status, headers, body }: Answer, common: Record<string, string> = {}): Response {
  return new Response(body || null, { status, headers: { ...common, ...headers } });
}

async function openDoor(id: string, tools: WebhookTools): Promise<Door> {
  const endpoint = await orUnavailable(tools.loadEndpoint(id));
  if (endpoint === null) throw new Problem(404, "endpoint_not_found", "There is no such webhook endpoint.");
  const provider = tools.providers.get(endpoint.source);
  if (provider === undefined) throw new Problem(500, "provider_missing", `No provider is called ${endpoint.source}.`);
  const secrets = await Promise.all(endpoint.sealed_secrets.map((sealed) => tools.unseal(endpoint.id, sealed)));
  return { endpoint, provider, secrets };
}

function withBody(request: Request, { path }: Target, body: string): SignedRequest {
  const { method, headers, url } = request;
  return { method, path, query: new URL(url).searchParams, headers, body };
}

/** Whoever sends nonsense gets its refusal, but does not fill the log. */
async function logRefusal(delivery: Delivery, outcome: Outcome, tools: WebhookTools): Promise<void> {
  try {
    if (!(await tools.mayLogRefusal(delivery.endpoint_id))) return;
    await tools.close(delivery, { type: null, event_id: null }, closeAs(outcome));
  } catch (error) {
    console.error("refusal not logged", delivery.endpoint_id, outcome.reason, error);
  }
}

/** What the sender is told: in the provider's terms, if it has any, else in ours. Throws the refusal where that is ours to say. */
function answer(outcome: Outcome, request: SignedRequest, provider: Provider, deliveryId: string): Response {
  const own = provider.answer?.(outcome, request) ?? null;
  const headers = { "Cache-Control": "no-store", "Lastclick-Delivery": deliveryId, ...retryHeaders(outcome.problem) };
  if (own !== null) return toResponse(own, headers);
  if (outcome.problem !== null) throw outcome.problem;
  const { status, conversion, attributed_to, reason } = outcome;
  const later = status === "waiting" || status === "spooled";
  const kind = status === "ignored" ? { type: reason } : {};
  return Response.json({ status, conversion, attributed_to, reason, ...kind }, { status: later ? 202 : 200, headers });
}
