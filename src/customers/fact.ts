import { type ConversionEvent, qualifyId } from "../webhooks/conversion-event.ts";

/** How a touch is known: a click's token, an affiliate's coupon code, a referral that the merchant told of, a dispute. */
export type TouchSource = "click" | "coupon" | "referral" | "dispute";

/** That an affiliate has brought a customer, as the customer's history sees it. */
export interface Touch {
  /** Of a click its id; of anything else a name of its own. */
  click_id: string;
  source: TouchSource;
  /** When it was clicked, used or told of, in milliseconds since the epoch. */
  clicked_at: number;
  affiliate_id: number;
  /** Username. */
  affiliate: string;
  /** Null where no link was clicked. */
  link_id: number | null;
  /** Slug. */
  link: string | null;
  channel: string | null;
  /** The code, where it is a coupon's. */
  coupon: string | null;
}

/** Why a click token that came with an event is no touch. */
export type TokenFault = "token_malformed" | "token_forged" | "token_foreign" | "token_unknown_link";

/** From when on (ms) an affiliate's enrollment was approved, or was not. */
export interface Standing {
  affiliate_id: number;
  since: number;
  approved: boolean;
}

/** By what somebody is told: keyed hashes, so that what they stand for is stored nowhere. */
export const MARK_KINDS = ["email", "payment_details", "visitor"] as const;

export type MarkKind = (typeof MARK_KINDS)[number];

/** One thing by which a customer, or an affiliate, is told. */
export interface Mark {
  kind: MarkKind;
  hash: string;
}

/** That an affiliate and this customer are the same person, and what tells it. */
export interface OwnMark {
  affiliate_id: number;
  by: MarkKind;
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
  /** What it brought: its click, its coupon's affiliate, whom it names. */
  touches: Touch[];
  /** What is wrong with its click token; null where it had none, or a good one. */
  fault: TokenFault | null;
  /** What it tells of who the customer is. */
  marks: Mark[];
  /** How the affiliates of this customer's touches, as far as they were known then, have stood in the program so far. */
  standings: Standing[];
  /** Which of them are the customer itself, as far as that was known then. */
  own: OwnMark[];
  terms_version: number;
  /** The conversion that the event makes, changes or brings a touch to; null for a cancellation, and a touch without a payment. */
  conversion_id: string | null;
}

/** When a fact happened: as the provider states it, but never after we heard of it. Milliseconds. */
export function timeOfFact(fact: Pick<Fact, "event" | "received_at">): number {
  return Math.min(fact.event.occurred_at, fact.received_at);
}

/** Where a fact stands in the one order in which facts are folded, whatever order they came in: by time, then by id. */
export interface Position {
  at: number;
  id: string;
}

/** The position of a fact. */
export function positionOf(fact: Fact): Position {
  return { at: timeOfFact(fact), id: fact.id };
}

/** Negative where `a` comes first. Ids are compared by code points, as SQLite compares them. */
export function comparePositions(a: Position, b: Position): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Facts in canonical order. */
export function inCanonicalOrder(facts: readonly Fact[]): Fact[] {
  return facts.toSorted((a, b) => comparePositions(positionOf(a), positionOf(b)));
}

/** What the versions before wrote: one piece of evidence, and only clicks. */
type StoredFact = Partial<Fact> & {
  evidence?: { kind: "touch"; touch: Touch } | { kind: "fault"; fault: TokenFault } | null;
};

/** Reads a fact as it was stored; what an older version did not write, it has not. */
export function parseFact(json: string): Fact {
  const { evidence = null, ...fact }: StoredFact = JSON.parse(json);
  const touches = evidence?.kind === "touch" ? [evidence.touch] : [];
  return {
    marks: [],
    own: [],
    fault: evidence?.kind === "fault" ? evidence.fault : null,
    ...fact,
    touches: (fact.touches ?? touches).map(completeTouch),
    event: { namespace: "", test: false, gross: null, ...fact.event },
  } as Fact;
}

/** A touch as it was stored; before there were sources every one was a click. */
export function completeTouch(touch: Touch): Touch {
  return { ...touch, source: touch.source ?? "click", coupon: touch.coupon ?? null };
}

/** What a conversion's id is made from: one payment of a program is one conversion for ever, under any number of event ids. */
export function conversionKeyOf(factId: string, event: ConversionEvent): string | null {
  const key = nameConversion(factId, event);
  return key !== null && event.test ? `test:${key}` : key;
}

function nameConversion(factId: string, event: ConversionEvent): string | null {
  const { namespace, payment, subscription } = event;
  switch (event.type) {
    case "sale":
      return payment === null ? `sale:${factId}` : `payment:${qualifyId(namespace, payment)}`;
    case "refund":
    case "chargeback":
    case "chargeback_won":
    case "touch":
      return payment === null ? null : `payment:${qualifyId(namespace, payment)}`;
    case "trial":
      // A trial that is paid for is reversed by its payment's name.
      if (payment !== null && event.amount) return `payment:${qualifyId(namespace, payment)}`;
      return subscription === null ? `trial:${factId}` : `trial:subscription:${qualifyId(namespace, subscription.id)}`;
    case "lead":
      return `lead:${factId}`;
    case "cancellation":
    case "referral":
    case "dispute":
      return null;
  }
}
