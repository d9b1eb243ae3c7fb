import { describe, expect, test } from "vitest";
import { Problem } from "../../../../src/lib/problem.ts";
import type { Outcome } from "../../../../src/webhooks/provider.ts";
import { firstpromoter } from "../../../../src/webhooks/providers/firstpromoter/adapter.ts";
import cancellation from "../../../fixtures/firstpromoter/cancellation.json";
import refund from "../../../fixtures/firstpromoter/refund.json";
import sale from "../../../fixtures/firstpromoter/sale.json";
import saleV1 from "../../../fixtures/firstpromoter/sale-v1.txt?raw";
import signup from "../../../fixtures/firstpromoter/signup.json";
import { requestWith } from "../../adapter.ts";
import { signFirstpromoter, type TrackingOptions } from "./signer.ts";

type Call = TrackingOptions["call"];

const ENDPOINT = "ep_n0rth-w1nd_";
const SECRET = firstpromoter.secret.make(new Uint8Array(32).fill(7));

/** A call as passed on by the route, with only the last part of the path. */
const signed = (call: Call, fields: object | string, options: Partial<TrackingOptions> = {}) => {
  const body = typeof fields === "string" ? fields.trim() : JSON.stringify(fields);
  return requestWith({
    ...signFirstpromoter(body, { endpoint: ENDPOINT, secret: SECRET, call, ...options }),
    path: call,
  });
};

describe("the response", () => {
  const RECORDED: Outcome = {
    status: "recorded",
    conversion: "cv_1",
    attributed_to: "maria",
    reason: "last_click",
    problem: null,
  };
  const ours = { status: "recorded", conversion: "cv_1", attributed_to: "maria", reason: "last_click" };
  const answer = (request: ReturnType<typeof requestWith>, outcome: Partial<Outcome> = {}) => {
    const given = firstpromoter.answer({ ...RECORDED, ...outcome }, request);
    expect(given.headers).toEqual({ "Content-Type": "application/json", "Cache-Control": "no-store" });
    return { status: given.status, body: JSON.parse(String(given.body)) };
  };

  test("to a sale has the documented fields and ours", () => {
    expect(answer(signed("sale", sale))).toEqual({
      status: 200,
      body: {
        id: expect.any(Number),
        etype: "sale",
        sale_amount: 4900,
        original_sale_amount: 4900,
        original_sale_currency: "USD",
        event_id: "pay_1001",
        plan_id: "pro-monthly",
        billing_period: null,
        created_at: null,
        referral: { id: expect.any(Number), email: "jane.doe@example.com", uid: "u_4711" },
        commissions: [],
        ...ours,
      },
    });
  });

  test("to a signup has the documented fields too", () => {
    expect(answer(signed("signup", signup)).body).toMatchObject({
      etype: "signup",
      sale_amount: null,
      event_id: null,
      created_at: "2026-11-02T09:15:00.000Z",
      commissions: [],
    });
  });

  test("to a refund, a cancellation and v1 has the fields of v1", () => {
    const lead = { id: expect.any(Number), email: "jane.doe@example.com", uid: "u_4711" };
    const rest = { id: expect.any(Number), reward: null, lead, promoter: null, ...ours };
    expect(answer(signed("refund", refund))).toEqual({
      status: 200,
      body: { type: "refund", amount_cents: -950, ...rest },
    });
    expect(answer(signed("cancellation", cancellation)).body).toEqual({
      type: "cancellation",
      amount_cents: null,
      ...rest,
    });
    const old = signed("sale", saleV1, { version: "v1" });
    expect(answer(old).body).toEqual({ type: "sale", amount_cents: 4900, ...rest });
  });

  test("has a positive 32-bit integer id, which is the same for the same conversion", () => {
    const ids = ["cv_1", "cv_1", "cv_2", null].map(
      (conversion) => answer(signed("sale", sale), { conversion }).body.id,
    );
    for (const id of ids) expect(Number.isInteger(id) && id > 0 && id < 2 ** 31).toBe(true);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });

  test("to a delayed or ignored event is not an error", () => {
    for (const status of ["waiting", "spooled", "ignored"] as const) {
      expect(answer(signed("sale", sale), { status }).status).toBe(200);
    }
  });

  const duplicates: [Call, object, number, object][] = [
    ["sale", sale, 409, { message: "The 'sale' event with the id 'pay_1001' already exists.", code: "duplicate" }],
    ["refund", refund, 409, { message: "The 'refund' event with the id 're_1' already exists.", code: "duplicate" }],
    ["signup", signup, 422, { transaction_id: "A signup of this lead already exists.", code: "duplicate" }],
    ["cancellation", cancellation, 200, { type: "cancellation", status: "duplicate" }],
  ];
  test.each(duplicates)("to a repeated %s", (call, fields, status, body) => {
    const given = answer(signed(call, fields), { status: "duplicate" });
    expect(given.status).toBe(status);
    expect(given.body).toMatchObject(body);
  });

  test("to a signup that is repeated with another time is the same", () => {
    const problem = new Problem(409, "event_id_reused", "Some words.");
    const outcome = { status: "refused", reason: "event_id_reused", problem } as const;
    expect(answer(signed("signup", signup), outcome)).toEqual(
      answer(signed("signup", signup), { status: "duplicate" }),
    );
    expect(answer(signed("sale", sale), outcome).status).toBe(409);
  });

  const refusals: [number, number][] = [
    [422, 400],
    [401, 401],
    [403, 403],
    [409, 409],
    [429, 429],
    [503, 503],
  ];
  test.each(refusals)("to a refusal with %d is %d with its message", (status, expected) => {
    const outcome = { status: "refused", problem: new Problem(status, "a_code", "Some words.") } as const;
    expect(answer(signed("sale", sale), outcome)).toEqual({
      status: expected,
      body: { message: "Some words.", code: "a_code" },
    });
    expect(answer(requestWith({ path: "sale", body: "{" }), outcome).status).toBe(expected);
  });
});
