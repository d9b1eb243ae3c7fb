/** Tables of the rules that terms add to the plain last click. */
import { expect, test } from "vitest";
import type { Fact } from "../../src/customers/fact.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import type { ProgramTerms } from "../../src/programs/terms.ts";
import { foldAll } from "../support/fold-all.ts";
import { credits, fact, fold, type Statuses, touch } from "../support/given.ts";

const used = (found: Fact, affiliate: string, day: number): Fact => ({
  ...found,
  touches: [
    ...found.touches,
    { ...touch(affiliate, day), click_id: `coupon:${found.id}`, source: "coupon", coupon: affiliate, link: null },
  ],
});
const referredBy = (found: Fact, affiliate: string, day: number): Fact => ({
  ...found,
  touches: [...found.touches, { ...touch(affiliate, day), click_id: `referral:${found.id}`, source: "referral" }],
});
const s1 = { subscription_id: "s1" };
const perSubscription = { binds_to: "subscription" } as const;
const suspended: Statuses = {
  A: [
    [-9, true],
    [30, false],
  ],
};

const stories: [string, Fact[], Partial<ProgramTerms>, string[], Statuses?][] = [
  ["a coupon without a click", [used(fact("sale", 5), "A", 5)], {}, ["A coupon"]],
  [
    "a coupon takes precedence over a click",
    [used(fact("sale", 5, { click: touch("B", 4) }), "A", 5)],
    {},
    ["A coupon"],
  ],
  [
    "a click takes precedence over a coupon",
    [used(fact("sale", 5, { click: touch("B", 4) }), "A", 5)],
    { precedence: "click" },
    ["B last_click"],
  ],
  [
    "an earlier coupon is weighed like any touch",
    [used(fact("lead", 1), "A", 1), fact("sale", 5, { click: touch("B", 4) })],
    {},
    ["A coupon", "B last_click"],
  ],
  [
    "a click after the sign-up does not count where the terms require an earlier one",
    [fact("lead", 1), fact("sale", 5, { click: touch("A", 4) })],
    { click_before: "signup" },
    ["nobody no_touch", "nobody click_after_signup"],
  ],
  [
    "the click before the sign-up is credited",
    [fact("lead", 1, { click: touch("A", 0) }), fact("sale", 5, { click: touch("B", 4) })],
    { click_before: "signup" },
    ["A last_click", "A last_click"],
  ],
  [
    "a customer stays bound to a suspended affiliate, which earns nothing",
    [fact("sale", 5, { click: touch("A", 0) }), fact("sale", 40, { click: touch("B", 39) })],
    {},
    ["A last_click", "nobody affiliate_not_approved"],
    suspended,
  ],
  [
    "a customer of a suspended affiliate is released and attributed again where the terms say so",
    [fact("sale", 5, { click: touch("A", 0) }), fact("sale", 40, { click: touch("B", 39) }), fact("sale", 70)],
    { on_suspension: "release" },
    ["A last_click", "B last_click", "B bound"],
    suspended,
  ],
  [
    "a click that too many customers came with isn't credited, and the next payment is decided again",
    [
      fact("sale", 5, { click: { ...touch("A", 0), customer_number: 11 } }),
      fact("sale", 40, { click: touch("B", 39) }),
    ],
    { customers_per_click: 10 },
    ["nobody too_many_customers", "B last_click"],
  ],
  [
    "an earlier click gets the credit if too many customers came with the last one",
    [
      fact("lead", 3, { click: { ...touch("B", 0), customer_number: 10 } }),
      fact("sale", 5, { click: { ...touch("A", 4), customer_number: 11 } }),
    ],
    { customers_per_click: 10 },
    ["B last_click", "B last_click"],
  ],
  [
    "the smaller number counts if a click has several, as after a merge",
    [
      fact("lead", 3, { click: { ...touch("A", 0), customer_number: 10 } }),
      fact("sale", 5, { click: { ...touch("A", 0), customer_number: 11 } }),
    ],
    { customers_per_click: 10 },
    ["A last_click", "A last_click"],
  ],
  [
    "a click known before customers were numbered is credited whatever its later number",
    [fact("lead", 3, { click: touch("A", 0) }), fact("sale", 5, { click: { ...touch("A", 0), customer_number: 11 } })],
    { customers_per_click: 10 },
    ["A last_click", "A last_click"],
  ],
  [
    "terms without a limit credit a click for any number of customers",
    [fact("sale", 5, { click: { ...touch("A", 0), customer_number: 1_001 } })],
    { customers_per_click: null },
    ["A last_click"],
  ],
  [
    "a change of plan keeps the affiliate",
    [
      fact("sale", 5, { ...s1, product: "starter", click: touch("A", 0) }),
      fact("sale", 40, { ...s1, product: "pro", click: touch("B", 39) }),
    ],
    perSubscription,
    ["A last_click", "A bound"],
  ],
  [
    "a change of plan is attributed again where the terms say so",
    [
      fact("sale", 5, { ...s1, product: "starter", click: touch("A", 0) }),
      fact("sale", 40, { ...s1, product: "pro", click: touch("B", 39) }),
    ],
    { ...perSubscription, on_plan_change: "anew" },
    ["A last_click", "B last_click"],
  ],
  [
    "a referral binds the affiliate that it names, not the one whose click or coupon came with it",
    [
      referredBy(
        used(fact("referral", 5, { click: touch("B", 4), named: { affiliate: "A", binds: true } }), "C", 5),
        "A",
        5,
      ),
      fact("sale", 9),
    ],
    {},
    ["A bound"],
  ],
  [
    "a subscription reactivated in time keeps its affiliate",
    [fact("sale", 5, { ...s1, click: touch("A", 0) }), fact("cancellation", 40, s1), fact("sale", 50, s1)],
    { ...perSubscription, reactivation_days: 10 },
    ["A last_click", "A bound"],
  ],
  [
    "a subscription reactivated later does not keep its affiliate",
    [fact("sale", 5, { ...s1, click: touch("A", 0) }), fact("cancellation", 40, s1), fact("sale", 51, s1)],
    { ...perSubscription, reactivation_days: 10 },
    ["A last_click", "nobody outside_window"],
  ],
];
test.each(stories)("%s", (_, facts, terms, expected, statuses) => {
  expect(credits(facts, terms, statuses)).toEqual(expected);
  expect(credits(facts.toReversed(), terms, statuses)).toEqual(expected);
});

test("counts payments by subscription, without free payments and trials, unless the terms count a paid trial", () => {
  const facts = [
    fact("trial", 1, { ...s1, payment: "t", amount: 100 }),
    fact("sale", 2, { ...s1, amount: 0 }),
    fact("sale", 3, s1),
    fact("sale", 4, s1),
    fact("sale", 5, { subscription_id: "s2" }),
  ];
  const numbers = (terms: Partial<ProgramTerms>) => fold(facts, terms).map((found) => found.payment_number);
  expect(numbers({})).toEqual([null, null, 1, 2, 1]);
  expect(numbers({ paid_trial: "sale" })).toEqual([1, null, 2, 3, 1]);
});

test("a subscription moves to a version for all customers and stays on it when a later one is only for new customers", () => {
  const versions = { 1: "new", 2: "all", 3: "new" } as const;
  const of = (day: number, terms_version: number): Fact => ({
    ...fact("sale", day, { ...s1, payment: `p${day}` }),
    terms_version,
  });
  const facts = [of(1, 1), of(31, 2), of(61, 3), { ...fact("sale", 62, { payment: "p62" }), terms_version: 3 }];
  const conversions = foldAll(facts, (version) => ({
    ...kartraClassic,
    applies_to: versions[version as keyof typeof versions],
  }));
  const inOrder = conversions.sort((a, b) => a.occurred_at - b.occurred_at);
  expect(inOrder.map(({ terms_version }) => terms_version)).toEqual([1, 2, 2, 3]);
});
