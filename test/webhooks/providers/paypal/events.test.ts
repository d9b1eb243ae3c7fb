/** The events that the PayPal adapter reads. */
import { describe, expect, test } from "vitest";
import { providerEvent } from "../../../../src/webhooks/provider.ts";
import { paypal } from "../../../../src/webhooks/providers/paypal/adapter.ts";
import captureCompleted from "../../../fixtures/paypal/capture-completed.json";
import captureInSandbox from "../../../fixtures/paypal/capture-completed-sandbox.json";
import capturePending from "../../../fixtures/paypal/capture-pending.json";
import captureRefunded from "../../../fixtures/paypal/capture-refunded.json";
import captureReversed from "../../../fixtures/paypal/capture-reversed.json";
import orderApproved from "../../../fixtures/paypal/order-approved.json";
import orderCompleted from "../../../fixtures/paypal/order-completed.json";
import saleCompleted from "../../../fixtures/paypal/sale-completed.json";
import renewal from "../../../fixtures/paypal/sale-completed-renewal.json";
import saleRefunded from "../../../fixtures/paypal/sale-refunded.json";
import saleReversed from "../../../fixtures/paypal/sale-reversed.json";
import activated from "../../../fixtures/paypal/subscription-activated.json";
import activatedTrial from "../../../fixtures/paypal/subscription-activated-trial.json";
import cancelled from "../../../fixtures/paypal/subscription-cancelled.json";
import subscriptionCreated from "../../../fixtures/paypal/subscription-created.json";
import expired from "../../../fixtures/paypal/subscription-expired.json";
import suspended from "../../../fixtures/paypal/subscription-suspended.json";
import { requestWith } from "../../adapter.ts";

const CLICK = "AQGaKPIDcIKfiBhW0Qx5lT7sU2kAAAABAAAAKgAAADGm3nYc0vLwzq8rT5bEo1hJx4VdKfNp6ySgBtRZiUQeXw9uLkCj";

const MARA = { id: "QYR5Z8XDVJNXQ", email: "mara.keller@example.com" };

const ORDER = "8XK50173DL629481M";
const CAPTURE = "2GK71830UV5529640";

const read = (fixture: object, headers: Record<string, string> = {}) =>
  paypal.parse(requestWith({ headers, body: JSON.stringify(fixture) }));

/** A fixture with changes to its resource. */
const withResource = (fixture: { resource: object }, changed: object) => ({
  ...fixture,
  resource: { ...fixture.resource, ...changed },
});

const at = (time: string) => Date.parse(time);

describe("events", () => {
  test.each([
    [
      "an approved checkout",
      orderApproved,
      [
        {
          id: "WH-0TW90346AB2716254-6JL52891XR8840317:0",
          type: "touch",
          occurred_at: at("2026-03-02T09:14:20Z"),
          customer: MARA,
          payer: MARA.id,
          click: CLICK,
          related: [ORDER],
        },
      ],
    ],
    [
      "a completed checkout",
      orderCompleted,
      [
        {
          id: "WH-93F00572KS6610042-1RP75530GT291773C:0",
          type: "touch",
          occurred_at: at("2026-03-02T09:14:20Z"),
          customer: MARA,
          payer: MARA.id,
          click: CLICK,
          payment: CAPTURE,
          related: [ORDER],
        },
      ],
    ],
    [
      "a one-time payment, without the tax and shipping reported by the merchant",
      captureCompleted,
      [
        {
          id: "WH-2MD64189EX3058216-5VT20947PN736051E",
          type: "sale",
          occurred_at: at("2026-03-02T09:15:50Z"),
          click: CLICK,
          payment: CAPTURE,
          related: [ORDER],
          amount: 4_958,
          gross: 6_400,
          currency: "EUR",
        },
      ],
    ],
    [
      "a one-time payment in yen, in the sandbox",
      captureInSandbox,
      [
        {
          id: "WH-5AND7712HW4408135-8LB61527YA090442K",
          type: "sale",
          occurred_at: at("2026-03-03T01:40:07Z"),
          click: CLICK,
          payment: "7AJ33906CP1174825",
          amount: 4_980,
          gross: 4_980,
          currency: "JPY",
          test: true,
        },
      ],
    ],
    [
      "a partial refund",
      captureRefunded,
      [
        {
          id: "WH-7RC18250MJ9943370-3HE46612SB558120A",
          type: "refund",
          occurred_at: at("2026-03-05T10:30:12Z"),
          payment: CAPTURE,
          refund: "9PD02617FA448391N",
          gross: 1_600,
          currency: "EUR",
        },
      ],
    ],
    [
      "a reversed payment",
      captureReversed,
      [
        {
          id: "WH-1BY55043QE7726918-0DM83391TK614475P",
          type: "chargeback",
          occurred_at: at("2026-03-20T15:12:45Z"),
          payment: CAPTURE,
          refund: CAPTURE,
          gross: 4_800,
          currency: "EUR",
        },
      ],
    ],
    [
      "an activated subscription",
      activated,
      [
        {
          id: "WH-77B61930NA8450267-2YG90416ZX337158J",
          type: "touch",
          occurred_at: at("2026-03-02T10:04:02Z"),
          customer: MARA,
          payer: MARA.id,
          click: CLICK,
          product: "P-3RX095426B518391NMWHM5SI",
          subscription: { id: "I-6WX2VNL0TJ4K", interval: null },
          plan: { interval: "month" },
        },
      ],
    ],
    [
      "a started trial",
      activatedTrial,
      [
        {
          id: "WH-6EU40385TC1197742-4NS08263HQ851097B",
          type: "trial",
          occurred_at: at("2026-03-02T10:21:44Z"),
          customer: MARA,
          payer: MARA.id,
          click: CLICK,
          product: "P-3RX095426B518391NMWHM5SI",
          subscription: {
            id: "I-9PQ4ECR7BM1D",
            interval: null,
            trial_ends_at: at("2026-03-16T10:00:00Z"),
          },
        },
      ],
    ],
    [
      "a subscription's first payment",
      saleCompleted,
      [
        {
          id: "WH-3LN81042GD5570936-9AF27715EM106684T",
          type: "sale",
          occurred_at: at("2026-03-02T10:05:27Z"),
          click: CLICK,
          payment: "61V93475KS820174H",
          amount: 2_000,
          gross: 2_380,
          currency: "EUR",
          subscription: { id: "I-6WX2VNL0TJ4K", interval: null },
        },
      ],
    ],
    [
      "a renewal",
      renewal,
      [
        {
          id: "WH-8QJ06531RP2294410-5UX73380CB917246M",
          type: "sale",
          occurred_at: at("2026-04-02T10:11:09Z"),
          click: CLICK,
          payment: "5FA26108TL693352W",
          amount: 2_000,
          gross: 2_380,
          currency: "EUR",
          subscription: { id: "I-6WX2VNL0TJ4K", interval: null },
        },
      ],
    ],
    [
      "a refunded renewal",
      saleRefunded,
      [
        {
          id: "WH-9XT70463LC3318257-6BN54290KV882035S",
          type: "refund",
          occurred_at: at("2026-04-03T07:48:20Z"),
          payment: "5FA26108TL693352W",
          refund: "1YS58304ND776120J",
          gross: 2_380,
          currency: "EUR",
        },
      ],
    ],
    [
      "a subscription's payment reversed",
      saleReversed,
      [
        {
          id: "WH-40M92716DS8803591-1ZE69045WJ247730Q",
          type: "chargeback",
          occurred_at: at("2026-04-20T16:02:51Z"),
          payment: "61V93475KS820174H",
          refund: "61V93475KS820174H",
          gross: 2_380,
          currency: "EUR",
        },
      ],
    ],
    [
      "a canceled subscription",
      cancelled,
      [
        {
          id: "WH-5SG37128XU4469203-8CR01952BF630847Y",
          type: "cancellation",
          occurred_at: at("2026-05-11T19:27:03Z"),
          subscription: { id: "I-6WX2VNL0TJ4K", interval: null },
        },
      ],
    ],
    [
      "an ended subscription",
      expired,
      [
        {
          id: "WH-0KP65294QN7712036-3MH88137AL450519V",
          type: "cancellation",
          occurred_at: at("2027-03-16T10:00:12Z"),
          subscription: { id: "I-9PQ4ECR7BM1D", interval: null },
        },
      ],
    ],
  ] satisfies [string, { id: string; event_type: string }, Parameters<typeof providerEvent>[0][]][])(
    "%s",
    (_, fixture, events) => {
      expect(read(fixture)).toEqual({
        type: fixture.event_type,
        event_id: fixture.id,
        events: events.map((event) => providerEvent(event)),
      });
    },
  );
});

describe("ignored events", () => {
  test.each([
    ["a pending payment", capturePending, undefined],
    ["a suspended subscription", suspended, undefined],
    ["an unapproved subscription", subscriptionCreated, "approved"],
    ["a free order", withResource(captureCompleted, { amount: { currency_code: "EUR", value: "0.00" } }), "Nothing"],
    ["a free period", withResource(saleCompleted, { amount: { currency: "EUR", total: "0.00" } }), "Nothing"],
    ["an order without a buyer", withResource(orderApproved, { payer: null }), "does not identify the buyer"],
    [
      "an order without a click, not captured yet",
      withResource(orderApproved, { purchase_units: [{ custom_id: "1042" }] }),
      "neither",
    ],
  ])("%s", (_, fixture, words) => {
    const reading = read(fixture);
    expect(reading.events).toEqual([]);
    if (words === undefined) expect(reading).not.toHaveProperty("ignored");
    else expect(reading.ignored).toContain(words);
  });
});
