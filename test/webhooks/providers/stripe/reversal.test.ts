import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import type { ProviderEvent } from "../../../../src/webhooks/provider.ts";
import { stripe } from "../../../../src/webhooks/providers/stripe/adapter.ts";
import disputeLost from "../../../fixtures/stripe/charge-dispute-closed-lost.json";
import disputeWon from "../../../fixtures/stripe/charge-dispute-closed-won.json";
import disputeCreated from "../../../fixtures/stripe/charge-dispute-created.json";
import inquiry from "../../../fixtures/stripe/charge-dispute-created-inquiry.json";
import fundsWithdrawn from "../../../fixtures/stripe/charge-dispute-funds-withdrawn.json";
import chargeRefundUpdated from "../../../fixtures/stripe/charge-refund-updated.json";
import chargeRefunded from "../../../fixtures/stripe/charge-refunded.json";
import refundCreated from "../../../fixtures/stripe/refund-created.json";
import refundPending from "../../../fixtures/stripe/refund-created-pending.json";
import refundUpdated from "../../../fixtures/stripe/refund-updated.json";
import { parseFault, requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";

const requestOf = (event: unknown) => requestWith({ body: JSON.stringify(event) });
const read = (event: unknown) => stripe.parse(requestOf(event));

/** The event with its object changed. */
function changed(event: { data: { object: object } }, changes: object) {
  return { ...event, data: { object: { ...event.data.object, ...changes } } };
}

const recognized: [string, unknown, ProviderEvent][] = [
  [
    "a partial refund",
    refundCreated,
    {
      ...BARE,
      id: "evt_1SrzqZJk7Yd3WbTnA0020aaa",
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 21, 9),
      payment: "pi_3SqVqYJk7Yd3WbTn0First001",
      aliases: ["ch_3SqVqYJk7Yd3WbTn0First001"],
      refund: "re_3SqVqYJk7Yd3WbTn0Part0001",
      gross: 1_000,
      currency: "EUR",
    },
  ],
  [
    "a refund to a bank, once it has succeeded",
    refundUpdated,
    {
      ...BARE,
      id: "evt_1SwkqZJk7Yd3WbTnA0023aaa",
      type: "refund",
      occurred_at: Date.UTC(2026, 0, 29, 10),
      payment: "pi_3Sr1qYJk7Yd3WbTn0Sepa0001",
      aliases: ["ch_3Sr1qYJk7Yd3WbTn0Sepa0001"],
      refund: "re_3Sr1qYJk7Yd3WbTn0Sepa0002",
      gross: 4_900,
      currency: "EUR",
    },
  ],
  [
    "a dispute",
    disputeCreated,
    {
      ...BARE,
      id: "evt_1T2kqZJk7Yd3WbTnA0030aaa",
      type: "chargeback",
      occurred_at: Date.UTC(2026, 1, 20, 3),
      payment: "pi_3T1kqYJk7Yd3WbTn0Renew002",
      aliases: ["ch_3T1kqYJk7Yd3WbTn0Renew002"],
      refund: "du_1T2kqXJk7Yd3WbTnDisp0001",
      gross: 2_451,
      currency: "EUR",
    },
  ],
  [
    "won",
    disputeWon,
    {
      ...BARE,
      id: "evt_1TFkqZJk7Yd3WbTnA0032aaa",
      type: "chargeback_won",
      occurred_at: Date.UTC(2026, 2, 28, 14),
      payment: "pi_3T1kqYJk7Yd3WbTn0Renew002",
      aliases: ["ch_3T1kqYJk7Yd3WbTn0Renew002"],
      refund: "du_1T2kqXJk7Yd3WbTnDisp0001",
      gross: 2_451,
      currency: "EUR",
    },
  ],
  [
    "another dispute, lost, as if it had just been opened",
    disputeLost,
    {
      ...BARE,
      id: "evt_1TGkqZJk7Yd3WbTnA0033aaa",
      type: "chargeback",
      occurred_at: Date.UTC(2026, 1, 24, 6, 30),
      payment: "pi_3Sr0qYJk7Yd3WbTn0Order042",
      aliases: ["ch_3Sr0qYJk7Yd3WbTn0Order042"],
      refund: "du_1T3kqXJk7Yd3WbTnDisp0002",
      gross: 12_495,
      currency: "EUR",
    },
  ],
];

test.each(recognized)("%s", (_, event, expected) => {
  const { id, type } = event as { id: string; type: string };
  expect(read(event)).toEqual({ type, event_id: id, events: [expected] });
});

test("one fact in two events differs only in the event's id", () => {
  const factOf = (event: unknown) => ({ ...read(event).events[0], id: null });
  expect(factOf(chargeRefundUpdated)).toEqual(factOf(refundUpdated));
  expect(factOf(fundsWithdrawn)).toEqual(factOf(disputeCreated));
});

describe("a dispute that was prevented", () => {
  const prevented = (case_type: string) =>
    changed(disputeCreated, { status: "prevented", payment_method_details: { type: "card", card: { case_type } } });

  test("by a refund is a chargeback", () => {
    expect(read(prevented("resolution")).events).toMatchObject([{ type: "chargeback", gross: 2_451 }]);
  });

  test("by a block is ignored", () => {
    expect(read(prevented("block"))).toMatchObject({ events: [], ignored: expect.stringContaining("prevented") });
  });
});

test("a refund of a charge without a payment intent names the charge", () => {
  const [event] = read(changed(refundCreated, { payment_intent: null })).events;
  expect(event).toMatchObject({ payment: "ch_3SqVqYJk7Yd3WbTn0First001", aliases: [] });
});

describe("is ignored:", () => {
  const ignored: [string, unknown, RegExp][] = [
    ["a pending refund", refundPending, /pending/],
    ["a charge with refunds", chargeRefunded, /refund\.created/],
    ["an inquiry", inquiry, /inquiry/],
    ["a closed inquiry", changed(inquiry, { status: "warning_closed" }), /inquiry/],
    [
      "a refund without a payment",
      changed(refundCreated, { payment_intent: null, charge: null }),
      /does not identify the payment/,
    ],
  ];
  test.each(ignored)("%s", (_, event, words) => {
    expect(read(event)).toMatchObject({ events: [], ignored: expect.stringMatching(words) });
  });
});

describe("a malformed reversal names its field:", () => {
  const malformed: [string, object][] = [
    ["data.object.amount", changed(refundCreated, { amount: 10.5 })],
    ["data.object.amount", changed(refundCreated, { amount: -1 })],
    ["data.object.currency", changed(refundCreated, { currency: "euro" })],
    ["data.object.amount", changed(refundCreated, { currency: "isk", amount: 1_050 })],
    ["data.object.status", changed(refundCreated, { status: undefined })],
    ["data.object.created", changed(refundCreated, { created: "2026-01-21" })],
    ["data.object.id", changed(disputeCreated, { id: undefined })],
    ["data.object.charge", changed(disputeCreated, { charge: 7 })],
    ["livemode", { ...disputeCreated, livemode: undefined }],
  ];
  test.each(malformed)("%s (%#)", (field, event) => {
    expect(parseFault(stripe, requestOf(event))).toEqual({
      status: 422,
      code: codeOfField(field),
      field,
    });
  });
});
