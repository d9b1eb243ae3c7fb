/** Which payment of a customer is the first that qualifies, whatever order they arrive in. */
import { describe, expect, test } from "vitest";
import { chooseRate } from "../../src/commissions/choose-rate.ts";
import type { RateRule } from "../../src/programs/terms.ts";
import { DAY_0, fact, fold, touch } from "../support/given.ts";
import { fc } from "../support/random.ts";

const rates: RateRule[] = [
  { product: ["fund"], min_amount: 5_000, first_qualifying: true, flat: 700 },
  { min_amount: 10_000, first_qualifying: true, flat: 300 },
];

/** What each payment earns, by time. */
function earned(facts: Parameters<typeof fold>[0], rules: RateRule[] = rates, group = "default"): number[] {
  return fold(facts, { rates: rules, binds_to: "customer" })
    .filter(({ type }) => type === "sale")
    .map(
      (sale) =>
        chooseRate(
          rules,
          {
            ...sale,
            amount: sale.amount ?? 0,
            currency: sale.currency ?? "",
            payment_number: sale.payment_number ?? 0,
            first_paid_at: sale.first_paid_at ?? DAY_0,
            tier: null,
            group,
          },
          "USD",
        ).earned,
    );
}
const paid = (day: number, amount: number, changes: Parameters<typeof fact>[2] = {}) =>
  fact("sale", day, { amount, click: touch("A", 0), ...changes });

describe("the first qualifying payment", () => {
  const stories: [string, Parameters<typeof fold>[0], number[]][] = [
    ["is the first that is large enough", [paid(1, 500), paid(2, 10_000), paid(3, 10_000)], [0, 300, 0]],
    ["may meet any of the rules", [paid(1, 5_000, { product: "Fund" }), paid(2, 10_000)], [700, 0]],
    [
      "is one across subscriptions",
      [paid(1, 10_000, { subscription_id: "a" }), paid(2, 10_000, { subscription_id: "b" }), paid(3, 10_000)],
      [300, 0, 0],
    ],
    ["isn't one in another currency", [paid(1, 10_000, { currency: "EUR" }), paid(2, 10_000)], [0, 300]],
    ["isn't a payment of nothing", [paid(1, 0), paid(2, 10_000)], [0, 300]],
  ];
  test.each(stories)("%s", (_, facts, expected) => {
    expect(earned(facts)).toEqual(expected);
    expect(earned(facts.toReversed())).toEqual(expected);
  });

  test("of a rule without amounts is the first in any currency", () => {
    const rules = [{ first_qualifying: true, rate_bps: 1_000 }];
    expect(earned([paid(1, 10_000, { currency: "EUR" }), paid(2, 10_000)], rules)).toEqual([1_000, 0]);
  });

  describe("of rules for groups is the first that qualifies for the affiliate's group", () => {
    const rules: RateRule[] = [
      { groups: ["vip"], min_amount: 5_000, first_qualifying: true, flat: 900 },
      { min_amount: 10_000, first_qualifying: true, flat: 300 },
    ];
    test.each([
      ["default", [0, 300, 0]],
      ["vip", [900, 0, 0]],
    ])("%s", (group, expected) => {
      const facts = [paid(1, 5_000), paid(2, 10_000), paid(3, 10_000)];
      expect(earned(facts, rules, group)).toEqual(expected);
      expect(earned(facts.toReversed(), rules, group)).toEqual(expected);
    });
  });

  test("earns once, and the earliest does", () => {
    const payments = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom(0, 500, 10_000, 20_000)),
      {
        selector: ([day]) => day,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(payments, (list) => {
        const found = earned(list.map(([day, amount]) => paid(day, amount)));
        const inOrder = list.toSorted(([a], [b]) => a - b);
        const first = inOrder.findIndex(([, amount]) => amount >= 10_000);
        expect(found).toEqual(inOrder.map((_, index) => (index === first ? 300 : 0)));
      }),
    );
  });
});
