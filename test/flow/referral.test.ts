import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { admin, click, conversionThat, postEvent, sale, setUp } from "../support/story.ts";

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString();

const referral = (affiliate: string, changes: Record<string, unknown> = {}) => ({
  type: "referral",
  occurred_at: daysAgo(400),
  customer: { id: "cus_1" },
  affiliate,
  ...changes,
});

test("a referral that binds holds for life, against any later click", async () => {
  const { a, b, endpoint } = await setUp();
  const reported = await postEvent(endpoint, referral(a.username, { binding: true }));
  expect(reported.json).toMatchObject({ status: "recorded", conversion: null, reason: "referral" });
  const { token } = await click(b.slug);
  const { json } = await postEvent(endpoint, sale({ customer: { id: "cus_1" }, click: token }));
  expect(json).toMatchObject({ attributed_to: a.username, reason: "bound" });
  const { explanation } = await conversionThat(json.conversion, { attributed_to: a.username });
  expect(explanation.binding).toMatchObject({ affiliate: a.username, conversion: null });
  expect(explanation.text).toContain("by a referral reported earlier");
  expect(explanation.touches).toMatchObject([
    { source: "referral", outcome: "chosen" },
    { source: "click", outcome: "bound_elsewhere" },
  ]);
});

test("a referral binds the affiliate that it names, not the one whose click or coupon came with it", async () => {
  const { program, a, b, endpoint } = await setUp();
  const coupon = { program, affiliate: b.username, code: "SAVE10" };
  expect((await admin("POST", "/v1/coupons", coupon)).status).toBe(201);
  const { token } = await click(b.slug);
  await postEvent(endpoint, referral(a.username, { binding: true, click: token, coupon: coupon.code }));
  const { json } = await postEvent(endpoint, sale({ customer: { id: "cus_1" } }));
  expect(json).toMatchObject({ attributed_to: a.username, reason: "bound" });
});

test("a referral that does not bind is a touch like any other", async () => {
  const { a, b, endpoint } = await setUp();
  await postEvent(endpoint, referral(a.username, { occurred_at: daysAgo(5) }));
  const organic = await postEvent(endpoint, sale({ customer: { id: "cus_1" }, occurred_at: daysAgo(1) }));
  expect(organic.json).toMatchObject({ attributed_to: a.username, reason: "referral" });
  await postEvent(endpoint, referral(a.username, { occurred_at: daysAgo(5), customer: { id: "cus_2" } }));
  const { token } = await click(b.slug);
  const later = await postEvent(endpoint, sale({ customer: { id: "cus_2" }, click: token }));
  expect(later.json).toMatchObject({ attributed_to: b.username, reason: "last_click" });
  await postEvent(endpoint, referral(a.username, { customer: { id: "cus_3" } }));
  const old = await postEvent(endpoint, sale({ customer: { id: "cus_3" } }));
  expect(old.json).toMatchObject({ attributed_to: null, reason: "outside_window" });
});

test("a referral of a subscription binds only that subscription", async () => {
  const { a, endpoint } = await setUp({ program: { terms: { binds_to: "subscription" } } });
  const subscription = { id: "sub_1" };
  await postEvent(endpoint, referral(a.username, { binding: true, subscription }));
  const of = (id: string) => sale({ customer: { id: "cus_1" }, subscription: { id } });
  expect((await postEvent(endpoint, of("sub_1"))).json).toMatchObject({ attributed_to: a.username, reason: "bound" });
  expect((await postEvent(endpoint, of("sub_2"))).json).toMatchObject({ attributed_to: null });
});

test("a subscription that replaces another keeps its affiliate", async () => {
  const { a, endpoint } = await setUp({ program: { terms: { binds_to: "subscription" } } });
  const customer = { id: "cus_1" };
  const { token } = await click(a.slug);
  await postEvent(endpoint, sale({ customer, click: token, subscription: { id: "sub_1" } }));
  const upgraded = sale({ customer, subscription: { id: "sub_2", replaces: "sub_1" } });
  const { json } = await postEvent(endpoint, upgraded);
  expect(json).toMatchObject({ attributed_to: a.username, reason: "bound" });
});

test("a referral to an unknown affiliate is refused, and accepted once the affiliate exists", async () => {
  const { program, a, endpoint } = await setUp();
  const name = `late-${a.username}`;
  const event = referral(name, { binding: true });
  const refused = await postEvent(endpoint, event, { id: "msg_1" });
  expect([refused.status, refused.json.code, refused.json.field]).toEqual([422, "affiliate_not_found", "affiliate"]);
  await admin("POST", "/v1/affiliates", { username: name, name: "Late", email: `${name}@example.com` });
  await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: name });
  expect((await postEvent(endpoint, event, { id: "msg_1" })).json).toMatchObject({ status: "recorded" });
  const { json } = await postEvent(endpoint, sale({ customer: { id: "cus_1" } }));
  expect(json).toMatchObject({ attributed_to: name, reason: "bound" });
});

test("a payment method in an event affects its content hash, but is not stored", async () => {
  const { endpoint } = await setUp();
  const event = sale({ payer: "fp_never_stored" });
  const { json } = await postEvent(endpoint, event, { id: "msg_1" });
  expect((await postEvent(endpoint, event, { id: "msg_1" })).json.status).toBe("duplicate");
  const other = await postEvent(endpoint, { ...event, payer: "fp_other" }, { id: "msg_1" });
  expect([other.status, other.json.code]).toEqual([409, "event_id_reused"]);
  const conversion = await conversionThat(json.conversion, { amount: 9_900 });
  const tables = ["conversions", "deliveries", "delivery_requests", "known_names", "webhook_events", "customers"];
  const rows = await Promise.all(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`).all()));
  expect(JSON.stringify([conversion, rows.map(({ results }) => results)])).not.toContain("fp_never_stored");
});
