/** What is refused of any provider's event. */
import { expect, test } from "vitest";
import { refuseInvalidAmounts, refuseLongIds } from "../../../src/webhooks/deliveries/refusals.ts";
import { type ProviderEvent, providerEvent } from "../../../src/webhooks/provider.ts";

test.each([
  [{ amount: -1, gross: null }, "amount must not be negative."],
  [{ amount: null, gross: -126_205 }, "gross must not be negative."],
  [{ amount: Number.NaN, gross: null }, "amount must be a whole number of minor units."],
  [{ amount: Number.POSITIVE_INFINITY, gross: null }, "amount must be a whole number of minor units."],
  [{ amount: 10, gross: 2 ** 53 }, "gross must be a whole number of minor units."],
  [{ amount: 0.5, gross: null }, "amount must be a whole number of minor units."],
])("%o is refused", (money, fault) => {
  expect(() => refuseInvalidAmounts(money)).toThrow(fault);
});

test.each([
  { amount: 0, gross: null },
  { amount: 100, gross: 119 },
  { amount: null, gross: null },
])("%o is accepted", (money) => {
  expect(() => refuseInvalidAmounts(money)).not.toThrow();
});

const long = "i".repeat(201);
const longIds: [string, Partial<ProviderEvent>][] = [
  ["payment", { payment: long }],
  ["payment", { aliases: [long] }],
  ["payment", { related: Array.from({ length: 101 }, (_, n) => `order_${n}`) }],
  ["subscription.replaces", { subscription: { id: "sub_2", interval: null, replaces: long } }],
  ["affiliate", { named: { affiliate: long } }],
  ["id", { id: "e".repeat(501) }],
];
test.each(longIds)("an event whose %s is too long, or has too many ids, is refused", (field, changes) => {
  const event = providerEvent({ id: "evt_1", type: "sale", occurred_at: 0, ...changes });
  expect(() => refuseLongIds(event)).toThrow(new RegExp(`^${field} must have at most`));
});
