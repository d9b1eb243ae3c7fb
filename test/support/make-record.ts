/** Records and touches as they are projected, for tests of their explanations. */
import type { ConversionRecord } from "../../src/customers/conversion.ts";
import type { ConsideredTouch } from "../../src/customers/credit.ts";

const HOUR = 3_600_000;

/** A sale of 99.00 USD in hour 1,000, with changes to it and its credit. */
export function makeRecord(
  credit: Partial<ConversionRecord["credit"]> = {},
  changes: Partial<ConversionRecord> = {},
): ConversionRecord {
  return {
    id: "cv_1",
    type: "sale",
    status: "recorded",
    occurred_at: 1_000 * HOUR,
    amount: 9_900,
    gross: null,
    currency: "USD",
    refunded: 0,
    refunded_at: null,
    payment: "pay_1",
    product: null,
    subscription: null,
    interval: null,
    country: null,
    platform: null,
    payment_number: null,
    first_paid_at: null,
    credit: { touch: null, reason: "last_click", considered: [], unlisted: 0, binding: null, ruling: null, ...credit },
    token_fault: null,
    terms_version: 1,
    test: false,
    notes: [],
    program_id: 1,
    customer_key: "1:id:cus",
    revision: 1,
    rules: { cookie_days: 30, model: "last_click", binds_to: "customer" },
    ...changes,
  };
}

/** A chosen click of affiliate 1, `me`, in hour 998, with changes. */
export function makeTouch(changes: Partial<ConsideredTouch> = {}): ConsideredTouch {
  return {
    click_id: "0".repeat(32),
    source: "click",
    coupon: null,
    clicked_at: 998 * HOUR,
    affiliate_id: 1,
    affiliate: "me",
    link_id: 7,
    link: "my-link",
    channel: "mail",
    outcome: "chosen",
    ...changes,
  };
}
