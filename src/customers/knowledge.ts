import type { ProgramTerms } from "../programs/terms.ts";
import { nameWithin } from "../webhooks/conversion-event.ts";
import { CLOCK_SKEW_MS } from "./credit.ts";
import { type Fact, type Standing, type TokenFault, type Touch, timeOfFact } from "./fact.ts";

/** What all facts together tell, before any is folded. */
export interface Knowledge {
  touches: Touch[];
  /** By conversion, what its own events carried. */
  carried: Map<string, Carried>;
  /** By affiliate, in the order of time. */
  standings: Map<number, Standing[]>;
}

interface Carried {
  clicks: Set<string>;
  /** Of the first token that was no good. */
  fault: TokenFault | null;
}

/** Gathers it from facts in canonical order. */
export function gatherKnowledge(facts: readonly Fact[]): Knowledge {
  return { touches: collectTouches(facts), carried: collectCarried(facts), standings: collectStandings(facts) };
}

/** A touch that came with the conversion's own events, and whatever else was clicked before it; later ones are none of its business. */
export function isConsidered(touch: Touch, fact: Fact, known: Knowledge, terms: ProgramTerms): boolean {
  if (known.carried.get(fact.conversion_id ?? "")?.clicks.has(touch.click_id)) return true;
  return terms.binds_to !== "nothing" && touch.clicked_at <= timeOfFact(fact);
}

/** Why the token that came with a conversion is no touch; its own event's counts before that of another one. */
export function faultOf(fact: Fact, known: Knowledge): TokenFault | null {
  if (fact.evidence?.kind === "fault") return fact.evidence.fault;
  return known.carried.get(fact.conversion_id ?? "")?.fault ?? null;
}

/** Who was approved at a time: by the last change before it, or by the first one ever for what came before that. */
export function approvedWhen({ standings }: Knowledge, at: number): number[] {
  return [...standings].flatMap(([affiliateId, changes]) => {
    const standing = changes.findLast((change) => change.since <= at) ?? changes[0];
    return standing?.approved ? [affiliateId] : [];
  });
}

/** Names a subscription within the programme; null where the event tells of none. */
export function subscriptionOf({ event: { namespace, subscription } }: Fact): string | null {
  return subscription === null ? null : nameWithin(namespace, subscription.id);
}

function collectTouches(facts: readonly Fact[]): Touch[] {
  const touches = new Map<string, Touch>();
  for (const { evidence } of facts) {
    if (evidence?.kind === "touch") touches.set(evidence.touch.click_id, evidence.touch);
  }
  return [...touches.values()];
}

function collectCarried(facts: readonly Fact[]): Knowledge["carried"] {
  const carried: Knowledge["carried"] = new Map();
  for (const fact of facts) {
    const { evidence, event } = fact;
    if (evidence === null) continue;
    for (const id of listCarriers(fact, facts)) {
      const known = carried.get(id) ?? { clicks: new Set(), fault: null };
      carried.set(id, known);
      if (evidence.kind === "touch") known.clicks.add(evidence.touch.click_id);
      // What comes with a refund says nothing about how the customer came.
      else if (["lead", "trial", "sale", "touch"].includes(event.type)) known.fault ??= evidence.fault;
    }
  }
  return carried;
}

/**
 * The conversions whose own click a fact carries: the one that it makes or names. A touch that names a subscription is of
 * the checkout that begins or changes it, whose outcome is the subscription's next trial or payment; the renewals after
 * that are not its.
 */
function listCarriers(fact: Fact, facts: readonly Fact[]): string[] {
  const named = fact.conversion_id === null ? [] : [fact.conversion_id];
  const subscription = subscriptionOf(fact);
  if (fact.event.type !== "touch" || subscription === null) return named;
  const next = facts.find(
    (other) =>
      (other.event.type === "trial" || other.event.type === "sale") &&
      subscriptionOf(other) === subscription &&
      timeOfFact(other) >= timeOfFact(fact) - CLOCK_SKEW_MS,
  );
  return next?.conversion_id ? [...named, next.conversion_id] : named;
}

function collectStandings(facts: readonly Fact[]): Knowledge["standings"] {
  const changes = new Map<string, Standing>();
  for (const standing of facts.flatMap((fact) => fact.standings)) {
    changes.set(`${standing.affiliate_id}@${standing.since}`, standing);
  }
  const inOrder = [...changes.values()].sort((a, b) => a.since - b.since);
  return Map.groupBy(inOrder, (standing) => standing.affiliate_id);
}
