import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { kajabi } from "../../../../src/webhooks/providers/kajabi/adapter.ts";
import { urlSecret } from "../../../../src/webhooks/signatures/url-secret.ts";
import form from "../../../fixtures/kajabi/form-submission.json";
import order from "../../../fixtures/kajabi/order-created.json";
import paid from "../../../fixtures/kajabi/payment-succeeded.json";
import bump from "../../../fixtures/kajabi/payment-succeeded-order-bump.json";
import club from "../../../fixtures/kajabi/payment-succeeded-subscription.json";
import purchase from "../../../fixtures/kajabi/purchase.json";
import tag from "../../../fixtures/kajabi/tag-added.json";
import { expectUnforgeable, parseFault, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { signKajabi } from "./signer.ts";

const [SECRET, OTHER, FOREIGN] = [7, 8, 9].map((byte) => urlSecret.make(new Uint8Array(32).fill(byte))) as [
  string,
  string,
  string,
];
const CLICK = "AQGbdR2iQnyMo7Wc3vT0kXh5Zp8uYl1sEf6gNd9rBa4jKq2wxVmCtHiOeUzP-7S_3yLn0bGDkF5JQw1RvX8c6M2h9TfA";
const TOOLS = toolsAt(Date.UTC(2026, 0, 5, 20));

const posted = (body: object, query = "", secret: string = SECRET) =>
  requestWith(signKajabi(JSON.stringify(body), { secret, query }));
const parse = (body: object, query = "") => kajabi.parse(posted(body, query));

interface Hook {
  event: string;
  payload: { type: string; attributes: object }[];
}

/** A hook with other attributes of one of its resources. */
function withAttributes({ payload, ...hook }: Hook, type: string, attributes: object): object {
  const change = (each: Hook["payload"][number]) =>
    each.type === type ? { ...each, attributes: { ...each.attributes, ...attributes } } : each;
  return { ...hook, payload: payload.map(change) };
}
const payment = (attributes: object) => withAttributes(paid, "transactions", attributes);
const bought = (attributes: object) => withAttributes(purchase, "purchases", attributes);

describe("the secret in the path", () => {
  test.each([
    ["the only one", SECRET, [SECRET], null],
    ["the older of two", SECRET, [OTHER, SECRET], null],
    ["an unknown one", FOREIGN, [OTHER, SECRET], "secret_invalid"],
    ["none", "", [SECRET], "secret_missing"],
    ["any, if the endpoint has none", SECRET, [], "secret_invalid"],
  ])("%s", async (_, secret, secrets, code) => {
    expect(kajabi.secret).toBe(urlSecret);
    expect(await verdictOf(kajabi, posted(paid, "", secret), secrets, TOOLS)).toBe(code);
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(kajabi, posted(paid), [OTHER, SECRET], TOOLS, { body: false, path: true });
  });
});

const JANE = { id: "150220817", email: "jane@example.com" };

describe("events", () => {
  const cases: [string, object, string, ProviderEvent][] = [
    [
      "a payment, net of tax",
      paid,
      "payment_succeeded",
      {
        id: "payment:3320118805",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 5, 19, 38, 56, 285),
        customer: JANE,
        click: null,
        coupon: null,
        payment: "3320118805",
        aliases: [],
        refund: null,
        amount: 9_900,
        gross: 10_725,
        currency: "USD",
        product: "2150114477",
        subscription: null,
        test: false,
        account: null,
      },
    ],
    [
      "a payment of a subscription, whose id is made of the customer and the offer",
      club,
      "payment_succeeded",
      providerEvent({
        id: "payment:3320119477",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 6, 14, 0, 2, 110),
        customer: JANE,
        payment: "3320119477",
        amount: 4_900,
        gross: 4_900,
        currency: "USD",
        product: "2150114490",
        subscription: { id: "150220817/2150114490", interval: null },
      }),
    ],
    [
      "a payment of several offers, which names none",
      bump,
      "payment_succeeded",
      providerEvent({
        id: "payment:3320120033",
        type: "sale",
        occurred_at: Date.UTC(2026, 0, 7, 9, 12),
        customer: JANE,
        payment: "3320120033",
        amount: 12_600,
        gross: 12_600,
        currency: "USD",
      }),
    ],
    [
      "a purchase, whose click and coupon were there before its payment",
      purchase,
      "purchase",
      providerEvent({
        id: "purchase:3350772031",
        type: "touch",
        occurred_at: Date.UTC(2026, 0, 5, 19, 28, 57, 580),
        customer: JANE,
        click: CLICK,
        coupon: "MAYA10",
        product: "2150114477",
      }),
    ],
    [
      "a form of the landing page",
      form,
      "form_submission",
      providerEvent({
        id: `form_submission:2148830011:${CLICK}`,
        type: "touch",
        occurred_at: null,
        customer: { id: null, email: "jane@example.com" },
        click: CLICK,
      }),
    ],
  ];
  test.each(cases)("%s", (_, body, type, event) => {
    expect(parse(body)).toEqual({ type, event_id: null, events: [event] });
  });

  const settings =
    "This webhook is of Kajabi's settings, whose fields aren't documented in full. Create it with Kajabi's API instead.";
  test.each([
    ["a tag", tag, "tag_added", undefined],
    ["a type with the name of an object property", { event: "toString" }, "toString", undefined],
    ["a cart's order", order, "order_created", "The payment is recorded from payment_succeeded."],
    [
      "a purchase without click and coupon",
      bought({ coupon_code: null, raw_extra_contact_information: {} }),
      "purchase",
      "The purchase has no click or coupon. Its payment is recorded from payment_succeeded.",
    ],
    [
      "a form without a click",
      withAttributes(form, "form_submissions", { custom_2: null }),
      "form_submission",
      "The form has no click.",
    ],
    ["a free order", payment({ amount_in_cents: 825 }), "payment_succeeded", "Nothing was paid, or only tax."],
    [
      "a refund",
      payment({ action: "refund" }),
      "payment_succeeded",
      "The transaction is no payment: refund, succeeded.",
    ],
    [
      "a failed payment",
      payment({ state: "failed" }),
      "payment_succeeded",
      "The transaction is no payment: charge, failed.",
    ],
    [
      "a webhook of the settings",
      { id: 1, event: "payment.succeeded", offer: { id: 2 } },
      "payment.succeeded",
      settings,
    ],
    ["another one", { event: "purchase.created", payload: { member_id: 1 } }, "purchase.created", settings],
  ])("ignored: %s", (_, body, type, ignored) => {
    const reading = parse(body);
    expect(reading).toMatchObject({ type, events: [] });
    expect(reading.ignored).toBe(ignored);
  });
});

test.each([
  ["in a custom field of the checkout", { raw_extra_contact_information: { custom_3: CLICK } }, CLICK],
  ["in a field with its name", { raw_extra_contact_information: { lc_click: "short" } }, "short"],
  ["in the referrer", { raw_extra_contact_information: {}, referrer: "https://acme.example/?a=1&lc_click=r" }, "r"],
  ["in the source", { raw_extra_contact_information: null, source: "https://acme.example/?lc_click=s" }, "s"],
  ["nowhere, but there is a coupon", { raw_extra_contact_information: { custom_1: "Blue" }, referrer: "acme" }, null],
])("the click of a purchase is read %s", (_, attributes, click) => {
  expect(parse(bought(attributes)).events).toMatchObject([{ click, coupon: "MAYA10" }]);
});

test("the interval of a subscription is what the endpoint's URL states for its offer", () => {
  const [event] = parse(club, "plan=2150114490:month").events;
  expect(event?.subscription).toEqual({ id: "150220817/2150114490", interval: "month" });
  const [quarterly] = parse(club, "plan=2150114490:3-month").events;
  expect(quarterly).toMatchObject({ subscription: { interval: null }, plan: { interval: "month", interval_count: 3 } });
});

test("a payment plan is a subscription too", () => {
  const plan = withAttributes(paid, "offers", { recurring_offer: true, one_time: false, payment_type: "multipay" });
  expect(parse(plan).events).toMatchObject([{ subscription: { id: "150220817/2150114477" } }]);
});

test.each([
  ["USD", "$107.25", 10_725, 825, 9_900, 10_725],
  ["JPY", "¥10,725", 10_725, 825, 9_900, 10_725],
  ["JPY", "¥10,725", 1_072_500, 82_500, 9_900, 10_725],
  ["JPY", null, 10_725, 825, 9_900, 10_725],
  ["KWD", "10.725 KWD", 10_725, 825, 9_900, 10_725],
  ["eur", "107,25 €", 10_725, 825, 9_900, 10_725],
])(
  "amounts are in minor units: %s %s",
  (currency, formatted_amount, amount_in_cents, sales_tax_in_cents, amount, gross) => {
    const [event] = parse(payment({ currency, formatted_amount, amount_in_cents, sales_tax_in_cents })).events;
    expect(event).toMatchObject({ amount, gross, currency: currency.toUpperCase() });
  },
);

describe("what is not needed is no reason to refuse", () => {
  test.each([
    [
      "the address",
      withAttributes(paid, "customers", { email: "jane@" }),
      { customer: { id: "150220817", email: null } },
    ],
    ["the time", payment({ created_at: null }), { occurred_at: null }],
    ["a real time", payment({ created_at: "0001-01-01T00:00:00Z" }), { occurred_at: null }],
    ["the tax", payment({ sales_tax_in_cents: null }), { amount: 10_725 }],
    ["the customer's attributes", { ...paid, payload: paid.payload.slice(0, 1) }, { customer: { id: "150220817" } }],
    ["the purchase's time", bought({ created_at: "soon" }), { occurred_at: null, click: CLICK }],
  ])("%s", (_, body, expected) => {
    expect(parse(body).events).toMatchObject([expected]);
  });
});

describe("a malformed hook names its field", () => {
  test.each([
    ["no event", { payload: [] }, "event"],
    ["no payload", { event: "payment_succeeded" }, "payload"],
    ["no transaction", { ...paid, payload: paid.payload.slice(1) }, "payload.transactions"],
    ["no amount", payment({ amount_in_cents: null }), "payload.transactions.amount_in_cents"],
    ["a negative amount", payment({ amount_in_cents: -1 }), "payload.transactions.amount_in_cents"],
    ["less than its tax", payment({ amount_in_cents: 824 }), "payload.transactions.amount_in_cents"],
    ["an unknown currency", payment({ currency: "ABC" }), "payload.transactions.currency"],
    ["no purchase", { ...purchase, payload: [] }, "payload.purchases"],
  ])("%s", (_, body, field) => {
    const code = codeOfField(field);
    expect(parseFault(kajabi, posted(body))).toEqual({ status: 422, code, field });
  });
});
