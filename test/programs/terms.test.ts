import * as v from "valibot";
import { expect, test } from "vitest";
import { presets } from "../../src/programs/presets/index.ts";
import { programTerms } from "../../src/programs/terms.ts";

test.each(Object.entries(presets))("the preset %s is valid", (_, terms) => {
  expect(v.parse(programTerms, terms)).toEqual(terms);
});

test("each known program has a preset", () => {
  expect(Object.keys(presets)).toEqual([
    "kartra",
    "kartra-partnerstack",
    "kartra-classic",
    "carrot",
    "systeme",
    "clickfunnels",
    "fifteen-day",
    "builderall",
    "convertkit",
    "kajabi",
    "bigcommerce",
    "notion",
    "exness",
  ]);
});

/** Facts from each program's own page. */
const published: [string, Record<string, unknown>][] = [
  [
    "kartra",
    {
      cookie_days: 30,
      model: "last_click",
      binds_to: "subscription",
      hold_days: 45,
      self_purchase: "refuse",
      paid_trial: "no_sale",
      dispute_days: 30,
      second_tier: { rate_bps: 1_000, payments: "every" },
      payout: { basis: "cleared", lag_months: 1, first_day: 15, last_day: 20, minimum: 0, methods: ["paypal"] },
    },
  ],
  [
    "kartra-partnerstack",
    { cookie_days: 30, binds_to: "customer", payout: { minimum: 5_000, methods: ["paypal", "bank"], first_day: 15 } },
  ],
  ["kartra-classic", { cookie_days: 30, rates: [{ rate_bps: 4_000 }], payout: { methods: ["paypal"] } }],
  [
    "carrot",
    {
      cookie_days: null,
      click_before: "signup",
      binds_to: "customer",
      hold_days: 30,
      rates: [{ product: ["education"], rate_bps: 5_000 }, { rate_bps: 2_500 }],
      payout: { basis: "earned", lag_months: 2, first_day: 10, last_day: 15, minimum: 2_500 },
    },
  ],
  ["systeme", { binds_to: "customer", rates: [{ rate_bps: 5_000 }] }],
  ["clickfunnels", { hold_days: 45, milestones: [{ commission: 100_000, repeats: true }] }],
  ["fifteen-day", { cookie_days: 15, rates: [{ rate_bps: 3_000 }] }],
  ["builderall", { milestones: [{ customers: 100, repeats: false, bonus: 50_000 }] }],
  ["convertkit", { rates: [{ months: { from: 0, to: 23 }, rate_bps: 3_000 }] }],
  ["kajabi", { hold_days: 60, rates: [{ rate_bps: 3_000 }], payout: { methods: ["paypal"] }, open_to: "customers" }],
  ["notion", { rates: [{ months: { from: 0, to: 11 }, rate_bps: 5_000 }] }],
];
test.each(published)("the preset %s matches the program's page", (name, facts) => {
  expect(presets[name]).toMatchObject(facts);
});

test("exness pays up to $1,850, once per client", () => {
  const rules = presets.exness?.rates ?? [];
  expect(Math.max(...rules.map((rule) => rule.flat ?? 0))).toBe(185_000);
  expect(rules.every((rule) => rule.first_qualifying && rule.rate_bps === undefined)).toBe(true);
});

const refused: [string, Record<string, unknown>][] = [
  ["cookie_days", { cookie_days: 0 }],
  ["cookie_days", { cookie_days: 1.5 }],
  ["model", { model: "middle_click" }],
  ["binds_to", { binds_to: "household" }],
  ["hold_days", { hold_days: -1 }],
  ["rates.0.rate_bps", { rates: [{ rate_bps: 10_001 }] }],
  ["rates", { rates: [] }],
  ["colour", { colour: "red" }],
];
test.each(refused)("an invalid %s is reported by its path", (path, change) => {
  const result = v.safeParse(programTerms, { ...presets.carrot, ...change });
  expect(result.issues?.map((issue) => v.getDotPath(issue))).toContain(path);
});
