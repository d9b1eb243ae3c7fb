/** From which time on a new fact may change what has been decided, so that no more is decided anew than has to be. */
import { CLOCK_SKEW_MS } from "./credit.ts";
import { type Fact, timeOfFact } from "./fact.ts";
import { isFolded } from "./fold.ts";
import { isMaker } from "./knowledge.ts";

/** What is known of the facts before. Times in ms. */
export interface KnownBefore {
  /** When the conversion that the fact names was made, null where it has not been. */
  made_at: number | null;
  /** When the conversions were made to which it may bring, or from which it may take, a touch of its subscription. */
  carried_at: readonly number[];
  /** Those of its touches that were not known before, or in other words. */
  new_touches: ReadonlySet<string>;
  reworded_touches: ReadonlySet<string>;
  /** By affiliate, when its first touch was. */
  first_touches: ReadonlyMap<number, number>;
  /** The affiliates that disputes have named. */
  ruled: ReadonlySet<number>;
  /** By affiliate, since when its changes of standing are that are known. */
  standings: ReadonlyMap<number, readonly number[]>;
  /** The affiliates that are known to be the customer. */
  own: ReadonlySet<number>;
}

/** Which credits must be decided anew, by time (ms). */
export interface ChangeSpan {
  /** Those from here on. */
  from: number;
  /** After this, only what follows from those before: where that comes to what it was, so does all that comes after. */
  until: number;
}

/** What of the decided must be decided anew; null where nothing is touched by the fact. */
export function findChangeSpan(fact: Fact, before: KnownBefore): ChangeSpan | null {
  const moments = [...(isFolded(fact) ? [timeOfFact(fact)] : []), ...timesOfCarriers(fact, before)];
  const onwards = [
    // A ruling holds for all that it is about, from its first payment on; there are few.
    ...(fact.event.type === "dispute" ? [BEGINNING] : timesOfFreshTouches(fact, before)),
    ...timesOfStandings(fact, before),
    ...timesOfOwnMarks(fact, before),
  ];
  const times = [...moments, ...onwards];
  if (times.length === 0) return null;
  return { from: Math.min(...times), until: onwards.length > 0 ? Number.MAX_SAFE_INTEGER : Math.max(...moments) };
}

const BEGINNING = 0;

/** What a fact's touches, or the fault of its token, are weighed for as its own, and what makes or stops making such a conversion. */
function timesOfCarriers(fact: Fact, { made_at, carried_at }: KnownBefore): number[] {
  const isBare = fact.touches.length === 0 && fact.fault === null;
  const isLess = isBare && !(isMaker(fact) && made_at !== null && made_at > timeOfFact(fact));
  return made_at === null || fact.event.type === "dispute" || isLess ? [...carried_at] : [...carried_at, made_at];
}

/** A touch is weighed for all that comes after it; one that is known otherwise may have come with what was before it. */
function timesOfFreshTouches({ touches }: Fact, { new_touches, reworded_touches }: KnownBefore): number[] {
  return touches.flatMap(({ click_id, clicked_at }) => {
    if (reworded_touches.has(click_id)) return [BEGINNING];
    return new_touches.has(click_id) ? [clicked_at] : [];
  });
}

/** A change of standing holds from its time on; the first one that is known, for what came before it too. */
function timesOfStandings(fact: Fact, before: KnownBefore): number[] {
  return fact.standings.flatMap(({ affiliate_id, since }) => {
    const known = before.standings.get(affiliate_id) ?? [];
    if (known.includes(since)) return [];
    const isNewest = known.length > 0 && since > Math.max(...known);
    return isNewest ? [since] : [Math.min(since, firstOf(affiliate_id, fact, before))];
  });
}

function timesOfOwnMarks(fact: Fact, before: KnownBefore): number[] {
  return fact.own
    .filter(({ affiliate_id }) => !before.own.has(affiliate_id))
    .map(({ affiliate_id }) => firstOf(affiliate_id, fact, before));
}

/**
 * From when on an affiliate can have been credited: from its first touch, which may seem a moment later than what it came
 * with; from the beginning where a dispute has named it, or no touch of it says when.
 */
function firstOf(affiliateId: number, fact: Fact, { first_touches, ruled }: KnownBefore): number {
  if (ruled.has(affiliateId)) return BEGINNING;
  const fresh = fact.touches
    .filter(({ affiliate_id }) => affiliate_id === affiliateId)
    .map(({ clicked_at }) => clicked_at);
  const known = first_touches.get(affiliateId);
  const times = known === undefined ? fresh : [known, ...fresh];
  return times.length === 0 ? BEGINNING : Math.min(...times) - CLOCK_SKEW_MS;
}
