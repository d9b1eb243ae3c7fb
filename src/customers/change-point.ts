/** From which time on a new fact may change what has been decided, so that no more is decided anew than has to be. */
import { type Fact, timeOfFact } from "./fact.ts";
import { isFolded } from "./fold.ts";

/** What is known of the facts before. Times in ms. */
export interface KnownBefore {
  /** When the conversion that the fact names was made, null where it has not been. */
  made_at: number | null;
  /** When the first conversion was made to which it may bring, or from which it may take, a touch of its subscription; null for none. */
  carried_at: number | null;
  /** Those of its touches that were known before. */
  known_touches: ReadonlySet<string>;
  /** By affiliate, when its first touch was. */
  first_touches: ReadonlyMap<number, number>;
  /** By affiliate, since when its changes of standing are that are known. */
  standings: ReadonlyMap<number, readonly number[]>;
  /** The affiliates that are known to be the customer. */
  own: ReadonlySet<number>;
}

/** The earliest time, in ms, from which on credits must be decided anew; null where none is touched by the fact. */
export function findChangePoint(fact: Fact, before: KnownBefore): number | null {
  const times = [
    ...timesOfEvent(fact),
    ...timesOfTouches(fact, before),
    ...timesOfStandings(fact, before),
    ...timesOfOwnMarks(fact, before),
  ];
  return times.length === 0 ? null : Math.min(...times);
}

const BEGINNING = 0;

function timesOfEvent(fact: Fact): number[] {
  // A ruling holds for all that it is about, from its first payment on; there are few.
  if (fact.event.type === "dispute") return [BEGINNING];
  return isFolded(fact) ? [timeOfFact(fact)] : [];
}

/** A touch is weighed for all that comes after it, and for what carries it. */
function timesOfTouches(fact: Fact, { made_at, carried_at, known_touches }: KnownBefore): number[] {
  const moved = carried_at === null ? [] : [carried_at];
  if (fact.event.type === "dispute" || (fact.touches.length === 0 && fact.fault === null)) return moved;
  const carriers = made_at === null ? moved : [...moved, made_at];
  const fresh = fact.touches.filter(({ click_id }) => !known_touches.has(click_id));
  return [...carriers, ...fresh.map(({ clicked_at }) => clicked_at)];
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

/** From when on an affiliate can have been credited; from the beginning where no touch of it says when. */
function firstOf(affiliateId: number, fact: Fact, { first_touches }: KnownBefore): number {
  const fresh = fact.touches
    .filter(({ affiliate_id }) => affiliate_id === affiliateId)
    .map(({ clicked_at }) => clicked_at);
  const known = first_touches.get(affiliateId);
  const times = known === undefined ? fresh : [known, ...fresh];
  return times.length === 0 ? BEGINNING : Math.min(...times);
}
