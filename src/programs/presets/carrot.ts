import { completeTerms, type ProgramTerms } from "../terms.ts";

/**
 * Carrot: 25 % of every payment for the life of the customer, half of education products; the cookie never expires;
 * 30-day money-back as the hold; January's sales are paid in mid-March.
 *
 * One paragraph pays from $25 earned on, which is taken; another from $50 in sales, which at 25 % would be a minimum of
 * 1,250. That the links of an earlier platform ended on 2023-03-31 is said by those links (`expires_at`), not by the terms.
 */
export const carrot: ProgramTerms = completeTerms({
  cookie_days: null,
  model: "last_click",
  click_before: "signup",
  binds_to: "customer",
  hold_days: 30,
  rates: [
    // The name by which the checkout calls them; a merchant lists its own.
    { product: ["education"], rate_bps: 5_000 },
    { rate_bps: 2_500 },
  ],
  payout: {
    basis: "earned",
    lag_months: 2,
    first_day: 10,
    last_day: 15,
    minimum: 2_500,
    gates: ["tax_form", "payment_details"],
  },
});
