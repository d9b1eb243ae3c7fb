import { describe, expect, test } from "vitest";
import { paddleClassic } from "../../../../src/webhooks/providers/paddle-classic/adapter.ts";
import disputeCreated from "../../../fixtures/paddle-classic/payment-dispute-created.txt?raw";
import refunded from "../../../fixtures/paddle-classic/payment-refunded.txt?raw";
import paid from "../../../fixtures/paddle-classic/payment-succeeded.txt?raw";
import cancelled from "../../../fixtures/paddle-classic/subscription-cancelled.txt?raw";
import trialing from "../../../fixtures/paddle-classic/subscription-created-trialing.txt?raw";
import partlyRefunded from "../../../fixtures/paddle-classic/subscription-payment-refunded.txt?raw";
import first from "../../../fixtures/paddle-classic/subscription-payment-succeeded.txt?raw";
import paidTrial from "../../../fixtures/paddle-classic/subscription-payment-trial.txt?raw";
import { parseFault, requestWith } from "../../adapter.ts";
import { changeForm } from "../change-form.ts";

const only = (body: string, query = "") => paddleClassic.parse(requestWith({ body, query })).events[0];

describe("the click and the merchant's other data", () => {
  const json = (data: unknown) => JSON.stringify(data);
  test.each([
    ["in passthrough", { passthrough: json({ lc_click: "a" }), custom_data: "" }, "a"],
    ["in custom_data", { passthrough: "4521", custom_data: json({ lc_click: "b" }) }, "b"],
    [
      "in both: passthrough counts",
      { passthrough: json({ lc_click: "a" }), custom_data: json({ lc_click: "b" }) },
      "a",
    ],
    ["in neither", { passthrough: "order 4521", custom_data: json({ other: 1 }) }, null],
    ["in broken JSON", { passthrough: '{"lc_click": "a"', custom_data: null }, null],
  ])("%s", (_, fields, click) => {
    expect(only(changeForm(paid, fields))?.click).toBe(click);
  });

  test.each([
    [{ passthrough: json({ lc_no_commission: true }) }, false],
    [{ custom_data: json({ lc_no_commission: "staff" }) }, false],
    [{ passthrough: json({ lc_no_commission: "0" }) }, undefined],
  ])("whether the sale earns a commission: %j", (fields, commissionable) => {
    expect(only(changeForm(paid, fields))?.commissionable).toBe(commissionable);
  });
});

describe("the billing plan", () => {
  const plan = (fields: Record<string, string>, query = "") => {
    const { subscription, plan } = only(changeForm(first, fields), query) ?? {};
    return [subscription?.interval, plan];
  };
  test.each([
    ["a month", { next_bill_date: "2026-02-05" }, "month", undefined],
    ["a year", { next_bill_date: "2027-01-05" }, "year", undefined],
    ["a quarter", { next_bill_date: "2026-04-05" }, null, { interval: "month", interval_count: 3 }],
    [
      "from the end of a month",
      { event_time: "2026-01-31 23:59:59", next_bill_date: "2026-02-28" },
      "month",
      undefined,
    ],
    ["a part of a period, after a change of plan", { next_bill_date: "2026-01-22" }, null, undefined],
    ["no day", { next_bill_date: "" }, null, undefined],
  ])("is the time until the next payment: %s", (_, fields, interval, expected) => {
    expect(plan(fields)).toEqual([interval, expected]);
  });

  test("is what the endpoint's URL states", () => {
    const query = "plan=18219:week";
    expect(plan({}, query)).toEqual(["week", undefined]);
    expect(plan({}, "plan=18219:3-month")).toEqual([null, { interval: "month", interval_count: 3 }]);
    expect(plan({}, "plan=1:week")).toEqual(["month", undefined]);
    expect(only(trialing, query)?.subscription).toEqual({ id: "502311", interval: "week" });
    expect(only(paidTrial, query)?.subscription).toMatchObject({ interval: "week", starts_trial: true });
  });
});

test("refunds add up to the sale", () => {
  const parts = [
    ["1", "33.33", "5.32"],
    ["2", "13.11", "2.09"],
    ["3", "13.06", "2.09"],
  ].map(([alert_id = "", gross_refund = "", tax_refund = ""]) =>
    only(changeForm(partlyRefunded, { alert_id, gross_refund, tax_refund })),
  );
  expect(new Set(parts.map((part) => part?.refund)).size).toBe(3);
  const sum = (name: "amount" | "gross") => parts.reduce((total, part) => total + (part?.[name] ?? 0), 0);
  expect([sum("amount"), sum("gross")]).toEqual([5_000, 5_950]);
});

test.each([
  ["JPY", "5500", "500", 5_000, 5_500],
  ["JPY", "5500.00", "500.00", 5_000, 5_500],
  ["USD", "9.9", "0", 990, 990],
  ["eur", "10.10", "1.61", 849, 1_010],
])("amounts are decimals: %s %s", (currency, sale_gross, payment_tax, amount, gross) => {
  const event = only(changeForm(paid, { currency, sale_gross, payment_tax }));
  expect(event).toMatchObject({ amount, gross, currency: currency.toUpperCase() });
});

describe("what is not needed is no reason to refuse", () => {
  test.each([
    ["the address", { email: "jane@" }, { customer: { id: null, email: null, is_email_invalid: true } }],
    ["the time", { event_time: null }, { occurred_at: null }],
    ["a real time", { event_time: "0001-01-01 00:00:00" }, { occurred_at: null }],
    ["the tax", { payment_tax: null }, { amount: 10_725, gross: 10_725 }],
    ["a country", { country: "Germany" }, { amount: 9_900 }],
    ["the product", { product_id: null }, { product: null }],
    ["the alert's id", { alert_id: null }, { id: "payment:384921-3820340" }],
  ])("%s", (_, fields, expected) => {
    expect(only(changeForm(paid, fields))).toMatchObject(expected);
  });

  test("in a refund: its amounts without tax, and its id", () => {
    const gross = only(changeForm(refunded, { gross_refund: null, tax_refund: null }));
    expect(gross).toMatchObject({ amount: null, gross: 10_725 });
    const unnamed = only(changeForm(refunded, { alert_id: null }));
    expect(unnamed?.refund).toBe(`384921-3820340@${Date.UTC(2026, 0, 12, 11)}`);
  });

  test("in a cancellation: the effective date", () => {
    const at = (fields: Record<string, string | null>) => only(changeForm(cancelled, fields))?.occurred_at;
    expect(at({ cancellation_effective_date: null })).toBe(Date.UTC(2026, 1, 20, 8));
    expect(at({ cancellation_effective_date: "2026-02-19" })).toBe(Date.UTC(2026, 1, 20, 8));
    expect(at({ cancellation_effective_date: "2026-06-11 01:42:17" })).toBe(Date.UTC(2026, 5, 11, 1, 42, 17));
  });
});

describe("a malformed alert names its field", () => {
  test.each([
    ["no order", changeForm(paid, { order_id: null }), "order_id"],
    ["an unknown currency", changeForm(paid, { currency: "ABC" }), "currency"],
    ["no amount", changeForm(paid, { sale_gross: null }), "sale_gross"],
    ["an amount in words", changeForm(paid, { sale_gross: "free" }), "sale_gross"],
    ["a negative amount", changeForm(paid, { sale_gross: "-1.00" }), "sale_gross"],
    ["a tax in words", changeForm(paid, { payment_tax: "none" }), "payment_tax"],
    ["less than its tax", changeForm(paid, { sale_gross: "8.24" }), "sale_gross"],
    ["a refund less than its tax", changeForm(refunded, { gross_refund: "8.24" }), "gross_refund"],
    ["a refund without an amount", changeForm(refunded, { gross_refund: null, amount: null }), "gross_refund"],
    ["a chargeback without an order", changeForm(disputeCreated, { order_id: null }), "order_id"],
    ["a cancellation without a subscription", changeForm(cancelled, { subscription_id: "" }), "subscription_id"],
  ])("%s", (_, body, field) => {
    expect(parseFault(paddleClassic, requestWith({ body }))).toEqual({ status: 422, code: `invalid_${field}`, field });
  });
});

test("an unfinished delivery is answered with 200, because Paddle repeats an alert until it gets that", () => {
  const outcome = {
    status: "waiting",
    conversion: null,
    attributed_to: null,
    reason: "no_customer",
    problem: null,
  } as const;
  expect(paddleClassic.answer?.(outcome, requestWith())).toMatchObject({ status: 200 });
  expect(paddleClassic.answer?.({ ...outcome, status: "recorded" }, requestWith())).toBeNull();
});
