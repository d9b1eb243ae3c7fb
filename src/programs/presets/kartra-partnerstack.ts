import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * Kartra as PartnerStack lists it: 30–40% for life, $50 minimum, PayPal or bank.
 *
 * The listing doesn't say what raises an affiliate from 30% to 40%. Kartra's own page does: more than $10,000 in sales to at
 * least two customers within 12 months. The 45 hold days are also from that page. The listing has no requirements for
 * payouts, so there are no gates.
 */
export const kartraPartnerstack: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 45,
  rates: [
    { tier: ["top"], rate_bps: 4_000 },
    { tier: ["standard"], rate_bps: 3_000 },
  ],
  tiers: {
    window_months: 12,
    counts: "after_hold",
    demotion: "window",
    levels: [{ name: "standard" }, { name: "top", min_customers: 2, sales_over: 1_000_000 }],
  },
  payout: {
    basis: "cleared",
    lag_months: 1,
    first_day: 15,
    last_day: 20,
    minimum: 5_000,
    methods: ["paypal", "bank"],
  },
});
