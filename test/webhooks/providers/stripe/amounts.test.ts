import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import { stripe } from "../../../../src/webhooks/providers/stripe/adapter.ts";
import checkoutInvoiced from "../../../fixtures/stripe/checkout-session-completed-invoiced.json";
import checkoutPayment from "../../../fixtures/stripe/checkout-session-completed-payment.json";
import checkoutUnpaid from "../../../fixtures/stripe/checkout-session-completed-unpaid.json";
import trialing from "../../../fixtures/stripe/customer-subscription-created-trialing.json";
import firstInvoice from "../../../fixtures/stripe/invoice-paid-first.json";
import legacyInvoice from "../../../fixtures/stripe/invoice-paid-legacy.json";
import invoicePaymentPaid from "../../../fixtures/stripe/invoice-payment-paid.json";
import paymentIntent from "../../../fixtures/stripe/payment-intent-succeeded.json";
import { parseFault, requestWith } from "../../adapter.ts";

const requestOf = (event: unknown) => requestWith({ body: JSON.stringify(event) });
const read = (event: unknown) => stripe.parse(requestOf(event));

/** The event with its object changed. */
function changed(event: { data: { object: object } }, changes: object) {
  return { ...event, data: { object: { ...event.data.object, ...changes } } };
}

/** The only event in a body. */
function only(event: unknown) {
  const { events, ignored } = read(event);
  if (events.length !== 1) throw new Error(`${events.length} events: ${ignored}`);
  return events[0];
}

describe("amounts in Stripe's units are converted to ISO 4217 minor units:", () => {
  const counted: [string, number, number][] = [
    ["usd", 1_999, 1_999],
    ["jpy", 1_999, 1_999],
    ["krw", 50_000, 50_000],
    ["kwd", 5_120, 5_120],
    ["tnd", 5_120, 5_120],
    ["isk", 450_000, 4_500],
    ["ugx", 450_000, 4_500],
    ["mga", 4_500, 450_000],
    ["huf", 104_500, 104_500],
    ["twd", 104_500, 104_500],
    ["clp", 4_500, 4_500],
  ];
  test.each(counted)("%s %d", (currency, amount, expected) => {
    const money = { amount: expected, gross: expected, currency: currency.toUpperCase() };
    const paid = { currency, amount, amount_received: amount, amount_details: null };
    expect(only(changed(paymentIntent, paid))).toMatchObject(money);
    const invoice = { currency, total: amount, total_excluding_tax: amount, amount_paid: amount };
    expect(only(changed(firstInvoice, invoice))).toMatchObject(money);
  });

  test("a fraction of a króna that is only tax is rounded", () => {
    const invoice = { currency: "isk", total: 100_000, total_excluding_tax: 80_645, amount_paid: 100_000 };
    expect(only(changed(firstInvoice, invoice))).toMatchObject({ amount: 806, gross: 1_000, currency: "ISK" });
  });
});

describe("an invoice", () => {
  test("can have its tax as a total only, or as separate amounts only", () => {
    const bare = { total_excluding_tax: null, total_taxes: null, total_tax_amounts: null, tax: null };
    expect(only(changed(legacyInvoice, { ...bare, tax: 551 }))).toMatchObject({ amount: 2_900 });
    const two = [{ amount: 500 }, { amount: 51 }];
    expect(only(changed(legacyInvoice, { ...bare, total_tax_amounts: two }))).toMatchObject({ amount: 2_900 });
    expect(only(changed(firstInvoice, { ...bare, total_taxes: two }))).toMatchObject({ amount: 2_900 });
    expect(only(changed(firstInvoice, bare))).toMatchObject({ amount: 3_451, gross: 3_451 });
  });

  test("is net of shipping too, with or without included tax", () => {
    const total = { total: 4_046, total_excluding_tax: 3_400, amount_paid: 4_046 };
    const shipping = { amount_subtotal: 500, amount_tax: 95, amount_total: 595 };
    expect(only(changed(firstInvoice, { ...total, shipping_cost: shipping }))).toMatchObject({ amount: 2_900 });
    const inclusive = { ...shipping, amount_subtotal: 595 };
    expect(only(changed(firstInvoice, { ...total, shipping_cost: inclusive }))).toMatchObject({ amount: 2_900 });
  });

  test("that also paid a debt is a sale of its own total", () => {
    const paid = { starting_balance: 1_000, amount_due: 4_451, amount_paid: 4_451 };
    expect(only(changed(firstInvoice, paid))).toMatchObject({ amount: 2_900, gross: 4_451 });
  });

  test("of zero or of shipping only is not a sale, but keeps its click", () => {
    const none = { parent: null };
    const reason = "Nothing was paid. The invoice is free, or a credit covered it.";
    const shipping = { shipping_cost: { amount_subtotal: 2_900, amount_tax: 551, amount_total: 3_451 } };
    const unpaid: [object, string][] = [
      [{ amount_paid: 0 }, reason],
      [{ total: -100, total_excluding_tax: -100 }, reason],
      [shipping, "Only tax and shipping were paid."],
    ];
    for (const [change, ignored] of unpaid) {
      expect(read(changed(firstInvoice, change)).events).toMatchObject([
        { type: "touch", click: expect.stringMatching(/^AQGb/), payment: null, amount: null },
      ]);
      expect(read(changed(firstInvoice, { ...change, ...none }))).toMatchObject({ events: [], ignored });
    }
  });

  test("uses the click from its own metadata first, and from its lines last", () => {
    const own = { metadata: { lc_click: "own" } };
    expect(only(changed(firstInvoice, own))).toMatchObject({ click: "own" });
    expect(only(changed(legacyInvoice, { subscription_details: { metadata: { lc_click: "sub" } } }))).toMatchObject({
      click: "sub",
    });
    const { click } = only(changed(legacyInvoice, { subscription_details: null })) ?? {};
    expect(click).toMatch(/^AQGb/);
    expect(only(changed(firstInvoice, { parent: null }))).toMatchObject({ click: null, subscription: null });
  });

  test("lists each included payment once, also given as objects", () => {
    const payments = {
      data: [
        { payment: { type: "payment_intent", payment_intent: "pi_a" } },
        { payment: { type: "payment_intent", payment_intent: { id: "pi_b", object: "payment_intent" } } },
        { payment: { type: "charge", charge: "ch_c" } },
      ],
    };
    expect(only(changed(firstInvoice, { payments }))).toMatchObject({ aliases: ["pi_a", "pi_b", "ch_c"] });
    const twice = { data: [{ payment: { payment_intent: "pi_3NzYqYJk7Yd3WbTn1Legacy01" } }] };
    expect(only(changed(legacyInvoice, { payments: twice }))).toMatchObject({
      aliases: ["pi_3NzYqYJk7Yd3WbTn1Legacy01", "ch_3NzYqYJk7Yd3WbTn1Legacy01"],
    });
    expect(only(changed(firstInvoice, { customer: { id: "cus_x", object: "customer" } }))).toMatchObject({
      customer: { id: "cus_x" },
    });
  });

  test("that was paid outside Stripe has no other id", () => {
    const record = { payment: { type: "payment_record", payment_record: "pr_1" } };
    expect(read(changed(invoicePaymentPaid, record))).toMatchObject({
      events: [],
      ignored: expect.stringMatching(/outside/),
    });
  });

  test("is paid at the event's time if it has no payment time", () => {
    expect(only(changed(firstInvoice, { status_transitions: null }))).toMatchObject({
      occurred_at: Date.UTC(2026, 0, 17, 11, 5, 23),
    });
  });
});

describe("a checkout", () => {
  const reference = { metadata: {}, client_reference_id: null };

  test.each(["user_84213", "3f2b9c1e-7a4d-4e8b-9c55-0d1f6a7b8c9d", "a".repeat(64)])(
    "with the merchant's own %s has no click",
    (client_reference_id) => {
      expect(only(changed(checkoutPayment, { ...reference, client_reference_id }))).toMatchObject({ click: null });
      expect(read(changed(checkoutUnpaid, { ...reference, client_reference_id })).events).toEqual([]);
    },
  );

  test("uses the click from its metadata first", () => {
    const both = { metadata: { lc_click: "click" }, client_reference_id: "a".repeat(92) };
    expect(only(changed(checkoutPayment, both))).toMatchObject({ click: "click" });
    expect(only(changed(checkoutPayment, { ...both, metadata: {} }))).toMatchObject({ click: "a".repeat(92) });
  });

  test("that was free is a touch, or ignored without a click of ours", () => {
    const free = { payment_status: "no_payment_required", amount_total: 0, payment_intent: null };
    expect(only(changed(checkoutPayment, free))).toMatchObject({ type: "touch", payment: null });
    expect(read(changed(checkoutPayment, { ...free, ...reference })).events).toEqual([]);
    expect(only(changed(checkoutPayment, { amount_total: 0, shipping_cost: null }))?.type).toBe("touch");
    const paid = { ...free, payment_status: "paid", currency: null };
    expect(only(changed(checkoutPayment, paid))).toMatchObject({ type: "touch", payment: null, amount: null });
    expect(read(changed(checkoutPayment, { ...paid, ...reference }))).toMatchObject({ ignored: "Nothing was paid." });
  });

  test("with an invoice has its click and both ids", () => {
    const click = { metadata: { lc_click: "click" } };
    expect(only(changed(checkoutInvoiced, click))).toMatchObject({
      type: "touch",
      click: "click",
      payment: "in_1Sr2qXJk7Yd3WbTnOneOff01",
      aliases: ["pi_3Sr2qYJk7Yd3WbTn0OneOff1"],
    });
  });

  test("can have its shipping only in the total", () => {
    const details = { shipping_cost: null, total_details: { amount_tax: 1_995, amount_shipping: 500 } };
    expect(only(changed(checkoutPayment, details))).toMatchObject({ amount: 10_000, gross: 12_495 });
  });

  test("with an invalid address is read without it", () => {
    const broken = { customer_details: { email: "mara at lindqvist" } };
    expect(only(changed(checkoutPayment, broken))).toMatchObject({ customer: { id: null, email: null } });
  });
});

describe("a payment intent", () => {
  test("that is marked as a sale is one even without a click", () => {
    const event = only(changed(paymentIntent, { metadata: { lc_sale: "1" } }));
    expect(event).toMatchObject({ type: "sale", click: null, amount: 10_000 });
  });

  test("that was partly captured is a sale of that part", () => {
    expect(only(changed(paymentIntent, { amount_received: 6_250 }))).toMatchObject({ amount: 5_000, gross: 6_250 });
  });

  test.each([
    ["without a mark", { metadata: { order: "7" } }],
    ["without metadata", { metadata: null }],
    ["with only a click", { metadata: { lc_click: "AQGbhLx5cD57oR4dK2mVf8sWq0" } }],
    ["that is marked as not a sale", { metadata: { lc_click: "AQGbhLx5cD57oR4dK2mVf8sWq0", lc_sale: "0" } }],
    ["with an invoice", { invoice: "in_1NzYqXJk7Yd3WbTnLegacy01" }],
    ["of Checkout", { payment_details: { order_reference: "cs_live_b1KqHgB7jKvZl4rVbQ" } }],
    ["of nothing", { amount_received: 0 }],
  ])("%s is ignored", (_, changes) => {
    expect(read(changed(paymentIntent, changes))).toMatchObject({ events: [], ignored: expect.any(String) });
  });
});

test("an older subscription has a plan instead of a price", () => {
  const items = { data: [{ plan: { id: "plan_1", interval: "year", product: "prod_1" } }] };
  expect(only(changed(trialing, { items, trial_start: null, latest_invoice: null }))).toMatchObject({
    product: "prod_1",
    subscription: { interval: "year" },
    occurred_at: Date.UTC(2026, 0, 3, 10, 4, 10),
  });
});

test("a trial begins when it says, which may be after the subscription was made", () => {
  expect(only(changed(trialing, { trial_start: 1_767_520_800, latest_invoice: null }))).toMatchObject({
    occurred_at: Date.UTC(2026, 0, 4, 10),
  });
});

test("an event has its test mode and connected account", () => {
  expect(only({ ...firstInvoice, livemode: false })).toMatchObject({ test: true, account: null });
  expect(only({ ...firstInvoice, account: "acct_1QEaHsJk7Yd3WbTn" })).toMatchObject({
    test: false,
    account: "acct_1QEaHsJk7Yd3WbTn",
  });
});

describe("a malformed event names its field:", () => {
  const malformed: [string, unknown][] = [
    ["id", { ...firstInvoice, id: "" }],
    ["livemode", { ...firstInvoice, livemode: null }],
    ["created", { ...firstInvoice, created: -1 }],
    ["type", { ...firstInvoice, type: 7 }],
    ["data", { ...firstInvoice, data: undefined }],
    ["data.object.id", changed(firstInvoice, { id: undefined })],
    ["data.object.total", changed(firstInvoice, { total: "3451" })],
    ["data.object.currency", changed(firstInvoice, { currency: "eur0" })],
    ["data.object.amount_paid", changed(firstInvoice, { amount_paid: 34.51 })],
    ["data.object.amount_paid", changed(firstInvoice, { total_excluding_tax: 3_452 })],
    ["data.object.amount_paid", changed(firstInvoice, { currency: "isk", amount_paid: 3_451 })],
    ["data.object.customer", changed(firstInvoice, { customer: 7 })],
    ["data.object.lines", changed(firstInvoice, { lines: undefined })],
    ["data.object.invoice", changed(invoicePaymentPaid, { invoice: undefined })],
    ["data.object.mode", changed(checkoutPayment, { mode: undefined })],
    ["data.object.payment_intent", changed(checkoutPayment, { payment_intent: null })],
    ["data.object.amount_total", changed(checkoutPayment, { amount_total: null })],
    ["data.object.currency", changed(checkoutPayment, { currency: null })],
    ["data.object.amount_total", changed(checkoutPayment, { amount_total: 2_000 })],
    ["data.object.amount_received", changed(paymentIntent, { amount_received: undefined })],
    ["data.object.customer", changed(trialing, { customer: undefined })],
    ["data.object.items", changed(trialing, { items: undefined })],
  ];
  test.each(malformed)("%s (%#)", (field, event) => {
    expect(parseFault(stripe, requestOf(event))).toEqual({
      status: 422,
      code: codeOfField(field),
      field,
    });
  });

  test("and invalid JSON is reported as such", () => {
    expect(parseFault(stripe, requestWith({ body: "id=evt_1" }))).toMatchObject({ status: 422, code: "invalid_json" });
  });
});

describe("an invoice that was paid outside Stripe", () => {
  test.each([
    ["before Basil", changed(legacyInvoice, { paid_out_of_band: true, amount_paid: 0, amount_remaining: 3_451 })],
    ["since Basil", changed(legacyInvoice, { paid_out_of_band: undefined, amount_paid: 3_451 })],
  ])("is the same sale %s", (_, invoice) => {
    const { amount, gross } = only(legacyInvoice) ?? {};
    expect(only(invoice)).toMatchObject({ type: "sale", amount, gross });
  });

  test("but not one that a credit covered", () => {
    const covered = { paid_out_of_band: false, amount_paid: 0, amount_due: 0 };
    expect(only(changed(legacyInvoice, covered))).toMatchObject({ type: "touch", payment: null, amount: null });
  });
});

describe("a checkout with adaptive pricing", () => {
  const conversion = { source_currency: "usd", amount_subtotal: 12_500, amount_total: 13_744, fx_rate: "0.9091" };

  test("before Basil is in the merchant's currency, and its base is the same share of it", () => {
    expect(only(changed(checkoutPayment, { currency_conversion: conversion }))).toMatchObject({
      amount: 11_000,
      gross: 13_744,
      currency: "USD",
    });
  });

  test("since Basil is in the merchant's currency anyway", () => {
    const presentment_details = { presentment_amount: 13_744, presentment_currency: "usd" };
    expect(only(changed(checkoutPayment, { presentment_details, currency_conversion: null }))).toEqual(
      only(checkoutPayment),
    );
  });

  test("with an invalid currency names the field", () => {
    const invalid = changed(checkoutPayment, { currency_conversion: { ...conversion, source_currency: "us" } });
    expect(parseFault(stripe, requestOf(invalid))).toMatchObject({
      status: 422,
      field: "data.object.currency_conversion.source_currency",
    });
  });
});
