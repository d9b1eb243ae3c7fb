/** Orders that are no longer paid, or are paid again, and deleted refunds. */
import { describe, expect, test } from "vitest";
import { providerEvent } from "../../../../src/webhooks/provider.ts";
import { woocommerce } from "../../../../src/webhooks/providers/woocommerce/adapter.ts";
import orderPending from "../../../fixtures/woocommerce/order-created-pending.json";
import orderPaid from "../../../fixtures/woocommerce/order-updated-paid.json";
import orderRefundedPartly from "../../../fixtures/woocommerce/order-updated-refunded-partly.json";
import { requestWith } from "../../adapter.ts";

const read = (topic: string, fixture: unknown) =>
  woocommerce.parse(
    requestWith({
      headers: { "X-WC-Webhook-Topic": topic, "X-WC-Webhook-Source": "https://werkstatt.example/" },
      body: JSON.stringify(fixture),
    }),
  );
const update = (changes: object) => read("order.updated", { ...orderPaid, ...changes }).events;

const LATER = "2026-01-09T07:30:00";
const later = Date.UTC(2026, 0, 9, 7, 30);

describe("an order that was paid", () => {
  test.each(["failed", "cancelled", "trash", "on-hold", "pending"])(
    "is the same sale, unpaid, when it is %s",
    (status) => {
      const [paid] = update({});
      expect(update({ status, date_modified_gmt: LATER })).toEqual([
        { ...paid, id: `order:727:${LATER}:unpaid`, payment_state: { at: later, is_paid: false, refunds: [] } },
      ]);
    },
  );

  test.each(["processing", "completed", "refunded", "shipped"])("is paid when it is %s", (status) => {
    const [paid] = update({});
    expect(update({ status, date_modified_gmt: LATER })).toEqual([
      { ...paid, id: `order:727:${LATER}`, payment_state: { at: later, is_paid: true, refunds: [] } },
    ]);
  });

  test("of which nothing is the base reports nothing when it fails", () => {
    const free = { ...orderPaid, status: "failed", total: "6.15", total_tax: "1.15" };
    expect(read("order.updated", free)).toMatchObject({ events: [], ignored: "The order is failed." });
  });
});

test.each(["failed", "cancelled", "trash"])("an order that was never paid reports nothing when it is %s", (status) => {
  const reading = read("order.updated", { ...orderPending, status });
  expect(reading).toMatchObject({ events: [], ignored: "The order is not paid yet." });
});

test("a deleted order is unpaid from then on", () => {
  expect(read("order.deleted", { id: 727 }).events).toEqual([
    providerEvent({
      id: "order:727:deleted",
      type: "refund",
      occurred_at: null,
      payment: "727",
      refund: "deleted",
      payment_state: { at: null, is_paid: false, refunds: [] },
      account: "werkstatt.example",
    }),
  ]);
});

test("a restored order is what it now says, as of its delivery", () => {
  const [paid] = update({});
  const id = `${paid?.id}:restored`;
  const state = { at: null, refunds: [] };
  expect(read("order.restored", orderPaid).events).toEqual([
    { ...paid, id, payment_state: { ...state, is_paid: true } },
  ]);
  expect(read("order.restored", { ...orderPaid, status: "cancelled" }).events).toEqual([
    { ...paid, id: `${id}:unpaid`, payment_state: { ...state, is_paid: false } },
  ]);
});

test("each update lists all refunds, so that a deleted one is missing", () => {
  const [kept] = orderRefundedPartly.refunds;
  const events = read("order.updated", { ...orderRefundedPartly, refunds: [kept], date_modified_gmt: LATER }).events;
  const payment_state = { at: later, is_paid: true, refunds: ["761"] };
  expect(events).toMatchObject([
    { type: "sale", payment_state },
    { type: "refund", refund: "761", payment_state },
  ]);
});
