/** What a customer's facts say about where else its data is. */
import type { ErasedEvent } from "../../webhooks/identity/erasure-store.ts";
import type { Fact } from "../fact.ts";

/** Where else a customer's data is. */
export interface Traces {
  /** Events as received; without what an admin decided. */
  events: ErasedEvent[];
  conversions: string[];
  /** The affiliates who have, or once had, a sale to the customer. */
  affiliates: number[];
  /** The ids of clicks that came with events. */
  clicks: string[];
  /** The opaque id that accounts know the customer by. */
  customer: string;
}

/** Collects the traces. `erased_ids` are those of `hashEventId`, in the order of the facts. */
export function collectTraces(facts: readonly Fact[], erased_ids: readonly string[], customer: string): Traces {
  const touches = facts.flatMap((fact) => fact.touches);
  return {
    events: facts.map(({ event: { endpoint, id }, received_at }, place) => ({
      ...{ endpoint, id, received_at },
      erased_id: erased_ids[place] ?? "",
    })),
    conversions: [...new Set(facts.flatMap(({ conversion_id }) => conversion_id ?? []))],
    affiliates: [...new Set(touches.map(({ affiliate_id }) => affiliate_id))],
    clicks: [...new Set(touches.filter(({ source }) => source === "click").map(({ click_id }) => click_id))],
    customer,
  };
}
