import { describe, expect, test } from "vitest";
import { Problem } from "../../../../src/lib/problem.ts";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { gumroad } from "../../../../src/webhooks/providers/gumroad/adapter.ts";
import { urlSecret } from "../../../../src/webhooks/signatures/url-secret.ts";
import cancellation from "../../../fixtures/gumroad/cancellation.txt?raw";
import dispute from "../../../fixtures/gumroad/dispute.txt?raw";
import disputeWon from "../../../fixtures/gumroad/dispute-won.txt?raw";
import free from "../../../fixtures/gumroad/free.txt?raw";
import gift from "../../../fixtures/gumroad/gift.txt?raw";
import membership from "../../../fixtures/gumroad/membership.txt?raw";
import partialRefund from "../../../fixtures/gumroad/partial-refund.txt?raw";
import physical from "../../../fixtures/gumroad/physical.txt?raw";
import preOrder from "../../../fixtures/gumroad/pre-order.txt?raw";
import refund from "../../../fixtures/gumroad/refund.txt?raw";
import renewal from "../../../fixtures/gumroad/renewal.txt?raw";
import saleInJson from "../../../fixtures/gumroad/sale.json";
import sale from "../../../fixtures/gumroad/sale.txt?raw";
import subscriptionEnded from "../../../fixtures/gumroad/subscription-ended.txt?raw";
import subscriptionUpdated from "../../../fixtures/gumroad/subscription-updated.txt?raw";
import testPing from "../../../fixtures/gumroad/test-ping.txt?raw";
import { expectUnforgeable, parseFault, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { changeForm } from "../change-form.ts";
import { signGumroad } from "./signer.ts";

const [SECRET, OTHER, FOREIGN] = [7, 8, 9].map((byte) => urlSecret.make(new Uint8Array(32).fill(byte))) as [
  string,
  string,
  string,
];
const CLICK = "AQGbdR2iQnyMo7Wc3vT0kXh5Zp8uYl1sEf6gNd9rBa4jKq2wxVmCtHiOeUzP-7S_3yLn0bGDkF5JQw1RvX8c6M2h9TfA";
const TOOLS = toolsAt(Date.UTC(2026, 0, 5, 20));

const pinged = (body: string, secret = SECRET) => requestWith(signGumroad(body, { secret }));
const parse = (body: string) => gumroad.parse(pinged(body));
describe("the secret in the path", () => {
  test("is long, needs no encoding in a URL, and is part of it", () => {
    expect(SECRET).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(gumroad.secret).toBe(urlSecret);
  });

  test.each([
    ["the only one", SECRET, [SECRET], null],
    ["the older of two", SECRET, [OTHER, SECRET], null],
    ["the newer of two", OTHER, [OTHER, SECRET], null],
    ["an unknown one", FOREIGN, [OTHER, SECRET], "secret_invalid"],
    ["none", "", [SECRET], "secret_missing"],
    ["a longer one", `${SECRET}/`, [SECRET], "secret_invalid"],
    ["any, if the endpoint has none", SECRET, [], "secret_invalid"],
  ])("%s", async (_, given, secrets, code) => {
    expect(await verdictOf(gumroad, pinged(sale, given), secrets, TOOLS)).toBe(code);
  });

  test("is not read from the query or body", async () => {
    const elsewhere = requestWith({ query: { secret: SECRET }, body: `${sale}&secret=${SECRET}` });
    expect(await verdictOf(gumroad, elsewhere, [SECRET], TOOLS)).toBe("secret_missing");
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(gumroad, pinged(sale), [OTHER, SECRET], TOOLS, { body: false, path: true });
  });
});

test.each([
  [429, { status: 503, body: "…" }],
  [401, null],
  [409, null],
])("a refusal with %d", (status, answer) => {
  const problem = new Problem(status, "code", "…");
  const refused = { status: "refused" as const, conversion: null, attributed_to: null, reason: "code", problem };
  expect(gumroad.answer?.(refused, pinged(sale))).toEqual(answer);
});

const JANE = { id: null, email: "jane@example.com" };
const CLUB = { id: "Gm2rQa0n9yZcPsWv6xTj1B==", interval: "month" };
const firstSale: ProviderEvent = {
  id: "sale:Fk1qPz9m8xYbOrVu5wSi0A==",
  type: "sale",
  occurred_at: Date.UTC(2026, 0, 5, 19, 38, 56),
  customer: JANE,
  click: CLICK,
  coupon: "SPRING10",
  payment: "Fk1qPz9m8xYbOrVu5wSi0A==",
  aliases: [],
  refund: null,
  amount: 2_900,
  gross: 2_900,
  currency: "USD",
  product: "vqXwm",
  subscription: null,
  test: false,
  account: null,
};

describe("events", () => {
  const cases: [string, string, string, ProviderEvent[]][] = [
    ["a sale", sale, "sale", [firstSale]],
    ["a sale in JSON", JSON.stringify(saleInJson), "sale", [firstSale]],
    [
      "a membership's first payment, in US cents though it is priced in euros",
      membership,
      "sale",
      [
        providerEvent({
          id: "sale:Hm3sPb1n0aQdZtXw7uYk2A==",
          type: "sale",
          occurred_at: Date.UTC(2026, 0, 6, 8),
          customer: JANE,
          click: CLICK,
          payment: "Hm3sPb1n0aQdZtXw7uYk2A==",
          amount: 900,
          gross: 900,
          currency: "USD",
          product: "club1",
          subscription: CLUB,
        }),
      ],
    ],
    [
      "its renewal, which has no click",
      renewal,
      "sale",
      [
        providerEvent({
          id: "sale:Jr5uRd3p2cSfBvZy9wAm4C==",
          type: "sale",
          occurred_at: Date.UTC(2026, 1, 6, 8, 0, 3),
          customer: JANE,
          payment: "Jr5uRd3p2cSfBvZy9wAm4C==",
          amount: 900,
          gross: 900,
          currency: "USD",
          product: "club1",
          subscription: CLUB,
        }),
      ],
    ],
    [
      "a shipped product, without the shipping cost",
      physical,
      "sale",
      [
        providerEvent({
          id: "sale:Px1aXj9v8iYlHbFe5cGs0I==",
          type: "sale",
          occurred_at: Date.UTC(2026, 0, 8, 12),
          customer: JANE,
          click: CLICK,
          payment: "Px1aXj9v8iYlHbFe5cGs0I==",
          amount: 3_800,
          gross: 4_500,
          currency: "USD",
          product: "book9",
        }),
      ],
    ],
    [
      "a gift, paid by its giver",
      gift,
      "sale",
      [
        {
          ...firstSale,
          id: "sale:Tb5eBn3z2mCpLfJi9gKw4M==",
          occurred_at: Date.UTC(2026, 0, 10, 18, 30),
          coupon: null,
          payment: "Tb5eBn3z2mCpLfJi9gKw4M==",
        },
      ],
    ],
    [
      "a pre-order, which is not paid yet",
      preOrder,
      "sale",
      [
        providerEvent({
          id: "touch:Rz3cZl1x0kAnJdHg7eIu2K==",
          type: "touch",
          occurred_at: Date.UTC(2026, 0, 9, 9),
          customer: JANE,
          click: CLICK,
          product: "brsh2",
        }),
      ],
    ],
    [
      "a test ping, which repeats the last sale",
      testPing,
      "sale",
      [{ ...firstSale, id: "test:sale:Fk1qPz9m8xYbOrVu5wSi0A==", test: true }],
    ],
    [
      "a refund without a time",
      refund,
      "refund",
      [
        {
          ...firstSale,
          id: "refund:Fk1qPz9m8xYbOrVu5wSi0A==",
          type: "refund",
          occurred_at: null,
          click: null,
          coupon: null,
          refund: "refund",
        },
      ],
    ],
    ["a dispute", dispute, "dispute", [disputed("chargeback")]],
    ["a won dispute", disputeWon, "dispute_won", [disputed("chargeback_won")]],
    [
      "an ended subscription",
      subscriptionEnded,
      "subscription_ended",
      [
        providerEvent({
          id: `subscription_ended:${CLUB.id}:${Date.UTC(2026, 2, 6, 8, 0, 3)}`,
          type: "cancellation",
          occurred_at: Date.UTC(2026, 2, 6, 8, 0, 3),
          customer: JANE,
          subscription: CLUB,
        }),
      ],
    ],
  ];
  test.each(cases)("%s", (_, body, type, events) => {
    expect(parse(body)).toEqual({ type, event_id: null, events });
  });

  function disputed(type: "chargeback" | "chargeback_won"): ProviderEvent {
    return providerEvent({
      id: `${type}:Jr5uRd3p2cSfBvZy9wAm4C==`,
      type,
      occurred_at: null,
      customer: JANE,
      payment: "Jr5uRd3p2cSfBvZy9wAm4C==",
      refund: "dispute",
      amount: 900,
      gross: 900,
      currency: "USD",
      product: "club1",
      subscription: CLUB,
    });
  }

  const ignored: [string, string, string, string | undefined][] = [
    ["a partial refund without its amount", partialRefund, "refund", "partly refunded"],
    ["a free product", free, "sale", "Nothing was paid."],
    ["a cancellation that is only scheduled", cancellation, "cancellation", "subscription_ended"],
    ["a change of plan, whose payment is a separate event", subscriptionUpdated, "subscription_updated", undefined],
    ["a resource with the name of an object property", "resource_name=constructor", "constructor", undefined],
  ];
  test.each(ignored)("ignored: %s", (_, body, type, reason) => {
    const reading = parse(body);
    expect(reading).toMatchObject({ type, events: [] });
    if (reason === undefined) expect(reading.ignored).toBeUndefined();
    else expect(reading.ignored).toContain(reason);
  });

  test("a retry has a count of attempts and gives the same event", () => {
    expect(parse(`${sale}&retry_count=2`)).toEqual(parse(sale));
    expect(parse(JSON.stringify({ ...saleInJson, retry_count: 2 }))).toEqual(parse(sale));
  });

  test("a sale that was refunded later is the same sale", () => {
    expect(parse(changeForm(sale, { refunded: "true" }))).toEqual(parse(sale));
  });
});

describe("the click", () => {
  test("can be JSON in a string", () => {
    const { url_params, ...rest } = saleInJson;
    expect(parse(JSON.stringify({ ...rest, url_params: JSON.stringify(url_params) }))).toEqual(parse(sale));
  });

  test.each([
    ["in the checkout's own field", { lc_click: "tok" }, "tok"],
    ["is missing", {}, null],
    ["is ignored as invalid JSON", "{lc_click", null],
  ])("%s", (_, custom_fields, click) => {
    const { url_params: __, ...rest } = saleInJson;
    expect(parse(JSON.stringify({ ...rest, custom_fields })).events[0]?.click).toBe(click);
  });
});

test("a customer with an invalid address is identified by the account", () => {
  expect(parse(changeForm(sale, { email: "nobody" })).events[0]?.customer).toEqual({
    id: "5550000000001",
    email: null,
    is_email_invalid: true,
  });
});

test.each([
  ["monthly", "month", undefined],
  ["yearly", "year", undefined],
  ["quarterly", null, { interval: "month", interval_count: 3 }],
  ["biannually", null, { interval: "month", interval_count: 6 }],
  ["every_two_years", null, { interval: "year", interval_count: 2 }],
  ["", null, undefined],
])("a payment with the recurrence %s", (recurrence, interval, plan) => {
  const [event] = parse(changeForm(membership, { recurrence })).events;
  expect(event?.subscription).toEqual({ ...CLUB, interval });
  expect(event?.plan).toEqual(plan);
});

test.each([
  ["a sale", changeForm(sale, { sale_timestamp: "yesterday" })],
  ["an ended subscription", changeForm(subscriptionEnded, { ended_at: "" })],
])("%s without a valid time has none, so the time of receipt counts", (_, body) => {
  expect(parse(body).events).toMatchObject([{ occurred_at: null }]);
});

describe("a malformed event names its field", () => {
  test.each([
    ["no sale", changeForm(sale, { sale_id: "" }), "sale_id"],
    ["no price", sale.replace("&price=2900", ""), "price"],
    ["a decimal price", changeForm(sale, { price: "29.00" }), "price"],
    ["a negative price", changeForm(sale, { price: "-2900" }), "price"],
    ["shipping over the price", changeForm(physical, { shipping_rate: "4501" }), "shipping_rate"],
    ["a refund without a sale", changeForm(refund, { sale_id: "" }), "sale_id"],
    ["a dispute without a price", changeForm(dispute, { price: "x" }), "price"],
    ["an ended subscription without an id", changeForm(subscriptionEnded, { subscription_id: "" }), "subscription_id"],
  ])("%s", (_, body, field) => {
    expect(parseFault(gumroad, pinged(body))).toEqual({ status: 422, code: `invalid_${field}`, field });
  });

  test("broken JSON", () => {
    expect(parseFault(gumroad, pinged('{"sale_id": '))).toMatchObject({ status: 422, code: "invalid_json" });
  });
});
