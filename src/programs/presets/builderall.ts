import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * Builderall: 100% of the customer's first payment, 30% of each later one, and a one-time bonus of $500 at 100 referrals.
 * Cookie and hold days aren't published: 30 days each.
 */
export const builderall: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  counts_by: "customer",
  hold_days: 30,
  rates: [{ payment: { from: 1, to: 1 }, rate_bps: 10_000 }, { rate_bps: 3_000 }],
  milestones: [{ customers: 100, repeats: false, bonus: 50_000, clears: "with_sales", reversed: true }],
});
