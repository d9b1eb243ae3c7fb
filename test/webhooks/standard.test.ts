import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.ts";
import { standard } from "../../src/webhooks/standard.ts";

const NOW = Date.UTC(2026, 0, 3, 10);
const SECRET = standard.makeSecret(new Uint8Array(32).fill(7));
const OTHER = standard.makeSecret(new Uint8Array(32).fill(8));

// The library checks the real clock itself, so these run at the real time.
const at = (offsetSeconds: number) => new Date(Math.floor(Date.now() / 1_000) * 1_000 + offsetSeconds * 1_000);

function signed(body: string, options: { id?: string; time?: Date; secret?: string } = {}) {
  const { id = "msg_1", time = at(0), secret = SECRET } = options;
  const headers = new Headers({
    "webhook-id": id,
    "webhook-timestamp": String(time.getTime() / 1_000),
    "webhook-signature": new Webhook(secret).sign(id, time, body),
  });
  return { body, headers };
}

const verify = (request: { body: string; headers: Headers }, secrets = [SECRET]) =>
  standard.verify(request, secrets, Date.now())?.code ?? null;

describe("the signature", () => {
  test("of the secret's holder is accepted", () => {
    expect(verify(signed("{}"))).toBeNull();
  });

  test("of another is not", () => {
    expect(verify(signed("{}", { secret: OTHER }))).toBe("signature_invalid");
  });

  test("by either secret is accepted while secrets rotate", () => {
    expect(verify(signed("{}"), [OTHER, SECRET])).toBeNull();
    expect(verify(signed("{}", { secret: OTHER }), [OTHER, SECRET])).toBeNull();
  });

  test("is found among several", () => {
    const request = signed("{}");
    request.headers.set("webhook-signature", `v1,AAAA v2,x ${request.headers.get("webhook-signature")}`);
    expect(verify(request)).toBeNull();
  });

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without %s is missing", (name) => {
    const request = signed("{}");
    request.headers.delete(name);
    expect(verify(request)).toBe("signature_missing");
  });

  const ages: [number, string | null][] = [
    [-295, null],
    [295, null],
    [-310, "timestamp_out_of_range"],
    [310, "timestamp_out_of_range"],
  ];
  test.each(ages)("made %d seconds from now", (offset, code) => {
    expect(verify(signed("{}", { time: at(offset) }))).toBe(code);
  });

  test("with a timestamp that is none", () => {
    const request = signed("{}");
    request.headers.set("webhook-timestamp", `${request.headers.get("webhook-timestamp")}x`);
    expect(verify(request)).toBe("timestamp_out_of_range");
  });

  test("covers every byte of body, id and time", () => {
    const body = '{"type":"sale","amount":9900}';
    const request = signed(body);
    let tried = 0;
    const refuse = (changed: string, headers = request.headers) => {
      expect(verify({ body: changed, headers })).not.toBeNull();
      tried += 1;
    };
    for (let place = 0; place < body.length; place += 1) {
      for (const letter of "09azAZ{} ") {
        if (letter !== body[place]) refuse(body.slice(0, place) + letter + body.slice(place + 1));
      }
      refuse(body.slice(0, place) + body.slice(place + 1));
    }
    for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
      const value = request.headers.get(name) ?? "";
      for (let place = name === "webhook-signature" ? 3 : 0; place < value.length; place += 1) {
        const headers = new Headers(request.headers);
        const other = value[place] === "1" ? "2" : "1";
        headers.set(name, value.slice(0, place) + other + value.slice(place + 1));
        refuse(body, headers);
      }
    }
    expect(tried).toBeGreaterThan(300);
  });
});

const sale = {
  type: "sale",
  occurred_at: "2026-01-03T10:00:00Z",
  customer: { id: "cus_1", email: "A@Example.com" },
  click: "tok",
  payment: "pay_1",
  amount: 9_900,
  currency: "USD",
  product: "starter",
  subscription: { id: "sub_1", interval: "month" },
};

const parse = (body: unknown) =>
  standard.parse({
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: new Headers({ "webhook-id": "msg_1" }),
  });

test("a sale, whole", () => {
  expect(parse({ ...sale, something_new: true })).toEqual([
    {
      id: "msg_1",
      type: "sale",
      occurred_at: NOW,
      customer: { id: "cus_1", email: "A@Example.com" },
      click: "tok",
      coupon: null,
      payment: "pay_1",
      refund: null,
      amount: 9_900,
      currency: "USD",
      product: "starter",
      subscription: { id: "sub_1", interval: "month" },
    },
  ]);
});

test.each(["lead", "trial", "cancellation"])("a %s needs no payment", (type) => {
  expect(parse({ type, occurred_at: "2026-01-03T11:00:00+01:00", customer: { email: "a@example.com" } })).toMatchObject(
    [{ type, occurred_at: NOW, payment: null, amount: null, customer: { id: null, email: "a@example.com" } }],
  );
});

describe("a malformed body names its field", () => {
  const { payment: _p, ...withoutPayment } = sale;
  const { currency: _c, ...withoutCurrency } = sale;
  const { type: _t, ...withoutType } = sale;
  const cases: [string, unknown, string, string | null][] = [
    ["not JSON", "{", "invalid_json", null],
    ["not an object", "[]", "invalid_type", "type"],
    ["null", "null", "invalid_body", null],
    ["no type", withoutType, "invalid_type", "type"],
    ["unknown type", { ...sale, type: "party" }, "invalid_type", "type"],
    ["no zone", { ...sale, occurred_at: "2026-01-03T10:00:00" }, "invalid_occurred_at", "occurred_at"],
    [
      "a day that does not exist",
      { ...sale, occurred_at: "2026-02-31T10:00:00Z" },
      "invalid_occurred_at",
      "occurred_at",
    ],
    ["no customer", { ...sale, customer: {} }, "invalid_customer", "customer"],
    ["a bad e-mail", { ...sale, customer: { email: "nobody" } }, "invalid_customer_email", "customer.email"],
    ["no payment", withoutPayment, "invalid_payment", "payment"],
    ["a chargeback without its own id", { ...sale, type: "chargeback" }, "invalid_refund", "refund"],
    ["no currency", withoutCurrency, "invalid_currency", "currency"],
    ["an unknown currency", { ...sale, currency: "ABC" }, "invalid_currency", "currency"],
    ["a decimal amount", { ...sale, amount: 99.5 }, "invalid_amount", "amount"],
    ["an amount as text", { ...sale, amount: "9900" }, "invalid_amount", "amount"],
    ["a negative amount", { ...sale, amount: -1 }, "invalid_amount", "amount"],
    ["too large to be exact", { ...sale, amount: 2 ** 53 }, "invalid_amount", "amount"],
    ["a subscription without id", { ...sale, subscription: {} }, "invalid_subscription_id", "subscription.id"],
    ["a control character", { ...sale, payment: "pay\n1" }, "invalid_payment", "payment"],
  ];
  test.each(cases)("%s", (_, body, code, field) => {
    try {
      parse(body);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect(error).toMatchObject({ status: 422, code, field });
    }
  });
});
