/** The plans that PayPal's subscriptions and their updates show. */
import { describe, expect, test } from "vitest";
import { paypal } from "../../../../src/webhooks/providers/paypal/adapter.ts";
import activated from "../../../fixtures/paypal/subscription-activated.json";
import activatedTrial from "../../../fixtures/paypal/subscription-activated-trial.json";
import { requestWith } from "../../adapter.ts";

const MARA = { id: "QYR5Z8XDVJNXQ", email: "mara.keller@example.com" };

const at = (time: string) => Date.parse(time);
const read = (fixture: unknown) => paypal.parse(requestWith({ body: JSON.stringify(fixture) }));

describe("the plan of a subscription", () => {
  const PLAN = "P-3RX095426B518391NMWHM5SI";
  const updated = (create_time: string, billing_info: object, more = {}) => ({
    ...activated,
    resource: { ...activated.resource, billing_info: { ...activated.resource.billing_info, ...billing_info }, ...more },
    event_type: "BILLING.SUBSCRIPTION.UPDATED",
    create_time,
  });
  const paid = { last_payment: { time: "2026-03-16T10:20:00Z" }, next_billing_time: "2026-06-16T10:00:00Z" };
  const cycles = (completed: number) => ({
    cycle_executions: [
      { tenure_type: "TRIAL", cycles_completed: 1 },
      { tenure_type: "REGULAR", cycles_completed: completed },
    ],
  });
  const quarterly = { interval: "month", interval_count: 3 };

  test.each([
    ["right after a payment applies to that payment", "2026-03-16T10:21:00Z", "2026-03-16T10:10:00Z"],
    ["later applies from then on", "2026-03-20T12:00:00Z", "2026-03-20T12:00:00Z"],
  ])("in an update %s", (_, sent, time) => {
    expect(read(updated(sent, { ...paid, ...cycles(1) }))).toMatchObject({
      events: [
        {
          type: "touch",
          occurred_at: at(time),
          customer: MARA,
          click: null,
          product: PLAN,
          subscription: { id: "I-6WX2VNL0TJ4K", interval: null },
          plan: quarterly,
        },
      ],
    });
  });

  test.each([
    ["in a paid trial", { ...paid, ...cycles(0) }, {}, `plan=${PLAN}:month`],
    ["while a payment is late", { ...paid, failed_payments_count: 1 }, {}, `plan=${PLAN}:month`],
    ["without a payment", { ...paid, last_payment: null }, {}, `plan=${PLAN}:month`],
    ["when the days are no whole months", { ...paid, next_billing_time: "2026-04-10T10:20:00Z" }, {}, "not known"],
    ["after its suspension", paid, { status: "SUSPENDED" }, "The subscription is SUSPENDED."],
  ])("is not recorded from an update %s", (_, billing_info, more, words) => {
    const reading = read(updated("2026-03-20T12:00:00Z", billing_info, more));
    expect(reading).toMatchObject({ events: [], ignored: expect.stringContaining(words) });
  });

  test("is the one that the webhook's URL states, also in a trial", () => {
    const parse = (fixture: object) =>
      paypal.parse(requestWith({ body: JSON.stringify(fixture), query: `plan=${PLAN}:3-month` })).events;
    expect(parse(activated)).toMatchObject([{ type: "touch", plan: quarterly }]);
    expect(parse(activatedTrial)).toMatchObject([{ type: "trial", plan: quarterly }]);
    expect(parse(updated("2026-03-20T12:00:00Z", cycles(0)))).toMatchObject([{ type: "touch", plan: quarterly }]);
    const revised = updated("2026-03-20T12:00:00Z", paid, { plan_id: "P-OTHER" });
    expect(parse(revised)).toMatchObject([{ product: "P-OTHER", plan: quarterly }]);
  });
});
