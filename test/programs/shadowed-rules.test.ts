import { expect, test } from "vitest";
import { findShadowed } from "../../src/programs/shadowed-rules.ts";
import type { RateRule } from "../../src/programs/terms.ts";
import { fc } from "../support/random.ts";

/** Few enough to try every payment. Each list includes a value that no rule names. */
const INTERVALS = ["month", "year", null] as const;
const PRODUCTS = ["a", "b", null];
const LEVELS = ["base", "gold"];
/** There can be groups that no rule names. */
const GROUPS = ["default", "vip", "later"];
const NUMBERS = [0, 1, 2, 3, 4];
const AMOUNTS = [-1, 0, 1, 2];

function* payments() {
  for (const interval of INTERVALS)
    for (const product of PRODUCTS)
      for (const tier of LEVELS)
        for (const group of GROUPS)
          for (const payment of NUMBERS)
            for (const amount of AMOUNTS) yield { interval, product, tier, group, payment, amount };
}
type Payment = ReturnType<typeof payments> extends Generator<infer Item> ? Item : never;

/** An independent check of whether a rule matches a payment. */
function matches(rule: RateRule, of: Payment): boolean {
  const isIn = (names: readonly string[] | undefined, name: string | null) =>
    names === undefined || (name !== null && names.includes(name));
  const from = rule.payment?.from ?? 0;
  const to = rule.payment?.to ?? Number.POSITIVE_INFINITY;
  return (
    isIn(rule.interval, of.interval) &&
    isIn(rule.product, of.product) &&
    isIn(rule.tier, of.tier) &&
    isIn(rule.groups, of.group) &&
    of.payment >= from &&
    of.payment <= to &&
    (rule.min_amount === undefined || of.amount >= rule.min_amount)
  );
}

const oneOrMore = <Name extends string>(...names: Name[]) => fc.subarray(names, { minLength: 1 });
const rules = fc.array(
  fc.record(
    {
      interval: oneOrMore("month", "year"),
      product: oneOrMore("a", "b"),
      tier: oneOrMore("base", "gold"),
      groups: oneOrMore("default", "vip"),
      payment: fc.constantFrom({ from: 1, to: 1 }, { from: 2, to: 3 }, { from: 2, to: null }, { from: 1, to: null }),
      min_amount: fc.constantFrom(0, 1, 2),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 6 },
);

test("finds exactly the rules that match no payment", () => {
  const all = [...payments()];
  fc.assert(
    fc.property(rules, (drawn) => {
      const list = drawn as RateRule[];
      const firsts = new Set(all.map((payment) => list.findIndex((rule) => matches(rule, payment))));
      const never = list.map((_, index) => index).filter((index) => !firsts.has(index));
      expect(findShadowed(list, LEVELS).map(({ rule }) => rule)).toEqual(never);
    }),
    { numRuns: 500 },
  );
});

test("rules for leads and rules for payments never cover each other", () => {
  const lead: RateRule = { event: "lead", flat: 500 };
  expect(findShadowed([lead, { rate_bps: 1_000 }, { rate_bps: 1 }], [])).toEqual([{ rule: 2, shadowed_by: [1] }]);
  expect(findShadowed([{ rate_bps: 1_000 }, lead, { ...lead, country: ["DE"] }], [])).toEqual([
    { rule: 2, shadowed_by: [1] },
  ]);
});
