/** The delivery log: it lists every delivery, and no accepted delivery is lost or recorded twice. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { breakObject, listDeliveries, readDelivery } from "../support/deliveries.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, click, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const DAY = 86_400_000;

test("every delivery is listed, newest first, with its outcome and without a secret", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const event = sale({ click: (await click(a.slug)).token });
  const recorded = await postEvent(endpoint, event, { id: "msg_1" });
  await postEvent(endpoint, event, { id: "msg_1" });
  await postEvent(endpoint, event, { id: "msg_2", secret: `whsec_${btoa("another secret of 24 byt")}` });
  await postEvent(endpoint, { ...event, amount: "much" }, { id: "msg_3" });
  await postEvent(endpoint, { ...event, amount: 1 }, { id: "msg_1" });
  const listed = await listDeliveries(program);
  expect(listed).toMatchObject([
    { outcome: "refused", reason: "event_id_reused", event_id: "msg_1", type: "sale" },
    {
      ...{ outcome: "refused", reason: "invalid_amount", detail: expect.stringContaining("amount") },
      ...{ event_id: "msg_3", type: "sale" },
    },
    { outcome: "refused", reason: "signature_invalid", event_id: null, type: null },
    { outcome: "duplicate", event_id: "msg_1", conversion: recorded.json.conversion },
    {
      id: expect.stringMatching(/^dl_/),
      received_at: expect.stringMatching(/^20.*Z$/),
      endpoint: endpoint.id,
      provider: "standard",
      test: false,
      event_id: "msg_1",
      type: "sale",
      outcome: "recorded",
      reason: "last_click",
      conversion: recorded.json.conversion,
      attributed_to: a.username,
      attempts: 1,
      next_at: null,
    },
  ]);
  expect(await listDeliveries(program, "?outcome=duplicate")).toHaveLength(1);
  expect(await listDeliveries(program, "?endpoint=ep_other")).toEqual([]);
  expect((await admin("GET", `/v1/programs/${program}/deliveries?outcome=lost`)).status).toBe(422);
  const { json: first } = await admin("GET", `/v1/programs/${program}/deliveries?limit=3`);
  expect(await listDeliveries(program, `?limit=3&cursor=${first.next}`)).toEqual(listed.slice(3));
  const other = await setUp({ affiliates: 1 });
  expect(await listDeliveries(other.program)).toEqual([]);
  expect((await readDelivery(other.program, listed[0]?.id)).status).toBe(404);
});

test("a verified request is stored, sealed; an unverified one is not", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const event = { ...sale(), customer: { email: "jane@example.com" }, amount: "much" };
  await postEvent(endpoint, event, { id: "msg_1" });
  await postEvent(endpoint, event, { id: "msg_2", secret: `whsec_${btoa("another secret of 24 byt")}` });
  const [forged, refused] = await listDeliveries(program);
  expect((await readDelivery(program, forged?.id)).request).toBeNull();
  const { request } = await readDelivery(program, refused?.id);
  expect(JSON.parse(request.body)).toEqual(event);
  expect(request.headers).toEqual([["webhook-id", "msg_1"]]);
  const stored = await env.DB.prepare("SELECT sealed_request FROM delivery_requests WHERE id = ?")
    .bind(refused?.id)
    .first<string>("sealed_request");
  expect(stored).toMatch(/^[A-Za-z0-9+/=]+\.[A-Za-z0-9+/=]+$/);
});

test("a secret in a request is not stored with it", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
  await send(`/v1/postback?endpoint=${endpoint.id}&key=${endpoint.secret}&event=party`);
  const encoded = [...endpoint.secret].map((character) => `%${character.charCodeAt(0).toString(16)}`).join("");
  await send(`/v1/postback?endpoint=${endpoint.id}`, { method: "POST", body: `key=${encoded}&event=party` });
  const rows = await listDeliveries(program);
  expect(rows.map(({ reason }) => reason)).toEqual(["invalid_event", "invalid_event"]);
  for (const { id } of rows) {
    const stored = JSON.stringify(await readDelivery(program, id));
    expect(stored).not.toContain(endpoint.secret);
    expect(stored).not.toContain(encoded);
  }
});

test("a delivery in the provider's test mode is listed as such", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
  const post = (test: number) =>
    send(
      `/v1/postback?endpoint=${endpoint.id}&key=${endpoint.secret}&event=sale&txid=t${test}&amount=1&customer_id=c&test=${test}`,
    );
  await post(1);
  await post(0);
  const rows = await listDeliveries(program);
  expect(rows.map(({ test, outcome }) => [test, outcome])).toEqual([
    [false, "recorded"],
    [true, "recorded"],
  ]);
  const { json } = await admin("GET", `/v1/conversions/${rows[1]?.conversion}`);
  expect(json.test).toBe(true);
});

test("an endpoint warns of refusals in a row, and of sales that were recorded in part", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
  expect(endpoint.warnings).toEqual([]);
  const post = (more: string) =>
    send(`/v1/postback?endpoint=${endpoint.id}&key=${endpoint.secret}&event=sale&amount=1&${more}`);
  await post("customer_id=c&txid=t1&sub_id={{order.id}}");
  await post("customer_id={{customer.id}}&txid=t2&email=a@example.com");
  for (const txid of ["t3", "t4", "t5"]) await post(`customer_id=c&txid=${txid}&currency=DOLLARS`);
  const path = `/v1/programs/${program}/endpoints`;
  const { json: one } = await admin("GET", `${path}/${endpoint.id}`);
  expect(one.warnings).toEqual([
    {
      code: "refused_in_a_row",
      detail: expect.stringMatching(/^The last 3 deliveries were refused\. The latest one: currency/),
    },
    { code: "incomplete_sales", detail: expect.stringContaining("{{customer.id}}") },
  ]);
  const { json: list } = await admin("GET", path);
  expect(list.data.find(({ id }: { id: string }) => id === endpoint.id).warnings).toEqual(one.warnings);
  await post("customer_id=c&txid=t6");
  expect((await admin("GET", `${path}/${endpoint.id}`)).json.warnings).toMatchObject([{ code: "incomplete_sales" }]);
});

describe("an event that its object cannot record", () => {
  test("is spooled, answered with 202, and retried by the cron", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const customer = `cus_${program}`;
    const repair = await breakObject(program, customer);
    const event = sale({ customer: { id: customer }, click: (await click(a.slug)).token });
    const answer = await postEvent(endpoint, event);
    expect(answer).toMatchObject({ status: 202, json: { status: "spooled", reason: "object_unavailable" } });
    await runMinute(Date.now() + 1_000);
    expect(await listDeliveries(program)).toMatchObject([{ outcome: "spooled", attempts: 1 }]);
    await runMinute(Date.now() + 6_000);
    const [row] = await listDeliveries(program);
    expect(row).toMatchObject({ outcome: "spooled", attempts: 2 });
    await repair();
    await runMinute(Date.parse(String(row?.next_at)));
    expect(await listDeliveries(program)).toMatchObject([
      { outcome: "recorded", reason: "last_click", attempts: 3, attributed_to: a.username, next_at: null },
    ]);
    expect((await postEvent(endpoint, event)).json.status).toBe("duplicate");
  });

  test("does not block other events", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { program, endpoint } = await setUp({ affiliates: 1 });
    await breakObject(program, `bad_${program}`);
    const repair = await breakObject(program, `good_${program}`);
    for (const id of [`bad_${program}`, `good_${program}`]) await postEvent(endpoint, sale({ customer: { id } }));
    await repair();
    await runMinute(Date.now() + 60_000);
    expect((await listDeliveries(program)).map((row) => row.outcome)).toEqual(["recorded", "spooled"]);
  });
});

test("a delivery left open by a crash is retried, and changes nothing if its event was recorded", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { json } = await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
  await env.DB.prepare("UPDATE deliveries SET status = 'received', next_at = received_at + 60000 WHERE endpoint_id = ?")
    .bind(endpoint.id)
    .run();
  const [open] = await listDeliveries(program);
  const received_at = Date.parse(String(open?.received_at));
  await runMinute(received_at + 59_000);
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "received" }]);
  await runMinute(received_at + 61_000);
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "duplicate", conversion: json.conversion }]);
  await eventually(async () => {
    const { json: conversion } = await admin("GET", `/v1/conversions/${json.conversion}`);
    expect(conversion.entries).toMatchObject([{ kind: "commission", amount: 3_960 }]);
  });
});

test("a retry after a crash stores the event's id, so that the checkout's own resend is a duplicate", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const event = sale();
  await postEvent(endpoint, event, { id: "msg_1" });
  await env.DB.batch([
    env.DB.prepare("DELETE FROM webhook_events WHERE endpoint_id = ?").bind(endpoint.id),
    env.DB.prepare("UPDATE deliveries SET status = 'received', next_at = 1 WHERE endpoint_id = ?").bind(endpoint.id),
  ]);
  await runMinute(Date.now());
  const again = await postEvent(endpoint, event, { id: "msg_1" });
  expect([again.status, again.json.status]).toEqual([200, "duplicate"]);
  expect((await listDeliveries(program)).map((row) => row.outcome)).toEqual(["duplicate", "duplicate"]);
});

test("a delivery left open by a crash is recorded by a retry if its event never reached its object", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  vi.spyOn(console, "error").mockImplementation(() => {});
  const repair = await breakObject(program, `cus_${program}`);
  await postEvent(endpoint, sale({ customer: { id: `cus_${program}` }, click: (await click(a.slug)).token }));
  await repair();
  await env.DB.prepare("UPDATE deliveries SET status = 'received' WHERE endpoint_id = ?").bind(endpoint.id).run();
  await runMinute(Date.now() + 61_000);
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded", attributed_to: a.username }]);
});

describe("while D1 is unavailable", () => {
  test("the answer is 503 with Retry-After, and nothing is recorded", async () => {
    const { program, endpoint } = await setUp({ affiliates: 1 });
    vi.spyOn(console, "error").mockImplementation(() => {});
    const event = sale();
    await env.DB.prepare("CREATE TRIGGER away BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'no'); END").run();
    try {
      const answer = await postEvent(endpoint, event, { id: "msg_1" });
      expect([answer.status, answer.json.code]).toEqual([503, "storage_unavailable"]);
    } finally {
      await env.DB.prepare("DROP TRIGGER away").run();
    }
    expect((await postEvent(endpoint, event, { id: "msg_1" })).json.status).toBe("recorded");
    expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded" }]);
  });

  test("an event that is durable in its object is acknowledged, and its delivery is closed later", async () => {
    const { program, endpoint } = await setUp({ affiliates: 1 });
    vi.spyOn(console, "error").mockImplementation(() => {});
    await env.DB.prepare(
      `CREATE TRIGGER away BEFORE UPDATE ON deliveries WHEN new.endpoint_id = '${endpoint.id}' BEGIN SELECT RAISE(ABORT, 'no'); END`,
    ).run();
    try {
      expect((await postEvent(endpoint, sale())).json.status).toBe("recorded");
    } finally {
      await env.DB.prepare("DROP TRIGGER away").run();
    }
    expect(await listDeliveries(program)).toMatchObject([{ outcome: "received" }]);
    await runMinute(Date.now() + 61_000);
    expect(await listDeliveries(program)).toMatchObject([{ outcome: "duplicate" }]);
  });
});

describe("a replay", () => {
  const replay = (program: string, id: unknown) => admin("POST", `/v1/programs/${program}/deliveries/${id}/replay`);

  test("of a recorded delivery changes nothing, and it stays recorded", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
    const [row] = await listDeliveries(program);
    expect((await replay(program, row?.id)).json).toMatchObject({ status: "duplicate", conversion: row?.conversion });
    expect(await listDeliveries(program)).toMatchObject([{ id: row?.id, outcome: "recorded", attempts: 1 }]);
  });

  test("of a spooled delivery records it", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { program, endpoint } = await setUp({ affiliates: 1 });
    const repair = await breakObject(program, `cus_${program}`);
    await postEvent(endpoint, sale({ customer: { id: `cus_${program}` } }));
    await repair();
    const [row] = await listDeliveries(program);
    expect((await replay(program, row?.id)).json).toMatchObject({ status: "recorded" });
    await runMinute(Date.now() + DAY);
    expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded", attempts: 2, next_at: null }]);
  });

  test("of an invalid event answers with the reason; an unverified delivery can't be replayed", async () => {
    const { program, endpoint } = await setUp({ affiliates: 1 });
    await postEvent(endpoint, sale({ amount: "much" }));
    await postEvent(endpoint, sale(), { secret: `whsec_${btoa("another secret of 24 byt")}` });
    const [forged, invalid] = await listDeliveries(program);
    expect(await replay(program, invalid?.id)).toMatchObject({ status: 422, json: { code: "invalid_amount" } });
    expect(await replay(program, forged?.id)).toMatchObject({
      status: 409,
      json: { code: "delivery_without_request" },
    });
    expect((await replay(program, "dl_none")).status).toBe(404);
  });
});
