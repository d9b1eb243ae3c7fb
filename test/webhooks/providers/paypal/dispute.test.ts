/** The events that the PayPal adapter reads from disputes. */
import { describe, expect, test } from "vitest";
import { providerEvent } from "../../../../src/webhooks/provider.ts";
import { paypal } from "../../../../src/webhooks/providers/paypal/adapter.ts";
import disputeCreated from "../../../fixtures/paypal/dispute-created.json";
import disputeOfTwo from "../../../fixtures/paypal/dispute-created-two-payments.json";
import disputeLost from "../../../fixtures/paypal/dispute-resolved-lost.json";
import disputeSettled from "../../../fixtures/paypal/dispute-resolved-settled.json";
import disputeWon from "../../../fixtures/paypal/dispute-resolved-won.json";
import { requestWith } from "../../adapter.ts";

const CAPTURE = "2GK71830UV5529640";
const DISPUTE = "PP-R-KWX-482013377";

const read = (fixture: object) => paypal.parse(requestWith({ body: JSON.stringify(fixture) }));

const at = (time: string) => Date.parse(time);

describe("disputes", () => {
  const opened = {
    payment: CAPTURE,
    occurred_at: at("2026-03-19T12:40:05Z"),
    gross: 4_800,
    currency: "EUR",
  };
  const noReversal = { type: "chargeback_won", payment: CAPTURE, refund: CAPTURE } as const;

  test.each([
    [
      "an opened dispute, which also covers any reversal of the payment",
      disputeCreated,
      [
        { ...opened, id: `${disputeCreated.id}:${CAPTURE}:${DISPUTE}`, type: "chargeback", refund: DISPUTE },
        { ...noReversal, id: `${disputeCreated.id}:${CAPTURE}:${CAPTURE}`, occurred_at: opened.occurred_at },
      ],
    ],
    [
      "a dispute of two payments",
      disputeOfTwo,
      ["61V93475KS820174H", "5FA26108TL693352W"].flatMap((payment) => [
        {
          id: `${disputeOfTwo.id}:${payment}:PP-R-MHT-490171624`,
          type: "chargeback" as const,
          occurred_at: at("2026-04-21T09:18:37Z"),
          payment,
          refund: "PP-R-MHT-490171624",
          gross: 2_380,
          currency: "EUR",
        },
        {
          id: `${disputeOfTwo.id}:${payment}:${payment}`,
          type: "chargeback_won" as const,
          occurred_at: at("2026-04-21T09:18:37Z"),
          payment,
          refund: payment,
        },
      ]),
    ],
    [
      "a lost dispute as the same chargeback as the opened one",
      disputeLost,
      [
        { ...opened, id: `${disputeLost.id}:${CAPTURE}:${DISPUTE}`, type: "chargeback", refund: DISPUTE },
        { ...noReversal, id: `${disputeLost.id}:${CAPTURE}:${CAPTURE}`, occurred_at: opened.occurred_at },
      ],
    ],
    [
      "a dispute settled for less, with that amount instead of the disputed one",
      disputeSettled,
      [
        {
          id: `${disputeSettled.id}:${CAPTURE}:${DISPUTE}`,
          type: "chargeback_won",
          occurred_at: at("2026-04-06T08:55:31Z"),
          payment: CAPTURE,
          refund: DISPUTE,
        },
        {
          ...opened,
          id: `${disputeSettled.id}:${CAPTURE}:${DISPUTE}:settled`,
          type: "chargeback",
          refund: `${DISPUTE}:settled`,
          gross: 1_200,
        },
        { ...noReversal, id: `${disputeSettled.id}:${CAPTURE}:${CAPTURE}`, occurred_at: opened.occurred_at },
      ],
    ],
    [
      "a won dispute",
      disputeWon,
      [
        {
          id: `${disputeWon.id}:${CAPTURE}:${DISPUTE}`,
          type: "chargeback_won",
          occurred_at: at("2026-04-06T08:55:31Z"),
          payment: CAPTURE,
          refund: DISPUTE,
        },
        { ...noReversal, id: `${disputeWon.id}:${CAPTURE}:${CAPTURE}`, occurred_at: opened.occurred_at },
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

  test("every outcome in the merchant's favor", () => {
    const kinds = ["RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED", "NONE", "ACCEPTED"].map((outcome_code) => {
      const [event] = read({
        ...disputeWon,
        resource: { ...disputeWon.resource, dispute_outcome: { outcome_code } },
      }).events;
      return event?.type;
    });
    expect(kinds).toEqual([...Array(4).fill("chargeback_won"), "chargeback"]);
  });
});
