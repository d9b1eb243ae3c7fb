import { type EventSubscription, qualifyId } from "../webhooks/conversion-event.ts";
import { CLOCK_SKEW_MS } from "./credit.ts";
import type { ScopedRuling } from "./decisions/find-rulings.ts";
import {
  type ApprovalChange,
  evidenceOf,
  type Fact,
  inCanonicalOrder,
  type OwnKind,
  type TokenFault,
  type Touch,
  timeOfFact,
} from "./fact.ts";
import type { TouchIndex } from "./touches/touches.ts";

/** Everything that must be known before folding, regardless of arrival order. */
export interface Knowledge {
  touches: TouchIndex;
  /** By conversion: the evidence carried by its own events. */
  carried: ReadonlyMap<string, Evidence>;
  /** By the time of a conversion (ms): see {@link Carried}. */
  tied: ReadonlyMap<number, readonly Touch[]>;
  /** By conversion: the subscription that its payment starts, where only another event says so. */
  started: ReadonlyMap<string, EventSubscription>;
  /** By conversion: the id of the fact that creates it, the first lead, trial or sale in canonical order. */
  makers: ReadonlyMap<string, string>;
  /** By affiliate, in chronological order. */
  approvals: ReadonlyMap<number, readonly ApprovalChange[]>;
  /** The affiliates whose sale to this customer is an own purchase, and how that is known. */
  own: ReadonlyMap<number, OwnKind>;
  /** What the merchant ruled, in the order in which it did. */
  rulings: readonly ScopedRuling[];
}

interface Evidence {
  /** By touch id. */
  touches: ReadonlyMap<string, Touch>;
  /** What is wrong with the first invalid token. */
  fault: TokenFault | null;
}

/** The evidence that a conversion is credited by. */
export interface Carried extends Evidence {
  /**
   * Touches that came with any conversion of the same time and seem later, because clocks differ. The order of two events of
   * the same time is arbitrary, so it must not decide whether such a touch counts.
   */
  tied: readonly Touch[];
}

/** Everything known from a customer's facts that isn't specific to a conversion. */
export type CustomerKnowledge = Pick<Knowledge, "touches" | "approvals" | "own" | "rulings">;

/**
 * Adds what is specific to conversions. `facts` must contain the facts to fold and those of the same times, all facts of
 * the same conversions, and the touches of their subscriptions with the payments they are carried to, in any order.
 */
export function gatherKnowledge(facts: readonly Fact[], general: CustomerKnowledge): Knowledge {
  const ordered = inCanonicalOrder(facts);
  const makers = new Map<string, string>();
  for (const fact of ordered) {
    if (isMaker(fact) && !makers.has(fact.conversion_id)) makers.set(fact.conversion_id, fact.id);
  }
  const carried = collectCarried(ordered);
  const tied = collectTied(
    ordered.filter((fact) => makers.get(fact.conversion_id ?? "") === fact.id),
    carried,
  );
  return { ...general, makers, carried, tied, started: collectStarted(ordered) };
}

/** Whether a fact says which subscription a payment starts. */
export function isStart({ event, conversion_id }: Fact): boolean {
  return event.type === "touch" && conversion_id !== null && event.subscription !== null;
}

function collectStarted(facts: readonly Fact[]): Knowledge["started"] {
  const started = new Map<string, EventSubscription>();
  for (const { event, conversion_id } of facts.filter(isStart)) {
    const { subscription } = event;
    const known = started.get(conversion_id ?? "");
    if (conversion_id === null || subscription === null || (known && known.id !== subscription.id)) continue;
    const interval = known?.interval ?? subscription.interval;
    started.set(conversion_id, { ...subscription, ...known, interval });
  }
  return started;
}

/**
 * The fact with all that is known of its subscription, also where only another event of the same payment states it. A payment
 * of one subscription that starts another one is a change of plan.
 */
export function withSubscription<Made extends Fact>(fact: Made, { started }: Knowledge): Made {
  const start = started.get(fact.conversion_id ?? "");
  const own = fact.event.subscription;
  if (start === undefined) return fact;
  const isChange = own !== null && own.id !== start.id;
  const subscription = isChange
    ? { ...start, replaces: own.id }
    : { ...start, ...own, interval: own?.interval ?? start.interval };
  return { ...fact, event: { ...fact.event, subscription } };
}

/** Whether a fact can create a conversion. If several facts could, the first one does. */
export function isMaker(fact: Fact): fact is Fact & { conversion_id: string } {
  return ["lead", "trial", "sale"].includes(fact.event.type) && fact.conversion_id !== null;
}

const NOTHING_CARRIED: Evidence = { touches: new Map(), fault: null };

/**
 * The evidence carried by a conversion's events. A token fault of the fact itself takes precedence over that of another
 * event.
 */
export function carriedBy(fact: Fact, known: Knowledge): Carried {
  const carried = known.carried.get(fact.conversion_id ?? "") ?? NOTHING_CARRIED;
  return { ...carried, tied: known.tied.get(timeOfFact(fact)) ?? [], fault: fact.fault ?? carried.fault };
}

/**
 * The affiliates approved at a time: by their last status change before it, or by their first known status if the time
 * is earlier.
 */
export function approvedWhen({ approvals }: Knowledge, at: number): number[] {
  return [...approvals].flatMap(([affiliateId, changes]) => {
    const last = changes.findLast((change) => change.since <= at) ?? changes[0];
    return last?.approved ? [affiliateId] : [];
  });
}

/** The subscription's id, unique within the program, or null if the event has none. */
export function subscriptionOf({ event: { namespace, subscription } }: Pick<Fact, "event">): string | null {
  return subscription === null ? null : qualifyId(namespace, subscription.id);
}

function collectCarried(facts: readonly Fact[]): Knowledge["carried"] {
  const carried = new Map<string, { touches: Map<string, Touch>; fault: TokenFault | null }>();
  for (const fact of facts) {
    const touches = evidenceOf(fact);
    if (touches.length === 0 && fact.fault === null) continue;
    for (const id of listCarriers(fact, facts)) {
      const known = carried.get(id) ?? { touches: new Map(), fault: null };
      carried.set(id, known);
      for (const touch of touches) known.touches.set(touch.click_id, touch);
      // A refund's token says nothing about how the customer arrived.
      if (["lead", "trial", "sale", "touch"].includes(fact.event.type)) known.fault ??= fact.fault;
    }
  }
  return carried;
}

function collectTied(makers: readonly Fact[], carried: Knowledge["carried"]): Knowledge["tied"] {
  const tied = new Map<number, Touch[]>();
  for (const maker of makers) {
    const at = timeOfFact(maker);
    const touches = carried.get(maker.conversion_id ?? "")?.touches ?? new Map<string, Touch>();
    for (const touch of touches.values()) {
      const isSkewed = touch.clicked_at > at && touch.clicked_at <= at + CLOCK_SKEW_MS;
      const known = tied.get(at) ?? [];
      if (isSkewed && !known.some(({ click_id }) => click_id === touch.click_id)) tied.set(at, [...known, touch]);
    }
  }
  return tied;
}

function listCarriers(fact: Fact, facts: readonly Fact[]): string[] {
  const named = fact.conversion_id === null ? [] : [fact.conversion_id];
  const next = facts.find((other) => isCarrierOf(other, fact));
  return next?.conversion_id ? [...named, next.conversion_id] : named;
}

/**
 * Whether a touch may be carried to this trial or payment; it goes to the first match in canonical order. A touch with
 * a subscription belongs to the checkout that starts or changes it, so it applies to the next trial or payment but not
 * to later renewals.
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
