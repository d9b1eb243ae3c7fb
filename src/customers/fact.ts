import { type ConversionEvent, qualifyId } from "../webhooks/conversion-event.ts";

/**
 * Where a touch comes from: a click token, an affiliate's coupon code, a referral sent by the merchant, a dispute, or the
 * merchant's own decision (`manual`), which includes a sale entered by hand.
 */
export type TouchSource = "click" | "coupon" | "referral" | "dispute" | "manual";

/** Evidence that an affiliate referred a customer, as stored in the customer's history. */
export interface Touch {
  /** The click id. Other sources get a generated id. */
  click_id: string;
  source: TouchSource;
  /** When the click, coupon use or referral happened, in milliseconds since the epoch. */
  clicked_at: number;
  affiliate_id: number;
  /** The affiliate's username. */
  affiliate: string;
  /** Null if no link was clicked. */
  link_id: number | null;
  /** The link's slug. */
  link: string | null;
  channel: string | null;
  /** The coupon code, if the source is a coupon. */
  coupon: string | null;
  /**
   * Of a click: the customer's number among its distinct customers, in the order in which they became known, from 1. Missing
   * for other sources, test mode, and clicks known before customers were numbered.
   */
  customer_number?: number;
}

/** Why an event's click token doesn't count as a touch. */
export type TokenFault =
  | "token_malformed"
  | "token_forged"
  | "token_foreign"
  | "token_unknown_link"
  /** Signed after its link was disabled or had expired. */
  | "token_link_ended";

/** Whether an affiliate's enrollment was approved from a given time (ms) on. */
export interface ApprovalChange {
  affiliate_id: number;
  since: number;
  approved: boolean;
}

/** The kinds of customer and affiliate identifiers. Only keyed hashes are stored, never the values. */
export const MARK_KINDS = ["email", "payment_details", "visitor"] as const;

export type MarkKind = (typeof MARK_KINDS)[number];

/** One hashed identifier of a customer or an affiliate. */
export interface Mark {
  kind: MarkKind;
  hash: string;
}

/**
 * How an affiliate is known to be the customer: the kind of identifier that matched. `sponsor`: the customer is the
 * affiliate's sponsor, who would earn from the purchase where the terms have a second tier.
 */
export type OwnKind = MarkKind | "sponsor";

/** Marks an affiliate whose sale to this customer is an own purchase. */
export interface OwnMark {
  affiliate_id: number;
  by: OwnKind;
}

/**
 * One event as received, with everything that was looked up for it at the time. Folding facts needs only the terms
 * besides, so it always gives the same result.
 */
export interface Fact {
  /** Endpoint and event id. */
  id: string;
  event: ConversionEvent;
  /** Milliseconds since the epoch. */
  received_at: number;
  /** The event's touches: its click, its coupon's affiliate, or the affiliate it names. */
  touches: Touch[];
  /** What is wrong with the event's click token; null if it has none or a valid one. */
  fault: TokenFault | null;
  /** The customer identifiers in the event. */
  marks: Mark[];
  /** The status history of the affiliates in this customer's touches, as known when the event was received. */
  standings: ApprovalChange[];
  /** Which of those affiliates are the customer themselves or were referred by it, as known when the event was received. */
  own: OwnMark[];
  terms_version: number;
  /**
   * The conversion that the event creates, changes or adds a touch to; null for a cancellation or a touch without a
   * payment.
   */
  conversion_id: string | null;
}

/** When a fact happened, in milliseconds: the time given by the provider, but never later than when we received it. */
export function timeOfFact(fact: Pick<Fact, "event" | "received_at">): number {
  return Math.min(fact.event.occurred_at, fact.received_at);
}

/** A fact's position in canonical order: by time, then by id, regardless of arrival order. */
export interface Position {
  at: number;
  id: string;
}

/** Returns the position of a fact. */
export function positionOf(fact: Fact): Position {
  return { at: timeOfFact(fact), id: fact.id };
}

/** Compares two positions; negative if `a` comes first. Ids are compared by code point, as in SQLite. */
export function comparePositions(a: Position, b: Position): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Sorts facts into canonical order. */
export function inCanonicalOrder(facts: readonly Fact[]): Fact[] {
  return facts.toSorted((a, b) => comparePositions(positionOf(a), positionOf(b)));
}

/**
 * The touch of the affiliate that a referral, dispute or decision names; undefined if there is none. The same event's click
 * token or coupon may belong to someone else.
 */
export function namedTouch({ touches }: Pick<Fact, "touches">): Touch | undefined {
  return touches.find(({ source }) => source === "referral" || source === "dispute" || source === "manual");
}

/** The fact's touches that say how the customer came. What the merchant decides takes effect as a ruling instead. */
export function evidenceOf({ event, touches }: Pick<Fact, "event" | "touches">): Touch[] {
  return event.type === "dispute" || event.type === "credit" ? [] : touches.filter(({ source }) => source !== "manual");
}

/** The older stored format, with a single piece of evidence and only clicks. */
type StoredFact = Partial<Fact> & {
  evidence?: { kind: "touch"; touch: Touch } | { kind: "fault"; fault: TokenFault } | null;
};

/** Parses a stored fact and fills in the fields that older versions didn't write. */
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

/** Completes a stored touch. Before touches had a source, every touch was a click. */
export function completeTouch(touch: Touch): Touch {
  return { ...touch, source: touch.source ?? "click", coupon: touch.coupon ?? null };
}

/**
 * The key that a conversion's id is derived from. A payment is one conversion forever, however many events report it.
 */
export function conversionKeyOf(factId: string, event: ConversionEvent): string | null {
  const key = nameConversion(factId, event);
  return key !== null && event.test ? `test:${key}` : key;
}

/** {@link conversionKeyOf} without its prefix in test mode. */
export function nameConversion(factId: string, event: ConversionEvent): string | null {
  const { namespace, payment, subscription } = event;
  switch (event.type) {
    case "sale":
      return payment === null ? `sale:${factId}` : `payment:${qualifyId(namespace, payment)}`;
    case "refund":
    case "refund_failed":
    case "chargeback":
    case "chargeback_won":
    case "touch":
      return payment === null ? null : `payment:${qualifyId(namespace, payment)}`;
    case "trial":
      // A paid trial is reversed by the id of its payment.
      if (payment !== null && event.amount) return `payment:${qualifyId(namespace, payment)}`;
      return subscription === null ? `trial:${factId}` : `trial:subscription:${qualifyId(namespace, subscription.id)}`;
    case "settlement":
      return event.settles ?? null;
    case "lead":
      return `lead:${factId}`;
    case "cancellation":
    case "referral":
    case "dispute":
    case "credit":
      return null;
  }
}
