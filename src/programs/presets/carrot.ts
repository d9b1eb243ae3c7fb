import { completeTerms, type ProgramTerms } from "../terms.ts";

/** Carrot: 25 % of every payment for the life of the customer; the cookie never expires; 30-day money-back as the hold. */
export const carrot: ProgramTerms = completeTerms({
  cookie_days: null,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 2_500 }],
});
