import { qualifyId } from "../webhooks/conversion-event.ts";
import { CLOCK_SKEW_MS, type Ruling } from "./credit.ts";
import {
  type Fact,
  inCanonicalOrder,
  type MarkKind,
  type Standing,
  type TokenFault,
  type Touch,
  timeOfFact,
} from "./fact.ts";
import type { TouchIndex } from "./touches.ts";

/** What must be known before facts are folded, whichever came in first. */
export interface Knowledge {
  touches: TouchIndex;
  /** By conversion, what its own events carried. */
  carried: ReadonlyMap<string, Carried>;
  /** By conversion, the id of the fact that makes it: the first of its leads, trials or sales in canonical order. */
  makers: ReadonlyMap<string, string>;
  /** By affiliate, in the order of time. */
  standings: ReadonlyMap<number, readonly Standing[]>;
  /** By affiliate that is the customer itself, what tells it. */
  own: ReadonlyMap<number, MarkKind>;
  /** By what they are about, the newest. */
  rulings: ReadonlyMap<string, Ruling>;
}

interface Carried {
  /** By their names. */
  touches: ReadonlyMap<string, Touch>;
  /** Of the first token that was no good. */
  fault: TokenFault | null;
}

/** What all facts of a customer together tell, apart from its conversions. */
export type Surroundings = Pick<Knowledge, "touches" | "standings" | "own" | "rulings">;

/**
 * Adds what facts tell of the conversions that they make. `facts` are those to be folded, those of the same conversions, and
 * of their subscriptions the touches with what they are carried to: in any order.
 */
export function gatherKnowledge(facts: readonly Fact[], surroundings: Surroundings): Knowledge {
  const ordered = inCanonicalOrder(facts);
  const makers = new Map<string, string>();
  for (const fact of ordered) {
    if (isMaker(fact) && !makers.has(fact.conversion_id)) makers.set(fact.conversion_id, fact.id);
  }
  return { ...surroundings, makers, carried: collectCarried(ordered) };
}

/** Whether a fact can make a conversion: of several that could make the same one, the first does. */
export function isMaker(fact: Fact): fact is Fact & { conversion_id: string } {
  return ["lead", "trial", "sale"].includes(fact.event.type) && fact.conversion_id !== null;
}

const NOTHING_CARRIED: Carried = { touches: new Map(), fault: null };

/** What came with a conversion; of its token's fault, its own event's counts before that of another one. */
export function carriedBy(fact: Fact, known: Knowledge): Carried {
  const carried = known.carried.get(fact.conversion_id ?? "") ?? NOTHING_CARRIED;
  return { touches: carried.touches, fault: fact.fault ?? carried.fault };
}

/** Who was approved at a time: by the last change before it, or by the first one ever for what came before that. */
export function approvedWhen({ standings }: Knowledge, at: number): number[] {
  return [...standings].flatMap(([affiliateId, changes]) => {
    const standing = changes.findLast((change) => change.since <= at) ?? changes[0];
    return standing?.approved ? [affiliateId] : [];
  });
}

/** Names a subscription within the program; null where the event tells of none. */
export function subscriptionOf({ event: { namespace, subscription } }: Pick<Fact, "event">): string | null {
  return subscription === null ? null : qualifyId(namespace, subscription.id);
}

function collectCarried(facts: readonly Fact[]): Knowledge["carried"] {
  const carried = new Map<string, { touches: Map<string, Touch>; fault: TokenFault | null }>();
  for (const fact of facts) {
    if (fact.touches.length === 0 && fact.fault === null) continue;
    for (const id of listCarriers(fact, facts)) {
      const known = carried.get(id) ?? { touches: new Map(), fault: null };
      carried.set(id, known);
      for (const touch of fact.touches) known.touches.set(touch.click_id, touch);
      // What comes with a refund says nothing about how the customer came.
      if (["lead", "trial", "sale", "touch"].includes(fact.event.type)) known.fault ??= fact.fault;
    }
  }
  return carried;
}

function listCarriers(fact: Fact, facts: readonly Fact[]): string[] {
  const named = fact.conversion_id === null ? [] : [fact.conversion_id];
  const next = facts.find((other) => isCarrierOf(other, fact));
  return next?.conversion_id ? [...named, next.conversion_id] : named;
}

/**
 * Whether a trial or payment may be what a touch is carried to, the first in canonical order being it. A touch that names a
 * subscription is of the checkout that begins or changes it, whose outcome is the subscription's next trial or payment; the
 * renewals after that are not its.
 */
export function isCarrierOf(fact: Fact, touch: Fact): boolean {
  const subscription = subscriptionOf(touch);
  return (
    touch.event.type === "touch" &&
    subscription !== null &&
    (fact.event.type === "trial" || fact.event.type === "sale") &&
    subscriptionOf(fact) === subscription &&
    timeOfFact(fact) >= timeOfFact(touch) - CLOCK_SKEW_MS
  );
}
