import { describe, expect, test } from "vitest";
import { providerEvent } from "../../../../src/webhooks/provider.ts";
import { standard } from "../../../../src/webhooks/providers/standard/adapter.ts";
import { expectUnforgeable, parseFault, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { type StandardOptions, signStandard } from "./signer.ts";

const NOW = Date.UTC(2026, 0, 3, 10);
const TOOLS = toolsAt(NOW);
const [SECRET, OTHER, FOREIGN] = [7, 8, 9].map((byte) => makeSecret(byte)) as [string, string, string];
const FAMILIES = ["webhook", "svix"] as const;

function makeSecret(byte: number): string {
  if (standard.secret.made_by !== "us") throw new Error("the secret is ours");
  return standard.secret.make(new Uint8Array(32).fill(byte));
}

const signed = (body: string, options: Partial<StandardOptions> = {}) =>
  requestWith(signStandard(body, { secrets: [SECRET], now: NOW, ...options }));
const verify = (request: ReturnType<typeof signed>, secrets: readonly string[] = [SECRET], now = NOW) =>
  verdictOf(standard, request, secrets, toolsAt(now));

test("a secret has the specification's format", () => {
  expect(SECRET).toBe("whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
});

// One is published in the tests of the reference libraries, the other on Svix's page about manual verification.
describe("a published signature is accepted", () => {
  const vectors = [
    {
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      seconds: 1_614_265_330,
      body: '{"test": 2432232314}',
      signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    {
      secret: "whsec_plJ3nmyCDGBKInavdOK15jsl",
      id: "msg_loFOjxBNrRLzqYUf",
      seconds: 1_731_705_121,
      body: '{"event_type":"ping","data":{"success":true}}',
      signature: "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    },
  ];
  const cases = vectors.flatMap((vector) => FAMILIES.map((family) => [family, vector] as const));
  test.each(cases)("as %s-signature: %j", async (family, { secret, id, seconds, body, signature }) => {
    const headers = {
      [`${family}-id`]: id,
      [`${family}-timestamp`]: String(seconds),
      [`${family}-signature`]: signature,
    };
    const now = seconds * 1_000;
    expect(await verify(requestWith({ headers, body }), [secret], now)).toBeNull();
    expect(await verify(requestWith({ headers, body: `${body} ` }), [secret], now)).toBe("signature_invalid");
  });
});

describe.each(FAMILIES)("a signature in the headers of %s", (by) => {
  test("with the secret is accepted", async () => {
    expect(await verify(signed("{}", { by }))).toBeNull();
  });

  test("with another secret is refused", async () => {
    expect(await verify(signed("{}", { by, secrets: [FOREIGN] }))).toBe("signature_invalid");
  });

  test.each([
    ["the older one", [SECRET], null],
    ["the newer one", [OTHER], null],
    ["both", [OTHER, SECRET], null],
    ["one and an unknown one", [FOREIGN, SECRET], null],
    ["a third one only", [FOREIGN], "signature_invalid"],
  ])("during a rotation, by %s", async (_, secrets, code) => {
    expect(await verify(signed("{}", { by, secrets }), [OTHER, SECRET])).toBe(code);
  });

  test("is refused if the endpoint has no secret", async () => {
    expect(await verify(signed("{}", { by }), [])).toBe("signature_invalid");
  });

  test.each(["id", "timestamp", "signature"])("without its %s is refused as missing", async (name) => {
    const request = signed("{}", { by });
    request.headers.delete(`${by}-${name}`);
    expect(await verify(request)).toBe("signature_missing");
  });

  test.each([
    [-300, null],
    [300, null],
    [-301, "timestamp_out_of_range"],
    [301, "timestamp_out_of_range"],
  ])("made %d seconds from now", async (offset, code) => {
    expect(await verify(signed("{}", { by, now: NOW + offset * 1_000 }))).toBe(code);
  });

  test.each(["1767434400x", "+1767434400", "01767434400", "1767434400.0", "1.7674344e9", "now"])(
    "with the invalid timestamp %s",
    async (timestamp) => {
      const request = signed("{}", { by });
      request.headers.set(`${by}-timestamp`, timestamp);
      expect(await verify(request)).toBe("timestamp_out_of_range");
    },
  );

  test("covers every byte of body, id and time", { tags: ["deep"] }, async () => {
    const headers = ["id", "timestamp", "signature"].map((name) => `${by}-${name}`);
    const request = signed('{"type":"sale","amount":9900}', { by });
    await expectUnforgeable(standard, request, [OTHER, SECRET], TOOLS, { headers });
  });
});

describe("among several signatures", () => {
  const [request, { headers }] = [signed("{}"), signed("{}")];
  const own = headers.get("webhook-signature") ?? "";
  test.each([
    ["ours is found", `v1,AAAA v1a,hnO3f9T8Ytu9 v2,x ${own}`, null],
    ["ours with another version is refused", own.replace("v1,", "v2,"), "signature_invalid"],
    ["ours without its version is refused", own.replace("v1,", ""), "signature_invalid"],
    ["only the first ones are checked", `${"v1,AAAA ".repeat(16)}${own}`, "signature_invalid"],
  ])("%s", async (_, signatures, code) => {
    request.headers.set("webhook-signature", signatures);
    expect(await verify(request)).toBe(code);
  });
});

test("with two sets of headers, the verified id is used", async () => {
  const both = signed("{}", { id: "msg_1" });
  for (const [name, value] of signed("{}", { by: "svix", id: "msg_2" }).headers) both.headers.set(name, value);
  both.headers.set("svix-signature", "v1,AAAA");
  expect(await verify(both)).toBeNull();
  expect(standard.parse({ ...both, body: JSON.stringify(sale) }).event_id).toBe("msg_1");
  both.headers.set("webhook-signature", "v1,AAAA");
  both.headers.set("svix-signature", signed("{}", { id: "msg_2" }).headers.get("webhook-signature") ?? "");
  expect(await verify(both)).toBe("signature_invalid");
});

const sale = {
  type: "sale",
  occurred_at: "2026-01-03T10:00:00Z",
  customer: { id: "cus_1", email: "A@Example.com" },
  click: "tok",
  coupon: "SAVE10",
  payment: "pay_1",
  amount: 9_900,
  currency: "USD",
  product: "starter",
  subscription: { id: "sub_1", interval: "month" },
};

// Only the headers that are used are stored for a replay.
const delivered = (body: unknown, family: "webhook" | "svix" = "webhook") =>
  requestWith({
    headers: { [`${family}-id`]: "msg_1" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

test.each(FAMILIES)("a complete sale, delivered with %s-id", (family) => {
  expect(standard.headers).toContain(`${family}-id`);
  expect(standard.parse(delivered({ ...sale, something_new: true }, family))).toEqual({
    type: "sale",
    event_id: "msg_1",
    events: [
      {
        id: "msg_1",
        type: "sale",
        occurred_at: NOW,
        customer: { id: "cus_1", email: "A@Example.com" },
        click: "tok",
        coupon: "SAVE10",
        payment: "pay_1",
        aliases: [],
        refund: null,
        amount: 9_900,
        gross: null,
        currency: "USD",
        product: "starter",
        subscription: { id: "sub_1", interval: "month" },
        test: false,
        account: null,
      },
    ],
  });
});

test("a refund has its own id and its payment's", () => {
  const { click: _, coupon: __, ...rest } = sale;
  const event = { ...rest, type: "refund", refund: "re_1", amount: 500, subscription: { id: "sub_1" } };
  expect(standard.parse(delivered(event)).events).toMatchObject([
    { type: "refund", payment: "pay_1", refund: "re_1", amount: 500, subscription: { id: "sub_1", interval: null } },
  ]);
});

test.each(["lead", "trial", "cancellation"] as const)("a %s needs no payment", (type) => {
  const body = { type, occurred_at: "2026-01-03T11:00:00+01:00", customer: { email: "a@example.com" } };
  const event = providerEvent({
    id: "msg_1",
    type,
    occurred_at: NOW,
    customer: { id: null, email: "a@example.com" },
  });
  expect(standard.parse(delivered(body))).toEqual({ type, event_id: "msg_1", events: [event] });
});

describe("a referral", () => {
  const referral = {
    type: "referral",
    occurred_at: "2026-01-03T10:00:00Z",
    customer: { id: "cus_1" },
    affiliate: "jo",
  } as const;
  const known = { id: "msg_1", type: "referral", occurred_at: NOW, customer: { id: "cus_1", email: null } } as const;

  test.each([
    ["binds", { binding: true }, { affiliate: "jo", binds: true }],
    ["does not", { binding: false }, { affiliate: "jo" }],
    ["leaves binding to the default", {}, { affiliate: "jo" }],
  ])("names an affiliate, and %s", (_, changes, named) => {
    const { events } = standard.parse(delivered({ ...referral, ...changes }));
    expect(events).toStrictEqual([providerEvent({ ...known, named })]);
  });

  test("is recognized only by its type: its fields are ignored in a sale", () => {
    const { events } = standard.parse(delivered({ ...sale, affiliate: "jo", binding: true }));
    expect(events).toStrictEqual(standard.parse(delivered(sale)).events);
  });
});

test("reads the payment method and the replaced subscription", () => {
  const subscription = { id: "sub_2", interval: "month", replaces: "sub_1" };
  const { events } = standard.parse(delivered({ ...sale, payer: "fp_1", subscription }));
  expect(events).toMatchObject([{ payer: "fp_1", subscription }]);
});

const billings: [{ interval?: string; interval_count: number | null }, object | undefined][] = [
  [
    { interval: "month", interval_count: 3 },
    { interval: "month", interval_count: 3 },
  ],
  [{ interval: "month", interval_count: 12 }, { interval: "year" }],
  [{ interval: "month", interval_count: 1 }, undefined],
  [{ interval: "month", interval_count: null }, undefined],
  [{ interval_count: 3 }, undefined],
];
test.each(billings)("a subscription billed by %j", (billing, plan) => {
  const [event] = standard.parse(delivered({ ...sale, subscription: { id: "sub_1", ...billing } })).events;
  expect(event?.plan).toEqual(plan);
  expect(event?.subscription).toEqual({ id: "sub_1", interval: billing.interval ?? null });
});

test("ids that are placeholders are left out, and the event's notes say so", () => {
  const ids = { customer: { id: "undefined", email: "jo@example.com" }, subscription: { id: "[object Object]" } };
  const [event] = standard.parse(delivered({ ...sale, ...ids })).events;
  expect(event).toMatchObject({ customer: { id: null, email: "jo@example.com" }, subscription: null });
  expect(event?.notes).toEqual([
    'subscription.id was left out, because "[object Object]" is a placeholder that was not replaced.',
    'customer.id was left out, because "undefined" is a placeholder that was not replaced.',
  ]);
  const fault = parseFault(standard, delivered({ ...sale, payment: "null" }));
  expect(fault).toMatchObject({ status: 422, code: "invalid_payment" });
});

test("an invalid email address does not refuse a sale", () => {
  for (const email of ["nobody", 5, {}, "x".repeat(300)]) {
    const [event] = standard.parse(delivered({ ...sale, customer: { id: "cus_1", email } })).events;
    expect(event?.customer).toEqual({ id: "cus_1", email: null, is_email_invalid: true });
  }
  const [event] = standard.parse(
    delivered({ ...sale, customer: { id: "cus_1", email: "o'brien@example.com" } }),
  ).events;
  expect(event?.customer).toEqual({ id: "cus_1", email: "o'brien@example.com" });
});

test("several coupons are all passed on", () => {
  const couponsIn = (fields: object) => {
    const [event] = standard.parse(delivered({ ...sale, coupon: null, ...fields })).events;
    return [event?.coupon, event?.coupons];
  };
  expect(couponsIn({ coupons: ["FREESHIP", "MAYA10"] })).toEqual(["FREESHIP", ["FREESHIP", "MAYA10"]]);
  expect(couponsIn({ coupon: "MAYA10", coupons: ["MAYA10", "FREESHIP"] })).toEqual(["MAYA10", ["MAYA10", "FREESHIP"]]);
  expect(couponsIn({ coupons: ["MAYA10"] })).toEqual(["MAYA10", undefined]);
});

test("empty descriptions and coupons are as good as missing", () => {
  const empty = { coupon: "", coupons: ["", null, "MAYA10"], product: "", country: "", platform: "", payer: "" };
  const [event] = standard.parse(delivered({ ...sale, ...empty })).events;
  expect(event).toMatchObject({ coupon: "MAYA10", product: null });
  expect([event?.country, event?.platform, event?.payer]).toEqual([undefined, undefined, undefined]);
});

test("new fields that are missing leave the normalized event unchanged", () => {
  const nothing = { payer: null, affiliate: null, binding: null, country: null, platform: null };
  const explicit = { ...sale, ...nothing, subscription: { ...sale.subscription, replaces: null } };
  const [event] = standard.parse(delivered(explicit)).events;
  expect(JSON.stringify(event)).toBe(JSON.stringify(standard.parse(delivered(sale)).events[0]));
  expect(Object.keys(event ?? {})).toEqual(Object.keys(providerEvent({ id: "", type: "sale", occurred_at: 0 })));
});

describe("a malformed body names its field", () => {
  const { payment: _p, ...withoutPayment } = sale;
  const { currency: _c, ...withoutCurrency } = sale;
  const { amount: _a, ...withoutAmount } = sale;
  const { type: _t, ...withoutType } = sale;
  const cases: [string, unknown, string, string | null][] = [
    ["not JSON", "{", "invalid_json", null],
    ["not an object", "[]", "invalid_type", "type"],
    ["null", "null", "invalid_body", null],
    ["no type", withoutType, "invalid_type", "type"],
    ["unknown type", { ...sale, type: "party" }, "invalid_type", "type"],
    ["an internal type", { ...sale, type: "touch" }, "invalid_type", "type"],
    ["no zone", { ...sale, occurred_at: "2026-01-03T10:00:00" }, "invalid_occurred_at", "occurred_at"],
    ["a nonexistent day", { ...sale, occurred_at: "2026-02-31T10:00:00Z" }, "invalid_occurred_at", "occurred_at"],
    ["no customer", { ...sale, customer: {} }, "invalid_customer", "customer"],
    ["no payment", withoutPayment, "invalid_payment", "payment"],
    ["no amount", withoutAmount, "invalid_amount", "amount"],
    ["a chargeback without its own id", { ...sale, type: "chargeback" }, "invalid_refund", "refund"],
    ["no currency", withoutCurrency, "invalid_currency", "currency"],
    ["an unknown currency", { ...sale, currency: "ABC" }, "invalid_currency", "currency"],
    ["a currency in lower case", { ...sale, currency: "usd" }, "invalid_currency", "currency"],
    ["a decimal amount", { ...sale, amount: 99.5 }, "invalid_amount", "amount"],
    ["an amount as text", { ...sale, amount: "9900" }, "invalid_amount", "amount"],
    ["a negative amount", { ...sale, amount: -1 }, "invalid_amount", "amount"],
    ["too large to be exact", { ...sale, amount: 2 ** 53 }, "invalid_amount", "amount"],
    ["a subscription without id", { ...sale, subscription: {} }, "invalid_subscription_id", "subscription.id"],
    ["a control character", { ...sale, payment: "pay\n1" }, "invalid_payment", "payment"],
    ["a referral without an affiliate", { ...sale, type: "referral" }, "invalid_affiliate", "affiliate"],
    [
      "a binding flag as text",
      { ...sale, type: "referral", affiliate: "jo", binding: "yes" },
      "invalid_binding",
      "binding",
    ],
    ["a payer that is too long", { ...sale, payer: "p".repeat(201) }, "invalid_payer", "payer"],
    [
      "a replaced subscription without an id",
      { ...sale, subscription: { id: "s", replaces: "" } },
      "invalid_subscription_replaces",
      "subscription.replaces",
    ],
    ["a click that is not text", { ...sale, click: 5 }, "invalid_click", "click"],
    ["a click that is too long", { ...sale, click: "t".repeat(2_001) }, "invalid_click", "click"],
  ];
  test.each(cases)("%s", (_, body, code, field) => {
    expect(parseFault(standard, delivered(body))).toEqual({ status: 422, code, field });
  });
});
