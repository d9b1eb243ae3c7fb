import { newTerms, type ProgramTerms } from "../terms.ts";

/** The shortest cookie of the known programs: 15 days, with 30%. Hold days aren't published: 30. */
export const fifteenDay: ProgramTerms = newTerms({
  cookie_days: 15,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 3_000 }],
});
