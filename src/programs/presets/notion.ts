import { newTerms, type ProgramTerms } from "../terms.ts";

/** Notion: 50% of all of the customer's payments in its first 12 months (0 to 11), whatever subscriptions they are of. Cookie and hold days aren't published: 30 days each. */
export const notion: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  counts_by: "customer",
  hold_days: 30,
  rates: [{ months: { from: 0, to: 11 }, rate_bps: 5_000 }],
});
