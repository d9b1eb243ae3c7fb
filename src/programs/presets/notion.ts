import { completeTerms, type ProgramTerms } from "../terms.ts";

/** Notion: 50% of all payments in the first 12 months (0 to 11). Cookie and hold days aren't published: 30 days each. */
export const notion: ProgramTerms = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ months: { from: 0, to: 11 }, rate_bps: 5_000 }],
});
