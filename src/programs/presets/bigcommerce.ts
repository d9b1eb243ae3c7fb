import { completeTerms, type ProgramTerms } from "../terms.ts";

/**
 * BigCommerce: twice the customer's first monthly payment; $150 for an enterprise customer, whatever the plan costs. Both
 * once. Cookie and hold are not known: 30 days each.
 *
 * Of a plan that is paid by the year nothing is said: two of its twelve months are taken, 16.67 %. A checkout that does not
 * tell the interval is taken to mean a month.
 */
export const bigcommerce: ProgramTerms = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [
    // The name by which the checkout calls the plan; a merchant lists its own.
    { product: ["enterprise"], payment: { from: 1, to: 1 }, flat: 15_000 },
    { interval: ["year"], payment: { from: 1, to: 1 }, rate_bps: 1_667 },
    { payment: { from: 1, to: 1 }, rate_bps: 20_000, above_payment: true },
  ],
});
