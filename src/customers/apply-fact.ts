/** A new fact and what it changes, inside one transaction of the Customer object. */

import { type ChangeSpan, findChangeSpan, type KnownBefore } from "./change-point.ts";
import { type DownstreamMessage, type Holder, listChanges } from "./changes.ts";
import type { Conversion, ConversionRecord } from "./conversion.ts";
import { comparePositions, type Fact, type Position, positionOf, timeOfFact } from "./fact.ts";
import { foldFact, type TermsOf } from "./fold.ts";
import { gatherKnowledge, isMaker, subscriptionOf } from "./knowledge.ts";
import { settleConversion, waitForSale } from "./settle.ts";
import { type Checkpoint, type CustomerStore, NO_CHECKPOINT } from "./store.ts";

/** After so many folded facts a checkpoint is kept, so that a late one costs little more than twice these. */
export const CHECKPOINT_EVERY = 64;

/** What facts have changed. */
export interface Applied {
  records: ConversionRecord[];
  messages: DownstreamMessage[];
}

/** Keeps a fact and brings the conversions up to date; one that is known changes nothing. `checkpointEvery` is for tests. */
export function applyFact(
  store: CustomerStore,
  fact: Fact,
  holder: Holder,
  checkpointEvery = CHECKPOINT_EVERY,
): Applied {
  const span = findChangeSpan(fact, lookBefore(store, fact));
  if (!store.addFact(fact)) return { records: [], messages: [] };
  const refolded = span === null ? NOTHING_REFOLDED : refold(store, span, checkpointEvery);
  return settle(store, refolded, fact.conversion_id === null ? [] : [fact.conversion_id], holder);
}

/** Brings all conversions up to date with all facts: after a history was taken in. */
export function applyAll(store: CustomerStore, holder: Holder): Applied {
  const refolded = refold(store, { from: Number.MIN_SAFE_INTEGER, until: Number.MAX_SAFE_INTEGER }, CHECKPOINT_EVERY);
  const named = store.listFacts().flatMap(({ conversion_id }) => (conversion_id === null ? [] : [conversion_id]));
  return settle(store, refolded, named, holder);
}

/** The conversions that a fold has made anew, and the facts of each. */
interface Refolded {
  made: ReadonlyMap<string, Conversion>;
  factsOf: ReadonlyMap<string, readonly Fact[]>;
}

const NOTHING_REFOLDED: Refolded = { made: new Map(), factsOf: new Map() };

function settle(store: CustomerStore, refolded: Refolded, named: Iterable<string>, holder: Holder): Applied {
  const { made, factsOf } = refolded;
  const others = [...new Set(named)].filter((id) => !factsOf.has(id));
  const facts = new Map([...factsOf, ...Map.groupBy(store.factsOfConversions(others), conversionOf)]);
  const concerned = new Set([...made.keys(), ...named]);
  const settled = [...concerned].flatMap((id) => settleOne(store, id, made.get(id) ?? null, facts.get(id) ?? []) ?? []);
  const changes = listChanges(holder, (id) => store.readConversion(id), settled, termsIn(store));
  for (const record of changes.records) store.putConversion(record);
  return changes;
}

function conversionOf({ conversion_id }: Fact): string {
  return conversion_id ?? "";
}

/** The conversion as its own facts leave it; null where they make none, such as a touch alone. */
function settleOne(
  store: CustomerStore,
  id: string,
  made: Conversion | null,
  facts: readonly Fact[],
): Conversion | null {
  const base = made ?? (facts.some(isMaker) ? withoutRecord(store.findConversion(id)) : null);
  return base === null ? waitForSale(id, facts) : settleConversion(base, facts);
}

function withoutRecord(record: ConversionRecord | null): Conversion | null {
  if (record === null) return null;
  const { program_id: _, customer_key: __, revision: ___, rules: ____, ...conversion } = record;
  return conversion;
}

/** Folds anew what is in a span, from all that is known now, and keeps where the fold has been. */
function refold(store: CustomerStore, { from, until }: ChangeSpan, every: number): Refolded {
  const start = from === Number.MIN_SAFE_INTEGER ? NO_CHECKPOINT : store.checkpointBefore(from);
  const termsOf = termsIn(store);
  const surroundings = store.surroundings();
  const made = new Map<string, Conversion>();
  const factsOf = new Map<string, readonly Fact[]>();
  const checkpoints: Checkpoint[] = [];
  let at = start;
  let before = store.checkpointAfter(start.position);
  let same: Position | null = null;
  const nextPage = () => store.foldedAfter(at.position, every);
  for (let page = nextPage(); page.length > 0 && same === null; page = nextPage()) {
    const concerned = listConcerned(store, page);
    const named = new Set(page.map(conversionOf));
    const own = concerned.filter((fact) => named.has(conversionOf(fact)));
    for (const [id, facts] of Map.groupBy(own, conversionOf)) factsOf.set(id, facts);
    const known = gatherKnowledge(concerned, surroundings);
    for (const fact of page) {
      const step = foldFact(at.state, fact, known, termsOf);
      if (step.made !== null) made.set(step.made.id, step.made);
      at = { position: positionOf(fact), folded: at.folded + 1, state: step.state };
      if (at.folded % every === 0) checkpoints.push(at);
      while (before !== null && comparePositions(before.position, at.position) < 0) {
        before = store.checkpointAfter(before.position);
      }
      if (before !== null && at.position.at > until && isSame(before, at)) {
        same = at.position;
        break;
      }
    }
  }
  if (same === null && at !== start && checkpoints.at(-1) !== at) checkpoints.push(at);
  const kept = checkpoints.filter((checkpoint) => same === null || comparePositions(checkpoint.position, same) < 0);
  store.replaceCheckpoints({ from: start, to: same }, kept, every);
  return { made, factsOf };
}

/** Whether a fold has come to where it has been before. */
function isSame(before: Checkpoint, now: Checkpoint): boolean {
  return (
    comparePositions(before.position, now.position) === 0 && JSON.stringify(before.state) === JSON.stringify(now.state)
  );
}

/** Facts, those of the same conversions, and of their subscriptions the touches with what they are carried to. */
function listConcerned(store: CustomerStore, facts: readonly Fact[]): Fact[] {
  const conversions = new Set(facts.flatMap(({ conversion_id }) => (conversion_id === null ? [] : [conversion_id])));
  const own = [...facts, ...store.factsOfConversions(conversions)];
  const subscriptions = new Set(own.flatMap((fact) => subscriptionOf(fact) ?? []));
  const carried = [...subscriptions].flatMap((subscription) =>
    store
      .touchesOfSubscription(subscription)
      .flatMap((touch) => [touch, store.carrierOf(subscription, timeOfFact(touch)) ?? []].flat()),
  );
  return [...new Map([...own, ...carried].map((fact) => [fact.id, fact])).values()];
}

function lookBefore(store: CustomerStore, fact: Fact): KnownBefore {
  const made_at = madeAt(store, fact.conversion_id);
  const affiliates = fact.standings.map(({ affiliate_id }) => affiliate_id);
  return {
    made_at,
    carried_at: findCarried(store, fact, made_at),
    known_touches: new Set(fact.touches.filter((touch) => store.touches.has(touch)).map(({ click_id }) => click_id)),
    first_touches: store.touches.firstByAffiliate(),
    standings: new Map(affiliates.map((id) => [id, store.standingsOf(id)])),
    own: new Set(fact.own.map(({ affiliate_id }) => affiliate_id).filter((id) => store.isOwn(id))),
  };
}

function madeAt(store: CustomerStore, conversionId: string | null): number | null {
  const maker = conversionId === null ? undefined : store.factsOfConversions([conversionId]).find(isMaker);
  return maker === undefined ? null : timeOfFact(maker);
}

/** See `KnownBefore.carried_at`: a touch is carried to what comes next in its subscription, and a payment may come between the two. */
function findCarried(store: CustomerStore, fact: Fact, made_at: number | null): number[] {
  const subscription = subscriptionOf(fact);
  const { type } = fact.event;
  if (subscription === null) return [];
  const isTouch = type === "touch" && (fact.touches.length > 0 || fact.fault !== null);
  const touches = isTouch
    ? [fact]
    : type === "sale" || type === "trial"
      ? store.touchesOfSubscription(subscription)
      : [];
  const carriers = touches.map((touch) => store.carrierOf(subscription, timeOfFact(touch)));
  const times = carriers.map((carrier) => madeAt(store, carrier?.conversion_id ?? null));
  return [...times, ...(isTouch || touches.length === 0 ? [] : [made_at])].filter((time) => time !== null);
}

function termsIn(store: CustomerStore): TermsOf {
  return (version) => store.findTerms(version);
}
