/** The terms of a program as components of the reference. */
import * as v from "valibot";
import { kartraClassic } from "../presets/kartra-classic.ts";
import { ownRates as ownRatesOf, programTerms } from "../terms.ts";

/** What the fields of a rate rule mean. */
const RULE_FIELDS = {
  event: "`lead` for a rule that pays a `flat` reward for leads. Left out, the rule is for payments.",
  interval: "How often the subscription is billed. `once` is a payment outside a subscription.",
  interval_count: "How many intervals lie between two payments: `month` and 3 are quarterly plans.",
  product: "Names of products, as the checkout reports them.",
  tier: "Names of tiers: the affiliate must be in one of them.",
  groups: "Slugs of groups: the affiliate must be in one of them at the time of the sale.",
  country: "The customer's country, ISO 3166-1 alpha-2.",
  platform: "Where the sale was made, as the checkout reports it.",
  min_amount: "Minor units of the program's currency. Smaller payments don't match.",
  payment: "Which payments, counted from 1 as `counts_by` says.",
  "payment.from": "The first one.",
  "payment.to": "The last one. Null for no end.",
  first_qualifying: "Only the customer's first payment that meets the other conditions.",
  months: "Months since the first payment, which is in month 0.",
  "months.from": "The first month.",
  "months.to": "The last month. Null for no end.",
  rate_bps: "Basis points of the payment: 4,000 is 40%.",
  rate: "The same as an exact fraction.",
  "rate.numerator": "The part above the line.",
  "rate.denominator": "The part below the line.",
  flat: "A fixed amount in minor units of the program's currency.",
  cap: "The most that a payment can earn, in minor units of the program's currency.",
  above_payment: "Allows a commission that exceeds the payment.",
};

const within = (field: string, fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, text]) => [`${field}.${name}`, text]));

/** What the fields of terms mean. */
const TERMS_FIELDS = {
  cookie_days: "For how many days a click can be credited. Null for ever.",
  model: "Which of the eligible clicks gets the credit.",
  binds_to:
    "What the first trial or payment assigns to its affiliate: the customer for life, the subscription, or nothing.",
  hold_days: "Days from the payment until its commission clears: the hold period.",
  rates: "The first rule that matches a payment applies. If none does, the sale earns nothing.",
  ...within("rates", RULE_FIELDS),
  counts_by: "What payments and months are counted by.",
  click_before: "What a click must come before: the sale itself, or the customer's first lead, trial or payment.",
  precedence: "Which one gets the credit if a coupon and a click point to different affiliates.",
  self_purchase: "Whether affiliates earn commission on their own purchases.",
  customers_per_click: "How many customers one click can be credited for. Null for any number.",
  paid_trial: "Whether a paid trial is a sale. A free one never is.",
  on_suspension:
    "If an affiliate is no longer approved: keep its customers and pay nothing, or attribute the next payment again.",
  on_plan_change: "Whether a subscription keeps its affiliate when its product changes, or is attributed again.",
  reactivation_days:
    "For how many days after its cancellation a reactivated subscription keeps its affiliate. Null for ever.",
  dispute_days: "Days from the first trial or payment in which the credit can be disputed. Null for never.",
  applies_to: "Whether a new version also applies to subscriptions that started under an earlier one.",
  tiers: "Levels that affiliates reach by their sales, for rules with `tier`. Null for none.",
  "tiers.window_months": "How many calendar months before the sale count. Null counts everything.",
  "tiers.counts": "Whether a sale counts as soon as it is made, or once its hold period ends.",
  "tiers.demotion": "Whether affiliates move down when they no longer meet a level's conditions.",
  "tiers.levels": "The lowest first. The first one has no conditions.",
  "tiers.levels.name": "The level's name.",
  "tiers.levels.min_customers": "Distinct customers with a counted sale.",
  "tiers.levels.sales_at_least": "Total sales of at least this, in minor units of the program's currency.",
  "tiers.levels.sales_over": "Total sales of more than this, in minor units of the program's currency.",
  second_tier: "What the selling affiliate's sponsor earns from the same payment. Null for nothing.",
  "second_tier.rate_bps": "Basis points of the payment, in addition to the affiliate's own commission.",
  "second_tier.payments": "On every payment, or only on the first.",
  milestones: "Bonuses, posted when their goals are reached.",
  "milestones.commission": "The goal: total commission, in minor units of the program's currency.",
  "milestones.customers": "The goal: distinct customers with a sale.",
  "milestones.repeats": "At each multiple of the goal, or only at the first.",
  "milestones.bonus": "Minor units of the program's currency.",
  "milestones.clears":
    "Whether the bonus clears with the sales that reached the goal, or after a hold period of its own.",
  "milestones.reversed": "Whether the bonus is reversed if the goal is no longer reached.",
  payout: "When and how affiliates are paid. Null for no payouts.",
  "payout.basis": "Whether a payout covers what cleared in a month, or what was earned in it.",
  "payout.lag_months": "Months from that month to the payout: 1 is the following month.",
  "payout.first_day": "The first day of the payout month on which is paid.",
  "payout.last_day": "The last day.",
  "payout.second_window": "A second window in the payout month. Null for none.",
  "payout.second_window.first_day": "Its first day.",
  "payout.second_window.last_day": "Its last day.",
  "payout.second_window.before_day": "It pays what cleared, or was earned, before this day of the following month.",
  "payout.after_settlement":
    "Whether a commission is paid only once the merchant has confirmed that the sale's money has arrived.",
  "payout.minimum": "Minor units of the program's currency. Smaller balances are carried over.",
  "payout.minimum_sales": "The sales that a balance must come from, in minor units of the program's currency.",
  "payout.minimums": "Minimums of other currencies.",
  "payout.minimums.currency": "ISO 4217 currency code.",
  "payout.minimums.amount": "Minor units of that currency.",
  "payout.gates": "What an affiliate must provide before it is paid.",
  "payout.methods": "How affiliates can be paid.",
  open_to: "Who can join. `customers` is checked when an affiliate is approved.",
};

/** Terms as they are stored, with all fields. */
export const terms = v.pipe(
  programTerms,
  v.title("Terms"),
  v.metadata({ fields: TERMS_FIELDS }),
  v.examples([kartraClassic]),
);

/** Terms as they are sent: each field replaces that of the preset or of the previous terms. */
export const termsChange = v.pipe(
  v.partial(programTerms),
  v.title("TermsChange"),
  v.metadata({ fields: TERMS_FIELDS }),
);

/** An affiliate's own rules, as they are sent. */
export const ownRatesSent = v.pipe(ownRatesOf, v.title("OwnRatesChange"), v.metadata({ fields: RULE_FIELDS }));

/** An affiliate's own rules, as they are stored. */
export const ownRates = v.pipe(
  ownRatesOf,
  v.title("OwnRates"),
  v.metadata({ fields: RULE_FIELDS }),
  v.examples([[{ rate_bps: 5_000 }]]),
);
