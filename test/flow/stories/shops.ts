/** Stories of shops and course platforms. */
import bigcommerceCoupons from "../../fixtures/bigcommerce/coupons.json?raw";
import bigcommerceOrder from "../../fixtures/bigcommerce/order.json?raw";
import bigcommerceCreated from "../../fixtures/bigcommerce/order-created.json?raw";
import bigcommerceProducts from "../../fixtures/bigcommerce/products.json?raw";
import bigcommerceRefundCreated from "../../fixtures/bigcommerce/refund-created.json?raw";
import bigcommerceRefunds from "../../fixtures/bigcommerce/refunds.json?raw";
import clickfunnelsContact from "../../fixtures/clickfunnels/contact-identified.json?raw";
import clickfunnelsPaid from "../../fixtures/clickfunnels/invoice-paid.json?raw";
import clickfunnelsRefunded from "../../fixtures/clickfunnels/invoice-refunded.json?raw";
import kajabiForm from "../../fixtures/kajabi/form-submission.json?raw";
import kajabiPaid from "../../fixtures/kajabi/payment-succeeded.json?raw";
import kajabiPurchase from "../../fixtures/kajabi/purchase.json?raw";
import kartraBought from "../../fixtures/kartra/buy-product.json?raw";
import kartraCancellation from "../../fixtures/kartra/cancellation.txt?raw";
import kartraChargeback from "../../fixtures/kartra/chargeback.txt?raw";
import kartraRefund from "../../fixtures/kartra/partial-refund.txt?raw";
import kartraSubscription from "../../fixtures/kartra/subscription.txt?raw";
import shopifyDispute from "../../fixtures/shopify/disputes-create.json?raw";
import shopifyDisputeWon from "../../fixtures/shopify/disputes-update-won.json?raw";
import shopifyPaid from "../../fixtures/shopify/orders-paid.json?raw";
import shopifyRefund from "../../fixtures/shopify/refunds-create.json?raw";
import shopifyOtherRefund from "../../fixtures/shopify/refunds-create-other-sum.json?raw";
import thrivecartRefund from "../../fixtures/thrivecart/order-refund.txt?raw";
import thrivecartCancelled from "../../fixtures/thrivecart/order-subscription-cancelled.txt?raw";
import thrivecartOrder from "../../fixtures/thrivecart/order-success-subscription.txt?raw";
import woocommercePaid from "../../fixtures/woocommerce/order-updated-paid.json?raw";
import woocommerceRefundedPartly from "../../fixtures/woocommerce/order-updated-refunded-partly.json?raw";
import woocommerceRefundedWholly from "../../fixtures/woocommerce/order-updated-refunded-wholly.json?raw";
import { edit, type ProviderStory, withoutClick } from "./story.ts";

const STORE = "https://api.bigcommerce.com/stores/abcde";

/** What BigCommerce answers about the order at a time. */
function storeAt(order: string, refunds: unknown[]): Record<string, string> {
  return {
    [`${STORE}/v2/orders/250`]: order,
    [`${STORE}/v2/orders/250/coupons`]: bigcommerceCoupons,
    [`${STORE}/v2/orders/250/products?limit=1`]: bigcommerceProducts,
    [`${STORE}/v3/orders/250/payment_actions/refunds`]: JSON.stringify({ data: refunds, meta: {} }),
  };
}

const [firstRefund] = JSON.parse(bigcommerceRefunds).data;
const secondRefund = { ...firstRefund, id: 14, created: "2026-01-20T09:00:00+00:00", total_amount: 20, total_tax: 0 };
const unpaidOrder = edit(bigcommerceOrder, { '"captured"': '"authorized"', "10:15:02": "10:15:01" });
const refundedOrder = edit(bigcommerceOrder, {
  '"captured"': '"partially refunded"',
  "Tue, 06 Jan 2026 10:15:02": "Thu, 08 Jan 2026 13:44:15",
});
const refundedTwice = edit(refundedOrder, { "Thu, 08 Jan 2026 13:44:15": "Tue, 20 Jan 2026 09:00:00" });

/** Each webhook leads to the order as it is when the webhook is handled. */
const bigcommerce: ProviderStory = {
  source: "bigcommerce",
  clicked_at: "2026-01-06T09:00:00Z",
  events: {
    "order, not paid yet": { body: bigcommerceCreated, answers: storeAt(unpaidOrder, []) },
    "order paid": {
      body: edit(bigcommerceCreated, { "order/created": "order/statusUpdated", "3f9e": "4f9e" }),
      answers: storeAt(bigcommerceOrder, []),
    },
    refund: { body: bigcommerceRefundCreated, answers: storeAt(refundedOrder, [firstRefund]) },
    "second refund": {
      body: edit(bigcommerceRefundCreated, { '"refund_id": 12': '"refund_id": 14', cb07: "db07" }),
      answers: storeAt(refundedTwice, [firstRefund, secondRefund]),
    },
  },
  // 79.40 of 122.58.
  expected: { amount: 9_900, currency: "USD", refunded: 6_413, earned: 1_395 },
};

const disputedAmount = { '"49.72"': '"17.31"' };

const shopify: ProviderStory = {
  source: "shopify",
  clicked_at: "2026-01-03T09:00:00Z",
  events: {
    order: { as: "orders/paid", body: shopifyPaid },
    "refund of an item": { as: "refunds/create", body: shopifyRefund },
    "refund of another sum": { as: "refunds/create", body: shopifyOtherRefund },
    dispute: { as: "disputes/create", body: edit(shopifyDispute, disputedAmount) },
    "dispute won": { as: "disputes/update", body: edit(shopifyDisputeWon, disputedAmount) },
  },
  // 18.83, and 10.00 of 49.72.
  expected: { amount: 3_766, currency: "EUR", refunded: 2_640, earned: 450 },
};

/** Each event is the whole order, with all refunds that it has then. */
const woocommerce: ProviderStory = {
  source: "woocommerce",
  clicked_at: "2026-01-03T09:00:00Z",
  events: {
    order: { as: "order.updated", body: woocommercePaid },
    "order cancelled": {
      as: "order.updated",
      body: edit(woocommercePaid, {
        '"status": "processing"': '"status": "cancelled"',
        "2026-01-03T10:00:22": "2026-01-12T12:00:00",
      }),
    },
    "paid after all, with two refunds": { as: "order.updated", body: woocommerceRefundedPartly },
    "refund of the rest": { as: "order.updated", body: woocommerceRefundedWholly },
    "refund of the rest deleted": {
      as: "order.updated",
      body: edit(woocommerceRefundedPartly, { "2026-01-14T12:00:00": "2026-01-21T08:00:00" }),
    },
  },
  // 36.90 of 129.15.
  expected: { amount: 10_000, currency: "EUR", refunded: 2_857, earned: 2_857 },
};

/** Contacts have no time. Their click has one. */
const clickfunnels: ProviderStory = {
  source: "clickfunnels",
  clicked_at: "2026-01-05T19:20:00Z",
  events: {
    "contact with the click": { body: clickfunnelsContact },
    payment: { body: withoutClick(clickfunnelsPaid) },
    dispute: {
      body: edit(withoutClick(clickfunnelsRefunded), {
        '"status": "refunded"': '"status": "disputed"',
        "3f1c2a10-2222": "3f1c2a10-aaaa",
      }),
    },
    "paid after all": {
      body: edit(withoutClick(clickfunnelsRefunded), {
        '"status": "refunded"': '"status": "paid"',
        "3f1c2a10-2222": "3f1c2a10-bbbb",
        "2026-01-12T11": "2026-01-19T11",
      }),
    },
  },
  expected: { amount: 8_900, currency: "USD", refunded: 0, earned: 3_560 },
};

/** Kajabi reports neither refunds nor cancellations. Forms have no time. Their click has one. */
const kajabi: ProviderStory = {
  source: "kajabi",
  clicked_at: "2026-01-05T19:20:00Z",
  events: {
    "form with the click": { body: kajabiForm },
    purchase: { body: withoutClick(kajabiPurchase) },
    payment: { body: kajabiPaid },
  },
  expected: { amount: 9_900, currency: "USD", refunded: 0, earned: 3_960 },
};

const ofFirstPayment = { "parent_id=801122": "parent_id=792360" };

const kartra: ProviderStory = {
  source: "kartra",
  clicked_at: "2026-01-06T13:00:00Z",
  events: {
    "purchase with the click": { body: kartraBought },
    payment: { body: kartraSubscription },
    refund: { body: edit(kartraRefund, ofFirstPayment) },
    chargeback: { body: edit(kartraChargeback, { ...ofFirstPayment, "full_amount=49.00": "full_amount=20.00" }) },
    cancellation: { body: kartraCancellation },
  },
  expected: { amount: 4_900, currency: "USD", refunded: 3_000, earned: 760 },
};

const partly = {
  "invoice_id=000001390-2": "invoice_id=000001390",
  "refund%5Bamount%5D=4900": "refund%5Bamount%5D=1500",
  "refund%5Bamount_gross%5D=4900": "refund%5Bamount_gross%5D=1500",
};

const thrivecart: ProviderStory = {
  source: "thrivecart",
  clicked_at: "2026-01-06T13:00:00Z",
  events: {
    order: { body: thrivecartOrder },
    refund: { body: edit(thrivecartRefund, partly) },
    "second refund": {
      body: edit(edit(thrivecartRefund, partly), {
        "%5D=1500": "%5D=900",
        "event_id=1400000005": "event_id=1400000009",
        "date_unix=1770740400": "date_unix=1770826800",
      }),
    },
    cancellation: { body: thrivecartCancelled },
  },
  expected: { amount: 4_900, currency: "USD", refunded: 2_400, earned: 1_000 },
};

/** The stories of shops. */
export const SHOP_STORIES = [bigcommerce, shopify, woocommerce, clickfunnels, kajabi, kartra, thrivecart];
