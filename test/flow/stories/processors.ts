/** Stories of payment processors, of billing systems, and of events that merchants send themselves. */
import braintreeDisputeLost from "../../fixtures/braintree/dispute-lost.txt?raw";
import braintreeDisputeOpened from "../../fixtures/braintree/dispute-opened.txt?raw";
import braintreeRefundFailed from "../../fixtures/braintree/refund-failed.txt?raw";
import braintreeSettled from "../../fixtures/braintree/transaction-settled.txt?raw";
import braintreeRefund from "../../fixtures/braintree/transaction-settled-refund.txt?raw";
import chargebeeRefund from "../../fixtures/chargebee/payment-refunded.json?raw";
import chargebeeChargeback from "../../fixtures/chargebee/payment-refunded-chargeback.json?raw";
import chargebeePaid from "../../fixtures/chargebee/payment-succeeded.json?raw";
import chargebeeCancelled from "../../fixtures/chargebee/subscription-cancelled.json?raw";
import chargebeeCreated from "../../fixtures/chargebee/subscription-created.json?raw";
import firstpromoterCancellation from "../../fixtures/firstpromoter/cancellation.json?raw";
import firstpromoterRefund from "../../fixtures/firstpromoter/refund.json?raw";
import firstpromoterSale from "../../fixtures/firstpromoter/sale.json?raw";
import firstpromoterSignup from "../../fixtures/firstpromoter/signup.json?raw";
import paypalCapture from "../../fixtures/paypal/capture-completed.json?raw";
import paypalRefund from "../../fixtures/paypal/capture-refunded.json?raw";
import paypalReversal from "../../fixtures/paypal/capture-reversed.json?raw";
import paypalDispute from "../../fixtures/paypal/dispute-created.json?raw";
import paypalDisputeWon from "../../fixtures/paypal/dispute-resolved-won.json?raw";
import paypalApproved from "../../fixtures/paypal/order-approved.json?raw";
import postbackChargeback from "../../fixtures/postback/chargeback.txt?raw";
import postbackChargebackWon from "../../fixtures/postback/chargeback-won.txt?raw";
import postbackLead from "../../fixtures/postback/lead.txt?raw";
import postbackRefund from "../../fixtures/postback/refund.txt?raw";
import postbackSale from "../../fixtures/postback/sale.json?raw";
import recurlyPaid from "../../fixtures/recurly/charge-invoice-paid.json?raw";
import recurlyCredit from "../../fixtures/recurly/credit-invoice-created.json?raw";
import recurlyPurchase from "../../fixtures/recurly/invoice-purchase.json?raw";
import recurlyRefund from "../../fixtures/recurly/invoice-refund.json?raw";
import stripeDisputeWon from "../../fixtures/stripe/charge-dispute-closed-won.json?raw";
import stripeDispute from "../../fixtures/stripe/charge-dispute-created.json?raw";
import stripeCheckout from "../../fixtures/stripe/checkout-session-completed-subscription.json?raw";
import stripeInvoice from "../../fixtures/stripe/invoice-paid-first.json?raw";
import stripeInvoicePayment from "../../fixtures/stripe/invoice-payment-paid.json?raw";
import stripeRefund from "../../fixtures/stripe/refund-created.json?raw";
import { edit, type ProviderStory, toJson, withoutClick } from "./story.ts";

const SIGNED_UP = "2026-01-03T09:00:00Z";

/** An event of the generic format. */
function generic(type: string, at: string, fields: Record<string, unknown>) {
  return { as: `msg_${type}_${at}`, body: JSON.stringify({ type, occurred_at: `${at}T10:00:00Z`, ...fields }) };
}

const customer = { id: "cus_1" };
const payment = { customer, payment: "pay_1", currency: "USD" };

const standard: ProviderStory = {
  source: "standard",
  clicked_at: SIGNED_UP,
  events: {
    lead: generic("lead", "2026-01-03", { customer, click: "AQGb-the-click-of-the-generic-events" }),
    sale: generic("sale", "2026-01-04", { ...payment, amount: 9_999 }),
    refund: generic("refund", "2026-01-05", { ...payment, refund: "re_1", amount: 3_333 }),
    "second refund": generic("refund", "2026-01-06", { ...payment, refund: "re_2", amount: 1_111 }),
    "second refund failed": generic("refund_failed", "2026-01-08", { ...payment, refund: "re_2" }),
  },
  expected: { amount: 9_999, currency: "USD", refunded: 3_333, earned: 2_667 },
};

const ofFirstInvoice = { "3T1kqYJk7Yd3WbTn0Renew002": "3SqVqYJk7Yd3WbTn0First001" };

const stripe: ProviderStory = {
  source: "stripe",
  clicked_at: SIGNED_UP,
  events: {
    "checkout with the click": { body: stripeCheckout },
    invoice: { body: withoutClick(stripeInvoice) },
    "ids of the payment": { body: stripeInvoicePayment },
    refund: { body: stripeRefund },
    dispute: { body: edit(stripeDispute, ofFirstInvoice) },
    "dispute won": { body: edit(stripeDisputeWon, ofFirstInvoice) },
  },
  // 10.00 of 34.51.
  expected: { amount: 2_900, currency: "EUR", refunded: 840, earned: 824 },
};

const paypal: ProviderStory = {
  source: "paypal",
  clicked_at: "2026-03-02T09:00:00Z",
  events: {
    "order with the click": { body: paypalApproved },
    capture: { body: withoutClick(paypalCapture) },
    refund: { body: paypalRefund },
    dispute: { body: paypalDispute },
    "reversal of the disputed amount": { body: paypalReversal },
    "dispute won": { body: paypalDisputeWon },
  },
  // 16.00 of 64.00.
  expected: { amount: 4_958, currency: "EUR", refunded: 1_240, earned: 1_487 },
};

const ofSettled = { "5ktq8z1d": "1c0v9mtr" };

const braintree: ProviderStory = {
  source: "braintree",
  clicked_at: "2026-03-10T09:00:00Z",
  events: {
    sale: { body: braintreeSettled },
    refund: { body: braintreeRefund },
    "refund failed": { body: braintreeRefundFailed },
    dispute: { body: edit(braintreeDisputeOpened, ofSettled) },
    "dispute lost": { body: edit(braintreeDisputeLost, ofSettled) },
  },
  // 29.00 of 118.50.
  expected: { amount: 10_000, currency: "USD", refunded: 2_447, earned: 3_021 },
};

const chargebee: ProviderStory = {
  source: "chargebee",
  clicked_at: SIGNED_UP,
  events: {
    "subscription with the click": { body: chargebeeCreated },
    payment: { body: withoutClick(chargebeePaid) },
    refund: { body: chargebeeRefund },
    "chargeback of the invoice": {
      body: edit(chargebeeChargeback, { '"amount": 3851': '"amount": 2000', '"cn_total": 3851': '"cn_total": 2000' }),
    },
    cancellation: { body: chargebeeCancelled },
  },
  // 30.00 of 48.51.
  expected: { amount: 4_410, currency: "USD", refunded: 2_727, earned: 673 },
};

const RECURLY = "https://v3.recurly.com/invoices";
const secondCredit = { rc9m3xq6wk1t: "rc9m3xq6wk9z", "2026-01-05": "2026-01-20" };
const secondRefund = edit(recurlyRefund, { ...secondCredit, "-35.7": "-11.9", "-5.7": "-1.9" });

/** Each webhook leads to an invoice. */
const recurly: ProviderStory = {
  source: "recurly",
  clicked_at: SIGNED_UP,
  events: {
    payment: { body: recurlyPaid, answers: { [`${RECURLY}/rz5n1xq7wk3m`]: recurlyPurchase } },
    refund: { body: recurlyCredit, answers: { [`${RECURLY}/rc9m3xq6wk1t`]: recurlyRefund } },
    "second refund": {
      body: edit(recurlyCredit, secondCredit),
      answers: { [`${RECURLY}/rc9m3xq6wk9z`]: secondRefund },
    },
    "second refund voided": {
      body: edit(recurlyCredit, { ...secondCredit, '"created"': '"voided"', "2026-01-20": "2026-01-22" }),
      answers: { [`${RECURLY}/rc9m3xq6wk9z`]: secondRefund },
    },
  },
  // 35.70 of 106.03.
  expected: { amount: 8_910, currency: "EUR", refunded: 3_000, earned: 2_364 },
};

const postback: ProviderStory = {
  source: "postback",
  clicked_at: "2026-01-02T08:00:00Z",
  events: {
    "lead with the click": { body: toJson(edit(postbackLead, { "2026-11": "2026-01" })) },
    sale: { body: edit(withoutClick(postbackSale), { "2026-11": "2026-01" }) },
    refund: { body: toJson(edit(postbackRefund, { "2026-11": "2026-01" })) },
    chargeback: {
      body: toJson(edit(postbackChargeback, { pay_1002: "pay_1001", "49.00": "39.50", "2026-12": "2026-01" })),
    },
    "chargeback won": {
      body: toJson(edit(postbackChargebackWon, { pay_1002: "pay_1001", "49.00": "39.50", "2027-01": "2026-02" })),
    },
  },
  expected: { amount: 4_900, currency: "USD", refunded: 950, earned: 1_580 },
};

/** Only signups can have a time. Sales and refunds are dated when they are received, which changes no amount. */
const firstpromoter: ProviderStory = {
  source: "firstpromoter",
  clicked_at: null,
  events: {
    "signup with the click": {
      as: "signup",
      body: edit(firstpromoterSignup, { '"created_at": "2026-11-02T09:15:00.000Z",': "" }),
    },
    sale: { as: "sale", body: withoutClick(firstpromoterSale) },
    refund: { as: "refund", body: firstpromoterRefund },
    cancellation: { as: "cancellation", body: firstpromoterCancellation },
  },
  expected: { amount: 4_900, currency: "USD", refunded: 950, earned: 1_580 },
};

/** The stories of processors. */
export const PROCESSOR_STORIES = [standard, stripe, paypal, braintree, chargebee, recurly, postback, firstpromoter];
