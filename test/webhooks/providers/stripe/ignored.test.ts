/** Stripe's events that aren't recorded. */
import { describe, expect, test } from "vitest";
import { stripe } from "../../../../src/webhooks/providers/stripe/adapter.ts";
import trialing from "../../../fixtures/stripe/customer-subscription-created-trialing.json";
import firstInvoice from "../../../fixtures/stripe/invoice-paid-first.json";
import trialInvoice from "../../../fixtures/stripe/invoice-paid-trial.json";
import invoicePaymentSucceeded from "../../../fixtures/stripe/invoice-payment-succeeded.json";
import paymentIntentOfInvoice from "../../../fixtures/stripe/payment-intent-succeeded-of-invoice.json";
import { parseFault, requestWith } from "../../adapter.ts";

const read = (event: unknown) => stripe.parse(requestWith({ body: JSON.stringify(event) }));
const withoutClick = (event: unknown) => JSON.parse(JSON.stringify(event).replaceAll("lc_click", "plan"));
const canceled = { ...trialing, data: { object: { ...trialing.data.object, status: "canceled" } } };
const thin = { id: "evt_test_65", object: "v2.core.event", type: "v1.invoice.paid" };

test("a thin event is refused with what to change in the dashboard", () => {
  const request = requestWith({ body: JSON.stringify(thin) });
  expect(parseFault(stripe, request)).toMatchObject({ status: 422, code: "thin_event" });
  expect(() => stripe.parse(request)).toThrow(/Workbench > Webhooks.*Snapshot/);
});

describe("is ignored:", () => {
  const ignored: [string, unknown, RegExp | undefined][] = [
    ["an invoice of zero without a click", withoutClick(trialInvoice), /Nothing was paid/],
    ["the other event of a paid invoice", invoicePaymentSucceeded, /invoice\.paid/],
    ["a payment intent of an invoice", paymentIntentOfInvoice, /lc_sale/],
    ["a canceled subscription", canceled, /canceled/],
    ["an unused type", { ...firstInvoice, type: "invoice.finalized" }, undefined],
    ["Stripe's test of a destination", { ...thin, type: "v2.core.event_destination.ping" }, undefined],
  ];
  test.each(ignored)("%s", (_, event, words) => {
    const { events, ignored: reason } = read(event);
    expect(events).toEqual([]);
    if (words === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(words);
  });
});
