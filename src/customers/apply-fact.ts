/** Stores a new fact and applies its changes in one transaction of the Customer object. */

import { type ChangeSpan, findChangeSpan, type KnownBefore } from "./change-point.ts";
import { type Checkpoint, NO_CHECKPOINT } from "./checkpoint.ts";
import type { Conversion, ConversionRecord } from "./conversion.ts";
import type { CustomerStore } from "./customer-store.ts";
import { listRuledAffiliates } from "./decisions/find-rulings.ts";
import { comparePositions, evidenceOf, type Fact, type Position, positionOf, timeOfFact } from "./fact.ts";
import { foldFact, type TermsOf } from "./fold.ts";
import { gatherKnowledge, isMaker, subscriptionOf } from "./knowledge.ts";
import { type DownstreamMessage, type Holder, listChanges } from "./messages.ts";
import { settleConversion, waitForSale } from "./payments/settle.ts";

/**
 * Checkpoints are kept at this interval of folded facts, so that a late fact that changes nothing refolds at most twice
 * this many.
 */
export const CHECKPOINT_EVERY = 32;

/**
 * Receives downstream messages as they are produced. They aren't collected, since one fact may change thousands of
 * conversions.
 */
export type Send = (messages: readonly DownstreamMessage[]) => void;

/** The store and holder of the conversions, and where messages go. */
export interface Applying {
  store: CustomerStore;
  holder: Holder;
  send: Send;
  /** For tests. */
  checkpoint_every?: number;
}

/** Stores a fact and updates the conversions. Returns how many changed; 0 for a known fact. */
export function applyFact(applying: Applying, fact: Fact): number {
  const { store, checkpoint_every } = applying;
  const span = findChangeSpan(fact, lookBefore(store, fact));
  if (!store.addFact(fact)) return 0;
  const named = fact.conversion_id === null ? [] : [fact.conversion_id];
  return settleAll(applying, span === null ? [] : refold(store, span, checkpoint_every ?? CHECKPOINT_EVERY), named);
}

/** Updates all conversions from all facts after a history was merged. Returns how many changed. */
export function applyAll(applying: Applying): number {
  const { store } = applying;
  const pages = refold(store, { from: Number.MIN_SAFE_INTEGER, until: Number.MAX_SAFE_INTEGER }, CHECKPOINT_EVERY);
  const named = store.listFacts().flatMap(({ conversion_id }) => (conversion_id === null ? [] : [conversion_id]));
  return settleAll(applying, pages, named);
}

/** Refolded conversions, with the facts of each. */
type Page = { made: Conversion; facts: readonly Fact[] }[];

/** Settles refolded conversions page by page, and then any in `named` that weren't refolded. */
function settleAll(applying: Applying, pages: Iterable<Page>, named: readonly string[]): number {
  const { store } = applying;
  const done = new Set<string>();
  let changed = 0;
  for (const page of pages) {
    for (const { made } of page) done.add(made.id);
    changed += change(
      applying,
      page.map(({ made, facts }) => settleConversion(made, facts)),
    );
  }
  const others = Map.groupBy(store.factsOfConversions(new Set(named.filter((id) => !done.has(id)))), conversionOf);
  return (
    changed +
    change(
      applying,
      [...others].flatMap(([id, facts]) => settleOne(store, id, facts) ?? []),
    )
  );
}

function change({ store, holder, send }: Applying, settled: readonly Conversion[]): number {
  const changes = listChanges(holder, (id) => store.readConversion(id), settled, termsIn(store));
  for (const record of changes.records) store.putConversion(record);
  send(changes.messages);
  return changes.records.length;
}

function conversionOf({ conversion_id }: Fact): string {
  return conversion_id ?? "";
}

/** The conversion that its own facts produce, or null if they produce none, such as a touch alone. */
function settleOne(store: CustomerStore, id: string, facts: readonly Fact[]): Conversion | null {
  const base = facts.some(isMaker) ? withoutRecord(store.findConversion(id)) : null;
  return base === null ? waitForSale(id, facts) : settleConversion(base, facts);
}

function withoutRecord(record: ConversionRecord | null): Conversion | null {
  if (record === null) return null;
  const { program_id: _, customer_key: __, revision: ___, rules: ____, ...conversion } = record;
  return conversion;
}

/** Folds the facts in a span again and stores new checkpoints. */
function* refold(store: CustomerStore, { from, until }: ChangeSpan, every: number): Generator<Page> {
  const start = from === Number.MIN_SAFE_INTEGER ? NO_CHECKPOINT : store.checkpointBefore(from);
  const general = store.readCustomerKnowledge();
  const checkpoints: Checkpoint[] = [];
  let at = start;
  let before = store.checkpointAfter(start.position);
  let same: Position | null = null;
  const nextPage = () => store.foldedAfter(at.position, every);
  for (let page = nextPage(); page.length > 0 && same === null; page = nextPage()) {
    const concerned = listConcerned(store, page);
    const known = gatherKnowledge(concerned, general);
    const made: Conversion[] = [];
    for (const fact of page) {
      const step = foldFact(at.state, fact, known, termsIn(store));
      at = { position: positionOf(fact), folded: at.folded + 1, state: step.state };
      if (step.made !== null && at.position.at >= from) made.push(step.made);
      if (at.folded % every === 0) checkpoints.push(at);
      while (before !== null && comparePositions(before.position, at.position) < 0) {
        before = store.checkpointAfter(before.position);
      }
      if (before !== null && at.position.at > until && isSame(before, at)) {
        same = at.position;
        break;
      }
    }
    const factsOf = Map.groupBy(concerned, conversionOf);
    yield made.map((conversion) => ({ made: conversion, facts: factsOf.get(conversion.id) ?? [] }));
  }
  if (same === null && at !== start && checkpoints.at(-1) !== at) checkpoints.push(at);
  const kept = checkpoints.filter((checkpoint) => same === null || comparePositions(checkpoint.position, same) < 0);
  store.replaceCheckpoints({ from: start, to: same }, kept, every);
}

/** Whether the fold has reached the same state as before. */
function isSame(before: Checkpoint, now: Checkpoint): boolean {
  return (
    comparePositions(before.position, now.position) === 0 && JSON.stringify(before.state) === JSON.stringify(now.state)
  );
}

/**
 * The facts and those of the same times, all facts of the same conversions, and the touches of their subscriptions with
 * the payments they are carried to.
 */
function listConcerned(store: CustomerStore, facts: readonly Fact[]): Fact[] {
  const together = store.foldedAt(new Set(facts.map(timeOfFact)));
  const conversions = new Set(together.flatMap(({ conversion_id }) => (conversion_id === null ? [] : [conversion_id])));
  const own = [...together, ...store.factsOfConversions(conversions)];
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
  const evidence = evidenceOf(fact);
  const namesOf = (found: ReturnType<typeof store.touches.lookFor>) =>
    new Set(evidence.filter((touch) => store.touches.lookFor(touch) === found).map(({ click_id }) => click_id));
  return {
    made_at,
    carried_at: findCarried(store, fact, made_at),
    new_touches: namesOf("new"),
    reworded_touches: namesOf("reworded"),
    first_touches: store.touches.firstByAffiliate(),
    ruled: listRuledAffiliates(store.listRulings()),
    approval_times: new Map(affiliates.map((id) => [id, store.approvalTimesOf(id)])),
    new_own: new Set(fact.own.filter((mark) => !store.isOwn(mark)).map(({ affiliate_id }) => affiliate_id)),
  };
}

function madeAt(store: CustomerStore, conversionId: string | null): number | null {
  const maker = conversionId === null ? undefined : store.factsOfConversions([conversionId]).find(isMaker);
  return maker === undefined ? null : timeOfFact(maker);
}

/**
 * See `KnownBefore.carried_at`. A touch is carried to the next payment of its subscription, and a new payment may come
 * between the two.
 */
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
