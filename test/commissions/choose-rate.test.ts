import { expect, test } from "vitest";
import { chooseAffiliateRate, chooseRate } from "../../src/commissions/choose-rate.ts";
import type { MatchedSale } from "../../src/programs/match-rule.ts";
import type { RateRule } from "../../src/programs/terms.ts";

const at = (text: string) => Date.parse(text);
const sale: MatchedSale = {
  amount: 10_000,
  currency: "USD",
  interval: "month",
  product: "pro",
  country: "DE",
  platform: "web",
  payment_number: 2,
  first_paid_at: at("2026-01-31T12:00:00Z"),
  occurred_at: at("2026-02-28T09:00:00Z"),
  tier: "gold",
};
const rule = { rate_bps: 1_000 };

const matching: [string, RateRule, Partial<MatchedSale>, boolean][] = [
  ["nothing stated", rule, {}, true],
  ["interval", { ...rule, interval: ["year", "month"] }, {}, true],
  ["another interval", { ...rule, interval: ["year"] }, {}, false],
  ["a quarterly plan isn't monthly", { ...rule, interval: ["month"] }, { interval_count: 3 }, false],
  ["a quarterly plan", { ...rule, interval: ["month"], interval_count: 3 }, { interval_count: 3 }, true],
  ["a monthly plan isn't quarterly", { ...rule, interval: ["month"], interval_count: 3 }, {}, false],
  ["nothing stated, on a quarterly plan", rule, { interval_count: 3 }, true],
  ["interval not known", { ...rule, interval: ["month"] }, { interval: null }, false],
  ["product", { ...rule, product: ["pro"] }, {}, true],
  ["a product in another case", { ...rule, product: ["Enterprise"] }, { product: "ENTERPRISE" }, true],
  ["a product in full-width letters", { ...rule, product: ["pro"] }, { product: "Ｐｒｏ" }, true],
  ["a product with a ligature", { ...rule, product: ["Office"] }, { product: "oﬃce" }, true],
  [
    "a product with a final sigma",
    { ...rule, product: ["ΛΟΓΟΣ"] },
    { product: "λόγος".normalize("NFD").replaceAll("\u0301", "") },
    true,
  ],
  ["a product with composed letters", { ...rule, product: ["Café"] }, { product: "CAFE\u0301" }, true],
  ["a product with other letters", { ...rule, product: ["pro"] }, { product: "рro" }, false],
  ["a platform in another case", { ...rule, platform: ["Web"] }, {}, true],
  ["another product", { ...rule, product: ["edu"] }, {}, false],
  ["tier", { ...rule, tier: ["gold"] }, {}, true],
  ["another tier", { ...rule, tier: ["silver"] }, {}, false],
  ["group", { ...rule, groups: ["vip", "partners"] }, { group: "partners" }, true],
  ["another group", { ...rule, groups: ["vip"] }, { group: "partners" }, false],
  ["a group, of an affiliate in none", { ...rule, groups: ["vip"] }, {}, false],
  ["the default group, of an affiliate in none", { ...rule, groups: ["default"] }, {}, true],
  ["leads, for a payment", { event: "lead", flat: 500 }, {}, false],
  ["leads, for a lead", { event: "lead", flat: 500 }, { event: "lead" }, true],
  ["nothing stated, for a lead", rule, { event: "lead" }, false],
  ["country not known", { ...rule, country: ["DE"] }, { country: null }, false],
  ["platform", { ...rule, platform: ["web"] }, {}, true],
  ["amount reached", { ...rule, min_amount: 10_000 }, {}, true],
  ["amount not reached", { ...rule, min_amount: 10_001 }, {}, false],
  ["amount in another currency", { ...rule, min_amount: 1 }, { currency: "EUR" }, false],
  ["payment within", { ...rule, payment: { from: 2, to: 3 } }, {}, true],
  ["payment before", { ...rule, payment: { from: 3, to: null } }, {}, false],
  ["payment open", { ...rule, payment: { from: 2, to: null } }, { payment_number: 900 }, true],
  ["payment after", { ...rule, payment: { from: 1, to: 1 } }, {}, false],
  ["month within", { ...rule, months: { from: 1, to: 1 } }, {}, true],
  ["month after", { ...rule, months: { from: 0, to: 0 } }, {}, false],
  ["all conditions but one", { ...rule, product: ["pro"], country: ["FR"] }, {}, false],
];
test.each(matching)("a rule by %s", (_, stated, changes, matches) => {
  expect(chooseRate([stated], { ...sale, ...changes }, "USD").rule).toBe(matches ? 0 : null);
});

const APRIL = at("2026-04-01T00:00:00Z");
const terms: RateRule[] = [
  { groups: ["vip"], rate_bps: 5_000 },
  { payment: { from: 1, to: 9 }, rate_bps: 2_000 },
];
const own: RateRule[] = [
  { product: ["pro"], rate_bps: 6_000 },
  { tier: ["gold"], flat: 777 },
];
const byAffiliate: [
  string,
  Parameters<typeof chooseAffiliateRate>[1],
  Partial<MatchedSale>,
  Partial<ReturnType<typeof chooseRate>>,
][] = [
  ["the terms", { group: "default", own_rates: null }, {}, { rule: 1, own_rates_from: null, earned: 2_000 }],
  ["the group's rule", { group: "vip", own_rates: null }, {}, { rule: 0, own_rates_from: null, earned: 5_000 }],
  [
    "own rates before the group's rule",
    { group: "vip", own_rates: { from: APRIL, rates: own } },
    {},
    { rule: 0, own_rates_from: APRIL, earned: 6_000 },
  ],
  [
    "the second rule of own rates",
    { group: "vip", own_rates: { from: APRIL, rates: own } },
    { product: "edu" },
    { rule: 1, own_rates_from: APRIL, earned: 777 },
  ],
  [
    "the terms, if no rule of the own rates matches",
    { group: "default", own_rates: { from: APRIL, rates: own } },
    { product: "edu", tier: "silver" },
    { rule: 1, own_rates_from: null, earned: 2_000 },
  ],
  [
    "nothing, if no rule matches",
    { group: "default", own_rates: { from: APRIL, rates: own } },
    { product: "edu", tier: null, payment_number: 10 },
    { rule: null, own_rates_from: null, earned: 0, reason: "The terms pay nothing for payment 10." },
  ],
];
test.each(byAffiliate)("an affiliate's rate is by %s", (_, affiliate_rates, changes, expected) => {
  expect(chooseAffiliateRate(terms, affiliate_rates, { ...sale, ...changes }, "USD")).toMatchObject(expected);
});

test("the first matching rule applies and is recorded", () => {
  const rates = [{ ...rule, tier: ["silver"] }, { ...rule, product: ["pro"], rate_bps: 5_000 }, rule];
  expect(chooseRate(rates, sale, "USD")).toEqual({
    rule: 1,
    own_rates_from: null,
    rate_bps: 5_000,
    rate_fraction: null,
    flat: null,
    base: 10_000,
    earned: 5_000,
    reason: null,
  });
});

const rewards: [string, RateRule, string, number][] = [
  ["more than the payment", { rate_bps: 20_000, above_payment: true }, "USD", 20_000],
  ["half a unit is rounded up", { rate_bps: 3_333 }, "USD", 3_333],
  ["two twelfths, exactly", { rate: { numerator: 2, denominator: 12 } }, "USD", 1_667],
  ["four thirds", { rate: { numerator: 4, denominator: 3 }, above_payment: true }, "USD", 13_333],
  ["a capped fraction", { rate: { numerator: 2, denominator: 12 }, cap: 1_000 }, "USD", 1_000],
  ["flat", { flat: 15_000 }, "USD", 15_000],
  ["capped", { rate_bps: 5_000, cap: 4_000 }, "USD", 4_000],
  ["below its cap", { rate_bps: 5_000, cap: 6_000 }, "USD", 5_000],
  ["a rate in another currency", { rate_bps: 5_000 }, "EUR", 5_000],
  ["flat in another currency", { flat: 15_000 }, "EUR", 0],
  ["a cap in another currency", { rate_bps: 5_000, cap: 4_000 }, "EUR", 0],
];
test.each(rewards)("%s", (_, stated, currency, earned) => {
  // A rule that cannot be applied in the sale's currency stops later rules from paying more.
  const chosen = chooseRate([stated, { rate_bps: 9_000 }], { ...sale, currency }, "USD");
  expect(chosen).toMatchObject({ rule: 0, earned });
  expect(chosen.reason === null).toBe(earned > 0);
});

const misses: [RateRule[], Partial<MatchedSale>, string][] = [
  [[{ ...rule, payment: { from: 1, to: 1 } }], {}, "The terms pay nothing for payment 2."],
  [
    [
      { ...rule, tier: ["low"], payment: { from: 1, to: 1 } },
      { ...rule, tier: ["high"] },
    ],
    { tier: "low" },
    "In tier “low”, the terms pay nothing for payment 2.",
  ],
  [[{ ...rule, months: { from: 0, to: 0 } }], {}, "The terms pay nothing for a payment 1 month after the first."],
  [[{ ...rule, min_amount: 20_000 }], {}, "The payment is smaller than the terms ask for."],
  [[{ ...rule, product: ["edu"], payment: { from: 1, to: 1 } }], {}, "No rule of the terms matches this sale."],
  [
    [{ ...rule, min_amount: 1 }],
    { currency: "EUR" },
    "The terms ask for an amount in USD, which a sale in EUR cannot be held against.",
  ],
];
test.each(misses)("%j gives the reason for no commission", (rates, changes, reason) => {
  expect(chooseRate(rates, { ...sale, ...changes }, "USD")).toMatchObject({ rule: null, earned: 0, reason });
});
