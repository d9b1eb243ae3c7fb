import { completeTerms, type ProgramTerms } from "../terms.ts";

/**
 * Kartra as earlier reviews describe it: 40 % recurring, 30-day cookie. They name no hold; 45 days are those of Kartra's
 * own programme page.
 */
export const kartraClassic: ProgramTerms = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 45,
  rates: [{ rate_bps: 4_000 }],
});
