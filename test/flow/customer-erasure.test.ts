/** A customer's data is found and erased; conversions, ledger and everything that later events need stay. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readSettings } from "../../src/env.ts";
import { hashEmail } from "../../src/lib/platform/vault.ts";
import orderCreated from "../fixtures/lemonsqueezy/order-created.json?raw";
import subscriptionCreated from "../fixtures/lemonsqueezy/subscription-created.json?raw";
import refundRequest from "../fixtures/lemonsqueezy/subscription-payment-refunded-initial.json?raw";
import firstInvoice from "../fixtures/lemonsqueezy/subscription-payment-success-initial.json?raw";
import { breakObject, listDeliveries, openPostback } from "../support/deliveries.ts";
import {
  checkLedgers,
  customer,
  dumpObjects,
  EMAIL,
  erase,
  expectNoTrace,
  expectTraces,
  find,
  ID,
  programIdOf,
  readBooks,
  rebuild,
} from "../support/erasure.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";
import { signLemonSqueezy } from "../webhooks/providers/lemon-squeezy/signer.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A customer with two merged objects, test mode, coupons, refunds, leads, and a sale in the same millisecond as another. */
async function tellStory() {
  // A second distinct customer of A would earn a bonus.
  const terms = { milestones: [{ customers: 3, bonus: 5_000, repeats: false }] };
  const story = await setUp({ program: { terms } });
  const { program, a, b, endpoint } = story;
  await admin("POST", "/v1/coupons", { program, affiliate: b.username, code: "SAVE" });
  const post = await openPostback(program);
  const at = new Date().toISOString();
  const { token } = await click(a.slug);
  await postEvent(endpoint, { ...sale({ customer: { email: EMAIL }, payment: null }), type: "lead" }, { id: "lead_1" });
  const subscription = { id: "sub_1", interval: "month" };
  const first = sale({ customer, payment: "pay_1", click: token, subscription, occurred_at: at });
  const { json: sold } = await postEvent(endpoint, first, { id: "sale_1" });
  await postEvent(endpoint, sale({ customer, payment: "pay_2", coupon: "SAVE", occurred_at: at }), { id: "sale_2" });
  await postEvent(endpoint, sale({ customer, payment: "pay_3", subscription, occurred_at: at }), { id: "sale_3" });
  await postEvent(endpoint, sale({ customer: { id: "cus_other" }, click: token, payment: "pay_other" }));
  const back = { type: "refund", payment: "pay_1", refund: "re_1", amount: 3_300, occurred_at: at };
  await postEvent(endpoint, { ...first, ...back }, { id: "refund_1" });
  const lead = { event: "lead", email: EMAIL };
  await post(lead);
  await post({ ...lead, customer_id: ID, goal: "call" });
  await post({ event: "sale", txid: "test_1", amount: "10.00", customer_id: ID, email: EMAIL, test: "1" });
  await conversionThat(sold.conversion, { status: "refunded", refunded: 3_300, attributed_to: a.username });
  const books = await eventually(async () => {
    const read = await readBooks(program);
    expect(read.conversions.length).toBe(8);
    expect(read.entries.length).toBeGreaterThan(4);
    return read;
  });
  return { ...story, post, first, sold, books, lead, back, subscription };
}

describe("an erased customer", () => {
  test("leaves no trace, equal books, and what duplicates, refunds and renewals need", async () => {
    const { program, a, b, endpoint, post, first, sold, books, lead, back, subscription } = await tellStory();
    const found = await find({ program, email: " Erase.Me@example.org" });
    expect(found.json.data[0]).toMatchObject({
      test: false,
      identifiers: { payment: 3, subscription: 1, email: 1 },
      conversions: { count: 6 },
      deliveries: { count: 7 },
      clicks: { count: 1 },
    });
    expect(JSON.stringify(found.json)).not.toContain(await hashEmail(readSettings(env).vault_key, EMAIL));
    await expectTraces(program);
    const { status, json } = await erase({ program, customer: ID });
    expect(status, JSON.stringify(json)).toBe(200);
    expect(json).toMatchObject({
      customers: 2,
      erased: { identifiers: 2, requests: 8, deliveries: 8, events: 8, conversions: 7 },
    });
    await expectNoTrace(program);
    expect(await readBooks(program)).toEqual(books);
    await rebuild(program);
    await eventually(async () => expect(await readBooks(program)).toEqual(books));
    await checkLedgers(program, [a.username, b.username]);

    // The same webhooks again.
    const again = await postEvent(endpoint, first, { id: "sale_1" });
    expect(again).toMatchObject({ status: 200, json: { status: "duplicate", reason: "customer_erased" } });
    expect((await post(lead)).json).toMatchObject({ status: "duplicate" });
    expect((await post({ ...lead, customer_id: ID, goal: "call" })).json).toMatchObject({ status: "duplicate" });
    await expectNoTrace(program);
    expect(await readBooks(program)).toEqual(books);

    // A refund finds its sale by the payment, a renewal its affiliate by the subscription.
    const rest = { ...first, ...back, refund: "re_2", amount: 6_600 };
    expect((await postEvent(endpoint, rest)).json).toMatchObject({ conversion: sold.conversion });
    await conversionThat(sold.conversion, { status: "refunded", refunded: 9_900 });
    const renewal = await postEvent(endpoint, sale({ customer, payment: "pay_4", subscription }));
    await conversionThat(renewal.json.conversion, { attributed_to: a.username, payment_number: 3 });
    await expectNoTrace(program);
    await checkLedgers(program, [a.username, b.username]);
    expect((await find({ program, customer: ID })).json.code).toBe("customer_not_found");

    // The same customer id is a new customer, without binding or history.
    const fresh = await postEvent(endpoint, sale({ customer: { id: ID }, payment: "pay_new" }));
    await conversionThat(fresh.json.conversion, { attributed_to: null, payment_number: 1 });
    const { json: second } = await find({ program, customer: ID });
    expect(second.data).toMatchObject([{ conversions: { ids: [fresh.json.conversion] }, identifiers: { payment: 1 } }]);
    expect((await erase({ program, customer: ID })).json).toMatchObject({ customers: 1 });
    await expectNoTrace(program);
  });

  test("stays a customer of its click, and is counted once", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    await postEvent(endpoint, sale({ customer, click: token, payment: "p1" }));
    await postEvent(endpoint, sale({ customer: { id: "cus_2" }, click: token, payment: "p2" }));
    await erase({ program, email: EMAIL });
    await postEvent(endpoint, sale({ customer: { id: "cus_3" }, click: token, payment: "p3" }));
    const { results } = await env.DB.prepare(
      "SELECT number, customer_key GLOB '*:erased:*' AS erased FROM click_customers WHERE customer_key GLOB ? ORDER BY number",
    )
      .bind(`${await programIdOf(program)}:*`)
      .all();
    expect(results).toEqual([
      { number: 1, erased: 1 },
      { number: 2, erased: 0 },
      { number: 3, erased: 0 },
    ]);
  });

  test("who is an affiliate still earns nothing on its own purchases", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    const own = { id: "cus_own", email: `${a.username}@example.com` };
    const subscription = { id: "sub_own", interval: "month" };
    const occurred_at = new Date(Date.now() - 3_600_000).toISOString();
    const first = await postEvent(endpoint, sale({ customer: own, click: token, subscription }));
    const refused = { attributed_to: null, explanation: { touches: [{ outcome: "own_purchase" }] } };
    const before = await conversionThat(first.json.conversion, refused);
    expect((await erase({ program, customer: own.id })).json.customers).toBe(1);
    expect((await admin("GET", `/v1/conversions/${first.json.conversion}`)).json).toEqual({
      ...before,
      customer: null,
    });
    // A late event has every decision made again, and neither it nor the renewal says who the customer is.
    const anonymous = { customer: undefined, click: token, subscription };
    const late = await postEvent(endpoint, sale({ ...anonymous, occurred_at, customer: own }));
    const renewal = await postEvent(endpoint, sale({ ...anonymous, customer: { id: own.id } }));
    for (const { json } of [late, renewal, first]) await conversionThat(json.conversion, { attributed_to: null });
    await rebuild(program);
    await conversionThat(first.json.conversion, { attributed_to: null });
    const hash = await hashEmail(readSettings(env).vault_key, own.email);
    for (const [place, text] of Object.entries(await dumpObjects())) expect(text, place).not.toContain(hash);
  });

  test("has nothing open: spooled sales are recorded first, and what waits for an unknown payment is refused", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    const { json: lemon } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "lemonsqueezy" });
    const [, address = ""] = /"user_email":\s*"([^"]+)"/.exec(refundRequest) ?? [];
    for (const [email, invoice] of [
      [EMAIL, "7001"],
      ["somebody.else@example.org", "7002"],
    ] as const) {
      const early = refundRequest.replaceAll(address, email).replace(/"id":\s*"\d+"/, `"id": "${invoice}"`);
      const { headers, body } = await signLemonSqueezy(early, { secret: lemon.secret });
      expect((await send(lemon.url, { method: "POST", headers, body })).status).toBeLessThan(300);
    }
    await postEvent(endpoint, sale({ customer, payment: "p1", click: token }));
    const repair = await breakObject(program, ID);
    const spooled = await postEvent(endpoint, sale({ customer, payment: "p2" }));
    expect(spooled.json.status).toBe("spooled");
    const busy = await erase({ program, email: EMAIL });
    expect([busy.status, busy.json.code]).toEqual([503, "customer_busy"]);
    expect((await find({ program, customer: ID })).json.data).toMatchObject([{ conversions: { count: 1 } }]);
    await repair();
    expect((await erase({ program, email: EMAIL })).status).toBe(200);
    const { json } = await admin("GET", `/v1/conversions?program=${program}`);
    expect(json.data.map((row: { payment: string }) => row.payment).sort()).toEqual(["p1", "p2"]);
    const rows = await listDeliveries(program);
    const waited = rows.filter(({ provider }) => provider === "lemonsqueezy");
    expect(waited).toMatchObject([
      { outcome: "waiting", reason: "payment_unknown" },
      { outcome: "refused", reason: "customer_erased", event_id: null, type: "subscription_payment_refunded" },
    ]);
    await expectNoTrace(program);
  });
});

test.each<[string, Record<string, unknown>, number, string]>([
  ["neither id nor email", {}, 422, "invalid_customer"],
  ["both", { customer: ID, email: EMAIL }, 422, "invalid_customer"],
  ["an invalid email", { email: "nobody" }, 422, "invalid_email"],
  ["an empty id", { customer: "" }, 422, "invalid_customer"],
  ["an unknown id", { customer: "cus_unknown" }, 404, "customer_not_found"],
  ["an unknown email", { email: "unknown@example.org" }, 404, "customer_not_found"],
  ["an unknown program", { program: "nowhere", customer: ID }, 422, "program_not_found"],
  ["an unknown namespace", { customer: ID, namespace: "kajaby" }, 422, "invalid_namespace"],
  ["an unknown field", { customer: ID, hash: "x" }, 422, "unknown_field"],
])("a call with %s is refused", async (_, body, status, code) => {
  const { program } = await setUp({ affiliates: 1 });
  for (const call of [find, erase]) {
    const answer = await call({ program, ...body });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  }
  const headers = { Authorization: "Bearer x" };
  expect((await send("/v1/customers/erase", { method: "POST", headers, body: "{}" })).status).toBe(401);
});

test("requests that only named the customer's payment are removed too", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { json: lemon } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "lemonsqueezy" });
  const other = orderCreated.replaceAll('"id": "', '"id": "9').replaceAll('"customer_id": ', '"customer_id": 9');
  const reasons: string[] = [];
  for (const text of [orderCreated, subscriptionCreated, firstInvoice, other]) {
    const address = text === other ? "somebody.else@example.org" : EMAIL;
    const named = text.replaceAll(/"user_email":\s*"[^"]+"/g, `"user_email": "${address}"`);
    const { headers, body } = await signLemonSqueezy(named, { secret: lemon.secret });
    const answer = await send(lemon.url, { method: "POST", headers, body });
    reasons.push((await answer.json<{ reason: string }>()).reason);
  }
  expect(reasons[2]).toBe("payment_known");
  expect((await erase({ program, email: EMAIL })).json).toMatchObject({ erased: { requests: 3, deliveries: 3 } });
  const left = await env.DB.prepare(
    "SELECT count(*) AS n FROM deliveries d JOIN delivery_requests USING (id) WHERE d.program_id = ?",
  );
  expect(await left.bind(await programIdOf(program)).first("n")).toBe(1);
});

test("equal ids of a merchant and of a provider are two customers", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  await postEvent(endpoint, sale({ customer: { id: "12" }, payment: "p1" }));
  await env.DB.prepare("INSERT INTO customers (key, program_id, namespace, first_seen_at) VALUES (?, ?, ?, 1)")
    .bind(`${await programIdOf(program)}:id:woocommerce:shop:12`, await programIdOf(program), "woocommerce:shop")
    .run();
  const { status, json } = await erase({ program, customer: "12" });
  expect([status, json.code]).toEqual([409, "customer_ambiguous"]);
  expect(json.detail).toBe(
    'Several customers have this id. Say which one you mean with namespace: "", "woocommerce:shop".',
  );
  const named = await find({ program, customer: "12", namespace: "" });
  expect(named.json.data).toMatchObject([{ identifiers: { payment: 1 } }]);
  expect((await erase({ program, customer: "12", namespace: "woocommerce:shop" })).status).toBe(200);
  expect((await find({ program, customer: "12" })).json.data).toHaveLength(1);
  // A provider's customer of an earlier release, stored without its namespace.
  await admin("POST", `/v1/programs/${program}/endpoints`, { source: "woocommerce" });
  await env.DB.prepare("INSERT INTO customers (key, program_id, first_seen_at) VALUES (?, ?, 1)")
    .bind(`${await programIdOf(program)}:id:woocommerce:shop:13`, await programIdOf(program))
    .run();
  expect((await find({ program, customer: "3" })).json.code).toBe("customer_not_found");
  expect((await erase({ program, customer: "13" })).json).toMatchObject({ customers: 1 });
  expect((await find({ program, customer: "13" })).json.code).toBe("customer_not_found");
});
