/** Sales that are recorded although something about them is unusual, each with what its delivery says. */
import { describe, expect, test } from "vitest";
import orderPaid from "../fixtures/shopify/orders-paid.json";
import { listDeliveries, readDelivery } from "../support/deliveries.ts";
import { admin, click, eventually, postEvent, sale, send, setUp } from "../support/story.ts";
import { signShopify } from "../webhooks/providers/shopify/signer.ts";

const SECRET = "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";

async function withShopify() {
  const story = await setUp({ affiliates: 1 });
  const created = await admin("POST", `/v1/programs/${story.program}/endpoints`, { source: "shopify", secret: SECRET });
  expect(created.status).toBe(201);
  const post = async (body: string, topic = "orders/paid") => {
    const { headers } = await signShopify(body, { secret: SECRET, topic });
    const response = await send(`/v1/webhooks/${created.json.id}`, { method: "POST", headers, body });
    return { status: response.status, json: (await response.json()) as Record<string, string> };
  };
  return { ...story, post };
}

/** The order with another id and as many items; its click and coupon stay. */
function orderWith(id: string, items: number): string {
  const [item] = orderPaid.line_items;
  const more = Array.from({ length: items - orderPaid.line_items.length }, () => ({ ...item, tax_lines: [] }));
  const order = { ...orderPaid, line_items: [...orderPaid.line_items, ...more] };
  return JSON.stringify(order).replaceAll(String(orderPaid.id), id);
}

describe("a sale with an invalid email address", () => {
  test("is recorded without it, and its delivery says so", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    const { status, json } = await postEvent(endpoint, sale({ customer: { id: "cus_1", email: "jo@" }, click: token }));
    expect([status, json.attributed_to]).toEqual([200, a.username]);
    const detail = "The customer's email address is invalid, so it was left out.";
    expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded", detail }]);
  });

  test("and no customer id belongs to a customer of its own", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    const first = await postEvent(endpoint, sale({ customer: { email: "-" }, click: token }));
    expect(first.json.attributed_to).toBe(a.username);
    const other = await postEvent(endpoint, sale({ customer: { email: "-" } }));
    expect(other.json.attributed_to).toBeNull();
  });
});

test("a guest with an unusual address is recognized at the second order", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1 });
  for (const email of ["o'brien@example.com", "a&b@example.com", "jürgen@münchen.example"]) {
    const { token } = await click(a.slug);
    await postEvent(endpoint, sale({ customer: { email }, click: token }));
    const second = await postEvent(endpoint, sale({ customer: { email: email.toUpperCase() } }));
    expect(second.json).toMatchObject({ attributed_to: a.username, reason: "bound" });
  }
});

test("an affiliate may have such an address", async () => {
  const email = "O'Brien@xn--mnchen-3ya.de";
  const { status, json } = await admin("POST", "/v1/affiliates", { username: "obrien", name: "O'Brien", email });
  expect([status, json.email]).toEqual([201, "o'brien@xn--mnchen-3ya.de"]);
});

test("an id that a number can't hold keeps its digits", async () => {
  const { program, post } = await withShopify();
  const ids = ["9007199254740993", "9007199254740992"];
  for (const id of ids) expect((await post(orderWith(id, orderPaid.line_items.length))).json.status).toBe("recorded");
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/conversions?program=${program}`);
    expect(json.data.map(({ payment }: { payment: string }) => payment).sort()).toEqual(ids.toSorted());
  });
});

test("an order of 1,000 items is recorded, and its request can be read and replayed", async () => {
  const { program, post } = await withShopify();
  const body = orderWith("5678901234", 1_000);
  expect(body.length).toBeGreaterThan(500_000);
  const { json } = await post(body);
  expect(json.status).toBe("recorded");
  const [delivery] = await listDeliveries(program);
  expect((await readDelivery(program, delivery?.id)).request.body).toBe(body);
  const replayed = await admin("POST", `/v1/programs/${program}/deliveries/${delivery?.id}/replay`);
  expect(replayed.json).toMatchObject({ status: "duplicate", conversion: json.conversion });
});

test("Shopify's test notifications are acknowledged and not recorded", async () => {
  const { program, post } = await withShopify();
  const order = JSON.stringify({ id: 0, email: "jon@example.com", test: true }).replace("0", "820982911946154508");
  const refund = order.replace('"id"', '"id":890088186047892319,"order_id"');
  for (const [body, topic] of [
    [order, "orders/paid"],
    [refund, "refunds/create"],
  ] as const) {
    expect(await post(body, topic)).toMatchObject({ status: 200, json: { status: "ignored" } });
  }
  const detail = "This is Shopify's test notification: the webhook works.";
  expect(await listDeliveries(program)).toMatchObject([{ detail }, { detail }]);
});
