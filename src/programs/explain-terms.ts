/** A programme's terms in plain words: every field that makes a difference is said, none by its name. */
import { sayCount } from "../lib/plain-english.ts";
import { sayPayout } from "./say-payout.ts";
import { sayRule } from "./say-rule.ts";
import { sayLevels, sayMilestone, saySecondTier, sayTierRules } from "./say-tiers.ts";
import type { ProgramTerms } from "./terms.ts";

/** Some lines on one subject. `id` is stable. */
export interface TermsSection {
  id: string;
  heading: string;
  lines: string[];
}

/** Which version terms are, and from when on (ms): 0 for the first, which has always been. */
export interface NamedVersion {
  version: number;
  effective_from: number;
}

/** A version of terms, with the currency that its sums are in. */
export interface ExplainedTerms {
  terms: ProgramTerms;
  /** Of the programme, ISO 4217. */
  currency: string;
  /** Null where they are no version (yet). */
  version: NamedVersion | null;
}

/**
 * All of it, in the order in which a sale goes: who gets the credit, what it earns, when that is paid. The section `rates`
 * begins with a line for each rule, `tiers` with one for each level, in their order.
 */
export function explainTerms({ terms, currency, version }: ExplainedTerms): TermsSection[] {
  const { tiers, milestones, hold_days } = terms;
  return [
    { id: "credit", heading: "Who gets the credit", lines: sayCredit(terms) },
    { id: "binding", heading: "How long the credit lasts", lines: sayBinding(terms) },
    { id: "trials", heading: "Trials", lines: [sayTrials(terms)] },
    { id: "rates", heading: "What a sale earns", lines: sayRates(terms, currency) },
    {
      id: "tiers",
      heading: "Tiers",
      lines:
        tiers === null
          ? ["There are no tiers: the rates are the same for all."]
          : [...sayLevels(tiers, currency), ...sayTierRules(tiers)],
    },
    { id: "second_tier", heading: "Affiliates one brings in", lines: [saySecondTier(terms.second_tier)] },
    {
      id: "milestones",
      heading: "Bonuses",
      lines:
        milestones.length === 0
          ? ["There are none."]
          : [...milestones.map((milestone) => sayMilestone(milestone, currency)), "A bonus once earned is kept."],
    },
    {
      id: "hold",
      heading: "Hold",
      lines: [
        hold_days === 0
          ? "There is none: a commission is due at once."
          : `A commission is held in reserve for ${sayCount(hold_days, "day")} from the customer’s payment; then it is due.`,
        "What is refunded or charged back takes its part of the commission with it, at any time.",
      ],
    },
    { id: "payout", heading: "When it is paid", lines: sayPayout(terms.payout, currency) },
    { id: "disputes", heading: "Disputes", lines: [sayDisputes(terms)] },
    { id: "open_to", heading: "Who may join", lines: [sayOpenTo(terms)] },
    { id: "version", heading: "Which sales these terms are for", lines: sayVersion(terms, version) },
  ];
}

/** The rules alone, in their order: an entry's `rule` is a place in it. */
export function sayRules({ rates }: ProgramTerms, currency: string): string[] {
  return rates.map((rule) => sayRule(rule, currency));
}

function sayCredit(terms: ProgramTerms): string[] {
  const { cookie_days } = terms;
  const which = { last_click: "last", first_click: "first" }[terms.model];
  const before = {
    sale: "the sale",
    signup: "the customer signed up (which is its first lead, trial or payment)",
  }[terms.click_before];
  return [
    `The ${which} click before ${before} gets the credit.`,
    cookie_days === null ? "A click never expires." : `A click counts for ${sayCount(cookie_days, "day")}.`,
    {
      coupon: "Where a coupon names one affiliate and a click another, the coupon decides.",
      click: "Where a coupon names one affiliate and a click another, the click decides.",
    }[terms.precedence],
    {
      refuse: "What affiliates buy themselves earns nothing.",
      allow: "What affiliates buy themselves earns as well.",
    }[terms.self_purchase],
  ];
}

/** Where nothing is bound, or the customer for life, a change of plan or a cancellation makes no difference: none is said. */
function sayBinding({ binds_to, ...terms }: ProgramTerms): string[] {
  if (binds_to === "nothing") return ["Nothing is bound: each payment needs a click of its own."];
  const suspension = {
    keep: "While its affiliate is suspended or otherwise not approved, it earns nothing; afterwards it does again.",
    release: "Where its affiliate is no longer approved, the credit of the next payment is decided anew.",
  }[terms.on_suspension];
  const organic = `A ${binds_to} whose first trial or payment comes without a click that counts is bound as well, to nobody.`;
  if (binds_to === "customer") {
    return [
      "The first trial or payment binds the customer to its affiliate for life: later payments need no click, whatever is bought, changed or cancelled.",
      suspension,
      organic,
    ];
  }
  const { reactivation_days } = terms;
  return [
    "The first trial or payment binds the subscription to its affiliate for as long as it is active: its later payments need no click. A new subscription is decided anew.",
    {
      keep: "A subscription that changes its product keeps its affiliate.",
      anew: "A subscription that changes its product is decided anew.",
    }[terms.on_plan_change],
    reactivation_days === null
      ? "A subscription that was cancelled and comes back keeps its affiliate, however long it was away."
      : reactivation_days === 0
        ? "A subscription that was cancelled and comes back is decided anew."
        : `A subscription that was cancelled and comes back within ${sayCount(reactivation_days, "day")} keeps its affiliate; later it is decided anew.`,
    suspension,
    organic,
  ];
}

function sayTrials({ paid_trial }: ProgramTerms): string {
  return {
    no_sale: "A trial is no sale, even if it is paid for: the first full payment after it is.",
    sale: "A trial that is paid for is a sale; a free one is none.",
  }[paid_trial];
}

function sayRates(terms: ProgramTerms, currency: string): string[] {
  const { rates } = terms;
  const rules = sayRules(terms, currency).map((rule, place) => `Rule ${place + 1}: ${rule}.`);
  return [
    ...rules,
    ...(rates.length > 1 ? ["The first rule that fits a sale is the one that counts."] : []),
    "A sale that no rule fits earns nothing. Tax is no part of a payment.",
    ...(rates.some(({ payment }) => payment !== undefined)
      ? ["Payments are counted for each subscription; outside of any, for each customer."]
      : []),
    ...(rates.some(({ months }) => months !== undefined)
      ? ["Months are counted from a subscription’s first payment; outside of any, from the customer’s."]
      : []),
    sayCurrency(rates, currency),
  ];
}

/** No rate of exchange is known: a share is taken in whatever is paid, and no sum is held against another currency. */
function sayCurrency(rates: ProgramTerms["rates"], currency: string): string {
  const statesSum = rates.some(({ min_amount, flat, cap }) => (min_amount ?? flat ?? cap) !== undefined);
  return statesSum
    ? `Sums are in ${currency}. A sale in another currency fits no rule that asks for an amount, and earns nothing by one that pays a sum or is limited by one; any other share is earned in the sale’s own currency.`
    : `Sums are in ${currency}. A sale in another currency earns its share in that currency.`;
}

function sayDisputes({ dispute_days }: ProgramTerms): string {
  return dispute_days === null
    ? "No other affiliate can be named for a sale afterwards."
    : `Within ${sayCount(dispute_days, "day")} of the first trial or payment, the merchant may be told that another affiliate had brought the customer, and decides.`;
}

function sayOpenTo({ open_to }: ProgramTerms): string {
  return {
    anyone: "Anyone whom the merchant approves.",
    customers: "Only customers of the merchant, whom it approves.",
  }[open_to];
}

function sayVersion({ applies_to }: ProgramTerms, version: NamedVersion | null): string[] {
  return [
    ...(version === null ? [] : [sayNamed(version)]),
    {
      new: "A subscription that began under an earlier version keeps that one.",
      all: "They also hold for subscriptions that began under an earlier version.",
    }[applies_to],
  ];
}

function sayNamed({ version, effective_from }: NamedVersion): string {
  const from = effective_from === 0 ? "from the beginning" : `of ${sayMinute(effective_from)} and later`;
  return `Version ${version}: for sales ${from}, until there is another version.`;
}

function sayMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
