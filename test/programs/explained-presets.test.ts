/** The terms of each preset, word for word as its affiliates read them. */
import { expect, test } from "vitest";
import { explainTerms } from "../../src/programs/explain-terms.ts";
import { presets } from "../../src/programs/presets/index.ts";
import { type ProgramTerms, unpaidTerms } from "../../src/programs/terms.ts";

/** The text of terms with all defaults. */
const PLAIN = {
  credit: [
    "Credit goes to the last click before the sale.",
    "A click counts for 30 days.",
    "One click can be credited for at most 10 customers.",
    "If a coupon and a click point to different affiliates, the coupon takes precedence.",
    "Your own purchases don’t earn commission.",
  ],
  binding: [
    "The first trial or payment assigns the customer to their affiliate for life. Later payments need no click, whatever the customer buys, changes, or cancels.",
    "While your enrollment is suspended or otherwise not approved, payments earn nothing. They earn again once you are approved.",
    "If the first trial or payment has no eligible click, the customer isn’t assigned to any affiliate. Later clicks don’t change that.",
  ],
  trials: ["Trials, even paid ones, don’t earn; the first full payment does."],
  rates: [
    "Rule 1: 0% of each payment.",
    "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
    "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
  ],
  tiers: ["This program has no tiers: everyone earns the same rates."],
  second_tier: ["This program has no second-tier commission."],
  milestones: ["This program has no bonuses."],
  hold: [
    "Commissions are held in reserve for 30 days after the customer’s payment. Then they are due.",
    "If a payment is refunded or charged back at any time, its share of the commission is reversed.",
  ],
  payout: ["These terms set no payout schedule. The merchant decides when to pay."],
  disputes: ["Credit for a sale can’t be disputed."],
  open_to: ["Anyone can join, subject to the merchant’s approval."],
  version: ["Subscriptions that started under an earlier version keep that version’s terms."],
};

/** The sections of each preset that differ from the defaults. */
const golden: Record<string, Record<string, string[]>> = {
  kartra: {
    binding: [
      "The first trial or payment assigns the subscription to its affiliate for as long as it stays active. Later payments need no click. New subscriptions are attributed separately.",
      "A subscription keeps its affiliate when its product changes.",
      "A canceled subscription that is reactivated is attributed again.",
      "While your enrollment is suspended or otherwise not approved, payments earn nothing. They earn again once you are approved.",
      "If the first trial or payment has no eligible click, the subscription isn’t assigned to any affiliate. Later clicks don’t change that.",
    ],
    rates: [
      "Rule 1: 20% of each payment, in tier “tier-1”.",
      "Rule 2: 30% of each payment, in tier “tier-2”.",
      "Rule 3: 40% of each payment, in tier “tier-3”.",
      "Rule 4: 100% of the first payment on a monthly plan, in tier “referral”.",
      "Rule 5: 20% of the first payment on a yearly plan, in tier “referral”.",
      "Rule 6: 20% of the first payment, in tier “referral”.",
      "The first rule that matches a sale applies.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Payments are counted per subscription, or per customer for purchases outside a subscription.",
      "If a change of plan starts a new subscription, counting continues from the old one.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
    tiers: [
      "“referral”: everyone.",
      "“tier-1”: at least 2 customers.",
      "“tier-2”: at least 2 customers and more than $1,000.00 in sales.",
      "“tier-3”: at least 2 customers and more than $10,000.00 in sales.",
      "You are in the highest tier whose conditions you meet.",
      "A sale earns at the tier you had reached at the time of the sale, counting the other sales that were known when it was recorded, net of the refunds and chargebacks known then. It keeps that tier: sales and refunds that become known later don’t change it. The commission’s explanation gives the day it was recorded.",
      "Customers and sales from the last 12 months count.",
      "A sale counts once its hold period ends.",
      "If you no longer meet a tier’s conditions, you move down.",
    ],
    second_tier: [
      "When affiliates you referred make sales, you earn 10% of each payment. Their own commission stays the same.",
      "If you buy through an affiliate you referred, neither of you earns a commission.",
    ],
    hold: [
      "Commissions are held in reserve for 45 days after the customer’s payment. Then they are due.",
      "If a payment is refunded or charged back at any time, its share of the commission is reversed.",
    ],
    payout: [
      "Commissions whose hold period ends in a given month are paid from the 15th to the 20th of the following month.",
      "There is no minimum payout.",
      "Before you can be paid, the merchant needs a tax form and a payout method from you.",
      "Payouts are made by PayPal.",
    ],
    disputes: [
      "Within 30 days of the first trial or payment, you or another affiliate can dispute who gets the credit. The merchant decides.",
    ],
  },
  "kartra-partnerstack": {
    rates: [
      "Rule 1: 40% of each payment, in tier “top”.",
      "Rule 2: 30% of each payment, in tier “standard”.",
      "The first rule that matches a sale applies.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
    tiers: [
      "“standard”: everyone.",
      "“top”: at least 2 customers and more than $10,000.00 in sales.",
      "You are in the highest tier whose conditions you meet.",
      "A sale earns at the tier you had reached at the time of the sale, counting the other sales that were known when it was recorded, net of the refunds and chargebacks known then. It keeps that tier: sales and refunds that become known later don’t change it. The commission’s explanation gives the day it was recorded.",
      "Customers and sales from the last 12 months count.",
      "A sale counts once its hold period ends.",
      "If you no longer meet a tier’s conditions, you move down.",
    ],
    hold: [
      "Commissions are held in reserve for 45 days after the customer’s payment. Then they are due.",
      "If a payment is refunded or charged back at any time, its share of the commission is reversed.",
    ],
    payout: [
      "Commissions whose hold period ends in a given month are paid from the 15th to the 20th of the following month.",
      "Balances under $50.00 are carried over.",
      "Nothing is required before your first payout.",
      "Payouts are made by PayPal or bank transfer.",
    ],
  },
  "kartra-classic": {
    rates: [
      "Rule 1: 40% of each payment.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
    hold: [
      "Commissions are held in reserve for 45 days after the customer’s payment. Then they are due.",
      "If a payment is refunded or charged back at any time, its share of the commission is reversed.",
    ],
    payout: [
      "Commissions whose hold period ends in a given month are paid from the 15th to the 20th of the following month.",
      "There is no minimum payout.",
      "Nothing is required before your first payout.",
      "Payouts are made by PayPal.",
    ],
  },
  carrot: {
    credit: [
      "Credit goes to the last click before the customer’s signup (their first lead, trial, or payment).",
      "Clicks never expire.",
      "One click can be credited for at most 10 customers.",
      "If a coupon and a click point to different affiliates, the coupon takes precedence.",
      "Your own purchases don’t earn commission.",
    ],
    rates: [
      "Rule 1: 50% of each payment, for product “education”.",
      "Rule 2: 25% of each payment.",
      "The first rule that matches a sale applies.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
    payout: [
      "Commissions earned in a given month are paid from the 10th to the 15th of the 2nd month after it, if their hold period has ended by then.",
      "Balances under $25.00 are carried over.",
      "Before you can be paid, the merchant needs a tax form and a payout method from you.",
      "Payouts are made by PayPal.",
    ],
  },
  systeme: {
    rates: [
      "Rule 1: 50% of each payment.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
  },
  clickfunnels: {
    rates: [
      "Rule 1: 40% of each payment, in tier “tier-3”.",
      "Rule 2: 30% of each payment, in tier “tier-2”.",
      "Rule 3: 20% of each payment, in tier “tier-1”.",
      "The first rule that matches a sale applies.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
    tiers: [
      "“tier-1”: everyone.",
      "“tier-2”: at least $1,000.00 in sales.",
      "“tier-3”: at least 40 customers and at least $1,000.00 in sales.",
      "You are in the highest tier whose conditions you meet.",
      "A sale earns at the tier you had reached at the time of the sale, counting the other sales that were known when it was recorded, net of the refunds and chargebacks known then. It keeps that tier: sales and refunds that become known later don’t change it. The commission’s explanation gives the day it was recorded.",
      "Customers and sales from the last month count.",
      "A sale counts as soon as it is made.",
      "You keep every tier you reach.",
    ],
    milestones: [
      "A bonus of $100.00 for every $1,000.00 of commission, net of refunds and chargebacks. It clears with the sales that reached the goal and is reversed if they no longer reach it.",
    ],
    hold: [
      "Commissions are held in reserve for 45 days after the customer’s payment. Then they are due.",
      "If a payment is refunded or charged back at any time, its share of the commission is reversed.",
    ],
    payout: [
      "Commissions whose hold period ends in a given month are paid on the 1st of the following month.",
      "Commissions whose hold period ends before the 15th of a month are already paid on the 15th of that same month.",
      "Balances under $100.00 are carried over.",
      "Before you can be paid, the merchant needs a tax form and a payout method from you.",
      "Payouts are made by PayPal.",
    ],
  },
  "fifteen-day": {
    credit: [
      "Credit goes to the last click before the sale.",
      "A click counts for 15 days.",
      "One click can be credited for at most 10 customers.",
      "If a coupon and a click point to different affiliates, the coupon takes precedence.",
      "Your own purchases don’t earn commission.",
    ],
    rates: [
      "Rule 1: 30% of each payment.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
  },
  builderall: {
    rates: [
      "Rule 1: 100% of the first payment.",
      "Rule 2: 30% of each payment.",
      "The first rule that matches a sale applies.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Payments are counted per customer, across all subscriptions and other purchases.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
    milestones: [
      "A one-time bonus of $500.00 at 100 customers with a sale. It clears with the sales that reached the goal and is reversed if they no longer reach it.",
    ],
  },
  convertkit: {
    rates: [
      "Rule 1: 30% of each payment in the first 24 months.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Months are counted from the subscription’s first payment, or from the customer’s first payment for purchases outside a subscription.",
      "A payment up to 24 hours before a month ends counts toward the next month.",
      "If a change of plan starts a new subscription, counting continues from the old one.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
  },
  kajabi: {
    rates: [
      "Rule 1: 30% of each payment.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
    hold: [
      "Commissions are held in reserve for 60 days after the customer’s payment. Then they are due.",
      "If a payment is refunded or charged back at any time, its share of the commission is reversed.",
    ],
    payout: [
      "Commissions whose hold period ends in a given month are paid from the 1st to the last day of the following month.",
      "There is no minimum payout.",
      "Nothing is required before your first payout.",
      "Payouts are made by PayPal.",
    ],
    open_to: ["Only the merchant’s customers can join, subject to the merchant’s approval."],
  },
  bigcommerce: {
    rates: [
      "Rule 1: $150.00 for the first payment, for product “enterprise”.",
      "Rule 2: 2/12 of the first payment on a yearly plan.",
      "Rule 3: 200% of the first payment, which is more than the payment itself.",
      "The first rule that matches a sale applies.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Payments are counted per customer, across all subscriptions and other purchases.",
      "Amounts are in USD. A sale in another currency matches no rule with a minimum amount, and earns nothing from a rule with a fixed or capped amount. Other rules pay their percentage in the sale’s currency.",
    ],
  },
  notion: {
    rates: [
      "Rule 1: 50% of each payment in the first 12 months.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "Months are counted from the customer’s first payment, across all subscriptions and other purchases.",
      "A payment up to 24 hours before a month ends counts toward the next month.",
      "Amounts are in USD. A sale in another currency earns its percentage in that currency.",
    ],
  },
  exness: {
    rates: [
      "Rule 1: $1,850.00 for the customer’s first qualifying payment (minimum $1,000.00), for customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia, or Singapore, on platform “web”.",
      "Rule 2: $1,100.00 for the customer’s first qualifying payment (minimum $1,000.00), for customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia, or Singapore.",
      "Rule 3: $900.00 for the customer’s first qualifying payment (minimum $200.00), for customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia, or Singapore, on platform “web”.",
      "Rule 4: $550.00 for the customer’s first qualifying payment (minimum $200.00), for customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia, or Singapore.",
      "Rule 5: $200.00 for the customer’s first qualifying payment (minimum $10.00), for customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia, or Singapore, on platform “web”.",
      "Rule 6: $120.00 for the customer’s first qualifying payment (minimum $10.00), for customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia, or Singapore.",
      "Rule 7: $600.00 for the customer’s first qualifying payment (minimum $1,000.00), for customers in Brazil, Mexico, Malaysia, Thailand, Vietnam, or South Africa, on platform “web”.",
      "Rule 8: $400.00 for the customer’s first qualifying payment (minimum $1,000.00), for customers in Brazil, Mexico, Malaysia, Thailand, Vietnam, or South Africa.",
      "Rule 9: $300.00 for the customer’s first qualifying payment (minimum $200.00), for customers in Brazil, Mexico, Malaysia, Thailand, Vietnam, or South Africa, on platform “web”.",
      "Rule 10: $200.00 for the customer’s first qualifying payment (minimum $200.00), for customers in Brazil, Mexico, Malaysia, Thailand, Vietnam, or South Africa.",
      "Rule 11: $80.00 for the customer’s first qualifying payment (minimum $10.00), for customers in Brazil, Mexico, Malaysia, Thailand, Vietnam, or South Africa, on platform “web”.",
      "Rule 12: $50.00 for the customer’s first qualifying payment (minimum $10.00), for customers in Brazil, Mexico, Malaysia, Thailand, Vietnam, or South Africa.",
      "Rule 13: $250.00 for the customer’s first qualifying payment (minimum $1,000.00), on platform “web”.",
      "Rule 14: $160.00 for the customer’s first qualifying payment (minimum $1,000.00).",
      "Rule 15: $120.00 for the customer’s first qualifying payment (minimum $200.00), on platform “web”.",
      "Rule 16: $80.00 for the customer’s first qualifying payment (minimum $200.00).",
      "Rule 17: $40.00 for the customer’s first qualifying payment (minimum $10.00), on platform “web”.",
      "Rule 18: $25.00 for the customer’s first qualifying payment (minimum $10.00).",
      "The first rule that matches a sale applies.",
      "A sale that matches no rule earns nothing. Payment amounts exclude tax.",
      "A payment qualifies if it meets all other conditions of a rule for the first qualifying payment. Each customer has one such payment, across all subscriptions and other purchases.",
      "Amounts are in USD. A sale in another currency matches no rule with a minimum amount, and earns nothing from a rule with a fixed or capped amount. Other rules pay their percentage in the sale’s currency.",
    ],
  },
};

const linesOf = (terms: ProgramTerms) =>
  Object.fromEntries(explainTerms({ terms, currency: "USD", version: null }).map(({ id, lines }) => [id, lines]));

test("terms with all defaults", () => {
  expect(linesOf(unpaidTerms)).toEqual(PLAIN);
});

test("the text of every preset is listed", () => {
  expect(Object.keys(golden)).toEqual(Object.keys(presets));
});

test.each(Object.entries(presets))("the terms of %s", (name, terms) => {
  expect(linesOf(terms)).toEqual({ ...PLAIN, ...golden[name] });
});
