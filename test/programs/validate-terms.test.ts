import * as v from "valibot";
import { expect, test } from "vitest";
import { presets } from "../../src/programs/presets/index.ts";
import { completeTerms, type TermsInput } from "../../src/programs/terms.ts";
import { consistentTermsIn } from "../../src/programs/validate-terms.ts";

const base: TermsInput = {
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 1_000 }],
};

function faultsOf(changes: Record<string, unknown>): [string, string][] {
  const { issues = [] } = v.safeParse(consistentTermsIn("USD"), { ...completeTerms(base), ...changes });
  return issues.map((issue) => [v.getDotPath(issue) ?? "", issue.message]);
}

test.each(Object.entries(presets))("the preset %s is valid", (_, terms) => {
  expect(v.parse(consistentTermsIn("USD"), terms)).toEqual(terms);
});

const levels = [{ name: "base" }, { name: "silver", min_customers: 2 }, { name: "gold", sales_over: 100_000 }];
const tiers = { window_months: 12, counts: "at_once", demotion: "window", levels };
const byTier = [
  { tier: ["gold"], rate_bps: 3_000 },
  { tier: ["silver"], rate_bps: 2_000 },
  { tier: ["base"], rate_bps: 1_000 },
];
const withLevels = (...changed: Record<string, unknown>[]) => ({ tiers: { ...tiers, levels: changed }, rates: byTier });
const withRates = (...rates: Record<string, unknown>[]) => ({ rates });
const payout = { basis: "cleared", lag_months: 1, first_day: 10, last_day: 15 };
const minimumIn = (currency: string, amount = 100) => ({ currency, amount });
const milestone = { repeats: true, bonus: 10_000 };

test("tiers with a rule for each level are valid", () => {
  expect(faultsOf({ tiers, rates: byTier })).toEqual([]);
});

const faults: [what: string, changes: Record<string, unknown>, path: string, reason: RegExp][] = [
  ["a rule that pays nothing", withRates({}), "rates.0.rate_bps", /exactly one of rate_bps, rate and flat/],
  ["a rule that pays twice", withRates({ rate_bps: 1, flat: 1 }), "rates.0.flat", /exactly one/],
  [
    "a rate in two ways",
    withRates({ rate_bps: 1, rate: { numerator: 2, denominator: 12 } }),
    "rates.0.rate",
    /combined with rate_bps/,
  ],
  [
    "a fraction of more than the payment",
    withRates({ rate: { numerator: 13, denominator: 12 } }),
    "rates.0.rate",
    /above_payment/,
  ],
  [
    "a fraction of more than ten payments",
    withRates({ rate: { numerator: 121, denominator: 12 }, above_payment: true }),
    "rates.0.rate",
    /at most 10/,
  ],
  [
    "a fraction of nothing",
    withRates({ rate: { numerator: 2, denominator: 0 } }),
    "rates.0.rate.denominator",
    /at least 1/,
  ],
  [
    "the first qualifying payment and a payment's number",
    withRates({ first_qualifying: true, payment: { from: 1 }, rate_bps: 1 }),
    "rates.0.payment",
    /first_qualifying/,
  ],
  [
    "a count of intervals without one",
    withRates({ interval: ["once"], interval_count: 3, rate_bps: 1 }),
    "rates.0.interval_count",
    /needs an interval/,
  ],
  [
    "a second payout window without a lag",
    { payout: { ...payout, lag_months: 0, second_window: { first_day: 20, last_day: 25, before_day: 15 } } },
    "payout.second_window",
    /lag_months/,
  ],
  [
    "a second payout window in the first",
    { payout: { ...payout, second_window: { first_day: 15, last_day: 25, before_day: 15 } } },
    "payout.second_window.first_day",
    /which is 15/,
  ],
  [
    "a second payout window that ends before it begins",
    { payout: { ...payout, second_window: { first_day: 20, last_day: 19, before_day: 15 } } },
    "payout.second_window.last_day",
    /which is 20/,
  ],
  [
    "a second payout window before what it pays",
    { payout: { ...payout, second_window: { first_day: 20, last_day: 25, before_day: 21 } } },
    "payout.second_window.before_day",
    /which is 20/,
  ],
  ["a capped flat sum", withRates({ flat: 100, cap: 50 }), "rates.0.cap", /flat/],
  ["more than the payment", withRates({ rate_bps: 20_000 }), "rates.0.rate_bps", /above_payment/],
  [
    "payments that end before they start",
    withRates({ payment: { from: 3, to: 2 }, rate_bps: 1 }),
    "rates.0.payment.to",
    /from, which is 3/,
  ],
  [
    "months that end before they start",
    withRates({ rate_bps: 1, product: ["a"] }, { months: { from: 12, to: 11 }, rate_bps: 1 }),
    "rates.1.months.to",
    /from, which is 12/,
  ],
  ["the same rule twice", withRates({ rate_bps: 1 }, { rate_bps: 2 }), "rates.1", /never applies, .*\(rates\.0\)/],
  [
    "a narrower rule after a wider one",
    withRates(
      { interval: ["month", "year"], rate_bps: 1 },
      { interval: ["year"], country: ["DE"], min_amount: 100, rate_bps: 2 },
    ),
    "rates.1",
    /never applies/,
  ],
  [
    "a product that an earlier rule names in another case",
    withRates({ product: ["Enterprise"], rate_bps: 1 }, { product: ["enterprise"], rate_bps: 2 }, { rate_bps: 3 }),
    "rates.1",
    /never applies/,
  ],
  [
    "a rule that two earlier rules cover together",
    withRates(
      { payment: { from: 1, to: 1 }, rate_bps: 3 },
      { payment: { from: 2 }, rate_bps: 2 },
      { payment: { from: 1 }, product: ["a"], rate_bps: 1 },
    ),
    "rates.2",
    /\(rates\.0, rates\.1\)/,
  ],
  [
    "a general rule after a rule for each tier",
    { tiers, rates: [...byTier, { rate_bps: 500 }] },
    "rates.3",
    /\(rates\.0, rates\.1, rates\.2\)/,
  ],
  ["a tier in terms without tiers", withRates({ tier: ["gold"], rate_bps: 1 }), "rates.0.tier.0", /no tiers/],
  [
    "a tier that is not a level",
    { tiers, rates: [{ tier: ["gold", "platinum"], rate_bps: 1 }, { rate_bps: 2 }] },
    "rates.0.tier.1",
    /base, silver, gold/,
  ],
  [
    "a level that no rule uses",
    { tiers, rates: [{ tier: ["gold"], rate_bps: 2 }, { rate_bps: 1 }] },
    "tiers.levels.1",
    /add a rule for tier "silver"/,
  ],
  [
    "a first level without a rule, and no general rule",
    { tiers, rates: byTier.slice(0, 2) },
    "tiers.levels.0",
    /add a rule for tier "base"/,
  ],
  [
    "one level that no rule uses",
    { tiers: { ...tiers, levels: [{ name: "all" }] } },
    "tiers.levels.0",
    /has no effect/,
  ],
  [
    "a first level with conditions",
    withLevels(
      { name: "base", min_customers: 1 },
      { name: "silver", min_customers: 2 },
      { name: "gold", sales_over: 9 },
    ),
    "tiers.levels.0.min_customers",
    /first level has no conditions/,
  ],
  [
    "levels in descending order",
    withLevels({ name: "base" }, { name: "silver", min_customers: 5 }, { name: "gold", min_customers: 2 }),
    "tiers.levels.2.min_customers",
    /harder to reach than the earlier level "silver"/,
  ],
  [
    "two levels with the same conditions",
    withLevels({ name: "base" }, { name: "silver", sales_over: 5 }, { name: "gold", sales_over: 5 }),
    "tiers.levels.2.sales_over",
    /harder to reach/,
  ],
  [
    "a second level that every affiliate reaches",
    withLevels({ name: "base" }, { name: "silver" }, { name: "gold", sales_over: 5 }),
    "tiers.levels.1",
    /harder to reach than the earlier level "base"/,
  ],
  [
    "both a minimum and an exclusive minimum for sales",
    withLevels({ name: "base" }, { name: "silver", sales_at_least: 5, sales_over: 5 }, { name: "gold", sales_over: 9 }),
    "tiers.levels.1.sales_over",
    /sales_at_least/,
  ],
  [
    "two levels with the same name",
    withLevels(
      { name: "base" },
      { name: "silver", sales_over: 5 },
      { name: "silver", sales_over: 9 },
      { name: "gold", sales_over: 11 },
    ),
    "tiers.levels.2.name",
    /earlier level/,
  ],
  ["a milestone without a goal", { milestones: [milestone] }, "milestones.0.commission", /exactly one/],
  [
    "a milestone with two goals",
    { milestones: [{ ...milestone, commission: 5, customers: 5 }] },
    "milestones.0.customers",
    /exactly one/,
  ],
  [
    "two bonuses for one goal",
    {
      milestones: [
        { ...milestone, customers: 5 },
        { ...milestone, customers: 5, bonus: 7 },
      ],
    },
    "milestones.1.customers",
    /earlier milestone/,
  ],
  [
    "two bonuses for the same commission, whether they repeat or not",
    {
      milestones: [
        { ...milestone, commission: 5 },
        { ...milestone, customers: 5 },
        { commission: 5, repeats: false, bonus: 7 },
      ],
    },
    "milestones.2.commission",
    /earlier milestone/,
  ],
  [
    "a second-tier rate over 100%",
    { second_tier: { rate_bps: 10_001, payments: "every" } },
    "second_tier.rate_bps",
    /100%/,
  ],
  [
    "a payout that ends before it starts",
    { payout: { ...payout, first_day: 16 } },
    "payout.last_day",
    /first_day, which is 16/,
  ],
  [
    "a minimum in the program's own currency",
    { payout: { ...payout, minimums: [minimumIn("EUR"), minimumIn("USD")] } },
    "payout.minimums.1.currency",
    /payout\.minimum$/,
  ],
  [
    "two minimums in one currency",
    { payout: { ...payout, minimums: [minimumIn("EUR"), minimumIn("EUR")] } },
    "payout.minimums.1.currency",
    /already/,
  ],
  [
    "a minimum in an unknown currency",
    { payout: { ...payout, minimums: [minimumIn("EURO")] } },
    "payout.minimums.0.currency",
    /ISO 4217/,
  ],
  [
    "a minimum of zero",
    { payout: { ...payout, minimums: [minimumIn("EUR", 0)] } },
    "payout.minimums.0.amount",
    /at least 1/,
  ],
  ["a payout without a method", { payout: { ...payout, methods: [] } }, "payout.methods", /at least one/],
];
test.each(faults)("%s is rejected, with the field and the reason", (_, changes, path, reason) => {
  const [first] = faultsOf(changes);
  expect(first?.[0]).toBe(path);
  expect(first?.[1]).toMatch(reason);
});

const valid: [what: string, changes: Record<string, unknown>][] = [
  ["more than the payment, with above_payment", withRates({ rate_bps: 20_000, above_payment: true })],
  [
    "a rule for later payments after one for the first",
    withRates({ first_qualifying: true, flat: 1 }, { rate_bps: 1 }),
  ],
  [
    "a rule for monthly plans after one for quarterly ones",
    withRates({ interval: ["month"], interval_count: 3, rate_bps: 1 }, { interval: ["month"], rate_bps: 2 }),
  ],
  ["two twelfths", withRates({ rate: { numerator: 2, denominator: 12 } })],
  [
    "wider rules after narrower ones",
    withRates({ product: ["a"], min_amount: 5, rate_bps: 1 }, { product: ["a"], rate_bps: 2 }, { rate_bps: 3 }),
  ],
  [
    "a rule for sales without an interval",
    withRates({ interval: ["once", "day", "week", "month", "year"], rate_bps: 1 }, { rate_bps: 2 }),
  ],
  ["a rule for payments in another currency", withRates({ min_amount: 0, rate_bps: 1 }, { rate_bps: 2 })],
  [
    "more than 1,000.00 in sales after at least 1,000.00",
    withLevels({ name: "base" }, { name: "silver", sales_at_least: 5 }, { name: "gold", sales_over: 5 }),
  ],
  ["a first level with the general rule only", { tiers, rates: [...byTier.slice(0, 2), { rate_bps: 500 }] }],
  [
    "a commission and a second-tier commission that together exceed the payment",
    { ...withRates({ rate_bps: 10_000 }), second_tier: { rate_bps: 1_000, payments: "every" } },
  ],
  [
    "milestones with different goals",
    {
      milestones: [
        { ...milestone, commission: 5 },
        { ...milestone, customers: 5 },
        { ...milestone, commission: 6 },
      ],
    },
  ],
  ["minimums in other currencies", { payout: { ...payout, minimums: [minimumIn("EUR"), minimumIn("JPY")] } }],
  ["a payout on one day", { payout: { ...payout, first_day: 15 } }],
];
test.each(valid)("%s is valid", (_, changes) => {
  expect(faultsOf(changes)).toEqual([]);
});
