/** Statements and payouts. */
import { capitalize } from "./english.ts";

/** Why nothing is paid, by code, for the affiliate. */
const blocksForAffiliate = {
  below_minimum: (minimum: string) => `Your balance is below the minimum payout of ${minimum}. It is carried over.`,
  below_minimum_sales: (sales: string, minimum: string) =>
    `Your balance comes from ${sales} in sales, and at least ${minimum} is needed. It is carried over.`,
  negative: "Your balance is negative because reversals exceed earnings. It is carried over.",
  nothing_due: "Nothing is due yet.",
  tax_form_missing: "Send the merchant your tax form to get paid.",
  payment_details_missing: "Add a payout method to get paid.",
  method_not_offered: (method: string) => `This program doesn’t pay by ${method}. Choose another payout method.`,
  not_approved: (status: string) => `Your enrollment is ${status}.`,
};

/** The same for the merchant. */
const blocksForMerchant: typeof blocksForAffiliate = {
  below_minimum: (minimum) => `The balance is below the minimum payout of ${minimum}. It is carried over.`,
  below_minimum_sales: (sales, minimum) =>
    `The balance comes from ${sales} in sales, and at least ${minimum} is needed. It is carried over.`,
  negative: "The balance is negative because reversals exceed earnings. It is carried over.",
  nothing_due: "Nothing is due yet.",
  tax_form_missing: "The affiliate’s tax form is missing.",
  payment_details_missing: "The affiliate has no payout method.",
  method_not_offered: (method) => `This program doesn’t pay by ${method}. The affiliate needs another payout method.`,
  not_approved: (status) => `The affiliate’s enrollment is ${status}.`,
};

/** `method` as programs offer it. */
const methods = { paypal: "PayPal", bank: "bank transfer" };

/** Why no payment file contains a payment, by code, for either reader. */
const left_out = {
  payment_details_missing: "There were no payment details when the payout was approved, or they were removed since.",
  payment_details_new:
    "The affiliate changed the payment details shortly before the payout was approved. Check with the affiliate before you pay it by hand.",
  currency_not_paid: "PayPal doesn’t pay in this currency.",
  no_fractions_paid: "PayPal pays only whole amounts in this currency.",
  reference_too_long: "The statement’s ID is too long for the payment provider.",
};

/** What a provider's report says about a payment that it doesn’t confirm. */
const disputed = {
  pending: (status: string) => `The payment provider reports it as “${status}”.`,
  differs: (detail: string) => `It differs in the payment provider’s report: ${detail}.`,
};

/** How a payment was made. */
const paid_by = (method: string, reference: string | null) =>
  reference === null ? capitalize(method) : `${capitalize(method)}, reference ${reference}`;

export const payouts = {
  paid_by,
  left_out,
  disputed,
  blocks: { affiliate: blocksForAffiliate, merchant: blocksForMerchant },
  methods,
};
