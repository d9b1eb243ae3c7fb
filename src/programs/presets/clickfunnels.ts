import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * ClickFunnels: 20% to start with, net 45, and a bonus for every $1,000 of commission.
 *
 * Tiers, from its help pages: 30% from $1,000 in sales within a month, 40% from 40 accounts sold within a month. There,
 * affiliates also have to apply, and keep the tier. Payouts of $100 or more are made on the 1st and the 15th. The bonus isn't published: replace the $100 with your own.
 */
export const clickfunnels: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 45,
  rates: [
    { tier: ["tier-3"], rate_bps: 4_000 },
    { tier: ["tier-2"], rate_bps: 3_000 },
    { tier: ["tier-1"], rate_bps: 2_000 },
  ],
  tiers: {
    window_months: 1,
    counts: "at_once",
    demotion: "never",
    levels: [
      { name: "tier-1" },
      { name: "tier-2", sales_at_least: 100_000 },
      { name: "tier-3", sales_at_least: 100_000, min_customers: 40 },
    ],
  },
  milestones: [{ commission: 100_000, repeats: true, bonus: 10_000, clears: "with_sales", reversed: true }],
  payout: {
    basis: "cleared",
    lag_months: 1,
    first_day: 1,
    last_day: 1,
    second_window: { first_day: 15, last_day: 15, before_day: 15 },
    minimum: 10_000,
    gates: ["tax_form", "payment_details"],
  },
});
