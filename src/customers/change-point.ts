/** Finds which decisions a new fact can change, so that only those are made again. */
import { CLOCK_SKEW_MS } from "./credit.ts";
import { evidenceOf, type Fact, timeOfFact } from "./fact.ts";
import { isFolded } from "./fold.ts";
import { isMaker, isStart } from "./knowledge.ts";

/** What is known from earlier facts. Times in ms. */
export interface KnownBefore {
  /** When the fact's conversion was created, or null if it doesn't exist yet. */
  made_at: number | null;
  /** The times of the conversions that may gain or lose a touch of the fact's subscription. */
  carried_at: readonly number[];
  /** The fact's touches that are new, or known with different text fields. */
  new_touches: ReadonlySet<string>;
  reworded_touches: ReadonlySet<string>;
  /** The time of each affiliate's first touch. */
  first_touches: ReadonlyMap<number, number>;
  /** The affiliates named in rulings. */
  ruled: ReadonlySet<number>;
  /** The times of each affiliate's known status changes. */
  approval_times: ReadonlyMap<number, readonly number[]>;
  /** The affiliates in the fact's marks of own purchases that are new. */
  new_own: ReadonlySet<number>;
}

/** The range of decisions to make again, by time (ms). */
export interface ChangeSpan {
  /** The start of the range, inclusive. */
  from: number;
  /**
   * After this time only consequences of earlier changes are possible. Once the state equals the previous one, later
   * decisions are unchanged too.
   */
  until: number;
}

/** Finds the decisions to make again, or null if the fact affects none. */
export function findChangeSpan(fact: Fact, before: KnownBefore): ChangeSpan | null {
  const moments = [...(isFolded(fact) ? [timeOfFact(fact)] : []), ...timesOfCarriers(fact, before)];
  const onwards = [
    // A ruling applies to its whole scope, from the first payment. Rulings are rare.
    ...(isRuling(fact) ? [BEGINNING] : timesOfFreshTouches(fact, before)),
    ...timesOfApprovalChanges(fact, before),
    ...timesOfOwnMarks(fact, before),
  ];
  const times = [...moments, ...onwards];
  if (times.length === 0) return null;
  return { from: Math.min(...times), until: onwards.length > 0 ? Number.MAX_SAFE_INTEGER : Math.max(...moments) };
}

const BEGINNING = 0;

function isRuling({ event: { type } }: Fact): boolean {
  return type === "dispute" || type === "credit";
}

/**
 * The conversions for which the fact's touches or token fault count as their own, or which the fact creates or stops
 * creating.
 */
function timesOfCarriers(fact: Fact, { made_at, carried_at }: KnownBefore): number[] {
  const isNamed = fact.event.entered !== undefined;
  const isBare = evidenceOf(fact).length === 0 && fact.fault === null && !isStart(fact) && !isNamed;
  const isLess = isBare && !(isMaker(fact) && made_at !== null && made_at > timeOfFact(fact));
  return made_at === null || isRuling(fact) || isLess ? [...carried_at] : [...carried_at, made_at];
}

/** A touch affects everything after it. A touch with changed text may also have come with an earlier conversion. */
function timesOfFreshTouches(fact: Fact, { new_touches, reworded_touches }: KnownBefore): number[] {
  return evidenceOf(fact).flatMap(({ click_id, clicked_at }) => {
    if (reworded_touches.has(click_id)) return [BEGINNING];
    return new_touches.has(click_id) ? [clicked_at] : [];
  });
}

/**
 * A status change applies from its time on. The first known status also applies to all earlier times, and the status when the
 * merchant decided to earlier conversions.
 */
function timesOfApprovalChanges(fact: Fact, before: KnownBefore): number[] {
  return fact.standings.flatMap(({ affiliate_id, since }) => {
    const known = before.approval_times.get(affiliate_id) ?? [];
    if (known.includes(since)) return [];
    const isNewest = known.length > 0 && since > Math.max(...known) && !before.ruled.has(affiliate_id);
    return isNewest ? [since] : [Math.min(since, firstOf(affiliate_id, fact, before))];
  });
}

function timesOfOwnMarks(fact: Fact, before: KnownBefore): number[] {
  return [...before.new_own].map((affiliateId) => firstOf(affiliateId, fact, before));
}

/**
 * The earliest time an affiliate can have been credited: their first touch, less the clock skew, or the beginning if a
 * ruling named them or no touch gives a time.
 */
function firstOf(affiliateId: number, fact: Fact, { first_touches, ruled }: KnownBefore): number {
  if (ruled.has(affiliateId)) return BEGINNING;
  const fresh = evidenceOf(fact)
    .filter(({ affiliate_id }) => affiliate_id === affiliateId)
    .map(({ clicked_at }) => clicked_at);
  const known = first_touches.get(affiliateId);
  const times = known === undefined ? fresh : [known, ...fresh];
  return times.length === 0 ? BEGINNING : Math.min(...times) - CLOCK_SKEW_MS;
}
