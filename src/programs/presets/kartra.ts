import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * Kartra, from its own program page: tiers by customers and sales revenue of the last 12 months.
 *
 * The page states the rates of tiers 1 to 3 for annual plans only; monthly plans use the same. Affiliates in those tiers earn
 * on each payment, others on the first only. In the page's example a sale of January 17 clears on March 1, but 45 days end on
 * March 3: the 45 days apply.
 */
export const kartra: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "subscription",
  hold_days: 45,
  rates: [
    { tier: ["tier-1"], rate_bps: 2_000 },
    { tier: ["tier-2"], rate_bps: 3_000 },
    { tier: ["tier-3"], rate_bps: 4_000 },
    { tier: ["referral"], interval: ["month"], payment: { from: 1, to: 1 }, rate_bps: 10_000 },
    { tier: ["referral"], interval: ["year"], payment: { from: 1, to: 1 }, rate_bps: 2_000 },
    // No interval, or another one: the lower rate. A monthly plan's difference can be added by hand; 80% too much on an
    // annual plan could hardly be recovered.
    { tier: ["referral"], payment: { from: 1, to: 1 }, rate_bps: 2_000 },
  ],
  // Whichever package the lead buys or changes to.
  on_plan_change: "keep",
  self_purchase: "refuse",
  // The first full-price payment is the sale.
  paid_trial: "no_sale",
  dispute_days: 30,
  tiers: {
    window_months: 12,
    counts: "after_hold",
    demotion: "window",
    levels: [
      { name: "referral" },
      { name: "tier-1", min_customers: 2 },
      { name: "tier-2", min_customers: 2, sales_over: 100_000 },
      { name: "tier-3", min_customers: 2, sales_over: 1_000_000 },
    ],
  },
  second_tier: { rate_bps: 1_000, payments: "every" },
  payout: {
    basis: "cleared",
    lag_months: 1,
    first_day: 15,
    last_day: 20,
    gates: ["tax_form", "payment_details"],
    methods: ["paypal"],
  },
});
