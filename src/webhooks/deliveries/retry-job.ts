/** Deliveries taken up again: what a crash left open, what was spooled, what waited, what a merchant replays. */
import { Problem } from "../../lib/problem.ts";
import type { Outcome } from "../provider.ts";
import type { WebhookTools } from "../receive/receive-routes.ts";
import { takeDelivery } from "./delivery-job.ts";
import type { Delivery } from "./delivery-store.ts";
import { unpackRequest } from "./stored-request.ts";

/** What taking deliveries up again needs besides. */
export interface RetakeTools
  extends Omit<WebhookTools, "release" | "hasRoom" | "mayLogRefusal" | "makeDeliveryId" | "request"> {
  /** Those that wait for one of these names. */
  listWaiting: (programId: number, names: readonly string[]) => Promise<Delivery[]>;
}

/** How many are released in one go; the minute's run takes the rest. */
const CHAIN_MAX = 50;

/**
 * Takes a delivery up again by the request that was kept of it: the same outcome as if it came now, and nothing twice.
 * Throws 409 where its request is gone or its endpoint, or was never kept.
 */
export async function retakeDelivery(delivery: Delivery, tools: RetakeTools): Promise<Outcome> {
  const { outcome, names } = await retake(delivery, tools);
  if (names.length > 0) await releaseWaiting(delivery.program_id, names, tools);
  return outcome;
}

/** Takes up what waits for these names, and what waits for the names that those bring. */
export async function releaseWaiting(programId: number, names: readonly string[], tools: RetakeTools): Promise<void> {
  const open = [...names];
  const seen = new Set<string>();
  for (let batch = open.splice(0); batch.length > 0; batch = open.splice(0)) {
    for (const delivery of await tools.listWaiting(programId, batch)) {
      if (seen.has(delivery.id) || seen.size >= CHAIN_MAX) continue;
      seen.add(delivery.id);
      try {
        open.push(...(await retake(delivery, tools)).names);
      } catch (error) {
        // It still waits, and is found by the minute's run.
        console.error("waiting delivery not taken up", delivery.id, error);
      }
    }
  }
}

async function retake(delivery: Delivery, tools: RetakeTools) {
  if (delivery.sealed_request === null) {
    throw new Problem(
      409,
      "delivery_without_request",
      "The request of this delivery was not kept, or is over 30 days old.",
    );
  }
  const endpoint = await tools.loadEndpoint(delivery.endpoint_id);
  const provider = tools.providers.get(delivery.source);
  if (endpoint === null || provider === undefined) {
    throw new Problem(409, "delivery_without_endpoint", "The endpoint or the provider of this delivery is gone.");
  }
  const request = unpackRequest(await tools.unseal(delivery.id, delivery.sealed_request));
  return takeDelivery({ delivery, request, endpoint, provider, is_again: true }, tools);
}
