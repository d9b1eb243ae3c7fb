/** What is refused of any provider's event. */
import { expect, test } from "vitest";
import { refuseInvalidAmounts } from "../../../src/webhooks/deliveries/refusals.ts";

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
