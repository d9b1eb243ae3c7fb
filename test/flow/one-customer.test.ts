/** One customer across devices: identified by an address first and by an id later, or the other way around. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import lemonOrder from "../fixtures/lemonsqueezy/order-created.json?raw";
import { isDeep } from "../support/random.ts";
import { admin, click, eventually, postEvent, send, setUp } from "../support/story.ts";
import { signLemonSqueezy } from "../webhooks/providers/lemon-squeezy/signer.ts";

const permute = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item) => permute(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));

const conversionsOf = async (program: string) =>
  (await admin("GET", `/v1/conversions?program=${program}&limit=200`)).json.data;
const balanceOf = async (program: string, affiliate: string) =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${affiliate}`)).json.balances.reserve;

/** Posts a lead with an address, a sale with an id, a renewal with both, and a refund of the sale, in the given order. */
async function postInOrder(order: readonly string[], email = "one@example.com") {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  const clickedAt = Date.now();
  const after = (ms: number) => new Date(clickedAt + ms).toISOString();
  // No event is posted before its own time.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const money = { currency: "USD", amount: 10_000 };
  const events: Record<string, Record<string, unknown>> = {
    lead: { type: "lead", occurred_at: after(1), customer: { email }, click: token },
    sale: { type: "sale", occurred_at: after(2), customer: { id: "u1" }, payment: "p1", ...money },
    renewal: { type: "sale", occurred_at: after(3), customer: { id: "u1", email }, payment: "p2", ...money },
    refund: { type: "refund", occurred_at: after(4), customer: { email }, payment: "p1", refund: "r1", ...money },
  };
  for (const name of order) {
    const answer = await postEvent(endpoint, events[name] ?? {}, { id: name });
    expect([name, answer.status, answer.json.status]).toEqual([name, 200, "recorded"]);
  }
  return { program, a, endpoint, events };
}

/** In the quick run, every fifth: each event comes first, and last, at least once. */
const orders = permute(["lead", "sale", "renewal", "refund"]).filter((_, n) => isDeep || n % 5 === 0);

test.each(orders.map((order) => [order.join(", "), order] as const))(
  "events in the order %s have one customer, credited once",
  { tags: ["deep"] },
  async (_, order) => {
    const { program, a, endpoint, events } = await postInOrder(order);
    await eventually(async () => {
      const found = (await conversionsOf(program)).map((row: Record<string, unknown>) => [
        row.type,
        row.payment,
        row.status,
        row.attributed_to,
        row.reason,
      ]);
      expect(found.sort()).toEqual([
        ["lead", null, "recorded", a.username, "last_click"],
        ["sale", "p1", "refunded", a.username, "last_click"],
        ["sale", "p2", "recorded", a.username, "bound"],
      ]);
      expect(await balanceOf(program, a.username)).toBe(4_000);
    });
    for (const name of order) {
      const again = await postEvent(endpoint, events[name] ?? {}, { id: name });
      expect([name, again.json.status]).toEqual([name, "duplicate"]);
    }
    expect(await conversionsOf(program)).toHaveLength(3);
  },
);

describe("an address", () => {
  const sale = (customer: Record<string, string>, changes: Record<string, unknown> = {}) => ({
    type: "sale",
    occurred_at: new Date().toISOString(),
    customer,
    payment: `pay_${crypto.randomUUID()}`,
    amount: 10_000,
    currency: "USD",
    ...changes,
  });

  test("identifies its customer in any spelling", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    await postEvent(endpoint, sale({ email: "J.Doe+Shop@GMail.com" }, { click: token }));
    await postEvent(endpoint, sale({ email: "jdoe@googlemail.com" }));
    await postEvent(endpoint, sale({ id: "u1", email: "j.doe@gmail.com" }));
    await postEvent(endpoint, sale({ id: "u1" }));
    await eventually(async () => {
      const found = await conversionsOf(program);
      expect(found.map((row: { attributed_to: string }) => row.attributed_to)).toEqual(Array(4).fill(a.username));
    });
  });

  test("shared by two ids belongs to the first; they stay two customers", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    const email = "family@example.com";
    await postEvent(endpoint, sale({ id: "u1", email }, { click: token }));
    const other = await postEvent(endpoint, sale({ id: "u2", email }));
    expect(other.json).toMatchObject({ attributed_to: null, reason: "no_touch" });
    expect((await postEvent(endpoint, sale({ email }))).json).toMatchObject({ attributed_to: a.username });
    expect((await postEvent(endpoint, sale({ id: "u2" }))).json).toMatchObject({ reason: "bound_to_nobody" });
    await eventually(async () => expect(await conversionsOf(program)).toHaveLength(4));
  });

  test("shared by an id of the merchant and one of a provider makes them one customer", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    const email = JSON.parse(lemonOrder).data.attributes.user_email;
    await postEvent(endpoint, { ...sale({ id: "u1", email }, { click: token }), type: "lead", payment: null });
    const programId = await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first<number>("id");
    const object = env.CUSTOMERS.getByName(`${programId}:id:u1`);
    const { json } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "lemonsqueezy" });
    const order = { ...JSON.parse(lemonOrder) };
    order.data.attributes.created_at = new Date().toISOString();
    order.data.attributes.updated_at = order.data.attributes.created_at;
    order.data.attributes.test_mode = false;
    delete order.meta.custom_data;
    order.meta.test_mode = false;
    const signed = await signLemonSqueezy(JSON.stringify(order), { secret: json.secret });
    const answer = await send(json.url, { method: "POST", ...signed });
    expect(await answer.json()).toMatchObject({ status: "recorded", attributed_to: a.username, reason: "last_click" });
    expect(
      await runInDurableObject(object, (_, state) => state.storage.sql.exec("SELECT id FROM facts").toArray().length),
    ).toBe(2);
  });
});
