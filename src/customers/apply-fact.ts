/** A new fact and what it changes, inside one transaction of the Customer object. */

import { findChangePoint, type KnownBefore } from "./change-point.ts";
import { type DownstreamMessage, type Holder, listChanges } from "./changes.ts";
import type { Conversion, ConversionRecord } from "./conversion.ts";
import { type Fact, positionOf, timeOfFact } from "./fact.ts";
import { foldFact, type TermsOf } from "./fold.ts";
import { gatherKnowledge, isMaker, subscriptionOf } from "./knowledge.ts";
import { settleConversion, waitForSale } from "./settle.ts";
import { type Checkpoint, type CustomerStore, NO_CHECKPOINT } from "./store.ts";

/** After so many folded facts a checkpoint is kept, so that a late one costs no more than these. */
const CHECKPOINT_EVERY = 64;

/** What facts have changed. */
export interface Applied {
  records: ConversionRecord[];
  messages: DownstreamMessage[];
}

/** Keeps a fact and brings the conversions up to date; one that is known changes nothing. */
export function applyFact(store: CustomerStore, fact: Fact, holder: Holder): Applied {
  const changesFrom = findChangePoint(fact, lookBefore(store, fact));
  if (!store.addFact(fact)) return { records: [], messages: [] };
  const made = changesFrom === null ? new Map<string, Conversion>() : refold(store, changesFrom);
  const concerned = new Set([...made.keys(), ...(fact.conversion_id === null ? [] : [fact.conversion_id])]);
  return settle(store, made, concerned, holder);
}

/** Brings all conversions up to date with all facts: after a history was taken in. */
export function applyAll(store: CustomerStore, holder: Holder): Applied {
  const made = refold(store, Number.MIN_SAFE_INTEGER);
  const named = store.listFacts().flatMap(({ conversion_id }) => (conversion_id === null ? [] : [conversion_id]));
  return settle(store, made, new Set([...made.keys(), ...named]), holder);
}

function settle(
  store: CustomerStore,
  made: ReadonlyMap<string, Conversion>,
  concerned: ReadonlySet<string>,
  holder: Holder,
): Applied {
  const settled = [...concerned].flatMap((id) => settleOne(store, id, made.get(id) ?? null) ?? []);
  const changes = listChanges(holder, (id) => store.findConversion(id), settled, termsIn(store));
  for (const record of changes.records) store.putConversion(record);
  return changes;
}

/** The conversion as its own facts leave it; null where they make none, such as a touch alone. */
function settleOne(store: CustomerStore, id: string, made: Conversion | null): Conversion | null {
  const facts = store.factsOfConversion(id);
  const base = made ?? (facts.some(isMaker) ? withoutRecord(store.findConversion(id)) : null);
  return base === null ? waitForSale(id, facts) : settleConversion(base, facts);
}

function withoutRecord(record: ConversionRecord | null): Conversion | null {
  if (record === null) return null;
  const { program_id: _, customer_key: __, revision: ___, rules: ____, ...conversion } = record;
  return conversion;
}

/** The conversions made from a time (ms) on, from all that is known now; keeps where the fold has been. */
function refold(store: CustomerStore, changesFrom: number): Map<string, Conversion> {
  const start = changesFrom === Number.MIN_SAFE_INTEGER ? NO_CHECKPOINT : store.checkpointBefore(changesFrom);
  const facts = store.foldedAfter(start.position);
  const known = gatherKnowledge(listConcerned(store, facts), store.surroundings());
  const termsOf = termsIn(store);
  const made = new Map<string, Conversion>();
  const checkpoints: Checkpoint[] = [];
  let { state, folded } = start;
  for (const fact of facts) {
    const step = foldFact(state, fact, known, termsOf);
    state = step.state;
    folded += 1;
    if (step.made !== null) made.set(step.made.id, step.made);
    if (folded % CHECKPOINT_EVERY === 0 || fact === facts.at(-1)) {
      checkpoints.push({ position: positionOf(fact), folded, state });
    }
  }
  store.replaceCheckpoints(start, checkpoints, CHECKPOINT_EVERY);
  return made;
}

function listConcerned(store: CustomerStore, facts: readonly Fact[]): Fact[] {
  const conversions = new Set(facts.flatMap(({ conversion_id }) => (conversion_id === null ? [] : [conversion_id])));
  const subscriptions = new Set(facts.flatMap((fact) => subscriptionOf(fact) ?? []));
  const carried = [...subscriptions].flatMap((subscription) =>
    store
      .touchesOfSubscription(subscription)
      .flatMap((touch) => [touch, store.carrierOf(subscription, timeOfFact(touch)) ?? []].flat()),
  );
  const concerned = [...facts, ...[...conversions].flatMap((id) => store.factsOfConversion(id)), ...carried];
  return [...new Map(concerned.map((fact) => [fact.id, fact])).values()];
}

function lookBefore(store: CustomerStore, fact: Fact): KnownBefore {
  const made_at = madeAt(store, fact.conversion_id);
  const affiliates = fact.standings.map(({ affiliate_id }) => affiliate_id);
  return {
    made_at,
    carried_at: findCarried(store, fact, made_at),
    known_touches: new Set(fact.touches.filter((touch) => store.hasTouch(touch)).map(({ click_id }) => click_id)),
    first_touches: store.firstTouches(),
    standings: new Map(affiliates.map((id) => [id, store.standingsOf(id)])),
    own: new Set(fact.own.map(({ affiliate_id }) => affiliate_id).filter((id) => store.isOwn(id))),
  };
}

function madeAt(store: CustomerStore, conversionId: string | null): number | null {
  const maker = conversionId === null ? undefined : store.factsOfConversion(conversionId).find(isMaker);
  return maker === undefined ? null : timeOfFact(maker);
}

/** See `KnownBefore.carried_at`: a touch is carried to what comes next in its subscription, and a payment may come between the two. */
function findCarried(store: CustomerStore, fact: Fact, made_at: number | null): number | null {
  const subscription = subscriptionOf(fact);
  const { type } = fact.event;
  if (subscription === null) return null;
  const isTouch = type === "touch" && (fact.touches.length > 0 || fact.fault !== null);
  const touches = isTouch
    ? [fact]
    : type === "sale" || type === "trial"
      ? store.touchesOfSubscription(subscription)
      : [];
  const carriers = touches.map((touch) => store.carrierOf(subscription, timeOfFact(touch)));
  const times = carriers.map((carrier) => madeAt(store, carrier?.conversion_id ?? null));
  const concerned = [...times, ...(isTouch || touches.length === 0 ? [] : [made_at])].filter((time) => time !== null);
  return concerned.length === 0 ? null : Math.min(...concerned);
}

function termsIn(store: CustomerStore): TermsOf {
  return (version) => store.findTerms(version);
}
