import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * Carrot: 25% of every payment for the life of the customer, 50% for education products. The cookie never expires, the hold
 * period is the 30-day money-back guarantee, and January's sales are paid in mid-March.
 *
 * The page gives two minimums: $25 in commissions, which is used here, and $50 in sales, which would be `minimum_sales: 5_000`. The
 * links of an earlier platform ended on 2023-03-31; links have `expires_at` for that.
 */
export const carrot: ProgramTerms = newTerms({
  cookie_days: null,
  model: "last_click",
  click_before: "signup",
  binds_to: "customer",
  hold_days: 30,
  rates: [
    // The product's name in the checkout. Replace it with your own.
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
