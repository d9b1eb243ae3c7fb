/** An order of WooCommerce that is canceled, paid again, edited, and deleted, and a refund that is deleted, end to end. */
import { expect, test } from "vitest";
import woocommercePaid from "../fixtures/woocommerce/order-updated-paid.json";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, conversionThat, send, setUp } from "../support/story.ts";
import { signWooCommerce } from "../webhooks/providers/woocommerce/signer.ts";

const PAID_AT = Date.UTC(2026, 0, 3, 10, 0, 21);
const AMOUNT = 10_000;

/** An endpoint, and an order that is credited to `a` once it is reported. */
async function openShop() {
  const { program, a } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "woocommerce" });
  const token = await signTokenAt(a.slug, PAID_AT - 3_600_000);
  const meta_data = [{ id: 1, key: "lc_click", value: token }];
  const post = async (topic: string, order: object) => {
    const signed = await signWooCommerce(JSON.stringify(order), { secret: endpoint.secret, topic });
    const response = await send(endpoint.url, { method: "POST", ...signed });
    return { status: response.status, json: JSON.parse(await response.text()) };
  };
  const update = (modified: string, changes: object = {}) =>
    post("order.updated", { ...woocommercePaid, meta_data, date_modified_gmt: modified, ...changes });
  return { a, program, post, update, meta_data };
}

test("an order that is canceled reverses its sale, and paid again it restores it, in any order of arrival", async () => {
  const updates: [modified: string, changes: object][] = [
    ["2026-01-03T10:00:22", {}],
    ["2026-01-05T09:00:00", { status: "cancelled" }],
    ["2026-01-06T09:00:00", { status: "processing" }],
  ];
  for (const [order, refunded] of [
    [[0, 1], AMOUNT],
    [[1, 0], AMOUNT],
    [[0, 1, 2], 0],
    [[2, 0, 1], 0],
    [[1, 2, 0], 0],
  ] as const) {
    const { a, update } = await openShop();
    let conversion = "";
    for (const index of order) {
      const [modified = "", changes = {}] = updates[index] ?? [];
      const { status, json } = await update(modified, changes);
      expect(status, JSON.stringify(json)).toBe(200);
      expect(json.attributed_to).toBe(a.username);
      conversion = json.conversion;
    }
    await conversionThat(conversion, { status: refunded === 0 ? "recorded" : "refunded", amount: AMOUNT, refunded });
  }
});

test("a refund that is deleted restores its part of the sale", async () => {
  const { update } = await openShop();
  const refunds = [
    { id: 761, reason: "", total: "-12.91" },
    { id: 744, reason: "", total: "-25.83" },
  ];
  const { json } = await update("2026-01-07T09:00:00", { refunds });
  await conversionThat(json.conversion, { status: "refunded", refunded: 3_000 });
  await update("2026-01-08T09:00:00", { refunds: refunds.slice(0, 1) });
  await conversionThat(json.conversion, { status: "refunded", refunded: 1_000 });
});

test("an order that was edited since it was paid keeps its amount, and is reversed and restored all the same", async () => {
  const { program, update } = await openShop();
  const edited = { total: "92.25", total_tax: "17.25", shipping_total: "0.00" };
  const { json } = await update("2026-01-03T10:00:22");
  await update("2026-01-04T09:00:00", edited);
  await conversionThat(json.conversion, { status: "recorded", amount: AMOUNT, refunded: 0 });
  const { json: log } = await admin("GET", `/v1/programs/${program}/deliveries`);
  expect(log.data[0]).toMatchObject({ outcome: "refused", reason: "payment_reused" });
  await update("2026-01-05T09:00:00", { ...edited, status: "failed" });
  await conversionThat(json.conversion, { status: "refunded", amount: AMOUNT, refunded: AMOUNT });
  await update("2026-01-06T09:00:00", { ...edited, status: "completed" });
  await conversionThat(json.conversion, { status: "recorded", amount: AMOUNT, refunded: 0 });
});

test("an order that is deleted is reversed until it is restored", async () => {
  const { post, update, meta_data } = await openShop();
  const { json } = await update("2026-01-03T10:00:22");
  await post("order.deleted", { id: woocommercePaid.id });
  await conversionThat(json.conversion, { status: "refunded", refunded: AMOUNT });
  await post("order.restored", { ...woocommercePaid, meta_data });
  await conversionThat(json.conversion, { status: "recorded", refunded: 0 });
});
