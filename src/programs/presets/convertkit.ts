import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * ConvertKit: 30% for 24 months (0 to 23), which is 24 monthly or 2 yearly payments. Cookie and hold days aren't published:
 * 30 days each.
 */
export const convertkit: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ months: { from: 0, to: 23 }, rate_bps: 3_000 }],
});
