import { newTerms, type ProgramTerms } from "../terms.ts";

/** systeme.io: 50% of every payment for the life of the customer. Cookie and hold days aren't published: 30 days each. */
export const systeme: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 5_000 }],
});
