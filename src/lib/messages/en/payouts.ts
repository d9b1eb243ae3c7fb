/** Statements and payouts. */

/** Why nothing is paid, by code, for the affiliate. */
const blocksForAffiliate = {
  below_minimum: (minimum: string) => `Your balance is below the minimum payout of ${minimum}. It is carried over.`,
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
  negative: "The balance is negative because reversals exceed earnings. It is carried over.",
  nothing_due: "Nothing is due yet.",
  tax_form_missing: "The affiliate’s tax form is missing.",
  payment_details_missing: "The affiliate has no payout method.",
  method_not_offered: (method) => `This program doesn’t pay by ${method}. The affiliate needs another payout method.`,
  not_approved: (status) => `The affiliate’s enrollment is ${status}.`,
};

/** `method` as programs offer it. */
const methods = { paypal: "PayPal", bank: "bank transfer" };

export const payouts = { blocks: { affiliate: blocksForAffiliate, merchant: blocksForMerchant }, methods };
