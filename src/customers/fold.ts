/** Folds facts in canonical order and decides the credit for each conversion. */

import { MS_PER_DAY } from "../lib/time.ts";
import { addQualified } from "../programs/match-rule.ts";
import { type ProgramTerms, paysLeads } from "../programs/terms.ts";
import { qualifyId } from "../webhooks/conversion-event.ts";
import type { Conversion } from "./conversion.ts";
import { type Binding, bindCredit, type Credit, decideCredit, type Ruling } from "./credit.ts";
import { findRulings } from "./decisions/find-rulings.ts";
import { bindingScope, scopeOf, WHOLE_CUSTOMER } from "./disputes/ruling.ts";
import { type Fact, namedTouch, type Touch, timeOfFact } from "./fact.ts";
import {
  approvedWhen,
  type Carried,
  carriedBy,
  isMaker,
  type Knowledge,
  subscriptionOf,
  withSubscription,
} from "./knowledge.ts";
import { continuePlan, newPlan, nextPayment, type Plan, type Plans } from "./payments/count-payments.ts";
import { type DescribedPlans, describePlan, describesPlan } from "./payments/describe-plan.ts";
import { weighTouches } from "./touches/touches.ts";

/** Everything about earlier facts that affects later ones. Serializable as JSON, so that a fold can be resumed. */
export interface FoldState {
  /**
   * By binding scope. `ended_at` is set by a cancellation; the binding is lost unless the subscription is reactivated
   * in time.
   */
  bindings: Record<string, Binding & { ended_at: number | null }>;
  /** Whether the customer's own binding was created under terms that bind for life. */
  bound_for_life: boolean;
  /** When the first lead, trial or payment happened, in ms. */
  signed_up_at: number | null;
  /** Plans described by events other than payments. Left out while there is none. */
  described?: DescribedPlans;
  /** See `MatchedSale.qualified_in`. Left out while no payment has qualified. */
  qualified_in?: readonly string[];
  /** By subscription, with one entry for purchases outside any subscription. */
  plans: Plans;
}

/** Looks up a version of the program's terms. */
export type TermsOf = (version: number) => ProgramTerms;

/** The state before any fact. */
export const beforeAnyFact: FoldState = { bindings: {}, bound_for_life: false, signed_up_at: null, plans: {} };

/** The result of folding one fact: the next state, and the conversion it creates, if any. */
export interface Step {
  state: FoldState;
  made: Conversion | null;
}

/**
 * Whether a fact takes part in the fold. Other facts only change their conversion or the knowledge gathered beforehand.
 */
export function isFolded({ event }: Pick<Fact, "event">): boolean {
  return ["lead", "trial", "sale", "cancellation", "referral"].includes(event.type) || describesPlan(event);
}

/**
 * Folds one fact. Arrival order doesn't matter: facts are folded in canonical order, and `known` is gathered from all
 * facts first.
 */
export function foldFact(state: FoldState, fact: Fact, known: Knowledge, termsOf: TermsOf): Step {
  switch (fact.event.type) {
    case "lead":
    case "trial":
    case "sale":
      return isMaker(fact) && known.makers.get(fact.conversion_id) === fact.id
        ? convert(state, withSubscription(fact, known), known, termsOf)
        : { state, made: null };
    case "cancellation":
      return { state: cancel(state, fact, termsOf(fact.terms_version)), made: null };
    case "referral":
      return { state: refer(state, fact, termsOf(fact.terms_version)), made: null };
    default:
      return { state: describesPlan(fact.event) ? noteDescribed(state, fact) : state, made: null };
  }
}

function noteDescribed(state: FoldState, fact: Fact): FoldState {
  const subscription = subscriptionOf(fact);
  const before = state.described ?? {};
  const described = subscription === null ? before : describePlan(before, scopeOf(subscription), fact.event);
  return described === before ? state : { ...state, described };
}

function convert(before: FoldState, fact: Fact & { conversion_id: string }, known: Knowledge, termsOf: TermsOf): Step {
  const { event, conversion_id: id } = fact;
  const at = timeOfFact(fact);
  const subscription = subscriptionOf(fact);
  const type = typeOf(fact, before.plans[scopeOf(subscription)]);
  const inherited = inherit(before, fact);
  const terms_version = versionFor(inherited, fact, termsOf);
  const terms = termsOf(terms_version);
  const scope = bindingScope(subscription, terms);
  const approved_affiliates = approvedWhen(known, at);
  const state = keepOrRelease(inherited, { fact, scope, terms, approved_affiliates });
  const carried = carriedBy(fact, known);
  const { credit, binds } = credited({ fact, at, scope, terms, state, carried, known });
  // A lead doesn't bind, so the last click before the payment still wins.
  const isBinding = type !== "lead" && scope !== null && state.bindings[scope] === undefined && binds !== null;
  const bound = isBinding ? bind(state, scope, bindCredit(binds, id, at), terms) : state;
  const { plans, payment_number, first_paid_at } = countPayment(bound, { fact, type, terms_version, terms });
  const plan = plans[scopeOf(subscription)];
  const noted = noteDescribed(bound, fact);
  const described = subscription === null ? undefined : noted.described?.[scopeOf(subscription)];
  const made: Conversion = {
    id,
    type,
    status: "recorded",
    occurred_at: at,
    amount: event.amount,
    gross: event.gross,
    currency: event.currency,
    refunded: 0,
    refunded_at: null,
    payment: event.payment,
    product: event.product ?? described?.product ?? null,
    subscription: event.subscription?.id ?? null,
    interval:
      event.subscription === null
        ? "once"
        : (described?.interval ?? event.subscription.interval ?? plan?.interval ?? null),
    ...(described !== undefined && described.interval_count !== 1 && { interval_count: described.interval_count }),
    country: event.country ?? null,
    platform: event.platform ?? null,
    payment_number,
    first_paid_at,
    ...(type === "lead" && before.signed_up_at === null && paysLeads(terms) && { new_lead: true }),
    credit,
    token_fault: carried.fault,
    terms_version,
    test: event.test,
    notes: [],
  };
  const state_after = { ...noted, plans, signed_up_at: bound.signed_up_at ?? at };
  return noteQualified({ state: state_after, made }, made, terms);
}

/**
 * The credit of a conversion, and the credit that it would bind: without the merchant's own decisions, so that a decision about
 * one payment leaves the others to the rules. Nothing after a dispute, which covers everything that would be bound.
 */
function credited(given: {
  fact: Fact & { conversion_id: string };
  at: number;
  scope: string | null;
  terms: ProgramTerms;
  state: FoldState;
  carried: Carried;
  known: Knowledge;
}): { credit: Credit; binds: Credit | null } {
  const { fact, at, scope, terms, state, carried, known } = given;
  const { conversion_id: conversion } = fact;
  const binding = scope === null ? null : withoutEnd(state.bindings[scope]);
  const rulings = findRulings(known.rulings, { conversion, at, scope, plans: state.plans });
  const entry = rulings.find(({ is_entry }) => is_entry === true) ?? null;
  // What happens at the time of the sign-up is part of it.
  const signed_up_at = state.signed_up_at === at ? null : state.signed_up_at;
  const decide = (ruling: Ruling | null, overruled: readonly Ruling[]): Credit => {
    const is_decided = binding !== null || ruling !== null;
    // Whom the merchant names itself must be approved when it does so, or at the time of a later conversion.
    const isOwnDecision = ruling?.decided !== undefined || ruling?.is_entry === true;
    const credit = decideCredit({
      occurred_at: at,
      terms,
      ...weighTouches(known.touches, { at, carried: listCarried(carried, terms), terms, signed_up_at, is_decided }),
      carried: new Set(carried.touches.keys()),
      signed_up_at,
      binding,
      ruling,
      overruled: overruled.flatMap(({ touch }) => touch ?? []),
      fault: carried.fault,
      approved_affiliates: approvedWhen(known, isOwnDecision ? Math.max(at, ruling.ruled_at) : at),
      own: known.own,
    });
    return entry === null ? credit : { ...credit, entry };
  };
  const [ruling = null, ...overruled] = rulings;
  const credit = decide(ruling, overruled);
  if (ruling === null || ruling === entry) return { credit, binds: credit };
  return { credit, binds: ruling.decided === undefined ? null : decide(entry, []) };
}

/** Notes with a payment whether its customer has an earlier one that qualifies, and whether this one does. */
function noteQualified(step: Step, made: Conversion, { rates }: ProgramTerms): Step {
  const { amount, currency, payment_number, first_paid_at } = made;
  if (amount === null || currency === null || payment_number === null || first_paid_at === null) return step;
  if (!rates.some(({ first_qualifying }) => first_qualifying === true)) return step;
  const before = step.state.qualified_in ?? [];
  const after = addQualified(before, { ...made, amount, currency, payment_number, first_paid_at }, rates);
  return {
    state: after === before ? step.state : { ...step.state, qualified_in: after },
    made: before.length === 0 ? made : { ...made, qualified_in: before },
  };
}

/**
 * A subscription keeps the terms version of its first trial or payment. A newer version that applies to all replaces it
 * from the first payment under that version.
 */
function versionFor({ plans }: FoldState, fact: Fact, termsOf: TermsOf): number {
  const subscription = subscriptionOf(fact);
  const first = subscription === null ? undefined : plans[scopeOf(subscription)]?.terms_version;
  if (first === undefined || first >= fact.terms_version) return fact.terms_version;
  return termsOf(fact.terms_version).applies_to === "all" ? fact.terms_version : first;
}

/** The touches that came with a conversion, and those of the same time, unless each payment needs its own. */
function listCarried({ touches, tied }: Carried, { binds_to }: ProgramTerms): Touch[] {
  const others = binds_to === "nothing" ? [] : tied.filter(({ click_id }) => !touches.has(click_id));
  return [...touches.values(), ...others];
}

/** A payment that starts a subscription's trial, or is made during it, is a trial, whatever its own event is. */
function typeOf(fact: Fact, plan: Plan | undefined): Conversion["type"] {
  const { type, subscription } = fact.event;
  if (type === "lead") return "lead";
  const isInTrial = timeOfFact(fact) < (plan?.trial_ends_at ?? Number.NEGATIVE_INFINITY);
  return type === "trial" || subscription?.starts_trial || isInTrial ? "trial" : "sale";
}

/**
 * When a plan change starts a new subscription, the affiliate's binding moves with it, and so do its terms and its count of
 * payments and months.
 */
function inherit(state: FoldState, { event, terms_version }: Fact): FoldState {
  const { subscription, namespace, type } = event;
  if (subscription?.replaces === undefined) return state;
  const from = scopeOf(qualifyId(namespace, subscription.replaces));
  const to = scopeOf(qualifyId(namespace, subscription.id));
  const plans = type === "lead" ? state.plans : continuePlan(state.plans, to, from, terms_version);
  const binding = state.bindings[from];
  if (binding === undefined || state.bindings[to] !== undefined) return { ...state, plans };
  return { ...state, plans, bindings: { ...state.bindings, [to]: { ...binding, ended_at: null } } };
}

/** Removes a binding that no longer applies: canceled too long ago, on another plan, or to a suspended affiliate. */
function keepOrRelease(
  state: FoldState,
  given: { fact: Fact; scope: string | null; terms: ProgramTerms; approved_affiliates: readonly number[] },
): FoldState {
  const { fact, scope, terms, approved_affiliates } = given;
  const binding = scope === null ? undefined : state.bindings[scope];
  if (scope === null || binding === undefined) return state;
  const { touch, ended_at } = binding;
  const days = terms.reactivation_days;
  const isOver = ended_at !== null && days !== null && (days === 0 || timeOfFact(fact) - ended_at > days * MS_PER_DAY);
  const last = state.plans[scopeOf(subscriptionOf(fact))]?.product ?? null;
  const { product } = fact.event;
  const hasChanged = terms.binds_to === "subscription" && product !== null && last !== null && product !== last;
  const isReleased =
    terms.on_suspension === "release" && touch !== null && !approved_affiliates.includes(touch.affiliate_id);
  if (isOver || (hasChanged && terms.on_plan_change === "anew") || isReleased) return without(state, [scope]);
  return { ...state, bindings: { ...state.bindings, [scope]: { ...binding, ended_at: null } } };
}

function withoutEnd(binding: FoldState["bindings"][string] | undefined): Binding | null {
  if (binding === undefined) return null;
  const { ended_at: _, ...bound } = binding;
  return bound;
}

function bind(state: FoldState, scope: string, binding: Binding | null, terms: ProgramTerms): FoldState {
  if (binding === null) return state;
  return {
    ...state,
    bindings: { ...state.bindings, [scope]: { ...binding, ended_at: null } },
    bound_for_life: scope === WHOLE_CUSTOMER ? terms.binds_to === "customer" : state.bound_for_life,
  };
}

/** Numbers the payment. Zero amounts don't count, and trials count only if the terms count paid trials as sales. */
function countPayment(
  { plans }: FoldState,
  given: { fact: Fact; type: Conversion["type"]; terms_version: number; terms: ProgramTerms },
) {
  const { fact, type, terms_version, terms } = given;
  const { amount, product, subscription } = fact.event;
  const unpaid = { plans, payment_number: null, first_paid_at: null };
  if (type === "lead") return unpaid;
  const at = timeOfFact(fact);
  const scope = scopeOf(subscriptionOf(fact));
  const before = plans[scope] ?? newPlan(terms_version);
  const isPayment = !!amount && (type === "sale" || terms.paid_trial === "sale");
  const plan: Plan = {
    ...before,
    terms_version,
    product: product ?? before.product,
    interval: subscription?.interval ?? before.interval,
    payments: before.payments + (isPayment ? 1 : 0),
    first_paid_at: before.first_paid_at ?? (isPayment ? at : null),
    ...(subscription?.trial_ends_at !== undefined && { trial_ends_at: subscription.trial_ends_at }),
  };
  const count = isPayment ? nextPayment(plans, scope, at, terms) : unpaid;
  return { ...count, plans: { ...plans, [scope]: plan } };
}

/**
 * Ends bindings on cancellation. Without a subscription id, the cancellation applies to the whole customer: if terms
 * bind by subscription, every subscription's binding ends, and so does the customer's own binding unless it is for
 * life.
 */
function cancel(state: FoldState, fact: Fact, terms: ProgramTerms): FoldState {
  const subscription = subscriptionOf(fact);
  if (subscription !== null) return end(state, [scopeOf(subscription)], timeOfFact(fact));
  if (terms.binds_to !== "subscription") return state;
  const scopes = Object.keys(state.bindings).filter((scope) => scope !== WHOLE_CUSTOMER || !state.bound_for_life);
  return end(state, scopes, timeOfFact(fact));
}

function end(state: FoldState, scopes: readonly string[], ended_at: number): FoldState {
  const ended = scopes.flatMap((scope) => {
    const binding = state.bindings[scope];
    return binding === undefined ? [] : [[scope, { ...binding, ended_at: binding.ended_at ?? ended_at }] as const];
  });
  return { ...state, bindings: { ...state.bindings, ...Object.fromEntries(ended) } };
}

/** A binding referral binds like a payment at that time. Any other referral is only a touch. */
function refer(state: FoldState, fact: Fact, terms: ProgramTerms): FoldState {
  const touch = namedTouch(fact);
  const scope = bindingScope(subscriptionOf(fact), terms);
  if (touch === undefined || !fact.event.named?.binds || scope === null || state.bindings[scope] !== undefined) {
    return state;
  }
  return bind(state, scope, { touch, conversion: null, since: timeOfFact(fact) }, terms);
}

function without(state: FoldState, scopes: readonly string[]): FoldState {
  const bindings = Object.entries(state.bindings).filter(([scope]) => !scopes.includes(scope));
  return { ...state, bindings: Object.fromEntries(bindings) };
}
