import { describe, expect, test } from "vitest";
import { LookupUnavailable, type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { bigcommerce } from "../../../../src/webhooks/providers/bigcommerce/adapter.ts";
import { urlSecret } from "../../../../src/webhooks/signatures/url-secret.ts";
import coupons from "../../../fixtures/bigcommerce/coupons.json";
import order from "../../../fixtures/bigcommerce/order.json";
import created from "../../../fixtures/bigcommerce/order-created.json";
import products from "../../../fixtures/bigcommerce/products.json";
import refundCreated from "../../../fixtures/bigcommerce/refund-created.json";
import refunds from "../../../fixtures/bigcommerce/refunds.json";
import { expectUnforgeable, parseFault, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { BIGCOMMERCE_TOKEN, serveBigcommerce, signBigcommerce } from "./signer.ts";

const [SECRET, OTHER, FOREIGN] = [7, 8, 9].map((byte) => urlSecret.make(new Uint8Array(32).fill(byte))) as [
  string,
  string,
  string,
];
const CLICK = "AQGbdR2iQnyMo7Wc3vT0kXh5Zp8uYl1sEf6gNd9rBa4jKq2wxVmCtHiOeUzP-7S_3yLn0bGDkF5JQw1RvX8c6M2h9TfA";
const TOOLS = toolsAt(Date.UTC(2026, 0, 6, 11));
const CREATED = Date.UTC(2026, 0, 6, 10, 15);
const MODIFIED = CREATED + 2_000;

interface Found {
  order?: object;
  coupons?: unknown;
  products?: unknown;
  refunds?: unknown;
}

/** A webhook with what the API knows of its order. */
const withOrder = (found: Found = {}) => ({
  scope: "store/order/updated",
  hash: created.hash,
  coupons,
  products,
  refunds: [],
  ...found,
  order: { ...order, ...found.order },
});
const parse = (body: object) => bigcommerce.parse(requestWith({ body: JSON.stringify(body) }));
const read = (found: Found = {}) => parse(withOrder(found));
const sale = (found: Found = {}) => read(found).events.find(({ type }) => type === "sale");

describe("the secret in the path", () => {
  test.each([
    ["the only one", SECRET, [SECRET], null],
    ["the older of two", SECRET, [OTHER, SECRET], null],
    ["an unknown one", FOREIGN, [OTHER, SECRET], "secret_invalid"],
    ["none", "", [SECRET], "secret_missing"],
    ["any, if the endpoint has none", SECRET, [], "secret_invalid"],
  ])("%s", async (_, secret, secrets, code) => {
    expect(bigcommerce.secret).toBe(urlSecret);
    const request = requestWith(signBigcommerce(JSON.stringify(created), { secret }));
    expect(await verdictOf(bigcommerce, request, secrets, TOOLS)).toBe(code);
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    const request = requestWith(signBigcommerce(JSON.stringify(created), { secret: SECRET }));
    await expectUnforgeable(bigcommerce, request, [OTHER, SECRET], TOOLS, { body: false, path: true });
  });
});

describe("the API", () => {
  const V2 = "v2/orders/250";
  const REFUNDS = "v3/orders/250/payment_actions/refunds";
  const whole = {
    [V2]: order,
    [`${V2}/coupons`]: coupons,
    [`${V2}/products?limit=1`]: products,
    [REFUNDS]: refunds,
  };
  const complete = (hook: object, answers: Record<string, unknown> = whole, api_key = BIGCOMMERCE_TOKEN) => {
    const { asked, request } = serveBigcommerce(answers);
    return { asked, body: bigcommerce.look_up?.complete?.(JSON.stringify(hook), { api_key, request }) };
  };

  test.each([
    [created, "store/order/created"],
    [refundCreated, "store/order/refund/created"],
    [{ ...created, scope: "store/order/updated" }, "store/order/updated"],
    [{ ...created, scope: "store/order/statusUpdated" }, "store/order/statusUpdated"],
  ])("is asked for the order, its coupons, products and refunds", async (hook, type) => {
    const { asked, body } = complete(hook);
    const reading = bigcommerce.parse(requestWith({ body: (await body) ?? "" }));
    expect(reading).toMatchObject({ type, event_id: hook.hash, events: [{ type: "sale" }, { type: "refund" }] });
    expect(asked).toHaveLength(4);
  });

  test("answers empty lists with 204", async () => {
    const body = await complete(created, { ...whole, [`${V2}/coupons`]: 204, [REFUNDS]: 204 }).body;
    const { events } = bigcommerce.parse(requestWith({ body: body ?? "" }));
    expect(events).toMatchObject([{ type: "sale", coupon: null, amount: 9_900 }]);
  });

  test.each([429, 500, 503])("is asked again later after a %d", async (status) => {
    await expect(complete(created, { ...whole, [V2]: status }).body).rejects.toBeInstanceOf(LookupUnavailable);
  });

  test.each([
    ["another store's key", created, "ufk2ptm3nz1lqsf0vap5y8dmix9wjrc", "BigCommerce answered 401"],
    ["an order that doesn't exist", { ...created, data: { id: 251 } }, BIGCOMMERCE_TOKEN, "BigCommerce answered 404"],
    ["a producer that isn't a store", { ...created, producer: "stores/../x" }, BIGCOMMERCE_TOKEN, "is not a store"],
    [
      "an id that isn't an order's",
      { ...created, data: { id: "250/../1" } },
      BIGCOMMERCE_TOKEN,
      "is not an order's id",
    ],
    ["no id", { ...created, data: {} }, BIGCOMMERCE_TOKEN, "data.id"],
  ])("is of no use for %s", async (_, hook, key, fault) => {
    await expect(complete(hook, whole, key).body).rejects.toThrow(fault);
  });

  test("is not asked for other webhooks", async () => {
    const { asked, body } = complete({ ...created, scope: "store/product/updated" });
    expect(bigcommerce.parse(requestWith({ body: (await body) ?? "" }))).toEqual({
      type: "store/product/updated",
      event_id: created.hash,
      events: [],
    });
    expect(asked).toEqual([]);
  });

  test("needs an access token", () => {
    expect(() => bigcommerce.look_up?.check(BIGCOMMERCE_TOKEN)).not.toThrow();
    for (const text of ["", "short", "has spaces in it and is long", "x".repeat(101)]) {
      expect(() => bigcommerce.look_up?.check(text)).toThrow("access token");
    }
  });
});

describe("a sale", () => {
  const expected: ProviderEvent = {
    id: `order:250:${MODIFIED}:captured`,
    type: "sale",
    occurred_at: CREATED,
    customer: { id: "11", email: "janedoe@example.com" },
    click: CLICK,
    coupon: "MAYA10",
    payment: "250",
    aliases: [],
    refund: null,
    amount: 9_900,
    gross: 12_258,
    currency: "USD",
    product: "184",
    subscription: null,
    country: "US",
    test: false,
    account: null,
  };

  test("is net of tax, shipping and handling, after discounts", () => {
    expect(read()).toEqual({ type: "store/order/updated", event_id: created.hash, events: [expected] });
  });

  test.each([
    ["captured", 11, true],
    ["paid", 11, true],
    ["partially refunded", 14, true],
    ["refunded", 4, true],
    ["authorized", 11, false],
    ["capture pending", 11, false],
    ["pending", 7, false],
    ["held for review", 12, false],
    ["declined", 6, false],
    ["void", 5, false],
    ["", 0, false],
    ["", 1, false],
    ["", 2, true],
    ["", 5, false],
    ["", 7, false],
    ["", 10, true],
    ["", 11, true],
  ])("with the payment status %j and the status %d: %s", (payment_status, status_id, isSale) => {
    const reading = read({ order: { payment_status, status_id } });
    expect(reading.events.some(({ type }) => type === "sale")).toBe(isSale);
    if (!isSale) expect(reading.ignored).toMatch(/^The order is not paid: .*\.$/);
  });

  test.each([
    ["a guest", { customer_id: 0 }, { customer: { id: null, email: "janedoe@example.com" } }],
    ["no address", { billing_address: null }, { customer: { id: "11", email: null }, click: CLICK }],
    [
      "an address without a valid email",
      { billing_address: { email: "jane@", country_iso2: "USA" } },
      { customer: { id: "11", email: null, is_email_invalid: true } },
    ],
    ["yen", { default_currency_code: "JPY", currency_code: "USD" }, { amount: 99, gross: 123, currency: "JPY" }],
    ["amounts as numbers", { total_ex_tax: 113.5, total_inc_tax: 122.58 }, { amount: 9_900, gross: 12_258 }],
    ["no handling", { handling_cost_ex_tax: null }, { amount: 10_100 }],
    ["an order id as text", { id: "250" }, { payment: "250" }],
    [
      "a click in a form field",
      { billing_address: { form_fields: [{ name: "lc_click", value: "t" }] } },
      { click: "t" },
    ],
    ["another comment", { customer_message: "lc_click=hello" }, { click: null }],
    ["no comment", { customer_message: null }, { click: null }],
    [
      "no commission",
      { billing_address: { form_fields: [{ name: "lc_no_commission", value: "staff" }] } },
      { commissionable: false },
    ],
    ["no times", { date_created: "", date_modified: null }, { occurred_at: null, id: "order:250::captured" }],
    ["an absurd time", { date_created: "Mon, 01 Jan 0001 00:00:00 +0000" }, { occurred_at: null }],
  ])("of %s", (_, changed, event) => {
    expect(sale({ order: changed })).toMatchObject(event);
  });

  test("has all coupons, and no product without one", () => {
    const two = [...coupons, { ...coupons[0], code: "SUMMER" }, { code: null }];
    expect(sale({ coupons: two, products: null })).toMatchObject({
      coupon: "MAYA10",
      coupons: ["MAYA10", "SUMMER"],
      product: null,
    });
  });

  test.each([
    ["total_inc_tax", { total_inc_tax: "x" }],
    ["total_inc_tax", { total_inc_tax: "-1" }],
    ["total_ex_tax", { total_ex_tax: "x" }],
    ["default_currency_code", { default_currency_code: "dollars" }],
    ["status_id", { status_id: null }],
  ])("without a valid %s is refused", (field, changed) => {
    const body = JSON.stringify(withOrder({ order: changed }));
    expect(parseFault(bigcommerce, requestWith({ body })).field).toContain(field);
  });

  test("of nothing is a touch with its click and coupon", () => {
    const free = { total_ex_tax: "14.5000", total_inc_tax: "15.6600" };
    expect(read({ order: free }).events).toMatchObject([
      { type: "touch", click: CLICK, coupon: "MAYA10", payment: null },
    ]);
    const none = read({ order: { ...free, customer_message: "" }, coupons: null, refunds: refunds.data });
    expect(none).toMatchObject({ events: [], ignored: "Nothing was paid, or only tax and shipping." });
  });

  test("whose discount on shipping exceeds the rest earns nothing instead of a refusal", () => {
    expect(read({ order: { total_ex_tax: "10.0000", customer_message: "" }, coupons: [] }).ignored).toMatch(/^Nothing/);
  });
});

describe("refunds", () => {
  const [first] = refunds.data as [(typeof refunds.data)[number]];
  const read2 = (found: Found) => read(found).events.filter(({ type }) => type === "refund");
  const refund = {
    id: "refund:250:12",
    type: "refund",
    occurred_at: Date.UTC(2026, 0, 8, 13, 44, 15),
    payment: "250",
    refund: "12",
    gross: 5_940,
    currency: "USD",
  } as const;

  test("are parts of the whole payment, and add up to it", () => {
    const rest = { ...first, id: 13, total_amount: 63.18 };
    const found = read2({ order: { payment_status: "refunded", status_id: 4 }, refunds: [first, rest] });
    expect(found).toEqual([
      providerEvent(refund),
      providerEvent({ ...refund, id: "refund:250:13", refund: "13", gross: 6_318 }),
    ]);
    expect(found.reduce((sum, { gross }) => sum + (gross ?? 0), 0)).toBe(12_258);
  });

  test.each([
    ["declined", { payments: [{ is_declined: true }] }],
    ["of nothing", { total_amount: 0 }],
  ])("%s don't count", (_, changed) => {
    expect(read2({ refunds: [{ ...first, ...changed }] })).toEqual([]);
  });

  test("that were paid in part, or without payments, count", () => {
    const partly = { ...first, payments: [{ is_declined: true }, { is_declined: false }] };
    expect(read2({ refunds: [partly, { ...first, id: 13, payments: null }] })).toHaveLength(2);
  });

  test("of an order that was marked as refunded by hand are of the whole payment", () => {
    const id = `refund:250:status:${MODIFIED}`;
    const marked = { payment_status: "", status_id: 4 };
    expect(read2({ order: marked })).toEqual([
      providerEvent({ ...refund, id, occurred_at: MODIFIED, refund: "status", gross: 12_258 }),
    ]);
    // An update of the order repeats it with another time, so it is another event of the same refund.
    const [again] = read2({ order: { ...marked, date_modified: "Wed, 07 Jan 2026 10:15:00 +0000" } });
    expect([again?.id === id, again?.refund]).toEqual([false, "status"]);
  });

  test("with an invalid amount are refused", () => {
    const body = JSON.stringify(withOrder({ refunds: [{ ...first, total_amount: -1 }] }));
    expect(parseFault(bigcommerce, requestWith({ body })).field).toBe("refunds.0.total_amount");
  });
});
