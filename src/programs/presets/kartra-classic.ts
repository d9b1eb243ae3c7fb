import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * Kartra as earlier reviews describe it: 40% recurring, a 30-day cookie, paid by PayPal. Hold and payout days are from
 * Kartra's own program page.
 */
export const kartraClassic: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 45,
  rates: [{ rate_bps: 4_000 }],
  payout: { basis: "cleared", lag_months: 1, first_day: 15, last_day: 20, methods: ["paypal"] },
});
