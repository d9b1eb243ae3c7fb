/** A program's terms in words. Every field that makes a difference is described. */
import { formatMinute } from "../lib/format-date.ts";
import { messages } from "../lib/messages/messages.ts";
import { describePayout } from "./describe-payout.ts";
import { describeRules, withGroupNames } from "./describe-rule.ts";
import { describeLevels, describeMilestone, describeSecondTier, describeTierRules } from "./describe-tiers.ts";
import { type ProgramTerms, paysLeads, type RateRule } from "./terms.ts";

/** A heading with its lines. `id` is stable. */
export interface TermsSection {
  id: keyof typeof messages.terms.headings;
  heading: string;
  lines: string[];
}

/** A version's number, and when it takes effect (ms). 0 is the first version, which applies to all earlier sales too. */
export interface NamedVersion {
  version: number;
  effective_from: number;
}

/** An affiliate's own rates in words: a line for each rule, in their order, and how they relate to the terms. */
export function explainOwnRates(rates: readonly RateRule[], currency: string): string[] {
  const texts = messages.terms.rates;
  return [
    ...describeRules(rates, currency).map((rule, index) => texts.numbered(index + 1, rule)),
    ...(rates.length > 1 ? [texts.first_match] : []),
    texts.own_rates,
  ];
}

/** Terms to explain, with the currency of their amounts. */
export interface ExplainedTerms {
  terms: ProgramTerms;
  /** The program's, ISO 4217. */
  currency: string;
  /** Null for terms that aren't saved as a version. */
  version: NamedVersion | null;
  /** The names of the program's groups, by their slugs. Slugs without a name are shown as they are. */
  groups?: ReadonlyMap<string, string>;
}

/**
 * Explains terms in the order of a sale: attribution, commission, payout. The section `rates` begins with a line for each
 * rule, `tiers` with a line for each level, both in their order.
 */
export function explainTerms({ terms: stated, currency, version, groups }: ExplainedTerms): TermsSection[] {
  const terms = { ...stated, rates: [...withGroupNames(stated.rates, groups ?? new Map())] };
  const { headings, trials, disputes, open_to } = messages.terms;
  const lines: Record<TermsSection["id"], string[]> = {
    credit: explainCredit(terms),
    binding: explainBinding(terms),
    trials: [trials[terms.paid_trial]],
    rates: explainRates(terms, currency),
    tiers: explainTiers(terms, currency),
    second_tier: describeSecondTier(terms),
    milestones: explainMilestones(terms, currency),
    hold: [messages.terms.hold.period(terms.hold_days), messages.terms.hold.reversals],
    payout: describePayout(terms.payout, currency),
    disputes: [terms.dispute_days === null ? disputes.none : disputes.days(terms.dispute_days)],
    open_to: [open_to[terms.open_to]],
    version: explainVersion(terms, version),
  };
  const ids = Object.keys(lines) as TermsSection["id"][];
  return ids.map((id) => ({ id, heading: headings[id], lines: lines[id] }));
}

function explainCredit(terms: ProgramTerms): string[] {
  const { model, click_before, cookie_days, customers_per_click, precedence, self_purchase } = terms;
  const texts = messages.terms.credit;
  return [
    texts.model(model, click_before),
    texts.cookie_days(cookie_days),
    texts.customers_per_click(customers_per_click),
    texts.precedence[precedence],
    texts.self_purchase[self_purchase],
  ];
}

/** Changes of plan and reactivations only matter if a subscription, not the customer, is assigned to an affiliate. */
function explainBinding({ binds_to, on_plan_change, reactivation_days, on_suspension }: ProgramTerms): string[] {
  const texts = messages.terms.binding;
  if (binds_to === "nothing") return [texts.none];
  const changes =
    binds_to === "customer" ? [] : [texts.on_plan_change[on_plan_change], texts.reactivation_days(reactivation_days)];
  return [texts[binds_to], ...changes, texts.on_suspension[on_suspension], texts.organic(binds_to)];
}

function explainRates(terms: ProgramTerms, currency: string): string[] {
  const texts = messages.terms.rates;
  const { rates, counts_by } = terms;
  const isNumbered = rates.some(({ payment }) => payment !== undefined);
  const isDated = rates.some(({ months }) => months !== undefined);
  // Exchange rates aren't known: percentages apply in any currency, amounts only in the program's.
  const hasAmounts = rates.some(({ min_amount, flat, cap }) => (min_amount ?? flat ?? cap) !== undefined);
  return [
    ...describeRules(rates, currency).map((rule, index) => texts.numbered(index + 1, rule)),
    ...(rates.length > 1 ? [texts.first_match] : []),
    texts.no_match,
    ...(isNumbered ? [texts.payments_counted[counts_by]] : []),
    ...(isDated ? [texts.months_counted[counts_by], texts.early_renewal] : []),
    ...((isNumbered || isDated) && counts_by === "subscription" ? [texts.plan_change] : []),
    ...(paysLeads(terms) ? [texts.leads_counted] : []),
    ...(rates.some(({ groups }) => groups !== undefined) ? [texts.group_counted] : []),
    ...(rates.some(({ first_qualifying }) => first_qualifying === true) ? [texts.qualifying] : []),
    hasAmounts ? texts.with_amounts(currency) : texts.percentages_only(currency),
  ];
}

function explainTiers({ tiers }: ProgramTerms, currency: string): string[] {
  if (tiers === null) return [messages.terms.tiers.none];
  return [...describeLevels(tiers, currency), ...describeTierRules(tiers)];
}

function explainMilestones({ milestones }: ProgramTerms, currency: string): string[] {
  const texts = messages.terms.milestones;
  if (milestones.length === 0) return [texts.none];
  return milestones.map((milestone) => describeMilestone(milestone, currency));
}

function explainVersion({ applies_to }: ProgramTerms, named: NamedVersion | null): string[] {
  const texts = messages.terms.version;
  const line =
    named === null
      ? []
      : named.effective_from === 0
        ? [texts.first(named.version)]
        : [texts.later(named.version, formatMinute(named.effective_from))];
  return [...line, texts.applies_to[applies_to]];
}
