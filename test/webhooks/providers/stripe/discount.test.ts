/** Stripe's discounts: which codes they name, and what can be looked up with an API key. */
import { describe, expect, test } from "vitest";
import { LookupUnavailable } from "../../../../src/webhooks/provider.ts";
import { stripe } from "../../../../src/webhooks/providers/stripe/adapter.ts";
import { checkApiKey, lookUpAtStripe } from "../../../../src/webhooks/providers/stripe/lookup.ts";
import checkout from "../../../fixtures/stripe/checkout-session-completed-payment.json";
import discountCreated from "../../../fixtures/stripe/customer-discount-created.json";
import firstInvoice from "../../../fixtures/stripe/invoice-paid-first.json";
import { requestWith } from "../../adapter.ts";

const read = (event: unknown) => stripe.parse(requestWith({ body: JSON.stringify(event) }));
const withObject = (event: { data: { object: object } }, changes: object) => ({
  ...event,
  data: { object: { ...event.data.object, ...changes } },
});

const coupon = { id: "launch", object: "coupon", percent_off: 10 };
const discount = { id: "di_1", object: "discount", coupon, promotion_code: "promo_1" };
const clover = {
  id: "di_1",
  object: "discount",
  promotion_code: "promo_1",
  source: { type: "coupon", coupon: "launch" },
};
const CODES = ["promo_1", "launch"];
const PROMO = { promotion_code: "promo_1" };

describe("an invoice's discounts", () => {
  const invoices: [string, object, string[] | undefined, object | undefined][] = [
    ["of an old API version", { discount, discounts: [] }, CODES, PROMO],
    ["expanded", { discounts: [discount] }, CODES, PROMO],
    ["since version 2025-09-30", { discounts: [clover] }, CODES, PROMO],
    ["without a promotion code", { discounts: [{ ...discount, promotion_code: null }] }, ["launch"], undefined],
    ["by id only", { discounts: ["di_1", "di_2"] }, undefined, { invoice: firstInvoice.data.object.id }],
    ["several", { discounts: [discount, { coupon: "freeship" }] }, ["promo_1", "launch", "freeship"], PROMO],
    ["that can't be read", { discounts: [{ coupon: 5 }], discount: "di_1" }, undefined, undefined],
    ["none", { discounts: [] }, undefined, undefined],
  ];
  test.each(invoices)("%s", (_, changes, coupons, missing) => {
    const [sale] = read(withObject(firstInvoice, changes)).events;
    expect(sale).toMatchObject({ type: "sale", coupon: null });
    expect(sale?.coupons).toEqual(coupons);
    if (Array.isArray(Object(changes).discounts) && missing === undefined && coupons === undefined) return;
    expect(sale?.missing).toEqual(missing);
  });

  test("count for a later payment where the invoice is free", () => {
    const free = withObject(firstInvoice, { amount_paid: 0, total: 0, discounts: [discount], parent: null });
    expect(read(free).events).toMatchObject([{ type: "touch", coupons: CODES, missing: PROMO }]);
  });
});

test("a checkout's promotion code can be looked up", () => {
  const [sale] = read(withObject(checkout, { discounts: [{ coupon: "launch", promotion_code: "promo_1" }] })).events;
  expect(sale).toMatchObject({ coupon: "promo_1", coupons: CODES, missing: PROMO });
});

describe("a customer's discount", () => {
  test("is a touch of the customer", () => {
    expect(read(discountCreated).events).toMatchObject([
      {
        id: discountCreated.id,
        type: "touch",
        occurred_at: discountCreated.data.object.start * 1_000,
        customer: { id: "cus_TiQ4dYk8mVf2bZ", email: null },
        subscription: null,
        coupon: "promo_1SrJoXJk7Yd3WbTnMaya10ab",
        coupons: ["promo_1SrJoXJk7Yd3WbTnMaya10ab", "launch"],
        missing: { promotion_code: "promo_1SrJoXJk7Yd3WbTnMaya10ab" },
      },
    ]);
  });

  test("names its subscription", () => {
    const [touch] = read(withObject(discountCreated, { subscription: "sub_1" })).events;
    expect(touch?.subscription).toEqual({ id: "sub_1", interval: null });
  });

  test("is ignored without a code", () => {
    expect(read(withObject(discountCreated, { promotion_code: null, source: null })).events).toEqual([]);
  });
});

describe("a lookup", () => {
  const bodies: Record<string, unknown> = {
    "https://api.stripe.com/v1/promotion_codes/promo_1": { id: "promo_1", code: "MAYA10" },
    "https://api.stripe.com/v1/invoices/in_1?expand[]=discounts.promotion_code": {
      id: "in_1",
      discounts: [
        { id: "di_1", promotion_code: { id: "promo_1", code: "MAYA10" }, coupon: { id: "launch" } },
        { coupon },
      ],
    },
    "https://api.stripe.com/v1/prices/price_1": {
      id: "price_1",
      product: "prod_1",
      recurring: { interval: "month", interval_count: 3 },
    },
    "https://api.stripe.com/v1/prices/price_2": { id: "price_2", product: "prod_2", recurring: null },
  };
  const sent: { url: string; headers: unknown }[] = [];
  const tools = {
    api_key: "rk_test_1",
    request: async (url: string, init?: RequestInit) => {
      sent.push({ url, headers: init?.headers });
      return url in bodies ? Response.json(bodies[url]) : new Response(null, { status: 404 });
    },
  };

  test.each([
    [{ promotion_code: "promo_1" }, { coupons: ["MAYA10"] }],
    [{ invoice: "in_1" }, { coupons: ["MAYA10", "launch", "launch"] }],
    [{ price: "price_1" }, { product: "prod_1", plan: { interval: "month", interval_count: 3 } }],
    [{ price: "price_2" }, { product: "prod_2" }],
    [
      { invoice: "in_1", price: "price_2" },
      { coupons: ["MAYA10", "launch", "launch"], product: "prod_2" },
    ],
  ])("of %o", async (missing, found) => {
    expect(await lookUpAtStripe(missing, tools)).toEqual(found);
    expect(sent.at(-1)?.headers).toMatchObject({ authorization: "Bearer rk_test_1" });
  });

  test("doesn't let an id change the path", async () => {
    await expect(lookUpAtStripe({ price: "../charges?x" }, tools)).rejects.toThrow("404");
    expect(sent.at(-1)?.url).toBe("https://api.stripe.com/v1/prices/..%2Fcharges%3Fx");
  });

  test.each([
    [429, true],
    [500, true],
    [503, true],
    [401, false],
    [403, false],
    [404, false],
  ])("that is answered with %d may succeed later: %s", async (status, isPassing) => {
    const answer = { ...tools, request: async () => new Response(null, { status }) };
    const error = await lookUpAtStripe({ price: "price_1" }, answer).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error instanceof LookupUnavailable).toBe(isPassing);
  });
});

test("only a restricted key is accepted", () => {
  expect(() => checkApiKey("rk_live_51Q")).not.toThrow();
  for (const key of ["sk_live_51Q", "pk_live_51Q", "whsec_1", "rk_", ""]) {
    expect(() => checkApiKey(key)).toThrow(/restricted key/);
  }
});
