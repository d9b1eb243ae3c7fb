import { expect, test } from "vitest";
import { summarizeReward } from "../../src/programs/summarize-reward.ts";
import type { RateRule } from "../../src/programs/terms.ts";

const everyone = { own_rates: [], group: "default", tier: null };
const summarize = (rates: RateRule[], of: Partial<Parameters<typeof summarizeReward>[1]> = {}) =>
  summarizeReward({ rates, cookie_days: 30 }, { ...everyone, ...of }, "USD");

test("says the first rate and how long clicks count", () => {
  expect(summarize([{ rate_bps: 4_000 }, { flat: 500, event: "lead" }])).toEqual({
    sentence: "You earn 40% of each payment. A click counts for 30 days.",
    others: 1,
  });
});

test("leaves out rates for other groups and tiers, and doesn't name the own ones", () => {
  const rates: RateRule[] = [
    { rate_bps: 5_000, groups: ["partners"] },
    { rate_bps: 4_500, tier: ["gold"] },
    { rate_bps: 2_000 },
  ];
  expect(summarize(rates)).toMatchObject({
    sentence: expect.stringContaining("You earn 20% of each payment."),
    others: 0,
  });
  expect(summarize(rates, { tier: "gold" })?.sentence).toMatch(/^You earn 45% of each payment\./);
  expect(summarize(rates, { group: "partners" })).toMatchObject({ others: 1 });
  expect(summarize(rates, { group: "partners" })?.sentence).toMatch(/^You earn 50% of each payment\./);
});

test("puts the affiliate's own rates first", () => {
  expect(summarize([{ rate_bps: 2_000 }], { own_rates: [{ rate_bps: 3_000 }] })?.sentence).toMatch(/^You earn 30%/);
});

test("says nothing where no rate applies", () => {
  expect(summarize([{ rate_bps: 2_000, groups: ["partners"] }])).toBeNull();
});
