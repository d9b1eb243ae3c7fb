import { Problem } from "../problem.ts";
import { type ConversionEvent, customerKeyOf, type ProviderEvent, type Receipt } from "./conversion-event.ts";
import type { Endpoint } from "./load-endpoint.ts";
import type { Provider, SignedRequest } from "./provider.ts";
import { readBody } from "./read-body.ts";

/** What the webhook door is given by the wiring. */
export interface WebhookTools {
  /** Throws while D1 is away. */
  loadEndpoint: (id: string) => Promise<Endpoint | null>;
  providers: ReadonlyMap<string, Provider>;
  unseal: (context: string, sealed: string) => Promise<string>;
  hashEmail: (email: string) => Promise<string>;
  /** The digest of a body. */
  digest: (body: string) => Promise<string>;
  /** False where the event's id is known with another body. Throws while D1 is away. */
  claimEvent: (event: { endpoint_id: string; id: string; digest: string; received_at: number }) => Promise<boolean>;
  /** Hands an event to its Customer object; returns once it is durable there. */
  record: (customerKey: string, event: ConversionEvent, receivedAt: number) => Promise<Receipt>;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Answers `POST /v1/webhooks/:endpoint`: verifies the raw body, parses it, and only then touches an object. Throws a
 * {@link Problem} for every refusal; what storage cannot take now is a 503, so that the provider sends it again.
 */
export async function receiveWebhook(request: Request, endpointId: string, tools: WebhookTools): Promise<Response> {
  const endpoint = await orUnavailable(tools.loadEndpoint(endpointId));
  if (endpoint === null) throw new Problem(404, "endpoint_not_found", "There is no such webhook endpoint.");
  const provider = tools.providers.get(endpoint.source);
  if (provider === undefined) throw new Problem(500, "provider_missing", `No provider is called ${endpoint.source}.`);
  const signed: SignedRequest = { body: await readBody(request), headers: request.headers };
  const refusal = provider.verify(signed, [await tools.unseal(endpoint.id, endpoint.sealed_secret)], tools.now);
  if (refusal !== null) throw refusal;
  const receipts: Receipt[] = [];
  const digest = await tools.digest(signed.body);
  for (const parsed of provider.parse(signed)) {
    const claim = { endpoint_id: endpoint.id, id: parsed.id, digest, received_at: tools.now };
    if (!(await orUnavailable(tools.claimEvent(claim)))) {
      throw new Problem(409, "event_id_reused", "This event id is known with another body; nothing was changed.");
    }
    const event = await adopt(parsed, endpoint, tools);
    receipts.push(await orUnavailable(tools.record(customerKeyOf(event), event, tools.now)));
  }
  return answer(receipts);
}

/** The event as one of its programme's, without the plain e-mail. */
async function adopt(event: ProviderEvent, endpoint: Endpoint, tools: WebhookTools): Promise<ConversionEvent> {
  const { id, email } = event.customer;
  const email_hash = email === null ? null : await tools.hashEmail(email);
  return { ...event, program_id: endpoint.program_id, endpoint: endpoint.id, customer: { id, email_hash } };
}

function answer(receipts: readonly Receipt[]): Response {
  if (receipts.some((receipt) => receipt.status === "conflict")) {
    const detail = "This payment is known with another amount or currency; nothing was changed.";
    throw new Problem(409, "payment_reused", detail, "payment");
  }
  const [first] = receipts;
  if (first === undefined) throw new Problem(422, "no_event", "The body holds no event.");
  return Response.json(first, { headers: { "Cache-Control": "no-store" } });
}

async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    console.error("webhook not recorded", error);
    throw new Problem(503, "storage_unavailable", "The event could not be stored; please send it again.");
  }
}
