/** Further stories of providers with several ways to pay, or to send the click. */
import kartraForm from "../../fixtures/kartra/filled-form.json?raw";
import kartraRefund from "../../fixtures/kartra/refund.txt?raw";
import kartraSale from "../../fixtures/kartra/sale.txt?raw";
import paypalSale from "../../fixtures/paypal/sale-completed.json?raw";
import paypalRefund from "../../fixtures/paypal/sale-refunded.json?raw";
import paypalReversal from "../../fixtures/paypal/sale-reversed.json?raw";
import paypalActivated from "../../fixtures/paypal/subscription-activated.json?raw";
import paypalCancelled from "../../fixtures/paypal/subscription-cancelled.json?raw";
import shopifyDispute from "../../fixtures/shopify/disputes-create.json?raw";
import shopifyPaid from "../../fixtures/shopify/orders-paid-abroad.json?raw";
import shopifyRefund from "../../fixtures/shopify/refunds-create-abroad.json?raw";
import stripePaid from "../../fixtures/stripe/checkout-session-async-payment-succeeded.json?raw";
import stripeUnpaid from "../../fixtures/stripe/checkout-session-completed-unpaid.json?raw";
import stripeRefundPending from "../../fixtures/stripe/refund-created-pending.json?raw";
import stripeRefundFailed from "../../fixtures/stripe/refund-failed.json?raw";
import stripeRefundUpdated from "../../fixtures/stripe/refund-updated.json?raw";
import woocommerceRenewal from "../../fixtures/woocommerce/order-created-renewal.json?raw";
import woocommerceTrial from "../../fixtures/woocommerce/subscription-created-on-trial.json?raw";
import woocommerceCancelled from "../../fixtures/woocommerce/subscription-updated-cancelled.json?raw";
import woocommercePending from "../../fixtures/woocommerce/subscription-updated-pending-cancel.json?raw";
import { edit, type ProviderStory, withoutClick } from "./story.ts";

/** The bank refuses the refund after it succeeded. */
const stripeBankDebit: ProviderStory = {
  source: "stripe",
  variant: "a bank debit",
  clicked_at: "2026-01-19T06:00:00Z",
  events: {
    "checkout with the click, not paid yet": { body: stripeUnpaid },
    payment: { body: withoutClick(stripePaid) },
    "refund begun": { body: stripeRefundPending },
    refund: { body: stripeRefundUpdated },
    "refund failed": {
      body: edit(stripeRefundFailed, {
        re_3SqVqYJk7Yd3WbTn0Part0001: "re_3Sr1qYJk7Yd3WbTn0Sepa0002",
        "3SqVqYJk7Yd3WbTn0First001": "3Sr1qYJk7Yd3WbTn0Sepa0001",
        '"created": 1769245201': '"created": 1770181201',
      }),
    },
  },
  expected: { amount: 4_900, currency: "EUR", refunded: 0, earned: 1_960 },
};

const paypalSubscription: ProviderStory = {
  source: "paypal",
  variant: "a subscription",
  clicked_at: "2026-03-02T09:00:00Z",
  events: {
    "subscription with the click": { body: paypalActivated },
    payment: { body: withoutClick(paypalSale) },
    refund: { body: edit(paypalRefund, { "5FA26108TL693352W": "61V93475KS820174H", "23.80": "11.90" }) },
    reversal: { body: edit(paypalReversal, { "23.80": "5.95" }) },
    cancellation: { body: paypalCancelled },
  },
  // 17.85 of 23.80.
  expected: { amount: 2_000, currency: "EUR", refunded: 1_500, earned: 200 },
};

const abroad = { "5812345678901": "5812345679902", '"49.72"': '"45.80"', '"EUR"': '"USD"' };

/** The refund states its part of the sale, the dispute its part of the total. */
const shopifyGuest: ProviderStory = {
  source: "shopify",
  variant: "a guest",
  clicked_at: "2026-01-05T19:00:00Z",
  events: {
    order: { as: "orders/paid", body: shopifyPaid },
    "refund of a half": { as: "refunds/create", body: shopifyRefund },
    "dispute of the other half": { as: "disputes/create", body: edit(shopifyDispute, abroad) },
  },
  expected: { amount: 8_000, currency: "USD", refunded: 8_000, earned: 0 },
};

const woocommerceSubscription: ProviderStory = {
  source: "woocommerce",
  variant: "a subscription",
  clicked_at: "2026-01-10T09:00:00Z",
  events: {
    "trial with the click": { as: "subscription.created", body: woocommerceTrial },
    payment: { as: "order.created", body: woocommerceRenewal },
    "end requested": { as: "subscription.updated", body: woocommercePending },
    end: { as: "subscription.updated", body: woocommerceCancelled },
  },
  expected: { amount: 2_000, currency: "EUR", refunded: 0, earned: 800 },
};

/** Forms have no time. Their click has one. */
const kartraLead: ProviderStory = {
  source: "kartra",
  variant: "a lead",
  clicked_at: "2026-01-05T19:00:00Z",
  events: {
    "form with the click": { body: kartraForm },
    payment: { body: withoutClick(kartraSale) },
    refund: { body: edit(kartraRefund, { "full_amount=116.00": "full_amount=11.60" }) },
  },
  // 11.60 of 116.00.
  expected: { amount: 9_700, currency: "USD", refunded: 970, earned: 3_492 },
};

/** The further stories. */
export const VARIANTS = [stripeBankDebit, paypalSubscription, shopifyGuest, woocommerceSubscription, kartraLead];
