import type { ProgramTerms } from "../programs/terms.ts";
import type { Conversion } from "./conversion.ts";
import { type Binding, bindCredit, type Credit, decideCredit } from "./credit.ts";
import { type Fact, inCanonicalOrder, timeOfFact } from "./fact.ts";
import { approvedWhen, faultOf, gatherKnowledge, isConsidered, type Knowledge, subscriptionOf } from "./knowledge.ts";
import { addUpTakenBack, readTakenBack, type TakenBack } from "./taken-back.ts";

interface State {
  conversions: Map<string, Conversion>;
  /** By conversion, then by the refund's or chargeback's own name. */
  taken_back: Map<string, Map<string, TakenBack>>;
  /** By what the terms bind to. */
  bindings: Map<string, Binding>;
  /** The customer's own binding was made by terms that bind for life. */
  bound_for_life: boolean;
  /** Payments so far, by subscription, and outside of any. */
  payments: Map<string, { count: number; first_paid_at: number }>;
}

/** Looks up a version of the programme's terms. */
export type TermsOf = (version: number) => ProgramTerms;

/** The scope of a binding that is no subscription's. */
const WHOLE_CUSTOMER = "customer";

/**
 * A customer's conversions from all facts known. The order of arrival does not matter: touches are weighed by when the
 * click happened, facts are folded in canonical order. What is of test mode and what is not know nothing of each other.
 */
export function foldFacts(facts: readonly Fact[], termsOf: TermsOf): Map<string, Conversion> {
  const ordered = inCanonicalOrder(facts);
  const modes = [false, true].map((test) => ordered.filter((fact) => fact.event.test === test));
  return new Map(modes.flatMap((ofMode) => [...foldMode(ofMode, termsOf)]));
}

function foldMode(ordered: readonly Fact[], termsOf: TermsOf): Map<string, Conversion> {
  const known = gatherKnowledge(ordered);
  const state: State = {
    conversions: new Map(),
    taken_back: new Map(),
    bindings: new Map(),
    bound_for_life: false,
    payments: new Map(),
  };
  for (const fact of ordered) evolve(state, fact, known, termsOf(fact.terms_version));
  for (const [id, parts] of state.taken_back) settleTakenBack(state, id, parts, ordered);
  return state.conversions;
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
      cancel(state, fact, terms);
      break;
    case "touch":
      // All that it tells is known beforehand: its click is weighed for every payment, whichever came in first.
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
  const { event } = fact;
  const id = fact.conversion_id;
  if (id === null) return;
  const same = state.conversions.get(id);
  if (same !== undefined) {
    // The same payment under another event id is the same sale, and may know what the first did not say.
    same.gross ??= event.gross;
    return;
  }
  const fault = faultOf(fact, known);
  const scope = bindingScope(fact, terms);
  const credit = decideCredit({
    occurred_at: timeOfFact(fact),
    terms,
    touches: known.touches.filter((touch) => isConsidered(touch, fact, known, terms)),
    binding: scope === null ? null : (state.bindings.get(scope) ?? null),
    fault,
    approved_affiliates: approvedWhen(known, timeOfFact(fact)),
  });
  // A lead is remembered by its touch only: the last click before the payment still wins.
  if (type !== "lead" && scope !== null && credit.binding === null) {
    bind(state, scope, bindCredit(credit, id, timeOfFact(fact)), terms);
  }
  state.conversions.set(id, {
    id,
    type,
    status: "recorded",
    occurred_at: timeOfFact(fact),
    amount: event.amount,
    gross: event.gross,
    currency: event.currency,
    refunded: 0,
    refunded_at: null,
    payment: event.payment,
    product: event.product,
    subscription: event.subscription?.id ?? null,
    interval: event.subscription === null ? "once" : event.subscription.interval,
    country: event.country ?? null,
    platform: event.platform ?? null,
    ...countPayment(state, fact),
    credit,
    token_fault: fault,
    terms_version: fact.terms_version,
    test: event.test,
    notes: [],
  });
}

/** A payment of nothing is none. */
function countPayment(state: State, fact: Fact): Pick<Conversion, "payment_number" | "first_paid_at"> {
  if (fact.event.type !== "sale" || !fact.event.amount) return { payment_number: null, first_paid_at: null };
  const subscription = subscriptionOf(fact);
  const scope = subscription === null ? WHOLE_CUSTOMER : scopeOf(subscription);
  const { count, first_paid_at } = state.payments.get(scope) ?? { count: 0, first_paid_at: timeOfFact(fact) };
  state.payments.set(scope, { count: count + 1, first_paid_at });
  return { payment_number: count + 1, first_paid_at };
}

function bindingScope(fact: Fact, terms: ProgramTerms): string | null {
  switch (terms.binds_to) {
    case "customer":
      return WHOLE_CUSTOMER;
    case "subscription": {
      const subscription = subscriptionOf(fact);
      return subscription === null ? WHOLE_CUSTOMER : scopeOf(subscription);
    }
    case "nothing":
      return null;
  }
}

function scopeOf(subscription: string): string {
  return `subscription:${subscription}`;
}

function bind(state: State, scope: string, binding: Binding | null, terms: ProgramTerms): void {
  if (binding === null) return;
  state.bindings.set(scope, binding);
  if (scope === WHOLE_CUSTOMER) state.bound_for_life = terms.binds_to === "customer";
}

/**
 * The subscription's affiliate keeps it while it is active. A cancellation that names no subscription is of the customer as
 * a whole: where terms bind by the subscription, every one ends, and so does what binds the payments outside of any. Who
 * is bound for life stays bound.
 */
function cancel(state: State, fact: Fact, terms: ProgramTerms): void {
  const subscription = subscriptionOf(fact);
  if (subscription !== null) {
    state.bindings.delete(scopeOf(subscription));
    return;
  }
  if (terms.binds_to !== "subscription") return;
  for (const scope of [...state.bindings.keys()]) {
    if (scope !== WHOLE_CUSTOMER || !state.bound_for_life) state.bindings.delete(scope);
  }
}

function takeBack(state: State, fact: Fact): void {
  const id = fact.conversion_id;
  if (id === null) return;
  const parts = state.taken_back.get(id) ?? new Map<string, TakenBack>();
  state.taken_back.set(id, parts);
  const { name, part } = readTakenBack(fact);
  // The same refund twice is one refund; a chargeback that was won takes nothing back.
  if (part.is_won || !parts.has(name)) parts.set(name, part);
}

function settleTakenBack(state: State, id: string, parts: Map<string, TakenBack>, facts: readonly Fact[]): void {
  const sale = state.conversions.get(id);
  if (sale === undefined) {
    const waiting = facts.find((fact) => fact.conversion_id === id && fact.event.type !== "touch");
    if (waiting !== undefined) state.conversions.set(id, waitForSale(id, waiting));
    return;
  }
  Object.assign(sale, addUpTakenBack(parts.values(), sale));
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
    gross: null,
    currency: fact.event.currency,
    refunded: 0,
    refunded_at: null,
    payment: fact.event.payment,
    product: null,
    subscription: null,
    interval: null,
    country: null,
    platform: null,
    payment_number: null,
    first_paid_at: null,
    credit,
    token_fault: null,
    terms_version: fact.terms_version,
    test: fact.event.test,
    notes: ["A refund has arrived before its sale and waits for it."],
  };
}
