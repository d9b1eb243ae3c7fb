import { completeTerms, type ProgramTerms } from "../terms.ts";

/**
 * Builderall: the whole first payment of a subscription, 30 % of each later one, and $500 once at 100 referrals. Cookie
 * and hold are not known: 30 days each.
 */
export const builderall: ProgramTerms = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ payment: { from: 1, to: 1 }, rate_bps: 10_000 }, { rate_bps: 3_000 }],
  milestones: [{ customers: 100, repeats: false, bonus: 50_000 }],
});
