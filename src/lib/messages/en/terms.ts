/** A program's terms, as its affiliates read them. */
import { customers, days, english, months, ordinal, quote } from "./english.ts";

const headings = {
  credit: "Attribution",
  binding: "Later payments",
  trials: "Trials",
  rates: "Commission rates",
  tiers: "Tiers",
  second_tier: "Second-tier commission",
  milestones: "Bonuses",
  hold: "Hold period",
  payout: "Payouts",
  disputes: "Disputes",
  open_to: "Eligibility",
  version: "Version",
};

const MOMENTS = { sale: "the sale", signup: "the customer’s signup (their first lead, trial, or payment)" };

const credit = {
  model: (model: "last_click" | "first_click", before: keyof typeof MOMENTS) =>
    `Credit goes to the ${{ last_click: "last", first_click: "first" }[model]} click before ${MOMENTS[before]}.`,
  cookie_days: (count: number | null) =>
    count === null ? "Clicks never expire." : `A click counts for ${days(count)}.`,
  customers_per_click: (count: number | null) =>
    count === null
      ? "One click can be credited for any number of customers."
      : `One click can be credited for at most ${customers(count)}.`,
  precedence: {
    coupon: "If a coupon and a click point to different affiliates, the coupon takes precedence.",
    click: "If a coupon and a click point to different affiliates, the click takes precedence.",
  },
  self_purchase: {
    refuse: "Your own purchases don’t earn commission.",
    allow: "Your own purchases also earn commission.",
  },
};

const binding = {
  none: "Each payment needs its own click.",
  customer:
    "The first trial or payment assigns the customer to their affiliate for life. Later payments need no click, whatever the customer buys, changes, or cancels.",
  subscription:
    "The first trial or payment assigns the subscription to its affiliate for as long as it stays active. Later payments need no click. New subscriptions are attributed separately.",
  on_plan_change: {
    keep: "A subscription keeps its affiliate when its product changes.",
    anew: "When a subscription’s product changes, it is attributed again.",
  },
  reactivation_days: (count: number | null) => {
    if (count === null) return "A canceled subscription keeps its affiliate whenever it is reactivated.";
    if (count === 0) return "A canceled subscription that is reactivated is attributed again.";
    return `A canceled subscription keeps its affiliate if it is reactivated within ${days(count)}. After that, it is attributed again.`;
  },
  on_suspension: {
    keep: "While your enrollment is suspended or otherwise not approved, payments earn nothing. They earn again once you are approved.",
    release: "If your enrollment is no longer approved, the next payment is attributed again.",
  },
  organic: (scope: "customer" | "subscription") =>
    `If the first trial or payment has no eligible click, the ${scope} isn’t assigned to any affiliate. Later clicks don’t change that.`,
};

const trials = {
  no_sale: "Trials, even paid ones, don’t earn; the first full payment does.",
  sale: "Paid trials earn commission; free trials don’t.",
};

const rates = {
  numbered: (number: number, rule: string) => `Rule ${number}: ${rule}.`,
  first_match: "The first rule that matches a sale applies.",
  no_match: "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
  payments_counted: {
    subscription: "Payments are counted per subscription, or per customer for purchases outside a subscription.",
    customer: "Payments are counted per customer, across all subscriptions and other purchases.",
  },
  months_counted: {
    subscription:
      "Months are counted from the subscription’s first payment, or from the customer’s first payment for purchases outside a subscription.",
    customer: "Months are counted from the customer’s first payment, across all subscriptions and other purchases.",
  },
  plan_change: "If a change of plan starts a new subscription, counting continues from the old one.",
  early_renewal: "A payment up to 24 hours before a month ends counts toward the next month.",
  leads_counted:
    "A lead is new if nothing else is known of the customer before it: no lead, trial, or payment. Each customer has at most one.",
  group_counted: "The group that you are in at the time of a sale applies to it.",
  own_rates: "Your own rates come first. The rules of the terms apply to sales that none of them matches.",
  qualifying:
    "A payment qualifies if it meets all other conditions of a rule for the first qualifying payment. Each customer has one such payment, across all subscriptions and other purchases.",
  percentages_only: (currency: string) =>
    `Amounts are in ${currency}. A sale in another currency earns its percentage in that currency.`,
  with_amounts: (currency: string) =>
    `Amounts are in ${currency}. A sale in another currency matches no rule with a minimum amount, and earns nothing from a rule with a fixed or capped amount. Other rules pay their percentage in the sale’s currency.`,
};

const PLANS = { day: "daily", week: "weekly", month: "monthly", year: "yearly" };

/** A condition on a rule's payments: `to` is null if it has no end. */
interface Range {
  from: number;
  to: number | null;
}

/** Parts of a rule, in the order in which they are joined. */
const rule = {
  percentage: (rate: string) => `${rate} of`,
  flat: (amount: string) => `${amount} for`,
  any_payment: " each payment",
  lead: " each new lead",
  first_qualifying: " the customer’s first qualifying payment",
  /** Counted from 1. */
  payments: ({ from, to }: Range) => {
    if (to === null) return ` each payment starting with the ${ordinal(from)}`;
    if (from === to) return ` the ${from === 1 ? "first" : ordinal(from)} payment`;
    return from === 1 ? ` each of the first ${to} payments` : ` the ${ordinal(from)} through ${ordinal(to)} payments`;
  },
  min_amount: (amount: string) => ` (minimum ${amount})`,
  intervals: (intervals: readonly (keyof typeof PLANS | "once")[], count: number) => {
    const units = intervals.flatMap((interval) => (interval === "once" ? [] : [interval]));
    const every = `billed every ${english.or(units.map((unit) => `${count} ${unit}s`))}`;
    const plan = count === 1 ? `on a ${english.or(units.map((unit) => PLANS[unit]))} plan` : `on a plan ${every}`;
    const places = units.length === 0 ? [] : [plan];
    return ` ${english.or([...places, ...(intervals.includes("once") ? ["outside a subscription"] : [])])}`;
  },
  interval_count: (count: number) => ` on a plan billed every ${count === 1 ? "interval" : `${count} intervals`}`,
  /** Counted from 1. */
  months: ({ from, to }: Range) => {
    if (to === null) return ` starting in the ${ordinal(from)} month`;
    if (from === to) return ` in the ${from === 1 ? "first" : ordinal(from)} month`;
    return from === 1 ? ` in the first ${months(to)}` : ` in the ${ordinal(from)} through ${ordinal(to)} months`;
  },
  products: (names: readonly string[]) => `, for product ${english.or(names.map(quote))}`,
  tiers: (names: readonly string[]) => `, in tier ${english.or(names.map(quote))}`,
  groups: (names: readonly string[]) => `, for affiliates in group ${english.or(names.map(quote))}`,
  countries: (names: readonly string[]) => `, for customers in ${english.or(names)}`,
  platforms: (names: readonly string[]) => `, on platform ${english.or(names.map(quote))}`,
  cap: (amount: string) => `, up to ${amount}`,
  above_payment: ", which is more than the payment itself",
  maybe_above_payment: ", even if that is more than the payment itself",
};

const tiers = {
  none: "This program has no tiers: everyone earns the same rates.",
  level: (name: string, conditions: string) => `${quote(name)}: ${conditions}.`,
  conditions: (conditions: readonly string[]) => english.and(conditions),
  everyone: "everyone",
  min_customers: (count: number) => `at least ${customers(count)}`,
  sales_at_least: (amount: string) => `at least ${amount} in sales`,
  sales_over: (amount: string) => `more than ${amount} in sales`,
  highest: "You are in the highest tier whose conditions you meet.",
  judged:
    "A sale earns at the tier you had reached at the time of the sale, counting the other sales that were known when it was recorded, net of the refunds and chargebacks known then. It keeps that tier: sales and refunds that become known later don’t change it. The commission’s explanation gives the day it was recorded.",
  window_months: (count: number | null) =>
    count === null
      ? "All your customers and sales count, however old they are."
      : `Customers and sales from the last ${count === 1 ? "month" : months(count)} count.`,
  counts: {
    at_once: "A sale counts as soon as it is made.",
    after_hold: "A sale counts once its hold period ends.",
  },
  demotion: {
    window: "If you no longer meet a tier’s conditions, you move down.",
    never: "You keep every tier you reach.",
  },
};

const FIRST_PAYMENT = {
  subscription: "the first payment of each subscription (or of each customer, outside a subscription)",
  customer: "the first payment of each customer",
};

const second_tier = {
  none: "This program has no second-tier commission.",
  share: (rate: string, payments: "every" | "first", counts_by: keyof typeof FIRST_PAYMENT) =>
    `When affiliates you referred make sales, you earn ${rate} of ${payments === "every" ? "each payment" : FIRST_PAYMENT[counts_by]}. Their own commission stays the same.`,
  own_purchase: {
    refuse: "If you buy through an affiliate you referred, neither of you earns a commission.",
    allow: "What you or the affiliate you referred buy earns no second-tier commission.",
  },
};

const milestones = {
  none: "This program has no bonuses.",
  clears: {
    with_sales: "It clears with the sales that reached the goal",
    own_hold: "It has its own hold period from when the goal was reached",
  },
  reversed: (isReversed: boolean) =>
    isReversed ? "and is reversed if they no longer reach it." : "and is never reversed.",
  of_commission: (amount: string) => `${amount} of commission, net of refunds and chargebacks`,
  of_customers: (count: number) => `${customers(count)} with a sale`,
  repeated: (bonus: string, goal: string) => `A bonus of ${bonus} for every ${goal}.`,
  once: (bonus: string, goal: string) => `A one-time bonus of ${bonus} at ${goal}.`,
};

const hold = {
  period: (count: number) =>
    count === 0
      ? "There is no hold period: commissions are due immediately."
      : `Commissions are held in reserve for ${days(count)} after the customer’s payment. Then they are due.`,
  reversals: "If a payment is refunded or charged back at any time, its share of the commission is reversed.",
};

const PAYOUT_MONTHS = ["that same month", "the following month"];
const GATES = { tax_form: "a tax form", payment_details: "a payout method" };
const LONGEST_MONTH_DAYS = 31;
const SHORTEST_MONTH_DAYS = 28;

const payoutDay = (day: number) => {
  if (day === LONGEST_MONTH_DAYS) return "the last day";
  return `the ${ordinal(day)}${day > SHORTEST_MONTH_DAYS ? " (or the last day of a shorter month)" : ""}`;
};

const payout = {
  none: "These terms set no payout schedule. The merchant decides when to pay.",
  basis: {
    cleared: (when: string) => `Commissions whose hold period ends in a given month are paid ${when}.`,
    earned: (when: string) =>
      `Commissions earned in a given month are paid ${when}, if their hold period has ended by then.`,
  },
  second_window: {
    cleared: (day: string, when: string) =>
      `Commissions whose hold period ends before ${day} of a month are already paid ${when}.`,
    earned: (day: string, when: string) =>
      `Commissions earned before ${day} of a month are already paid ${when}, if their hold period has ended by then.`,
  },
  day: payoutDay,
  after_settlement: "A commission is paid only once the merchant has received the customer’s money.",
  /** Days of the month that is `lag_months` after the given one. */
  window: ({ first_day, last_day, lag_months }: { first_day: number; last_day: number; lag_months: number }) => {
    const month = PAYOUT_MONTHS[lag_months] ?? `the ${ordinal(lag_months)} month after it`;
    return first_day === last_day
      ? `on ${payoutDay(first_day)} of ${month}`
      : `from ${payoutDay(first_day)} to ${payoutDay(last_day)} of ${month}`;
  },
  no_minimum: "There is no minimum payout.",
  minimum: (amounts: readonly string[]) => `Balances under ${english.or(amounts)} are carried over.`,
  minimum_sales: (amount: string) =>
    `A balance from less than ${amount} in sales, after refunds, is carried over until more sales are added.`,
  other_currencies: "Balances in other currencies have no minimum.",
  gates: (gates: readonly (keyof typeof GATES)[]) =>
    gates.length === 0
      ? "Nothing is required before your first payout."
      : `Before you can be paid, the merchant needs ${english.and(gates.map((gate) => GATES[gate]))} from you.`,
  methods: (names: readonly string[]) =>
    names.length === 0 ? "These terms name no payout method." : `Payouts are made by ${english.or(names)}.`,
};

const disputes = {
  none: "Credit for a sale can’t be disputed.",
  days: (count: number) =>
    `Within ${days(count)} of the first trial or payment, you or another affiliate can dispute who gets the credit. The merchant decides.`,
};

const open_to = {
  anyone: "Anyone can join, subject to the merchant’s approval.",
  customers: "Only the merchant’s customers can join, subject to the merchant’s approval.",
};

const version = {
  first: (number: number) => `Version ${number} applies to all sales until a newer version takes effect.`,
  later: (number: number, time: string) =>
    `Version ${number} applies to sales from ${time} on, until a newer version takes effect.`,
  applies_to: {
    new: "Subscriptions that started under an earlier version keep that version’s terms.",
    all: "These terms also apply to subscriptions that started under an earlier version.",
  },
};

export const terms = {
  /** What an affiliate earns by its first rate, and for how long its clicks count. */
  reward: (rule: string, window: string) => `You earn ${rule}. ${window}`,
  ...{ headings, credit, binding, trials, rates, rule, tiers, second_tier, milestones },
  ...{ hold, payout, disputes, open_to, version },
};
