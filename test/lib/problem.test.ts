import { expect, test } from "vitest";
import { codeOfField } from "../../src/lib/problem.ts";

test.each([
  ["amount", "invalid_amount"],
  ["terms.rates.0.rate_bps", "invalid_terms_rates_rate_bps"],
  ["order[charges][10][tax]", "invalid_order_charges_tax"],
  ["targets.0.split.1.destination", "invalid_targets_split_destination"],
  ["customer-id", "invalid_customer_id"],
])("the code of %s doesn't depend on places in lists: %s", (field, code) => {
  expect(codeOfField(field)).toBe(code);
});
