/** Rules for groups, and an affiliate's own rates: what is refused. */
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { completeTerms, type RateRule, type TermsInput } from "../../src/programs/terms.ts";
import { consistentOwnRates, consistentTermsIn } from "../../src/programs/validate-terms.ts";

const base: TermsInput = {
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 1_000 }],
};
const levels = [{ name: "base" }, { name: "silver", min_customers: 2 }, { name: "gold", sales_over: 100_000 }];
const tiers = { window_months: 12, counts: "at_once" as const, demotion: "window" as const, levels };

describe("groups", () => {
  const rates = [{ groups: ["default", "vip"], rate_bps: 2_000 }, { rate_bps: 1_000 }];
  const faultsWith = (groups: string[]) =>
    (v.safeParse(consistentTermsIn("USD", groups), { ...completeTerms(base), rates }).issues ?? []).map((issue) => [
      v.getDotPath(issue),
      issue.message,
    ]);

  test("of the program are valid", () => {
    expect(faultsWith(["default", "vip"])).toEqual([]);
  });

  test("of which there are none are refused", () => {
    const reason = "is not a group of this program: use one of default, partners, or create the group first";
    expect(faultsWith(["default", "partners"])).toEqual([["rates.0.groups.1", reason]]);
  });
});

const leadFaults: [string, RateRule, string[]][] = [
  ["nothing else", { event: "lead", flat: 500 }, []],
  ["what leads have", { event: "lead", country: ["DE"], platform: ["web"], product: ["a"], flat: 500 }, []],
  ["a share of the payment", { event: "lead", rate_bps: 5_000 }, ["rates.0.rate_bps"]],
  ["a minimum", { event: "lead", min_amount: 5, flat: 500 }, ["rates.0.min_amount"]],
  [
    "payments and months",
    { event: "lead", payment: { from: 1, to: 1 }, months: { from: 0, to: 1 }, flat: 500 },
    ["rates.0.payment", "rates.0.months"],
  ],
];
test.each(leadFaults)("a rule for leads with %s", (_, rule, paths) => {
  const rates = [rule, { rate_bps: 1_000 }];
  const { issues = [] } = v.safeParse(consistentTermsIn("USD"), { ...completeTerms(base), rates });
  expect(issues.map((issue) => v.getDotPath(issue))).toEqual(paths);
});

test("own rates pay for leads only if the terms do", () => {
  const rates: RateRule[] = [{ event: "lead", flat: 900 }];
  const leads = completeTerms({ ...base, rates: [{ event: "lead", flat: 500 }, { rate_bps: 1_000 }] });
  expect(v.safeParse(consistentOwnRates(leads), rates).success).toBe(true);
  const { issues = [] } = v.safeParse(consistentOwnRates(completeTerms(base)), rates);
  expect(issues.map((issue) => v.getDotPath(issue))).toEqual(["0.event"]);
});

const ownFaults: [string, RateRule[], string | null, RegExp][] = [
  ["a rule for everything", [{ rate_bps: 5_000 }], null, /^/],
  ["a rule for a tier of the terms", [{ tier: ["gold"], rate_bps: 5_000 }], null, /^/],
  ["another tier", [{ tier: ["platinum"], rate_bps: 5_000 }], "0.tier.0", /use one of base, silver, gold/],
  ["groups", [{ groups: ["default"], rate_bps: 5_000 }], "0.groups", /one affiliate's own/],
  ["the first qualifying payment", [{ first_qualifying: true, flat: 5 }], "0.first_qualifying", /Use payment/],
  ["no reward", [{}], "0.rate_bps", /exactly one/],
  ["a rule that never applies", [{ rate_bps: 1 }, { product: ["a"], rate_bps: 2 }], "1", /never applies/],
];
test.each(ownFaults)("own rates with %s", (_, rates, path, reason) => {
  const terms = completeTerms({ ...base, tiers });
  const { issues = [] } = v.safeParse(consistentOwnRates(terms), rates);
  expect(issues.map((issue) => v.getDotPath(issue))).toEqual(path === null ? [] : [path]);
  expect(issues[0]?.message ?? "").toMatch(reason);
});
