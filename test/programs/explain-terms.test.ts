/** Every field of the terms is described, and nothing else. */

import { describe, expect, test } from "vitest";
import { describeRule, describeRules } from "../../src/programs/describe-rule.ts";
import { explainOwnRates, explainTerms, type NamedVersion } from "../../src/programs/explain-terms.ts";
import { completeTerms, type ProgramTerms, programTerms, type RateRule } from "../../src/programs/terms.ts";
import { fc, runs } from "../support/random.ts";
import { fieldsOf, namesOf, valueAt, valuesOf, withValue } from "../support/schema-values.ts";

const explain = (terms: ProgramTerms, currency = "USD", version: NamedVersion | null = null) =>
  explainTerms({ terms, currency, version })
    .flatMap(({ heading, lines }) => [heading, ...lines])
    .join("\n");

/** Terms with every field set, so that a change of any field must change the text. */
const full = completeTerms({
  cookie_days: 30,
  model: "last_click",
  // Changes of plan and reactivations only matter here.
  binds_to: "subscription",
  hold_days: 45,
  customers_per_click: 10,
  rates: [
    {
      interval: ["month"],
      interval_count: 3,
      product: ["pro"],
      tier: ["top"],
      groups: ["partners"],
      country: ["DE"],
      platform: ["web"],
      min_amount: 500,
      payment: { from: 2, to: 6 },
      months: { from: 3, to: 9 },
      rate_bps: 12_000,
      cap: 9_000,
      above_payment: true,
    },
    { flat: 15_000, first_qualifying: true },
    { event: "lead", flat: 500 },
    { rate: { numerator: 2, denominator: 12 } },
  ],
  reactivation_days: 7,
  dispute_days: 30,
  tiers: {
    window_months: 12,
    counts: "after_hold",
    demotion: "window",
    levels: [
      { name: "base" },
      { name: "more", min_customers: 2, sales_at_least: 100_000 },
      { name: "top", min_customers: 2, sales_over: 200_000 },
    ],
  },
  second_tier: { rate_bps: 1_000, payments: "every" },
  milestones: [
    { commission: 100_000, repeats: true, bonus: 10_000 },
    { customers: 100, repeats: false, bonus: 50_000 },
  ],
  payout: {
    basis: "cleared",
    lag_months: 1,
    first_day: 10,
    last_day: 15,
    minimum: 5_000,
    second_window: { first_day: 20, last_day: 25, before_day: 16 },
    after_settlement: true,
    minimum_sales: 20_000,
    minimums: [{ currency: "EUR", amount: 4_500 }],
    gates: ["tax_form"],
  },
});

/** The order of names in a list doesn't matter. */
const meaningOf = (value: unknown) =>
  JSON.stringify(Array.isArray(value) && typeof value[0] === "string" ? value.toSorted() : (value ?? "none"));

const fields = fieldsOf(programTerms, full);

test("the fields changed below are all fields of the schema", () => {
  const changed = new Set(fields.map(({ path }) => path.filter((key) => typeof key === "string").join(".")));
  expect(namesOf(programTerms).filter((name) => !changed.has(name))).toEqual([]);
  expect(changed.size).toBeGreaterThan(45);
});

test.each(fields.map((field) => [field.path.join("."), field] as const))(
  "a change of %s changes the text",
  (_, { path, schema }) => {
    const isOptional = schema.type === "optional";
    const before = valueAt(full, path);
    const others = isOptional ? fc.option(valuesOf(schema), { nil: undefined }) : valuesOf(schema);
    fc.assert(
      fc.property(others, (value) => {
        // A missing field has its default.
        const changed = completeTerms(withValue(full, path, value));
        fc.pre(meaningOf(valueAt(changed, path)) !== meaningOf(before));
        expect(explain(changed)).not.toBe(explain(full));
      }),
      { numRuns: 15 },
    );
  },
);

test("no terms produce raw values or broken sentences", { tags: ["deep"] }, () => {
  const currencies = fc.constantFrom("USD", "JPY", "KWD", "EUR");
  fc.assert(
    fc.property(valuesOf(programTerms), currencies, fc.nat(), (terms, currency, effective_from) => {
      const whole = completeTerms(terms as ProgramTerms);
      const text = explain(whole, currency, { version: 3, effective_from }).replaceAll(/“[^”]*”/g, "“”");
      expect(text).not.toMatch(/undefined|null|NaN|Infinity|\[object|_|\bbps\b|true|false/);
      expect(text).not.toMatch(/ {2}|\.\.| \.| ,|,,/);
      expect(text).not.toMatch(/\b1 (days|months|customers|payments)\b/);
      for (const line of explainTerms({ terms: whole, currency, version: null }).flatMap(({ lines }) => lines)) {
        expect(line).toMatch(/^[A-Z“].*\.$/s);
      }
    }),
    { numRuns: runs({ deep: 5_000, quick: 200 }) },
  );
});

describe("a rule", () => {
  const month = { interval: ["month"] } satisfies RateRule;
  const rules: [RateRule, string][] = [
    [{ rate_bps: 4_000 }, "40% of each payment"],
    [
      { ...month, tier: ["Tier 3"], rate_bps: 4_000, cap: 10_000 },
      "40% of each payment on a monthly plan, in tier “Tier 3”, up to $100.00",
    ],
    [
      { interval: ["month", "year", "once"], rate_bps: 50 },
      "0.5% of each payment on a monthly or yearly plan or outside a subscription",
    ],
    [
      { interval: ["month"], interval_count: 3, rate_bps: 1_000 },
      "10% of each payment on a plan billed every 3 months",
    ],
    [{ interval: ["day", "week"], flat: 5 }, "$0.05 for each payment on a daily or weekly plan"],
    [{ payment: { from: 1, to: 1 }, rate_bps: 10_000 }, "100% of the first payment"],
    [{ payment: { from: 1, to: 3 }, rate_bps: 1_000 }, "10% of each of the first 3 payments"],
    [{ payment: { from: 2, to: null }, rate_bps: 1_000 }, "10% of each payment starting with the 2nd"],
    [{ payment: { from: 3, to: 11 }, rate_bps: 1_000 }, "10% of the 3rd through 11th payments"],
    [{ payment: { from: 22, to: 22 }, rate_bps: 1_000 }, "10% of the 22nd payment"],
    [{ months: { from: 0, to: 0 }, rate_bps: 1_000 }, "10% of each payment in the first month"],
    [{ months: { from: 0, to: 11 }, rate_bps: 1_000 }, "10% of each payment in the first 12 months"],
    [{ months: { from: 12, to: 23 }, rate_bps: 1_000 }, "10% of each payment in the 13th through 24th months"],
    [{ months: { from: 12, to: 12 }, rate_bps: 1_000 }, "10% of each payment in the 13th month"],
    [{ months: { from: 12, to: null }, rate_bps: 1_000 }, "10% of each payment starting in the 13th month"],
    [
      { min_amount: 20_000, country: ["DE", "AT", "CH"], platform: ["web"], product: ["a", "b"], flat: 1_000 },
      "$10.00 for each payment (minimum $200.00), for product “a” or “b”, for customers in Germany, Austria, or Switzerland, on platform “web”",
    ],
    // DD was East Germany, which no longer exists; XX never was a country.
    [{ country: ["DD", "XX"], flat: 1 }, "$0.01 for each payment, for customers in DD or XX"],
    [{ rate_bps: 20_000, above_payment: true }, "200% of each payment, which is more than the payment itself"],
    [{ interval: ["year"], rate: { numerator: 2, denominator: 12 } }, "2/12 of each payment on a yearly plan"],
    [
      { rate: { numerator: 4, denominator: 3 }, above_payment: true },
      "4/3 of each payment, which is more than the payment itself",
    ],
    [
      { groups: ["partners", "vip"], rate_bps: 5_000 },
      "50% of each payment, for affiliates in group “partners” or “vip”",
    ],
    [{ event: "lead", country: ["DE"], flat: 500 }, "$5.00 for each new lead, for customers in Germany"],
    [{ flat: 9_900, above_payment: true }, "$99.00 for each payment, even if that is more than the payment itself"],
    [
      { first_qualifying: true, min_amount: 1_000, flat: 2_500 },
      "$25.00 for the customer’s first qualifying payment (minimum $10.00)",
    ],
    [{}, "0% of each payment"],
  ];
  test.each(rules)("%j", (rule, text) => {
    expect(describeRule(rule, "USD")).toBe(text);
  });

  test("is numbered from 1, in the order of the rules", () => {
    const { lines } = explainTerms({ terms: full, currency: "USD", version: null }).find(
      ({ id }) => id === "rates",
    ) ?? { lines: [] };
    describeRules(full.rates, "USD").forEach((text, index) => {
      expect(lines[index]).toBe(`Rule ${index + 1}: ${text}.`);
    });
  });
});

test("shows groups by their names, and says which group counts", () => {
  const groups = new Map([["vip", "Top Partners"]]);
  const terms = { ...full, rates: [{ groups: ["vip", "gone"], rate_bps: 5_000 }] };
  const { lines } = explainTerms({ terms, currency: "USD", version: null, groups }).find(
    ({ id }) => id === "rates",
  ) ?? { lines: [] };
  expect(lines[0]).toBe("Rule 1: 50% of each payment, for affiliates in group “Top Partners” or “gone”.");
  expect(lines).toContain("The group that you are in at the time of a sale applies to it.");
});

test("explains an affiliate's own rates", () => {
  expect(explainOwnRates([{ product: ["a"], flat: 500 }, { rate_bps: 6_000 }], "USD")).toEqual([
    "Rule 1: $5.00 for each payment, for product “a”.",
    "Rule 2: 60% of each payment.",
    "The first rule that matches a sale applies.",
    "Your own rates come first. The rules of the terms apply to sales that none of them matches.",
  ]);
});

describe("fields without effect are not described", () => {
  const bound = (changes: Partial<ProgramTerms>) => explain({ ...full, ...changes });

  test("plan changes and reactivations, unless a subscription is assigned", () => {
    for (const binds_to of ["customer", "nothing"] as const) {
      const changed = bound({ binds_to, on_plan_change: "anew", reactivation_days: null });
      expect(changed).toBe(bound({ binds_to }));
      expect(changed).not.toMatch(/reactivated|product changes/);
    }
  });

  test("suspensions, if nothing is assigned", () => {
    expect(bound({ binds_to: "nothing", on_suspension: "release" })).toBe(bound({ binds_to: "nothing" }));
    expect(bound({ binds_to: "customer", on_suspension: "release" })).not.toBe(bound({ binds_to: "customer" }));
  });
});

test("a version shows when it takes effect, and for which sales", () => {
  const first = explain(full, "USD", { version: 1, effective_from: 0 });
  expect(first).toContain("Version 1 applies to all sales until a newer version takes effect.");
  const later = explain({ ...full, applies_to: "all" }, "USD", {
    version: 2,
    effective_from: Date.UTC(2026, 0, 3, 10, 5),
  });
  expect(later).toContain(
    "Version 2 applies to sales from Jan 3, 2026, 10:05 UTC on, until a newer version takes effect.",
  );
  expect(later).toContain("These terms also apply to subscriptions that started under an earlier version.");
});

describe("the minimum", () => {
  const minimums = [
    { currency: "EUR", amount: 4_500 },
    { currency: "JPY", amount: 6_000 },
  ];
  const payouts: [string, minimum: number, minimums: { currency: string; amount: number }[], string][] = [
    ["none", 0, [], "There is no minimum payout."],
    ["in the program's currency", 5_000, [], "Balances under $50.00 are carried over."],
    [
      "in each of several",
      5_000,
      minimums,
      "Balances under $50.00, €45.00, or ¥6,000 are carried over. Balances in other currencies have no minimum.",
    ],
    [
      "only in others",
      0,
      minimums.slice(0, 1),
      "Balances under €45.00 are carried over. Balances in other currencies have no minimum.",
    ],
  ];
  test.each(payouts)("%s", (_, minimum, others, text) => {
    const payout = full.payout && { ...full.payout, minimum, minimums: others };
    expect(explain({ ...full, payout })).toContain(text);
  });
});

test("amounts are in the program's currency", () => {
  expect(explain(full, "JPY")).toContain("“top”: at least 2 customers and more than ¥200,000 in sales.");
  expect(explain(full, "JPY")).not.toContain("$");
});
