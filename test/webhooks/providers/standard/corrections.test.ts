/** What a generic event is recorded without, instead of being refused. */
import { describe, expect, test } from "vitest";
import { standard } from "../../../../src/webhooks/providers/standard/adapter.ts";
import { requestWith } from "../../adapter.ts";

const sale = {
  type: "sale",
  occurred_at: "2026-01-03T10:00:00Z",
  customer: { id: "cus_1" },
  payment: "pay_1",
  amount: 9_900,
  currency: "USD",
};

function read(changes: object) {
  const request = requestWith({ headers: { "webhook-id": "msg_1" }, body: JSON.stringify({ ...sale, ...changes }) });
  const [event] = standard.parse(request).events;
  return event;
}

const RECEIPT = "so the time at which the event was received counts.";

describe("a sale is recorded", () => {
  const cases: [string, object, object, string | null][] = [
    [
      "with the start of a long product",
      { product: "p".repeat(500) },
      { product: "p".repeat(200) },
      "product was cut to 200 characters.",
    ],
    [
      "with the start of a long platform",
      { platform: "é".repeat(201) },
      { platform: "é".repeat(200) },
      "platform was cut to 200 characters.",
    ],
    ["with a product of several lines as one", { product: "Pro\nyearly" }, { product: "Pro yearly" }, null],
    ["with a product's number", { product: 42 }, { product: "42" }, null],
    [
      "without a product that isn't text",
      { product: { id: 1 } },
      { product: null },
      "product was left out, because it is not text.",
    ],
    ["with a country in lower case", { country: "de" }, { country: "DE" }, null],
    [
      "without a country's name",
      { country: "Germany" },
      {},
      "country was left out, because it is not a code such as DE.",
    ],
    [
      "without a subscription whose id is empty",
      { subscription: { id: "", interval: "month" } },
      { subscription: null },
      "subscription was left out, because its id is empty.",
    ],
    [
      "without a subscription whose id is null",
      { subscription: { id: null } },
      { subscription: null },
      "subscription was left out, because its id is empty.",
    ],
    [
      "at its receipt without a time",
      { occurred_at: undefined },
      { occurred_at: null },
      `occurred_at is missing, ${RECEIPT}`,
    ],
    [
      "at its receipt with an empty time",
      { occurred_at: "" },
      { occurred_at: null },
      `occurred_at is missing, ${RECEIPT}`,
    ],
    [
      "at its receipt with a time before 1970",
      { occurred_at: "0001-01-01T00:00:00Z" },
      { occurred_at: null },
      `occurred_at is before 1970, ${RECEIPT}`,
    ],
  ];
  test.each(cases)("%s", (_, changes, expected, note) => {
    const event = read(changes);
    expect(event).toMatchObject({ type: "sale", payment: "pay_1", amount: 9_900, ...expected });
    expect(event?.notes).toEqual(note === null ? undefined : [note]);
    if (!("country" in expected)) expect(event?.country).toBeUndefined();
  });

  test("with a note on each correction", () => {
    const event = read({ occurred_at: null, country: "D", product: "p".repeat(201), platform: "" });
    expect(event?.notes).toHaveLength(3);
  });
});
