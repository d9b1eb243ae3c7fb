import { completeTerms, type ProgramTerms } from "../terms.ts";

/**
 * ConvertKit: 30 % for 24 months, which monthly are 24 payments (months 0 to 23) and yearly two. Cookie and hold are not
 * known: 30 days each.
 */
export const convertkit: ProgramTerms = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ months: { from: 0, to: 23 }, rate_bps: 3_000 }],
});
