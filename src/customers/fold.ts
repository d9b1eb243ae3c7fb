import type { ProgramTerms } from "../programs/terms.ts";
import type { Conversion } from "./conversion.ts";
import { type Binding, bindCredit, type Credit, decideCredit } from "./credit.ts";
import { type Fact, inCanonicalOrder, type Standing, type Touch, timeOfFact } from "./fact.ts";

interface TakenBack {
  amount: number;
  currency: string | null;
  at: number;
}

interface State {
  conversions: Map<string, Conversion>;
  /** By conversion, then by the refund's or chargeback's own name. */
  taken_back: Map<string, Map<string, TakenBack>>;
  /** By what the terms bind to. */
  bindings: Map<string, Binding>;
}

/** What all facts together tell, before any is folded. */
interface Knowledge {
  touches: Touch[];
  /** By conversion, the clicks that its own events carried. */
  carried: Map<string, Set<string>>;
  /** By affiliate, in the order of time. */
  standings: Map<number, Standing[]>;
}

/** Looks up a version of the programme's terms. */
export type TermsOf = (version: number) => ProgramTerms;

/**
 * A customer's conversions from all facts known. The order of arrival does not matter: touches are weighed by when the
 * click happened, facts are folded in canonical order.
 */
export function foldFacts(facts: readonly Fact[], termsOf: TermsOf): Map<string, Conversion> {
  const ordered = inCanonicalOrder(facts);
  const known = {
    touches: collectTouches(ordered),
    carried: collectCarried(ordered),
    standings: collectStandings(ordered),
  };
  const state: State = { conversions: new Map(), taken_back: new Map(), bindings: new Map() };
  for (const fact of ordered) evolve(state, fact, known, termsOf(fact.terms_version));
  for (const [id, parts] of state.taken_back) settleRefunds(state, id, parts, ordered);
  return state.conversions;
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
  for (const { conversion_id, evidence } of facts) {
    if (conversion_id === null || evidence?.kind !== "touch") continue;
    const clicks = carried.get(conversion_id) ?? new Set();
    carried.set(conversion_id, clicks.add(evidence.touch.click_id));
  }
  return carried;
}

function collectStandings(facts: readonly Fact[]): Knowledge["standings"] {
  const changes = new Map<string, Standing>();
  for (const standing of facts.flatMap((fact) => fact.standings)) {
    changes.set(`${standing.affiliate_id}@${standing.since}`, standing);
  }
  const inOrder = [...changes.values()].sort((a, b) => a.since - b.since);
  return Map.groupBy(inOrder, (standing) => standing.affiliate_id);
}

/** Who was approved at a time: by the last change before it, or by the first one ever for what came before that. */
function approvedWhen({ standings }: Knowledge, at: number): number[] {
  return [...standings].flatMap(([affiliateId, changes]) => {
    const standing = changes.findLast((change) => change.since <= at) ?? changes[0];
    return standing?.approved ? [affiliateId] : [];
  });
}

function evolve(state: State, fact: Fact, known: Knowledge, terms: ProgramTerms): void {
  const { event } = fact;
  switch (event.type) {
    case "lead":
    case "trial":
    case "sale":
      convert(state, fact, event.type, known, terms);
      break;
    case "refund":
    case "chargeback":
    case "chargeback_won":
      takeBack(state, fact);
      break;
    case "cancellation":
      // The subscription's affiliate keeps it while it is active; a customer is bound for life.
      if (event.subscription !== null) state.bindings.delete(`subscription:${event.subscription.id}`);
      break;
  }
}

function convert(
  state: State,
  fact: Fact,
  type: "lead" | "trial" | "sale",
  known: Knowledge,
  terms: ProgramTerms,
): void {
  const { event, evidence } = fact;
  const id = fact.conversion_id;
  // The same payment under another event id is the same sale.
  if (id === null || state.conversions.has(id)) return;
  const scope = bindingScope(fact, terms);
  const credit = decideCredit({
    occurred_at: timeOfFact(fact),
    terms,
    touches: known.touches.filter((touch) => isConsidered(touch, fact, known, terms)),
    binding: scope === null ? null : (state.bindings.get(scope) ?? null),
    fault: evidence?.kind === "fault" ? evidence.fault : null,
    approved_affiliates: approvedWhen(known, timeOfFact(fact)),
  });
  // A lead is remembered by its touch only: the last click before the payment still wins.
  if (type !== "lead" && scope !== null && credit.binding === null) {
    const binding = bindCredit(credit, id, timeOfFact(fact));
    if (binding !== null) state.bindings.set(scope, binding);
  }
  state.conversions.set(id, {
    id,
    type,
    status: "recorded",
    occurred_at: timeOfFact(fact),
    amount: event.amount,
    currency: event.currency,
    refunded: 0,
    refunded_at: null,
    payment: event.payment,
    product: event.product,
    subscription: event.subscription?.id ?? null,
    credit,
    token_fault: evidence?.kind === "fault" ? evidence.fault : null,
    terms_version: fact.terms_version,
    notes: [],
  });
}

/** A touch that came with the conversion's own events, and whatever else was clicked before it; later ones are none of its business. */
function isConsidered(touch: Touch, fact: Fact, known: Knowledge, terms: ProgramTerms): boolean {
  if (known.carried.get(fact.conversion_id ?? "")?.has(touch.click_id)) return true;
  return terms.binds_to !== "nothing" && touch.clicked_at <= timeOfFact(fact);
}

function bindingScope(fact: Fact, terms: ProgramTerms): string | null {
  switch (terms.binds_to) {
    case "customer":
      return "customer";
    case "subscription":
      return fact.event.subscription === null ? "customer" : `subscription:${fact.event.subscription.id}`;
    case "nothing":
      return null;
  }
}

function takeBack(state: State, fact: Fact): void {
  const { event } = fact;
  const id = fact.conversion_id;
  if (id === null || event.amount === null) return;
  const parts = state.taken_back.get(id) ?? new Map<string, TakenBack>();
  state.taken_back.set(id, parts);
  const name = `${event.type === "refund" ? "refund" : "chargeback"}:${event.refund ?? fact.id}`;
  const amount = event.type === "chargeback_won" ? 0 : event.amount;
  // The same refund twice is one refund; a chargeback that was won takes nothing back.
  if (event.type === "chargeback_won" || !parts.has(name)) {
    parts.set(name, { amount, currency: event.currency, at: timeOfFact(fact) });
  }
}

function settleRefunds(state: State, id: string, parts: Map<string, TakenBack>, facts: readonly Fact[]): void {
  const sale = state.conversions.get(id);
  if (sale === undefined) {
    const waiting = facts.find((fact) => fact.conversion_id === id);
    if (waiting !== undefined) state.conversions.set(id, waitForSale(id, waiting));
    return;
  }
  let total = 0;
  for (const part of parts.values()) {
    if (part.currency !== sale.currency) {
      sale.notes.push(`A refund in ${part.currency} was not applied to a sale in ${sale.currency}.`);
      continue;
    }
    total += part.amount;
    sale.refunded_at = Math.max(sale.refunded_at ?? 0, part.at);
  }
  const amount = sale.amount ?? 0;
  if (total > amount)
    sale.notes.push(`Refunds of ${total} exceed the sale of ${amount}; no more than the sale is taken back.`);
  sale.refunded = Math.min(total, amount);
  if (sale.refunded > 0) sale.status = "refunded";
}

function waitForSale(id: string, fact: Fact): Conversion {
  const credit: Credit = { touch: null, reason: "waiting_for_sale", considered: [], binding: null };
  return {
    id,
    type: "sale",
    status: "waiting",
    occurred_at: timeOfFact(fact),
    amount: null,
    currency: fact.event.currency,
    refunded: 0,
    refunded_at: null,
    payment: fact.event.payment,
    product: null,
    subscription: null,
    credit,
    token_fault: null,
    terms_version: fact.terms_version,
    notes: ["A refund has arrived before its sale and waits for it."],
  };
}
