import { describe, expect, test } from "vitest";
import { codeOfField, Problem } from "../../../../src/lib/problem.ts";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { clickfunnels } from "../../../../src/webhooks/providers/clickfunnels/adapter.ts";
import contact from "../../../fixtures/clickfunnels/contact-identified.json";
import paid from "../../../fixtures/clickfunnels/invoice-paid.json";
import renewal from "../../../fixtures/clickfunnels/invoice-paid-renewal.json";
import first from "../../../fixtures/clickfunnels/invoice-paid-subscription.json";
import refunded from "../../../fixtures/clickfunnels/invoice-refunded.json";
import unpaid from "../../../fixtures/clickfunnels/invoice-updated-unpaid.json";
import canceled from "../../../fixtures/clickfunnels/subscription-canceled.json";
import trial from "../../../fixtures/clickfunnels/subscription-trial-started.json";
import { parseFault, requestWith } from "../../adapter.ts";

const CLICK = "AQGbdR2iQnyMo7Wc3vT0kXh5Zp8uYl1sEf6gNd9rBa4jKq2wxVmCtHiOeUzP-7S_3yLn0bGDkF5JQw1RvX8c6M2h9TfA";

const posted = (body: object) => requestWith({ body: JSON.stringify(body) });
const parse = (body: object) => clickfunnels.parse(posted(body));
const only = (body: object) => parse(body).events[0];

/** An invoice's webhook with other fields in it, its order or its contact. */
const invoiceWith = (data: object, order: object = {}, buyer: object = {}) => ({
  ...paid,
  data: {
    ...paid.data,
    ...data,
    order: { ...paid.data.order, ...order, contact: { ...paid.data.order.contact, ...buyer } },
  },
});
const orderWith = (data: object) => ({ ...canceled, data: { ...canceled.data, ...data } });

const JANE = { id: "24359", email: "jane@example.com" };
const CLUB = { id: "22701", interval: "month" };
const at = (text: string) => Date.parse(text);

const sale: ProviderEvent = {
  id: `invoice:838:${at("2026-01-05T19:38:57.536Z")}:paid`,
  type: "sale",
  occurred_at: at("2026-01-05T19:38:56Z"),
  customer: JANE,
  click: CLICK,
  coupon: null,
  payment: "838",
  aliases: [],
  refund: null,
  amount: 8_900,
  gross: 10_725,
  payment_state: { at: at("2026-01-05T19:38:57.536Z"), is_paid: true, refunds: [] },
  currency: "USD",
  product: "6512",
  subscription: null,
  country: "US",
  test: false,
  account: null,
};

describe("events", () => {
  const cases: [string, { event_type: string; event_id: string }, ProviderEvent][] = [
    ["a one-time order, net of tax and shipping", paid, sale],
    [
      "its refund, which reverses the payment as a whole",
      refunded,
      {
        ...sale,
        id: `invoice:838:${at("2026-01-12T11:00:00.100Z")}:refunded`,
        payment_state: { at: at("2026-01-12T11:00:00.100Z"), is_paid: false, refunds: [] },
      },
    ],
    [
      "a subscription's first payment, with the click in the contact's custom attributes",
      first,
      providerEvent({
        id: `invoice:901:${at("2026-01-06T14:00:05.110Z")}:paid`,
        type: "sale",
        occurred_at: at("2026-01-06T14:00:04Z"),
        customer: JANE,
        click: CLICK,
        payment: "901",
        amount: 4_900,
        gross: 4_900,
        payment_state: { at: at("2026-01-06T14:00:05.110Z"), is_paid: true, refunds: [] },
        currency: "USD",
        product: "6520",
        subscription: CLUB,
        country: "US",
      }),
    ],
    [
      "a renewal, which has an invoice of its own",
      renewal,
      providerEvent({
        id: `invoice:977:${at("2026-02-06T14:02:05.110Z")}:paid`,
        type: "sale",
        occurred_at: at("2026-02-06T14:02:04Z"),
        customer: JANE,
        click: CLICK,
        payment: "977",
        amount: 4_900,
        gross: 4_900,
        payment_state: { at: at("2026-02-06T14:02:05.110Z"), is_paid: true, refunds: [] },
        currency: "USD",
        product: "6520",
        subscription: CLUB,
        country: "US",
      }),
    ],
    [
      "a trial",
      trial,
      providerEvent({
        id: "trial:22733",
        type: "trial",
        occurred_at: at("2026-01-07T10:15:01Z"),
        customer: JANE,
        click: CLICK,
        product: "6520",
        subscription: { id: "22733", interval: null },
        country: "US",
      }),
    ],
    [
      "a cancellation, at the end of the paid period",
      canceled,
      providerEvent({
        id: `subscription:22701:ended:${at("2026-03-06T14:00:00Z")}`,
        type: "cancellation",
        occurred_at: at("2026-03-06T14:00:00Z"),
        customer: JANE,
        subscription: { id: "22701", interval: null },
      }),
    ],
    [
      "a contact that came from a click",
      contact,
      providerEvent({ id: `contact:24359:${CLICK}`, type: "touch", occurred_at: null, customer: JANE, click: CLICK }),
    ],
  ];
  test.each(cases)("%s", (_, body, event) => {
    expect(parse(body)).toEqual({ type: body.event_type, event_id: body.event_id, events: [event] });
  });

  const inInvoice = "The payment is recorded from orders/invoice.paid.";
  test.each([
    ["an unpaid invoice", unpaid, "The invoice is not paid: it is unpaid."],
    [
      "an invoice that was voided before it was paid",
      invoiceWith({ status: "voided", paid_at: null }),
      "The invoice is not paid: it is voided.",
    ],
    ["the same payment by another name", { ...paid, event_type: "one-time-order.invoice.paid" }, inInvoice],
    ["a renewal by another name", { ...renewal, event_type: "subscription.invoice.paid" }, inInvoice],
    ["a completed order", { ...canceled, event_type: "one-time-order.completed" }, inInvoice],
    [
      "a refunded order",
      { ...canceled, event_type: "one_time_order.refunded" },
      "The refund is recorded from orders/invoice.refunded.",
    ],
    ["a contact without a click", { ...contact, data: { ...contact.data, visits: null } }, "The contact has no click."],
    ["a tag", { event_type: "contacts/applied_tag.created", data: {} }, undefined],
    ["a type with the name of an object property", { event_type: "toString" }, undefined],
  ])("ignored: %s", (_, body, ignored) => {
    const reading = parse(body);
    expect(reading).toMatchObject({ type: body.event_type, events: [] });
    expect(reading.ignored).toBe(ignored);
  });
});

describe("the state of an invoice", () => {
  test.each([
    ["paid", true],
    ["partially-refunded", true],
    ["refunded", false],
    ["disputed", false],
    ["voided", false],
  ])("%s", (status, is_paid) => {
    const event = only({ ...invoiceWith({ status }), event_type: "orders/invoice.updated" });
    expect(event).toMatchObject({ payment: "838", amount: 8_900, payment_state: { is_paid } });
  });

  test("that was partly refunded says what to do, because the amount isn't sent", () => {
    expect(only(invoiceWith({ status: "partially-refunded" }))?.notes).toEqual([
      "The invoice was partly refunded, but ClickFunnels does not send the amount. To reverse a part of the commission, make an adjustment.",
    ]);
  });

  test("makes another event each time, and the same one when it is sent twice", () => {
    expect(only(refunded)?.id).not.toBe(only(paid)?.id);
    expect(only({ ...paid, event_type: "orders/invoice.updated", event_id: "another" })).toEqual(only(paid));
  });
});

describe("the click", () => {
  const page = (lc_click: string) => ({ landing_page: `https://acme.example/?a=1&lc_click=${lc_click}` });
  const none = { last_visit: null, last_visit_with_utm: null };
  test.each([
    ["a custom attribute", { visits: { last_visit: page("v") } }, { custom_attributes: { lc_click: "c" } }, "c"],
    ["the order's last visit", { visits: { last_visit: page("l"), last_visit_with_utm: page("u") } }, {}, "l"],
    ["the last visit with UTM", { visits: { last_visit: null, last_visit_with_utm: page("u") } }, {}, "u"],
    ["the contact's last visit", { visits: none }, { visits: { first_visit: page("f"), last_visit: page("l") } }, "l"],
    ["the contact's first visit", { visits: none }, { visits: { first_visit: page("f"), last_visit: null } }, "f"],
    ["nowhere", { visits: none }, { visits: null, custom_attributes: null }, null],
  ])("is read from %s", (_, data, buyer, click) => {
    expect(only(invoiceWith(data, {}, buyer))?.click).toBe(click);
  });
});

test("a free order keeps its click", () => {
  const free = invoiceWith({ total_amount: "18.25", discount_amount: "99.00" });
  expect(parse(free).events).toEqual([
    providerEvent({
      id: "invoice:838",
      type: "touch",
      occurred_at: sale.occurred_at,
      customer: JANE,
      click: CLICK,
      product: "6512",
      country: "US",
    }),
  ]);
  const unknown = { ...free, data: { ...free.data, visits: null } };
  expect(parse(unknown)).toMatchObject({ events: [], ignored: "Nothing was paid, or only tax and shipping." });
});

test.each([
  [{ lc_no_commission: "yes" }, false],
  [{ lc_no_commission: "0" }, undefined],
])("whether the sale earns a commission: %j", (custom_attributes, commissionable) => {
  expect(only(invoiceWith({}, {}, { custom_attributes }))?.commissionable).toBe(commissionable);
});

test("an order that is not in live mode is a test", () => {
  expect(only(invoiceWith({}, { live_mode: false }))?.test).toBe(true);
  expect(only(orderWith({ live_mode: false }))?.test).toBe(true);
});

test("a payment in a trial pays for the trial", () => {
  const { data } = first;
  expect(only({ ...first, data: { ...data, order: { ...data.order, in_trial: true } } })?.subscription).toEqual({
    ...CLUB,
    starts_trial: true,
  });
});

test.each([
  ["months", 1, "month", undefined],
  ["month", 12, "year", undefined],
  ["months", 3, null, { interval: "month", interval_count: 3 }],
  ["weeks", null, "week", undefined],
  ["fortnight", 1, null, undefined],
  [null, 1, null, undefined],
])("a subscription is billed every %s, %s", (interval, interval_count, expected, plan) => {
  const line_items = [{ products_price: { interval, interval_count } }];
  const event = only({ ...first, data: { ...first.data, line_items } });
  expect(event?.subscription).toEqual({ id: "22701", interval: expected });
  expect(event?.plan).toEqual(plan);
});

test.each([
  ["JPY", "10725", "825", "0", 9_900, 10_725],
  ["JPY", "10725.0", "825.0", "0.0", 9_900, 10_725],
  ["KWD", "10.725", "0.825", "0", 9_900, 10_725],
  ["usd", 107.25, 8.25, 0, 9_900, 10_725],
  ["EUR", "107.25", null, null, 10_725, 10_725],
])("amounts are decimals: %s %s", (currency, total_amount, tax_amount, shipping_amount, amount, gross) => {
  const event = only(invoiceWith({ currency, total_amount, tax_amount, shipping_amount }));
  expect(event).toMatchObject({ amount, gross, currency: currency.toUpperCase() });
});

describe("what is not needed is no reason to refuse", () => {
  test.each([
    ["the address", invoiceWith({}, {}, { email_address: "jane@" }), { customer: { id: "24359", email: null } }],
    ["the contact", { ...paid, data: { ...paid.data, order: { id: 1 } } }, { customer: { id: null, email: null } }],
    [
      "the times",
      invoiceWith({ paid_at: null, issued_at: "0001-01-01T00:00:00Z", updated_at: null }),
      { occurred_at: null },
    ],
    ["the items", invoiceWith({ line_items: null }), { product: null }],
    ["a country code", invoiceWith({}, { billing_address_country: "United States" }), { amount: 8_900 }],
    ["the end of a subscription", orderWith({ churned_at: null }), { occurred_at: at("2026-02-20T08:00:00Z") }],
  ])("%s", (_, body, expected) => {
    expect(parse(body).events).toMatchObject([expected]);
  });
});

describe("a malformed event names its field", () => {
  test.each([
    ["no type", { data: {} }, "event_type"],
    ["no invoice", { ...paid, data: { ...paid.data, id: null } }, "data.id"],
    ["no order", { ...paid, data: { ...paid.data, order: null } }, "data.order"],
    ["an unknown currency", invoiceWith({ currency: "ABC" }), "data.currency"],
    ["no amount", invoiceWith({ total_amount: null }), "data.total_amount"],
    ["a negative amount", invoiceWith({ total_amount: "-1.00" }), "data.total_amount"],
    ["less than its tax and shipping", invoiceWith({ total_amount: "18.24" }), "data.total_amount"],
    ["a cancellation without an order", orderWith({ id: "" }), "data.id"],
  ])("%s", (_, body, field) => {
    const code = codeOfField(field);
    expect(parseFault(clickfunnels, posted(body))).toEqual({ status: 422, code, field });
  });
});

test("a conflict is answered with 200, because ClickFunnels would repeat it for two days", () => {
  const problem = new Problem(409, "payment_reused", "…");
  const refused = { status: "refused", conversion: null, attributed_to: null, reason: problem.code, problem } as const;
  expect(clickfunnels.answer?.(refused, posted(paid))).toMatchObject({ status: 200 });
});
