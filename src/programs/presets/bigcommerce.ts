import { newTerms, type ProgramTerms } from "../terms.ts";

/**
 * BigCommerce: twice the customer's first monthly payment, or a flat $150 for an enterprise customer, both once. Cookie and
 * hold days aren't published: 30 days each.
 *
 * Nothing is published about yearly plans: they pay two of twelve months. A payment without an interval counts as
 * monthly.
 */
export const bigcommerce: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  counts_by: "customer",
  hold_days: 30,
  rates: [
    // The plan's name in the checkout. Replace it with your own.
    { product: ["enterprise"], payment: { from: 1, to: 1 }, flat: 15_000 },
    { interval: ["year"], payment: { from: 1, to: 1 }, rate: { numerator: 2, denominator: 12 } },
    { payment: { from: 1, to: 1 }, rate_bps: 20_000, above_payment: true },
  ],
});
