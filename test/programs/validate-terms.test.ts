import * as v from "valibot";
import { expect, test } from "vitest";
import { presets } from "../../src/programs/presets/index.ts";
import { completeTerms, type TermsInput } from "../../src/programs/terms.ts";
import { meantTermsIn } from "../../src/programs/validate-terms.ts";

const base: TermsInput = {
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 1_000 }],
};

function faultsOf(changes: Record<string, unknown>): [string, string][] {
  const { issues = [] } = v.safeParse(meantTermsIn("USD"), { ...completeTerms(base), ...changes });
  return issues.map((issue) => [v.getDotPath(issue) ?? "", issue.message]);
}

test.each(Object.entries(presets))("the preset %s can be meant", (_, terms) => {
  expect(v.parse(meantTermsIn("USD"), terms)).toEqual(terms);
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

test("tiers with a rule for each level can be meant", () => {
  expect(faultsOf({ tiers, rates: byTier })).toEqual([]);
});

const faults: [what: string, changes: Record<string, unknown>, path: string, reason: RegExp][] = [
  ["a rule that pays nothing", withRates({}), "rates.0.rate_bps", /exactly one of rate_bps and flat/],
  ["a rule that pays twice", withRates({ rate_bps: 1, flat: 1 }), "rates.0.flat", /exactly one/],
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
  ["the same rule twice", withRates({ rate_bps: 1 }, { rate_bps: 2 }), "rates.1", /matched before it, by rates.0/],
  [
    "a narrower rule after a wider one",
    withRates(
      { interval: ["month", "year"], rate_bps: 1 },
      { interval: ["year"], country: ["DE"], min_amount: 100, rate_bps: 2 },
    ),
    "rates.1",
    /can never match/,
  ],
  [
    "a rule that two before it leave nothing of",
    withRates(
      { payment: { from: 1, to: 1 }, rate_bps: 3 },
      { payment: { from: 2 }, rate_bps: 2 },
      { payment: { from: 1 }, product: ["a"], rate_bps: 1 },
    ),
    "rates.2",
    /by rates.0, rates.1/,
  ],
  [
    "a rule for all after one for each tier",
    { tiers, rates: [...byTier, { rate_bps: 500 }] },
    "rates.3",
    /by rates.0, rates.1, rates.2/,
  ],
  ["a tier where there are none", withRates({ tier: ["gold"], rate_bps: 1 }), "rates.0.tier.0", /there are no tiers/],
  [
    "a tier that is no level",
    { tiers, rates: [{ tier: ["gold", "platinum"], rate_bps: 1 }, { rate_bps: 2 }] },
    "rates.0.tier.1",
    /base, silver, gold/,
  ],
  [
    "a level that no rule uses",
    { tiers, rates: [{ tier: ["gold"], rate_bps: 2 }, { rate_bps: 1 }] },
    "tiers.levels.1",
    /no rule of rates uses the tier "silver"/,
  ],
  [
    "the first level without a rule, and none for all",
    { tiers, rates: byTier.slice(0, 2) },
    "tiers.levels.0",
    /no rule of rates uses the tier "base"/,
  ],
  ["one level that no rule uses", { tiers: { ...tiers, levels: [{ name: "all" }] } }, "tiers.levels.0", /no rule/],
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
    "levels that fall",
    withLevels({ name: "base" }, { name: "silver", min_customers: 5 }, { name: "gold", min_customers: 2 }),
    "tiers.levels.2.min_customers",
    /harder to reach than "silver"/,
  ],
  [
    "two levels of the same conditions",
    withLevels({ name: "base" }, { name: "silver", sales_over: 5 }, { name: "gold", sales_over: 5 }),
    "tiers.levels.2.sales_over",
    /harder to reach/,
  ],
  [
    "a second level that everybody reaches",
    withLevels({ name: "base" }, { name: "silver" }, { name: "gold", sales_over: 5 }),
    "tiers.levels.1",
    /harder to reach than "base"/,
  ],
  [
    "sales of at least and of more than",
    withLevels({ name: "base" }, { name: "silver", sales_at_least: 5, sales_over: 5 }, { name: "gold", sales_over: 9 }),
    "tiers.levels.1.sales_over",
    /sales_at_least/,
  ],
  [
    "two levels of one name",
    withLevels(
      { name: "base" },
      { name: "silver", sales_over: 5 },
      { name: "silver", sales_over: 9 },
      { name: "gold", sales_over: 11 },
    ),
    "tiers.levels.2.name",
    /before it too/,
  ],
  ["a milestone without a mark", { milestones: [milestone] }, "milestones.0.commission", /exactly one/],
  [
    "a milestone with two marks",
    { milestones: [{ ...milestone, commission: 5, customers: 5 }] },
    "milestones.0.customers",
    /exactly one/,
  ],
  [
    "two bonuses at one mark",
    {
      milestones: [
        { ...milestone, customers: 5 },
        { ...milestone, customers: 5, bonus: 7 },
      ],
    },
    "milestones.1.customers",
    /before it too/,
  ],
  [
    "two bonuses at one sum of commission, whether they repeat or not",
    {
      milestones: [
        { ...milestone, commission: 5 },
        { ...milestone, customers: 5 },
        { commission: 5, repeats: false, bonus: 7 },
      ],
    },
    "milestones.2.commission",
    /before it too/,
  ],
  [
    "a second tier of more than all",
    { second_tier: { rate_bps: 10_001, payments: "every" } },
    "second_tier.rate_bps",
    /100 %/,
  ],
  [
    "a payout that ends before it starts",
    { payout: { ...payout, first_day: 16 } },
    "payout.last_day",
    /first_day, which is 16/,
  ],
  [
    "a minimum in the programme's own currency beside the other",
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
    "a minimum in no currency",
    { payout: { ...payout, minimums: [minimumIn("EURO")] } },
    "payout.minimums.0.currency",
    /ISO 4217/,
  ],
  [
    "a minimum of nothing",
    { payout: { ...payout, minimums: [minimumIn("EUR", 0)] } },
    "payout.minimums.0.amount",
    /at least 1/,
  ],
  ["a payout by no method", { payout: { ...payout, methods: [] } }, "payout.methods", /at least one/],
];
test.each(faults)("%s is refused, and named", (_, changes, path, reason) => {
  const [first] = faultsOf(changes);
  expect(first?.[0]).toBe(path);
  expect(first?.[1]).toMatch(reason);
});

const meant: [what: string, changes: Record<string, unknown>][] = [
  ["more than the payment, said so", withRates({ rate_bps: 20_000, above_payment: true })],
  [
    "wider rules after narrower ones",
    withRates({ product: ["a"], min_amount: 5, rate_bps: 1 }, { product: ["a"], rate_bps: 2 }, { rate_bps: 3 }),
  ],
  [
    "a rule for intervals that the checkout does not tell",
    withRates({ interval: ["once", "day", "week", "month", "year"], rate_bps: 1 }, { rate_bps: 2 }),
  ],
  ["a rule for payments in another currency", withRates({ min_amount: 0, rate_bps: 1 }, { rate_bps: 2 })],
  [
    "more than 1,000.00 after at least 1,000.00",
    withLevels({ name: "base" }, { name: "silver", sales_at_least: 5 }, { name: "gold", sales_over: 5 }),
  ],
  ["the first level by the rule for all", { tiers, rates: [...byTier.slice(0, 2), { rate_bps: 500 }] }],
  [
    "a share and a second tier of more than the payment together",
    { ...withRates({ rate_bps: 10_000 }), second_tier: { rate_bps: 1_000, payments: "every" } },
  ],
  [
    "milestones of other marks",
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
test.each(meant)("%s can be meant", (_, changes) => {
  expect(faultsOf(changes)).toEqual([]);
});
