import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * Kajabi: 30%, net 60, PayPal, and only customers can be affiliates. Payout days aren't published: any day of the month after
 * the hold period ends. Cookie days aren't published: 30.
 */
export const kajabi: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 60,
  rates: [{ rate_bps: 3_000 }],
  payout: { basis: "cleared", lag_months: 1, first_day: 1, last_day: 31, methods: ["paypal"] },
  open_to: "customers",
});
