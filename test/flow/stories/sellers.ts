/** Stories of merchants of record and app stores, which sell in the merchant's place. */
import creemDispute from "../../fixtures/creem/dispute-created.json?raw";
import creemRefund from "../../fixtures/creem/refund-created.json?raw";
import creemCanceled from "../../fixtures/creem/subscription-canceled.json?raw";
import creemPaid from "../../fixtures/creem/subscription-paid.json?raw";
import creemTrial from "../../fixtures/creem/subscription-trialing.json?raw";
import dodoDispute from "../../fixtures/dodopayments/dispute-opened.json?raw";
import dodoDisputeWon from "../../fixtures/dodopayments/dispute-won.json?raw";
import dodoPayment from "../../fixtures/dodopayments/payment-succeeded-subscription.json?raw";
import dodoRefund from "../../fixtures/dodopayments/refund-succeeded.json?raw";
import dodoTrial from "../../fixtures/dodopayments/subscription-active-trial.json?raw";
import dodoCancelled from "../../fixtures/dodopayments/subscription-cancelled.json?raw";
import fastspringReturn from "../../fixtures/fastspring/return-created.json?raw";
import fastspringCharge from "../../fixtures/fastspring/subscription-charge-completed.json?raw";
import fastspringDeactivated from "../../fixtures/fastspring/subscription-deactivated.json?raw";
import fastspringTrial from "../../fixtures/fastspring/trial.json?raw";
import gumroadDispute from "../../fixtures/gumroad/dispute.txt?raw";
import gumroadDisputeWon from "../../fixtures/gumroad/dispute-won.txt?raw";
import gumroadMembership from "../../fixtures/gumroad/membership.txt?raw";
import gumroadEnded from "../../fixtures/gumroad/subscription-ended.txt?raw";
import lemonOrder from "../../fixtures/lemonsqueezy/order-created.json?raw";
import lemonRefund from "../../fixtures/lemonsqueezy/order-refunded-partly.json?raw";
import lemonSubscription from "../../fixtures/lemonsqueezy/subscription-created.json?raw";
import lemonExpired from "../../fixtures/lemonsqueezy/subscription-expired.json?raw";
import lemonInvoiceRefund from "../../fixtures/lemonsqueezy/subscription-payment-refunded-initial.json?raw";
import paddleChargeback from "../../fixtures/paddle/adjustment-created-chargeback.json?raw";
import paddleChargebackReversed from "../../fixtures/paddle/adjustment-created-chargeback-reverse.json?raw";
import paddleRefund from "../../fixtures/paddle/adjustment-updated-approved.json?raw";
import paddleCanceled from "../../fixtures/paddle/subscription-canceled.json?raw";
import paddleSubscription from "../../fixtures/paddle/subscription-created.json?raw";
import paddleRecurring from "../../fixtures/paddle/transaction-completed-recurring.json?raw";
import paddleClassicDisputeWon from "../../fixtures/paddle-classic/payment-dispute-closed.txt?raw";
import paddleClassicDispute from "../../fixtures/paddle-classic/payment-dispute-created.txt?raw";
import paddleClassicCancelled from "../../fixtures/paddle-classic/subscription-cancelled.txt?raw";
import paddleClassicRefund from "../../fixtures/paddle-classic/subscription-payment-refunded.txt?raw";
import paddleClassicPaid from "../../fixtures/paddle-classic/subscription-payment-succeeded.txt?raw";
import polarRenewal from "../../fixtures/polar/order-paid-renewal.json?raw";
import polarRefund from "../../fixtures/polar/refund-created.json?raw";
import polarPrevention from "../../fixtures/polar/refund-created-dispute-prevention.json?raw";
import polarRefundFailed from "../../fixtures/polar/refund-updated-failed.json?raw";
import polarTrial from "../../fixtures/polar/subscription-created-trialing.json?raw";
import revenuecatRefund from "../../fixtures/revenuecat/cancellation-refund.json?raw";
import revenuecatExpiration from "../../fixtures/revenuecat/expiration.json?raw";
import revenuecatTrial from "../../fixtures/revenuecat/initial-purchase-trial.json?raw";
import revenuecatRefundReversed from "../../fixtures/revenuecat/refund-reversed.json?raw";
import revenuecatConversion from "../../fixtures/revenuecat/renewal-trial-conversion.json?raw";
import { edit, type ProviderStory, withoutClick } from "./story.ts";

const SIGNED_UP = "2026-01-03T09:00:00Z";

const ofRecurring = {
  txn_01khm82c2d5e8f1g4h7j0k3mnp: "txn_01kf3x2c2d5e8f1g4h7j0k3mnp",
  '"1981"': '"1900"',
  '"2157"': '"2068"',
};

const paddle: ProviderStory = {
  source: "paddle",
  clicked_at: SIGNED_UP,
  events: {
    "trial with the click": { body: paddleSubscription },
    payment: { body: withoutClick(paddleRecurring) },
    refund: { body: paddleRefund },
    chargeback: { body: edit(paddleChargeback, ofRecurring) },
    "chargeback reversed": { body: edit(paddleChargebackReversed, ofRecurring) },
    cancellation: { body: paddleCanceled },
  },
  expected: { amount: 2_900, currency: "USD", refunded: 1_000, earned: 760 },
};

const ofClub = {
  "384921-3820340": "384920-3820221",
  "amount=107.25": "amount=33.55",
  "&currency=USD": "&currency=EUR",
  "jane%40": "zoe%40",
};

const paddleClassic: ProviderStory = {
  source: "paddle_classic",
  clicked_at: SIGNED_UP,
  events: {
    payment: { body: paddleClassicPaid },
    refund: { body: edit(paddleClassicRefund, { "384920-3951107": "384920-3820221" }) },
    dispute: { body: edit(paddleClassicDispute, ofClub) },
    "dispute closed": { body: edit(paddleClassicDisputeWon, ofClub) },
    cancellation: { body: paddleClassicCancelled },
  },
  expected: { amount: 4_500, currency: "EUR", refunded: 1_681, earned: 1_128 },
};

/** Both refunds state the total refunded so far, the second one by the id of the subscription's first invoice. */
const lemonSqueezy: ProviderStory = {
  source: "lemonsqueezy",
  clicked_at: SIGNED_UP,
  events: {
    order: { body: lemonOrder },
    "ids of the payment": { body: lemonSubscription },
    refund: { body: lemonRefund },
    "refund of the invoice": {
      body: edit(lemonInvoiceRefund, { '"refunded_amount": 2280': '"refunded_amount": 1500' }),
    },
    expiration: { body: lemonExpired },
  },
  // 15.00 of 22.80.
  expected: { amount: 1_900, currency: "EUR", refunded: 1_250, earned: 260 },
};

const ofRenewal = {
  "8a41c7d5-2e90-4b3f-a6c8-d5f07b19e342": "b2c90e67-5f14-4d8a-9b03-7e61a4d2c8f5",
  '"amount": 3000': '"amount": 1000',
  '"tax_amount": 570': '"tax_amount": 190',
  "2026-01-05": "2026-01-20",
};

const polar: ProviderStory = {
  source: "polar",
  clicked_at: SIGNED_UP,
  events: {
    "trial with the click": { as: "evt_1", body: polarTrial },
    payment: { as: "evt_2", body: withoutClick(polarRenewal) },
    refund: { as: "evt_3", body: edit(polarRefund, ofRenewal) },
    "refund failed": { as: "evt_4", body: edit(polarRefundFailed, { ...ofRenewal, "2026-01-08": "2026-01-23" }) },
    "refund that prevents a dispute": {
      as: "evt_5",
      body: edit(polarPrevention, { '"amount": 2900': '"amount": 2000', '"tax_amount": 551': '"tax_amount": 380' }),
    },
  },
  // 23.80 of 34.51.
  expected: { amount: 2_900, currency: "EUR", refunded: 2_000, earned: 360 },
};

const creem: ProviderStory = {
  source: "creem",
  clicked_at: SIGNED_UP,
  events: {
    "trial with the click": { body: creemTrial },
    payment: { body: withoutClick(creemPaid) },
    refund: {
      body: edit(withoutClick(creemRefund), {
        tran_5GxRw9KqLm2NvTbYc7ZpJs: "tran_3QkXw7LbTn5VmRcYs9PzGd",
        ord_6TkXw4PzQn1LcVbRm8YsHd: "ord_9NkTw5XqLb3VmRcYs7PzGd",
        '"refund_amount": 3570': '"refund_amount": 1000',
        "1767622830988": "1768832430988",
      }),
    },
    dispute: { body: edit(withoutClick(creemDispute), { '"amount": 3451': '"amount": 2451' }) },
    cancellation: { body: creemCanceled },
  },
  // All of it.
  expected: { amount: 2_900, currency: "EUR", refunded: 2_900, earned: 0 },
};

const dodo: ProviderStory = {
  source: "dodopayments",
  clicked_at: SIGNED_UP,
  events: {
    "trial with the click": { as: "msg_1", body: dodoTrial },
    payment: { as: "msg_2", body: withoutClick(dodoPayment) },
    refund: {
      as: "msg_3",
      body: edit(dodoRefund, {
        pay_4RbXk7LqVn2TmWcYs8PzH: "pay_7LbXk3QqVn8TmWcRy2PzH",
        '"amount": 3570': '"amount": 1190',
        "2026-01-05": "2026-01-20",
      }),
    },
    dispute: { as: "msg_4", body: edit(dodoDispute, { '"3451"': '"2261"' }) },
    "dispute won": { as: "msg_5", body: edit(dodoDisputeWon, { '"3451"': '"2261"' }) },
    cancellation: { as: "msg_6", body: dodoCancelled },
  },
  // 11.90 of 34.51.
  expected: { amount: 2_900, currency: "EUR", refunded: 1_000, earned: 760 },
};

const ofCharge = {
  JBj0XhylT4KFgcC8Uuh_cg: "NRlOHP0TSM6MwxzPMoc-dg",
  '"totalReturn": 35.7': '"totalReturn": 11.9',
  "1767622830988": "1768832430988",
};

/** The first request has two events: the trial, and the free order with the click. */
const fastspring: ProviderStory = {
  source: "fastspring",
  clicked_at: SIGNED_UP,
  events: {
    "trial with the click": { body: fastspringTrial },
    payment: { body: fastspringCharge },
    refund: { body: edit(fastspringReturn, ofCharge) },
    "second refund": {
      body: edit(fastspringReturn, {
        ...ofCharge,
        rYZAq4BvSyKmTOeQeSJQZQ: "sYZAq4BvSyKmTOeQeSJQZQ",
        qWIaFaLlRgu6NYs7MgHkGA: "rWIaFaLlRgu6NYs7MgHkGA",
        '"totalReturn": 35.7': '"totalReturn": 5.95',
      }),
    },
    end: { body: fastspringDeactivated },
  },
  // 17.85 of 34.51.
  expected: { amount: 2_900, currency: "EUR", refunded: 1_500, earned: 560 },
};

const ofConversion = { "440001851907362": "440001826120458" };

const revenuecat: ProviderStory = {
  source: "revenuecat",
  clicked_at: SIGNED_UP,
  events: {
    "trial with the click": { body: revenuecatTrial },
    payment: { body: withoutClick(revenuecatConversion) },
    refund: { body: edit(withoutClick(revenuecatRefund), ofConversion) },
    "refund reversed": { body: edit(withoutClick(revenuecatRefundReversed), ofConversion) },
    expiration: { body: withoutClick(revenuecatExpiration) },
  },
  expected: { amount: 839, currency: "EUR", refunded: 0, earned: 336 },
};

const ofMembership = { Jr5uRd3p2cSfBvZy9wAm4C: "Hm3sPb1n0aQdZtXw7uYk2A" };

/** Disputes have no time. A dispute that was won stays won, so their order changes nothing. */
const gumroad: ProviderStory = {
  source: "gumroad",
  clicked_at: SIGNED_UP,
  events: {
    payment: { body: gumroadMembership },
    dispute: { body: edit(gumroadDispute, ofMembership) },
    "dispute won": { body: edit(gumroadDisputeWon, ofMembership) },
    end: { body: gumroadEnded },
  },
  expected: { amount: 900, currency: "USD", refunded: 0, earned: 360 },
};

/** The stories of sellers. */
export const SELLER_STORIES = [
  paddle,
  paddleClassic,
  lemonSqueezy,
  polar,
  creem,
  dodo,
  fastspring,
  revenuecat,
  gumroad,
];
