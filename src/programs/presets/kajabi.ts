import { completeTerms, type ProgramTerms } from "../terms.ts";

/**
 * Kajabi: 30 %, Net 60, PayPal, and only customers may be affiliates. It names no pay days: any of the month after the one
 * in which the 60 days were over. Its cookie is not known: 30 days.
 */
export const kajabi: ProgramTerms = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 60,
  rates: [{ rate_bps: 3_000 }],
  payout: { basis: "cleared", lag_months: 1, first_day: 1, last_day: 31, methods: ["paypal"] },
  open_to: "customers",
});
