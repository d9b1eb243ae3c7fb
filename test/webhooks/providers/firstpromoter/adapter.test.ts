import { describe, expect, test } from "vitest";
import { firstpromoter, readTrackingKey } from "../../../../src/webhooks/providers/firstpromoter/adapter.ts";
import cancellation from "../../../fixtures/firstpromoter/cancellation.json";
import refund from "../../../fixtures/firstpromoter/refund.json";
import sale from "../../../fixtures/firstpromoter/sale.json";
import saleOfNothing from "../../../fixtures/firstpromoter/sale-of-nothing.json";
import saleV1 from "../../../fixtures/firstpromoter/sale-v1.txt?raw";
import signup from "../../../fixtures/firstpromoter/signup.json";
import signupByEmail from "../../../fixtures/firstpromoter/signup-by-email.json";
import { expectUnforgeable, parseFault, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";
import { signFirstpromoter, type TrackingOptions } from "./signer.ts";

type Call = TrackingOptions["call"];

const ENDPOINT = "ep_n0rth-w1nd_";
const SECRET = firstpromoter.secret.make(new Uint8Array(32).fill(7));
const OTHER = firstpromoter.secret.make(new Uint8Array(32).fill(8));
const TOOLS = toolsAt(Date.UTC(2026, 10, 16));
const CLICK = "01JC8XK2M9_aff-maria_q7Tn3vYw5RzLp0Hd";

/** A call as passed on by the route, with only the last part of the path. */
const signed = (call: Call, fields: object | string, options: Partial<TrackingOptions> = {}) => {
  const body = typeof fields === "string" ? fields.trim() : JSON.stringify(fields);
  return requestWith({
    ...signFirstpromoter(body, { endpoint: ENDPOINT, secret: SECRET, call, ...options }),
    path: call,
  });
};
const verify = (request: ReturnType<typeof requestWith>, secrets = [SECRET]) =>
  verdictOf(firstpromoter, request, secrets, TOOLS);
const parse = (call: Call, fields: object | string) => firstpromoter.parse(signed(call, fields));

const jane = { id: "u_4711", email: "jane.doe@example.com" };

describe("the key", () => {
  test("is shown with its endpoint as a prefix", () => {
    expect(SECRET).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(firstpromoter.secret.show(ENDPOINT, SECRET)).toBe(`${ENDPOINT}.${SECRET}`);
  });

  const keys: [Record<string, string>, ReturnType<typeof readTrackingKey>][] = [
    [{ authorization: "Bearer ep_1.abc" }, { endpoint: "ep_1", secret: "abc" }],
    [{ authorization: "bearer  ep_1.a.b" }, { endpoint: "ep_1", secret: "a.b" }],
    [{ "x-api-key": "ep_1.abc" }, { endpoint: "ep_1", secret: "abc" }],
    [
      { authorization: "Bearer ep_1.abc", "x-api-key": "ep_2.x" },
      { endpoint: "ep_1", secret: "abc" },
    ],
    [{ authorization: "Basic ep_1.abc" }, null],
    [{ authorization: "Bearer ep_1" }, null],
    [{ authorization: "Bearer .abc" }, null],
    [{ authorization: "Bearer ep_1." }, null],
    [{ authorization: "Bearer ep_1.abc d" }, null],
    [{}, null],
  ];
  test.each(keys)("is read from %j", (headers, key) => {
    expect(readTrackingKey(new Headers(headers))).toEqual(key);
  });

  test.each(["v1", "v2"] as const)("of the endpoint is accepted for %s, and another is refused", async (version) => {
    expect(await verify(signed("sale", sale, { version }))).toBeNull();
    expect(await verify(signed("sale", sale, { version, secret: OTHER }))).toBe("signature_invalid");
  });

  test("is either of two during a rotation, but not a third", async () => {
    const third = firstpromoter.secret.make(new Uint8Array(32).fill(9));
    expect(await verify(signed("sale", sale), [OTHER, SECRET])).toBeNull();
    expect(await verify(signed("sale", sale, { secret: OTHER }), [OTHER, SECRET])).toBeNull();
    expect(await verify(signed("sale", sale, { secret: third }), [OTHER, SECRET])).toBe("signature_invalid");
  });

  test("is required", async () => {
    expect(await verify(requestWith({ path: "sale" }))).toBe("signature_missing");
    expect(await verify(signed("sale", sale), [])).toBe("signature_invalid");
    expect(await verify(signed("sale", sale, { secret: "" }))).toBe("signature_missing");
  });

  test("with one byte changed is refused", { tags: ["deep"] }, async () => {
    // The route finds the endpoint by the key's first part, and each endpoint has its own secrets.
    const routed: typeof firstpromoter = {
      ...firstpromoter,
      verify: (request, secrets) =>
        firstpromoter.verify(request, readTrackingKey(request.headers)?.endpoint === ENDPOINT ? secrets : [OTHER]),
    };
    const request = signed("sale", sale, { version: "v1" });
    await expectUnforgeable(routed, request, [SECRET], TOOLS, { body: false, headers: ["x-api-key"] });
  });
});

describe("events", () => {
  const recognized: [string, Call, object | string, object][] = [
    [
      "a signup",
      "signup",
      signup,
      { id: "lead:u_4711", type: "lead", occurred_at: Date.UTC(2026, 10, 2, 9, 15), customer: jane, click: CLICK },
    ],
    [
      "a signup by email",
      "signup",
      signupByEmail,
      {
        id: "lead:{email}",
        type: "lead",
        occurred_at: Date.UTC(2026, 10, 2, 23, 59, 59, 999),
        customer: { id: null, email: "Jane.Doe@example.com" },
        named: { affiliate: "maria", or_slug: true },
      },
    ],
    [
      "a sale",
      "sale",
      sale,
      {
        id: "sale:pay_1001",
        type: "sale",
        occurred_at: null,
        customer: jane,
        click: CLICK,
        coupon: "MARIA10",
        payment: "pay_1001",
        amount: 4900,
        currency: "USD",
        product: "pro-monthly",
        named: { affiliate: "maria", or_slug: true },
      },
    ],
    [
      "a sale of v1",
      "sale",
      saleV1,
      {
        id: "sale:pay_1002",
        type: "sale",
        occurred_at: null,
        customer: jane,
        payment: "pay_1002",
        amount: 4900,
        currency: "USD",
        product: "pro-monthly",
      },
    ],
    [
      "a refund",
      "refund",
      refund,
      {
        id: "refund:pay_1001:re_1",
        type: "refund",
        occurred_at: null,
        customer: jane,
        payment: "pay_1001",
        refund: "re_1",
        amount: 950,
        currency: "USD",
      },
    ],
    [
      "a cancellation",
      "cancellation",
      cancellation,
      { id: "cancellation:u_4711", type: "cancellation", occurred_at: null, customer: jane },
    ],
  ];
  test.each(recognized)("%s", (_, call, fields, event) => {
    expect(parse(call, fields)).toEqual({
      type: call,
      event_id: (event as { id: string }).id,
      events: [{ ...BARE, ...event }],
    });
  });

  test("a sale of zero is ignored", () => {
    expect(parse("sale", saleOfNothing)).toEqual({
      type: "sale",
      event_id: "sale:pay_1003",
      events: [],
      ignored: "The amount is zero.",
    });
  });

  test("may have fields of our generic event", () => {
    const ours = { lc_click: "c", subscription_id: "sub_1", occurred_at: "2026-11-16T09:20:00Z" };
    expect(parse("sale", { ...sale, ...ours }).events[0]).toMatchObject({
      click: "c",
      subscription: { id: "sub_1", interval: null },
      occurred_at: Date.UTC(2026, 10, 16, 9, 20),
    });
    expect(parse("cancellation", { ...cancellation, ...ours }).events[0]).toMatchObject({
      id: `cancellation:sub_1:${Date.UTC(2026, 10, 16, 9, 20)}`,
      click: null,
      subscription: { id: "sub_1", interval: null },
    });
    expect(parse("cancellation", { ...cancellation, event_id: "c_1" }).event_id).toBe("cancellation:u_4711:c_1");
  });

  test("are the same in the query, as documented for v1", () => {
    const request = requestWith({ path: "sale", query: saleV1.trim() });
    expect(firstpromoter.parse(request)).toEqual(parse("sale", saleV1));
  });

  test.each([
    ["alone", { ref_id: "maria" }, true],
    ["beside FirstPromoter's own visitor id", { tid: "fprom-7a1c", ref_id: "maria" }, true],
    ["beside a click of ours, which decides", { tid: "x".repeat(92), ref_id: "maria" }, false],
    ["that is too long for any name", { ref_id: "x".repeat(201) }, false],
    ["that was not filled in", { ref_id: "{{ref_id}}" }, false],
  ])("name the affiliate by a referral id %s", (_, fields, isNamed) => {
    const named = isNamed ? { affiliate: "maria", or_slug: true } : undefined;
    expect(parse("signup", { uid: "u_1", ...fields }).events[0]?.named).toEqual(named);
    const sold = parse("sale", { uid: "u_1", event_id: "p", amount: 100, currency: "USD", ...fields });
    expect(sold.events[0]?.named).toEqual(named);
  });

  test("never contain an email address in an id", () => {
    expect(parse("signup", { email: "Jane.Doe@Example.com" }).events[0]?.id).toBe("lead:{email}");
    expect(parse("cancellation", { email: "jane.doe@example.com" }).events[0]?.id).toBe("cancellation:{email}");
  });

  const amounts: [unknown, string, number][] = [
    [1_999, "USD", 1_999],
    ["1999", "eur", 1_999],
    [5_000, "JPY", 5_000],
    [1_999, "KWD", 19_990],
    [19.0, "USD", 19],
  ];
  test.each(amounts)("%s %s", (amount, currency, minor) => {
    expect(parse("sale", { ...sale, amount, currency }).events[0]).toMatchObject({
      amount: minor,
      currency: currency.toUpperCase(),
    });
  });

  test("reversed amounts may be negative", () => {
    expect(parse("refund", { ...refund, amount: -950 }).events[0]?.amount).toBe(950);
  });

  test("amounts without a currency are in the program's currency, if known", () => {
    const { currency: _, ...silent } = sale;
    const request = signed("sale", silent);
    expect(firstpromoter.parse(request, { currency: "JPY" }).events[0]).toMatchObject({
      amount: 4900,
      currency: "JPY",
    });
    expect(firstpromoter.parse(signed("sale", sale), { currency: "JPY" }).events[0]?.currency).toBe("USD");
  });

  const faults: [string, Call, object, string][] = [
    ["a signup without an email", "signup", { tid: CLICK }, "email"],
    ["a cancellation without an email", "cancellation", { email: "" }, "email"],
    ["a sale without its id", "sale", { ...sale, event_id: null }, "event_id"],
    ["a sale without its amount", "sale", { ...sale, amount: null }, "amount"],
    ["a sale without its currency", "sale", { ...sale, currency: null }, "currency"],
    ["an unknown currency", "sale", { ...sale, currency: "ZZZ" }, "currency"],
    ["a decimal", "sale", { ...sale, amount: "49.00" }, "amount"],
    ["a float with a rounding error", "sale", { ...sale, amount: 19.99 * 100 }, "amount"],
    ["a negative sale", "sale", { ...sale, amount: -4900 }, "amount"],
    ["an object", "sale", { ...sale, event_id: { id: 1 } }, "event_id"],
    ["a refund without its id", "refund", { ...refund, event_id: "" }, "event_id"],
    ["a refund without its sale", "refund", { ...refund, sale_event_id: undefined }, "sale_event_id"],
    ["an invalid time", "signup", { ...signup, created_at: "yesterday" }, "created_at"],
    ["an invalid day", "signup", { ...signup, created_at: "2026-02-31" }, "created_at"],
  ];
  test.each(faults)("%s", (_, call, fields, field) => {
    const found = parseFault(firstpromoter, signed(call, fields));
    expect(found).toEqual({ status: 422, code: `invalid_${field}`, field });
  });

  test("a call that does not exist has no event", () => {
    const request = { ...signed("sale", sale), path: "subscriber" };
    expect(parseFault(firstpromoter, request).code).toBe("invalid_path");
  });
});
