import { type ConversionEvent, nameWithin } from "../webhooks/conversion-event.ts";

/** A click as the customer's history sees it. */
export interface Touch {
  click_id: string;
  /** Milliseconds since the epoch. */
  clicked_at: number;
  affiliate_id: number;
  /** Username. */
  affiliate: string;
  link_id: number;
  /** Slug. */
  link: string;
  channel: string | null;
}

/** Why a click token that came with an event is no touch. */
export type TokenFault = "token_malformed" | "token_forged" | "token_foreign" | "token_unknown_link";

/** What an event's click token turned out to be. */
export type Evidence = { kind: "touch"; touch: Touch } | { kind: "fault"; fault: TokenFault };

/** From when on (ms) an affiliate's enrolment was approved, or was not. */
export interface Standing {
  affiliate_id: number;
  since: number;
  approved: boolean;
}

/**
 * One event as received, with all that was looked up for it then: a fold over facts needs nothing else but the terms, and
 * gives the same result for ever.
 */
export interface Fact {
  /** Endpoint and event id. */
  id: string;
  event: ConversionEvent;
  /** Milliseconds since the epoch. */
  received_at: number;
  /** Null where the event carried no token. */
  evidence: Evidence | null;
  /** How the affiliates of this customer's touches, as far as they were known then, have stood in the programme so far. */
  standings: Standing[];
  terms_version: number;
  /** The conversion that the event makes, changes or brings a click to; null for a cancellation, and a touch without a payment. */
  conversion_id: string | null;
}

/** When a fact happened: as the provider states it, but never after we heard of it. Milliseconds. */
export function timeOfFact(fact: Fact): number {
  return Math.min(fact.event.occurred_at, fact.received_at);
}

/** The one order in which facts are folded, whatever order they came in: by time, then by id. */
export function inCanonicalOrder(facts: readonly Fact[]): Fact[] {
  return facts.toSorted((a, b) => timeOfFact(a) - timeOfFact(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Reads a fact as it was stored; of before there were providers with names of their own, test mode and gross amounts, it has none. */
export function parseFact(json: string): Fact {
  const fact = JSON.parse(json);
  return { ...fact, event: { namespace: "", test: false, gross: null, ...fact.event } };
}

/** What a conversion's id is made from: one payment of a customer is one conversion for ever, under any number of event ids. */
export function conversionKeyOf(factId: string, event: ConversionEvent): string | null {
  const key = nameConversion(factId, event);
  return key !== null && event.test ? `test:${key}` : key;
}

function nameConversion(factId: string, event: ConversionEvent): string | null {
  const { namespace, payment, subscription } = event;
  switch (event.type) {
    case "sale":
      return payment === null ? `sale:${factId}` : `payment:${nameWithin(namespace, payment)}`;
    case "refund":
    case "chargeback":
    case "chargeback_won":
    case "touch":
      return payment === null ? null : `payment:${nameWithin(namespace, payment)}`;
    case "trial":
      return subscription === null ? `trial:${factId}` : `trial:subscription:${nameWithin(namespace, subscription.id)}`;
    case "lead":
      return `lead:${factId}`;
    case "cancellation":
      return null;
  }
}
