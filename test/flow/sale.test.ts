import { afterEach, describe, expect, test, vi } from "vitest";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const DAY = 86_400_000;
const at = (ms: number) => new Date(ms).toISOString();

afterEach(() => {
  vi.useRealTimers();
});

describe("the answer to a webhook", () => {
  test("is recorded, with the conversion, the credited affiliate and the reason; the same event again is a duplicate", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const event = sale({ click: (await click(a.slug)).token });
    const first = await postEvent(endpoint, event, { id: "msg_1" });
    expect(first).toEqual({
      status: 200,
      json: {
        status: "recorded",
        conversion: expect.stringMatching(/^cv_[0-9a-f]{32}$/),
        attributed_to: a.username,
        reason: "last_click",
      },
    });
    const again = await postEvent(endpoint, event, { id: "msg_1" });
    expect(again).toEqual({ status: 200, json: { ...first.json, status: "duplicate" } });
  });

  test("is 409 for the same id with different content, and nothing changes", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const event = sale({ click: (await click(a.slug)).token });
    const { json } = await postEvent(endpoint, event, { id: "msg_1" });
    const other = await postEvent(endpoint, { ...event, amount: 1 }, { id: "msg_1" });
    expect([other.status, other.json.code]).toEqual([409, "event_id_reused"]);
    await conversionThat(json.conversion, { amount: 9_900 });
  });

  test("is a duplicate for the same payment with another event id", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const event = sale({ click: (await click(a.slug)).token });
    const first = await postEvent(endpoint, event);
    const second = await postEvent(endpoint, event);
    expect(second.json).toEqual({ ...first.json, status: "duplicate" });
    await conversionThat(first.json.conversion, { amount: 9_900 });
    expect((await admin("GET", `/v1/conversions?program=${program}`)).json.data).toHaveLength(1);
  });

  test("is recorded for one of fifty copies sent at once", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const event = sale({ click: (await click(a.slug)).token });
    const answers = await Promise.all(Array.from({ length: 50 }, () => postEvent(endpoint, event, { id: "msg_1" })));
    const statuses = answers.map(({ json }) => json.status).sort();
    expect(statuses).toEqual([...Array(49).fill("duplicate"), "recorded"]);
    await eventually(async () => {
      const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
      expect(json).toMatchObject({ conversions: 1, balances: { reserve: 3_960 } });
    });
  });

  const types: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["lead", {}, { reason: "last_click" }],
    ["trial", { subscription: { id: "sub_1" } }, { reason: "last_click" }],
    [
      "cancellation",
      { subscription: { id: "sub_1" } },
      { conversion: null, attributed_to: null, reason: "cancellation" },
    ],
    ["refund", { payment: "pay_9", amount: 1, currency: "USD" }, { attributed_to: null, reason: "waiting_for_sale" }],
  ];
  test.each(types)("is recorded for a %s", async (type, fields, expected) => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const event = { type, occurred_at: at(Date.now()), customer: { email: "x@example.com" }, ...fields };
    const { status, json } = await postEvent(endpoint, { ...event, click: (await click(a.slug)).token });
    expect([status, json]).toMatchObject([200, { status: "recorded", ...expected }]);
  });
});

describe("refused before any object is called", () => {
  test("a wrong signature", async () => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const { status, json } = await postEvent(endpoint, sale(), { secret: `whsec_${btoa("x".repeat(32))}` });
    expect([status, json.code]).toEqual([401, "signature_invalid"]);
  });

  test("a body changed after signing", async () => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const { status, json } = await postEvent(endpoint, sale(), { headers: { "webhook-id": "another" } });
    expect([status, json.code]).toEqual([401, "signature_invalid"]);
  });

  test("no signature", async () => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const response = await send(`/v1/webhooks/${endpoint.id}`, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("content-type")]).toEqual([401, "application/problem+json"]);
  });

  test.each([-301, 301])("a timestamp %d seconds off", async (offset) => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const { status, json } = await postEvent(endpoint, sale(), { timestamp: new Date(Date.now() + offset * 1_000) });
    expect([status, json.code]).toEqual([401, "timestamp_out_of_range"]);
  });

  test("a signature with another endpoint's secret", async () => {
    const [one, other] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
    const { status } = await postEvent({ id: other.endpoint.id, secret: one.endpoint.secret }, sale());
    expect(status).toBe(401);
  });

  test("another method", async () => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const response = await send(`/v1/webhooks/${endpoint.id}`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("an endpoint that does not exist", async () => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const { status, json } = await postEvent({ ...endpoint, id: "ep_none" }, sale());
    expect([status, json.code]).toEqual([404, "endpoint_not_found"]);
  });

  test("an invalid body, with the field's name", async () => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const { status, json } = await postEvent(endpoint, sale({ amount: "99.00" }));
    expect([status, json.code, json.field]).toEqual([422, "invalid_amount", "amount"]);
    expect((await postEvent(endpoint, "{not json")).json.code).toBe("invalid_json");
  });

  test("a body over 2 MB, regardless of its headers", async () => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const large = JSON.stringify(sale({ padding: "x".repeat(2 * 1024 * 1024) }));
    expect((await postEvent(endpoint, large)).status).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 300; n += 1) controller.enqueue(new Uint8Array(8 * 1_024));
        controller.close();
      },
    });
    const streamed = await send(`/v1/webhooks/${endpoint.id}`, { method: "POST", body: chunks });
    expect(streamed.status).toBe(413);
  });

  test("a body that isn't UTF-8", async () => {
    const { endpoint } = await setUp({ affiliates: 1 });
    const response = await send(`/v1/webhooks/${endpoint.id}`, {
      method: "POST",
      body: new Uint8Array([0x7b, 0xff, 0x7d]),
    });
    expect(response.status).toBe(422);
  });
});

describe("credit", () => {
  test("goes to the last click", async () => {
    const { a, b, endpoint } = await setUp();
    const customer = { id: "cus_1" };
    const first = await click(a.slug);
    await postEvent(endpoint, { type: "lead", occurred_at: at(Date.now()), customer, click: first.token });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { json } = await postEvent(endpoint, sale({ customer, click: (await click(b.slug)).token }));
    expect(json).toMatchObject({ attributed_to: b.username, reason: "last_click" });
    const { explanation } = await conversionThat(json.conversion, { attributed_to: b.username, link: b.slug });
    expect(explanation).toMatchObject({
      rule: { model: "last_click", window_days: 30, binds_to: "customer" },
      terms_version: 1,
      touches: [
        { affiliate: b.username, outcome: "chosen" },
        { affiliate: a.username, outcome: "later_click_won", click_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ],
    });
    expect(explanation.text).toContain(b.slug);
  });

  test("depends on the click's age at the time of the sale", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const now = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: now - 40 * DAY });
    const { token } = await click(a.slug);
    vi.useRealTimers();
    const inside = await postEvent(endpoint, sale({ click: token, occurred_at: at(now - 10 * DAY) }));
    const outside = await postEvent(endpoint, sale({ click: token, occurred_at: at(now - 9.9 * DAY) }));
    expect(inside.json).toMatchObject({ attributed_to: a.username, reason: "last_click" });
    expect(outside.json).toMatchObject({ attributed_to: null, reason: "outside_window" });
  });

  test("needs no click for a later payment of the same customer", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const customer = { id: "cus_1" };
    await postEvent(endpoint, sale({ customer, click: (await click(a.slug)).token }));
    const renewal = await postEvent(endpoint, sale({ customer }));
    expect(renewal.json).toMatchObject({ attributed_to: a.username, reason: "bound" });
    await eventually(async () => {
      const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
      expect(json).toMatchObject({ conversions: 2, balances: { reserve: 7_920 } });
    });
  });

  test("finds a customer without an id by the email address, in any spelling", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    await postEvent(endpoint, sale({ customer: { email: "Ann@Example.com" }, click: (await click(a.slug)).token }));
    const renewal = await postEvent(endpoint, sale({ customer: { email: "ann@example.COM " } }));
    expect(renewal.json).toMatchObject({ attributed_to: a.username, reason: "bound" });
  });

  test("is not given for a forged token, which is recorded", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    const forged = `${token.slice(0, 40)}${token[40] === "A" ? "B" : "A"}${token.slice(41)}`;
    const { json } = await postEvent(endpoint, sale({ click: forged }));
    expect(json).toMatchObject({ status: "recorded", attributed_to: null, reason: "token_forged" });
    const { entries } = await conversionThat(json.conversion, { explanation: { token_fault: "token_forged" } });
    expect(entries).toEqual([]);
  });

  test("is not given for another program's token", async () => {
    const [one, other] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
    const { json } = await postEvent(other.endpoint, sale({ click: (await click(one.a.slug)).token }));
    expect(json).toMatchObject({ attributed_to: null, reason: "token_foreign" });
  });

  test("is not given to a suspended affiliate", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    await admin("PATCH", `/v1/programs/${program}/enrollments/${a.username}`, { status: "suspended" });
    const { json } = await postEvent(endpoint, sale({ click: token }));
    expect(json).toMatchObject({ attributed_to: null, reason: "affiliate_not_approved" });
  });
});
