/** No field of the terms is without its words, and no words are without a meaning. */

import { describe, expect, test } from "vitest";
import { explainTerms, type NamedVersion, sayRules } from "../../src/programs/explain-terms.ts";
import { sayRule } from "../../src/programs/say-rule.ts";
import { completeTerms, type ProgramTerms, programTerms, type RateRule } from "../../src/programs/terms.ts";
import { fc } from "../support/random.ts";
import { fieldsOf, namesOf, valueAt, valuesOf, withValue } from "../support/schema-values.ts";

const say = (terms: ProgramTerms, currency = "USD", version: NamedVersion | null = null) =>
  explainTerms({ terms, currency, version })
    .flatMap(({ heading, lines }) => [heading, ...lines])
    .join("\n");

/** Everything that terms can state, so that any change of it must be seen. */
const full = completeTerms({
  cookie_days: 30,
  model: "last_click",
  // Nothing else gives a change of plan and a reactivation a meaning.
  binds_to: "subscription",
  hold_days: 45,
  rates: [
    {
      interval: ["month"],
      product: ["pro"],
      tier: ["top"],
      country: ["DE"],
      platform: ["web"],
      min_amount: 500,
      payment: { from: 2, to: 6 },
      months: { from: 3, to: 9 },
      rate_bps: 12_000,
      cap: 9_000,
      above_payment: true,
    },
    { flat: 15_000 },
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
    minimums: [{ currency: "EUR", amount: 4_500 }],
    gates: ["tax_form"],
  },
});

/** Lists of names say the same in any order. */
const meaningOf = (value: unknown) =>
  JSON.stringify(Array.isArray(value) && typeof value[0] === "string" ? value.toSorted() : (value ?? "none"));

const fields = fieldsOf(programTerms, full);

test("every field of the schema is among those that are changed below", () => {
  const changed = new Set(fields.map(({ path }) => path.filter((key) => typeof key === "string").join(".")));
  expect(namesOf(programTerms).filter((name) => !changed.has(name))).toEqual([]);
  expect(changed.size).toBeGreaterThan(45);
});

test.each(fields.map((field) => [field.path.join("."), field] as const))("%s is said", (_, { path, schema }) => {
  const isOptional = schema.type === "optional";
  const before = valueAt(full, path);
  const others = isOptional ? fc.option(valuesOf(schema), { nil: undefined }) : valuesOf(schema);
  fc.assert(
    fc.property(others, (value) => {
      // A field that is left out has its default.
      const changed = completeTerms(withValue(full, path, value));
      fc.pre(meaningOf(valueAt(changed, path)) !== meaningOf(before));
      expect(say(changed)).not.toBe(say(full));
    }),
    { numRuns: 40 },
  );
});

test("whatever terms state, nothing of the machine shows through", () => {
  const currencies = fc.constantFrom("USD", "JPY", "KWD", "EUR");
  fc.assert(
    fc.property(valuesOf(programTerms), currencies, fc.nat(), (terms, currency, effective_from) => {
      const whole = completeTerms(terms as ProgramTerms);
      const said = say(whole, currency, { version: 3, effective_from }).replaceAll(/“[^”]*”/g, "“”");
      expect(said).not.toMatch(/undefined|null|NaN|Infinity|\[object|_|\bbps\b|true|false/);
      expect(said).not.toMatch(/ {2}|\.\.| \.| ,|,,/);
      expect(said).not.toMatch(/\b1 (days|months|customers|payments)\b/);
      for (const line of explainTerms({ terms: whole, currency, version: null }).flatMap(({ lines }) => lines)) {
        expect(line).toMatch(/^[A-Z“].*\.$/s);
      }
    }),
    { numRuns: 1_000 },
  );
});

describe("a rule", () => {
  const month = { interval: ["month"] } satisfies RateRule;
  const rules: [RateRule, string][] = [
    [{ rate_bps: 4_000 }, "40% of each payment"],
    [
      { ...month, tier: ["Tier 3"], rate_bps: 4_000, cap: 10_000 },
      "40% of each payment of a monthly plan, tier “Tier 3”, up to $100.00",
    ],
    [
      { interval: ["month", "year", "once"], rate_bps: 50 },
      "0.5% of each payment of a monthly or yearly plan or outside of a subscription",
    ],
    [{ interval: ["day", "week"], flat: 5 }, "$0.05 for each payment of a daily or weekly plan"],
    [{ payment: { from: 1, to: 1 }, rate_bps: 10_000 }, "100% of the first payment"],
    [{ payment: { from: 1, to: 3 }, rate_bps: 1_000 }, "10% of the first 3 payments"],
    [{ payment: { from: 2, to: null }, rate_bps: 1_000 }, "10% of each payment from the 2nd on"],
    [{ payment: { from: 3, to: 11 }, rate_bps: 1_000 }, "10% of the 3rd to the 11th payment"],
    [{ payment: { from: 22, to: 22 }, rate_bps: 1_000 }, "10% of the 22nd payment"],
    [{ months: { from: 0, to: 0 }, rate_bps: 1_000 }, "10% of each payment in the first month"],
    [{ months: { from: 0, to: 11 }, rate_bps: 1_000 }, "10% of each payment in the first 12 months"],
    [{ months: { from: 12, to: 23 }, rate_bps: 1_000 }, "10% of each payment in the 13th to the 24th month"],
    [{ months: { from: 12, to: 12 }, rate_bps: 1_000 }, "10% of each payment in the 13th month"],
    [{ months: { from: 12, to: null }, rate_bps: 1_000 }, "10% of each payment from the 13th month on"],
    [
      { min_amount: 20_000, country: ["DE", "AT", "CH"], platform: ["web"], product: ["a", "b"], flat: 1_000 },
      "$10.00 for each payment of at least $200.00, product “a” or “b”, customers in Germany, Austria or Switzerland, platform “web”",
    ],
    // East Germany is no name of today's Germany, and nobody has the second.
    [{ country: ["DD", "XX"], flat: 1 }, "$0.01 for each payment, customers in DD or XX"],
    [{ rate_bps: 20_000, above_payment: true }, "200% of each payment, which is more than the payment itself"],
    [{ flat: 9_900, above_payment: true }, "$99.00 for each payment, even where that is more than the payment itself"],
    [{}, "0% of each payment"],
  ];
  test.each(rules)("%j", (rule, words) => {
    expect(sayRule(rule, "USD")).toBe(words);
  });

  test("is found by its place, and its number is one more", () => {
    const { lines } = explainTerms({ terms: full, currency: "USD", version: null }).find(
      ({ id }) => id === "rates",
    ) ?? { lines: [] };
    sayRules(full, "USD").forEach((words, place) => {
      expect(lines[place]).toBe(`Rule ${place + 1}: ${words}.`);
    });
  });
});

describe("what has no meaning is not said", () => {
  const bound = (changes: Partial<ProgramTerms>) => say({ ...full, ...changes });

  test("a change of plan and a reactivation, where not the subscription is bound", () => {
    for (const binds_to of ["customer", "nothing"] as const) {
      const changed = bound({ binds_to, on_plan_change: "anew", reactivation_days: null });
      expect(changed).toBe(bound({ binds_to }));
      expect(changed).not.toMatch(/comes back|changes its product/);
    }
  });

  test("a suspension, where nothing is bound", () => {
    expect(bound({ binds_to: "nothing", on_suspension: "release" })).toBe(bound({ binds_to: "nothing" }));
    expect(bound({ binds_to: "customer", on_suspension: "release" })).not.toBe(bound({ binds_to: "customer" }));
  });
});

test("a version says since when it holds, and for whom", () => {
  const first = say(full, "USD", { version: 1, effective_from: 0 });
  expect(first).toContain("Version 1: for sales from the beginning, until there is another version.");
  const later = say({ ...full, applies_to: "all" }, "USD", { version: 2, effective_from: Date.UTC(2026, 0, 3, 10, 5) });
  expect(later).toContain("Version 2: for sales of 2026-01-03 10:05 UTC and later, until there is another version.");
  expect(later).toContain("They also hold for subscriptions that began under an earlier version.");
});

describe("the minimum", () => {
  const minimums = [
    { currency: "EUR", amount: 4_500 },
    { currency: "JPY", amount: 6_000 },
  ];
  const payouts: [string, minimum: number, minimums: { currency: string; amount: number }[], string][] = [
    ["there is none", 0, [], "Any amount is paid: there is no minimum."],
    ["in the programme's currency", 5_000, [], "Less than $50.00 is not paid out, but carried over."],
    [
      "in each of several",
      5_000,
      minimums,
      "Less than $50.00, €45.00 or ¥6,000 is not paid out, but carried over. Any amount in another currency is paid.",
    ],
    [
      "only in others",
      0,
      minimums.slice(0, 1),
      "Less than €45.00 is not paid out, but carried over. Any amount in another currency is paid.",
    ],
  ];
  test.each(payouts)("%s", (_, minimum, others, words) => {
    const payout = full.payout && { ...full.payout, minimum, minimums: others };
    expect(say({ ...full, payout })).toContain(words);
  });
});

test("sums are in the programme's currency", () => {
  expect(say(full, "JPY")).toContain("“top”: at least 2 customers and more than ¥200,000 in sales.");
  expect(say(full, "JPY")).not.toContain("$");
});
