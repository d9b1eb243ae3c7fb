/** Fees of an order, which earn no commission. */
import { expect, test } from "vitest";
import { woocommerce } from "../../../../src/webhooks/providers/woocommerce/adapter.ts";
import orderPaid from "../../../fixtures/woocommerce/order-updated-paid.json";
import { parseFault, requestWith } from "../../adapter.ts";

const requestOf = (changes: object) =>
  requestWith({
    headers: { "X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Source": "https://werkstatt.example/" },
    body: JSON.stringify({ ...orderPaid, ...changes }),
  });

test.each([
  ["none", [], 10_000],
  ["a surcharge", ["3.00"], 9_700],
  ["two surcharges, rounded once", ["1.004", "2.004"], 9_699],
  ["a discount of a plugin, which the total already has", ["-7.50"], 10_000],
  ["both", ["3.00", "-7.50"], 9_700],
])("the base is without fees: %s", (_, totals, amount) => {
  const fee_lines = totals.map((total, id) => ({ id, name: "Fee", total, total_tax: "0.69" }));
  expect(woocommerce.parse(requestOf({ fee_lines })).events).toMatchObject([{ amount, gross: 12_915 }]);
});

test("an invalid fee names its field", () => {
  const fault = parseFault(woocommerce, requestOf({ fee_lines: [{ total: "much" }] }));
  expect(fault).toMatchObject({ status: 422, field: "fee_lines.0.total" });
});
