/** Each known programme's terms as its affiliates read them: word for word. */
import { expect, test } from "vitest";
import { explainTerms } from "../../src/programs/explain-terms.ts";
import { presets } from "../../src/programs/presets/index.ts";
import { type ProgramTerms, unpaidTerms } from "../../src/programs/terms.ts";

/** What terms say that state nothing of their own. */
const PLAIN = {
  credit: [
    "The last click before the sale gets the credit.",
    "A click counts for 30 days.",
    "Where a coupon names one affiliate and a click another, the coupon decides.",
    "What affiliates buy themselves earns nothing.",
  ],
  binding: [
    "The first trial or payment binds the customer to its affiliate for life: later payments need no click, whatever is bought, changed or cancelled.",
    "While its affiliate is suspended or otherwise not approved, it earns nothing; afterwards it does again.",
    "A customer whose first trial or payment comes without a click that counts is bound as well, to nobody.",
  ],
  trials: ["A trial is no sale, even if it is paid for: the first full payment after it is."],
  rates: [
    "Rule 1: 0% of each payment.",
    "A sale that no rule fits earns nothing. Tax is no part of a payment.",
    "Sums are in USD. A sale in another currency earns its share in that currency.",
  ],
  tiers: ["There are no tiers: the rates are the same for all."],
  second_tier: ["Nothing is earned by what an affiliate sells that one has brought in."],
  milestones: ["There are none."],
  hold: [
    "A commission is held in reserve for 30 days from the customer’s payment; then it is due.",
    "What is refunded or charged back takes its part of the commission with it, at any time.",
  ],
  payout: ["These terms do not say when commissions are paid: the merchant does."],
  disputes: ["No other affiliate can be named for a sale afterwards."],
  open_to: ["Anyone whom the merchant approves."],
  version: ["A subscription that began under an earlier version keeps that one."],
};

/** What each preset says otherwise. */
const golden: Record<string, Record<string, string[]>> = {
  kartra: {
    binding: [
      "The first trial or payment binds the subscription to its affiliate for as long as it is active: its later payments need no click. A new subscription is decided anew.",
      "A subscription that changes its product keeps its affiliate.",
      "A subscription that was cancelled and comes back is decided anew.",
      "While its affiliate is suspended or otherwise not approved, it earns nothing; afterwards it does again.",
      "A subscription whose first trial or payment comes without a click that counts is bound as well, to nobody.",
    ],
    rates: [
      "Rule 1: 20% of each payment, tier “tier-1”.",
      "Rule 2: 30% of each payment, tier “tier-2”.",
      "Rule 3: 40% of each payment, tier “tier-3”.",
      "Rule 4: 100% of the first payment of a monthly plan, tier “referral”.",
      "Rule 5: 20% of the first payment of a yearly plan, tier “referral”.",
      "Rule 6: 20% of the first payment, tier “referral”.",
      "The first rule that fits a sale is the one that counts.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Payments are counted for each subscription; outside of any, for each customer.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
    tiers: [
      "“referral”: everybody.",
      "“tier-1”: at least 2 customers.",
      "“tier-2”: at least 2 customers and more than $1,000.00 in sales.",
      "“tier-3”: at least 2 customers and more than $10,000.00 in sales.",
      "An affiliate is in the highest tier whose conditions all hold. A sale earns by the tier that was reached before it.",
      "Customers and sales of the last 12 months count.",
      "A sale counts once its hold is over.",
      "Whoever no longer fulfils a tier’s conditions falls back.",
    ],
    second_tier: [
      "Whoever has brought an affiliate in earns 10% of each payment that it sells, beside the affiliate’s own commission.",
    ],
    hold: [
      "A commission is held in reserve for 45 days from the customer’s payment; then it is due.",
      "What is refunded or charged back takes its part of the commission with it, at any time.",
    ],
    payout: [
      "Commissions whose hold was over in a month are paid from the 15th to the 20th of the next month.",
      "Any amount is paid: there is no minimum.",
      "Before anything is paid, the merchant needs a tax form and payment details.",
      "Paid by PayPal.",
    ],
    disputes: [
      "Within 30 days of the first trial or payment, the merchant may be told that another affiliate had brought the customer, and decides.",
    ],
  },
  "kartra-partnerstack": {
    rates: [
      "Rule 1: 40% of each payment, tier “top”.",
      "Rule 2: 30% of each payment, tier “standard”.",
      "The first rule that fits a sale is the one that counts.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
    tiers: [
      "“standard”: everybody.",
      "“top”: at least 2 customers and more than $10,000.00 in sales.",
      "An affiliate is in the highest tier whose conditions all hold. A sale earns by the tier that was reached before it.",
      "Customers and sales of the last 12 months count.",
      "A sale counts once its hold is over.",
      "Whoever no longer fulfils a tier’s conditions falls back.",
    ],
    hold: [
      "A commission is held in reserve for 45 days from the customer’s payment; then it is due.",
      "What is refunded or charged back takes its part of the commission with it, at any time.",
    ],
    payout: [
      "Commissions whose hold was over in a month are paid from the 15th to the 20th of the next month.",
      "Less than $50.00 is not paid out, but carried over.",
      "Nothing is asked for beforehand.",
      "Paid by PayPal or bank transfer.",
    ],
  },
  "kartra-classic": {
    rates: [
      "Rule 1: 40% of each payment.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
    hold: [
      "A commission is held in reserve for 45 days from the customer’s payment; then it is due.",
      "What is refunded or charged back takes its part of the commission with it, at any time.",
    ],
    payout: [
      "Commissions whose hold was over in a month are paid from the 15th to the 20th of the next month.",
      "Any amount is paid: there is no minimum.",
      "Nothing is asked for beforehand.",
      "Paid by PayPal.",
    ],
  },
  carrot: {
    credit: [
      "The last click before the customer signed up (which is its first lead, trial or payment) gets the credit.",
      "A click never expires.",
      "Where a coupon names one affiliate and a click another, the coupon decides.",
      "What affiliates buy themselves earns nothing.",
    ],
    rates: [
      "Rule 1: 50% of each payment, product “education”.",
      "Rule 2: 25% of each payment.",
      "The first rule that fits a sale is the one that counts.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
    payout: [
      "Commissions earned in a month are paid from the 10th to the 15th of the month after the next, if their hold is over by then.",
      "Less than $25.00 is not paid out, but carried over.",
      "Before anything is paid, the merchant needs a tax form and payment details.",
      "Paid by PayPal.",
    ],
  },
  systeme: {
    rates: [
      "Rule 1: 50% of each payment.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
  },
  clickfunnels: {
    rates: [
      "Rule 1: 40% of each payment, tier “tier-3”.",
      "Rule 2: 30% of each payment, tier “tier-2”.",
      "Rule 3: 20% of each payment, tier “tier-1”.",
      "The first rule that fits a sale is the one that counts.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
    tiers: [
      "“tier-1”: everybody.",
      "“tier-2”: at least $1,000.00 in sales.",
      "“tier-3”: at least 40 customers and at least $1,000.00 in sales.",
      "An affiliate is in the highest tier whose conditions all hold. A sale earns by the tier that was reached before it.",
      "Customers and sales of the last month count.",
      "A sale counts as soon as it is made.",
      "A tier once reached is kept.",
    ],
    milestones: [
      "A bonus of $100.00 for each $1,000.00 of commission, net of what was taken back.",
      "A bonus once earned is kept.",
    ],
    hold: [
      "A commission is held in reserve for 45 days from the customer’s payment; then it is due.",
      "What is refunded or charged back takes its part of the commission with it, at any time.",
    ],
    payout: [
      "Commissions whose hold was over in a month are paid from the 1st to the 15th of the next month.",
      "Less than $100.00 is not paid out, but carried over.",
      "Before anything is paid, the merchant needs a tax form and payment details.",
      "Paid by PayPal.",
    ],
  },
  "fifteen-day": {
    credit: [
      "The last click before the sale gets the credit.",
      "A click counts for 15 days.",
      "Where a coupon names one affiliate and a click another, the coupon decides.",
      "What affiliates buy themselves earns nothing.",
    ],
    rates: [
      "Rule 1: 30% of each payment.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
  },
  builderall: {
    rates: [
      "Rule 1: 100% of the first payment.",
      "Rule 2: 30% of each payment.",
      "The first rule that fits a sale is the one that counts.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Payments are counted for each subscription; outside of any, for each customer.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
    milestones: ["A bonus of $500.00, once, at 100 customers with a sale.", "A bonus once earned is kept."],
  },
  convertkit: {
    rates: [
      "Rule 1: 30% of each payment in the first 24 months.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Months are counted from a subscription’s first payment; outside of any, from the customer’s.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
  },
  kajabi: {
    rates: [
      "Rule 1: 30% of each payment.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
    hold: [
      "A commission is held in reserve for 60 days from the customer’s payment; then it is due.",
      "What is refunded or charged back takes its part of the commission with it, at any time.",
    ],
    payout: [
      "Commissions whose hold was over in a month are paid from the 1st to the last day of the next month.",
      "Any amount is paid: there is no minimum.",
      "Nothing is asked for beforehand.",
      "Paid by PayPal.",
    ],
    open_to: ["Only customers of the merchant, whom it approves."],
  },
  bigcommerce: {
    rates: [
      "Rule 1: $150.00 for the first payment, product “enterprise”.",
      "Rule 2: 16.67% of the first payment of a yearly plan.",
      "Rule 3: 200% of the first payment, which is more than the payment itself.",
      "The first rule that fits a sale is the one that counts.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Payments are counted for each subscription; outside of any, for each customer.",
      "Sums are in USD. A sale in another currency fits no rule that asks for an amount, and earns nothing by one that pays a sum or is limited by one; any other share is earned in the sale’s own currency.",
    ],
  },
  notion: {
    rates: [
      "Rule 1: 50% of each payment in the first 12 months.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Months are counted from a subscription’s first payment; outside of any, from the customer’s.",
      "Sums are in USD. A sale in another currency earns its share in that currency.",
    ],
  },
  exness: {
    rates: [
      "Rule 1: $1,850.00 for the first payment of at least $1,000.00, customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia or Singapore, platform “web”.",
      "Rule 2: $1,100.00 for the first payment of at least $1,000.00, customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia or Singapore.",
      "Rule 3: $900.00 for the first payment of at least $200.00, customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia or Singapore, platform “web”.",
      "Rule 4: $550.00 for the first payment of at least $200.00, customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia or Singapore.",
      "Rule 5: $200.00 for the first payment of at least $10.00, customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia or Singapore, platform “web”.",
      "Rule 6: $120.00 for the first payment of at least $10.00, customers in United Arab Emirates, Kuwait, Qatar, Saudi Arabia or Singapore.",
      "Rule 7: $600.00 for the first payment of at least $1,000.00, customers in Brazil, Mexico, Malaysia, Thailand, Vietnam or South Africa, platform “web”.",
      "Rule 8: $400.00 for the first payment of at least $1,000.00, customers in Brazil, Mexico, Malaysia, Thailand, Vietnam or South Africa.",
      "Rule 9: $300.00 for the first payment of at least $200.00, customers in Brazil, Mexico, Malaysia, Thailand, Vietnam or South Africa, platform “web”.",
      "Rule 10: $200.00 for the first payment of at least $200.00, customers in Brazil, Mexico, Malaysia, Thailand, Vietnam or South Africa.",
      "Rule 11: $80.00 for the first payment of at least $10.00, customers in Brazil, Mexico, Malaysia, Thailand, Vietnam or South Africa, platform “web”.",
      "Rule 12: $50.00 for the first payment of at least $10.00, customers in Brazil, Mexico, Malaysia, Thailand, Vietnam or South Africa.",
      "Rule 13: $250.00 for the first payment of at least $1,000.00, platform “web”.",
      "Rule 14: $160.00 for the first payment of at least $1,000.00.",
      "Rule 15: $120.00 for the first payment of at least $200.00, platform “web”.",
      "Rule 16: $80.00 for the first payment of at least $200.00.",
      "Rule 17: $40.00 for the first payment of at least $10.00, platform “web”.",
      "Rule 18: $25.00 for the first payment of at least $10.00.",
      "The first rule that fits a sale is the one that counts.",
      "A sale that no rule fits earns nothing. Tax is no part of a payment.",
      "Payments are counted for each subscription; outside of any, for each customer.",
      "Sums are in USD. A sale in another currency fits no rule that asks for an amount, and earns nothing by one that pays a sum or is limited by one; any other share is earned in the sale’s own currency.",
    ],
  },
};

const wordsOf = (terms: ProgramTerms) =>
  Object.fromEntries(explainTerms({ terms, currency: "USD", version: null }).map(({ id, lines }) => [id, lines]));

test("terms that say nothing of their own", () => {
  expect(wordsOf(unpaidTerms)).toEqual(PLAIN);
});

test("each preset has its words below", () => {
  expect(Object.keys(golden)).toEqual(Object.keys(presets));
});

test.each(Object.entries(presets))("%s", (name, terms) => {
  expect(wordsOf(terms)).toEqual({ ...PLAIN, ...golden[name] });
});
