import { expect, test } from "vitest";
import type { ConversionRecord } from "../../src/customers/conversion.ts";
import { listSeenTouches } from "../../src/portal/touches.ts";
import { nameStatus, nameType, sayBasis, sayCalculation, sayRule, sayTier } from "../../src/portal/words.ts";

const HOUR = 3_600_000;
const OWN = 1;

type Considered = ConversionRecord["credit"]["considered"];

function recordWith(considered: Considered): ConversionRecord {
  return {
    id: "cv_1",
    type: "sale",
    status: "recorded",
    occurred_at: 1_000 * HOUR,
    amount: 9_900,
    gross: null,
    currency: "USD",
    refunded: 0,
    refunded_at: null,
    payment: "pay_1",
    product: null,
    subscription: null,
    interval: null,
    country: null,
    platform: null,
    payment_number: null,
    first_paid_at: null,
    credit: { touch: null, reason: "last_click", considered, unlisted: 0, binding: null, ruling: null },
    token_fault: null,
    terms_version: 1,
    test: false,
    notes: [],
    program_id: 1,
    customer_key: "1:id:cus",
    revision: 1,
    rules: { cookie_days: 30, model: "last_click", binds_to: "customer" },
  };
}

function touch(changes: Partial<Considered[number]>): Considered[number] {
  return {
    click_id: "0".repeat(32),
    source: "click",
    coupon: null,
    clicked_at: 998 * HOUR,
    affiliate_id: OWN,
    affiliate: "me",
    link_id: 7,
    link: "my-link",
    channel: "mail",
    outcome: "chosen",
    ...changes,
  };
}

test("of another's click only the time and the outcome are seen", () => {
  const other = { affiliate_id: 2, affiliate: "rival", link: "rival-link", channel: "rival-mail" };
  const record = recordWith([touch({}), touch({ ...other, outcome: "later_click_won", clicked_at: 997 * HOUR })]);
  const seen = listSeenTouches(record, OWN);
  expect(seen).toEqual([
    {
      clicked_at: 998 * HOUR,
      link: "my-link",
      channel: "mail",
      is_chosen: true,
      distance: "2 hours before the sale",
      outcome: "Gets the credit",
    },
    {
      clicked_at: 997 * HOUR,
      link: null,
      channel: null,
      is_chosen: false,
      distance: "3 hours before the sale",
      outcome: "Lost to a later click",
    },
  ]);
  expect(JSON.stringify(seen)).not.toContain("rival");
});

test.each([
  ["after_conversion", 1_003, "3 hours after the sale", "Clicked only after the sale"],
  ["outside_window", 1_000 - 31 * 24, "31 days before the sale", "Older than the 30 days that a click counts"],
  ["chosen", 1_000.005, "less than a minute before the sale", "Gets the credit"],
] as const)("%s at hour %d is told", (outcome, hour, distance, text) => {
  const record = recordWith([touch({ outcome, clicked_at: hour * HOUR })]);
  expect(listSeenTouches(record, OWN)[0]).toMatchObject({ distance, outcome: text });
});

test.each([
  ["recorded", 0, "Recorded"],
  ["refunded", 100, "Partly refunded"],
  ["refunded", 9_900, "Refunded"],
  ["waiting", 0, "Waiting for its sale"],
] as const)("status %s with %i taken back is %s", (status, refunded, expected) => {
  expect(nameStatus({ status, refunded, amount: 9_900 })).toBe(expected);
});

test("rules and calculations in words", () => {
  expect(nameType("sale", 2)).toBe("Sales");
  expect(sayRule({ cookie_days: 30, model: "last_click", binds_to: "customer" }, "sale")).toBe(
    "The last click before the sale gets the credit, if it is no more than 30 days old. The first trial or payment binds the customer for life.",
  );
  expect(sayRule({ cookie_days: null, model: "first_click", binds_to: "nothing" }, "lead")).toBe(
    "The first click before the lead gets the credit, however long ago it was.",
  );
  const entry = { kind: "commission", base_amount: 9_900, rate_bps: 4_000, currency: "USD" };
  expect(sayCalculation(entry)).toBe("$99.00 × 40%");
  expect(sayCalculation({ ...entry, kind: "reversal" })).toBeNull();
  expect(sayCalculation({ ...entry, rate_bps: null })).toBeNull();
});

test("what an entry was made by, in words", () => {
  const entry = { kind: "commission", base_amount: 9_900, rate_bps: 2_000, currency: "USD" };
  expect(sayCalculation({ ...entry, rate_bps: null, flat: 15_000 })).toBe("$150.00 flat");
  expect(sayCalculation({ ...entry, kind: "override" })).toBe("$99.00 × 20%");
  expect(sayBasis({ ...entry, rule: 0, tier: "tier-1" })).toBe("By rule 1 of the terms, in tier tier-1.");
  expect(sayBasis({ ...entry, rule: null, tier: "referral", reason: "The terms pay nothing for payment 2." })).toBe(
    "In tier referral. The terms pay nothing for payment 2.",
  );
  expect(sayBasis({ ...entry, kind: "override", from: "maya" })).toBe("Of a sale by maya, whom you brought in.");
  expect(sayBasis({ ...entry, kind: "reversal", rule: 0 })).toBeNull();
});

test("what the next tier needs, in words", () => {
  const next = { name: "tier-2", customers: 1, sales: 1_200, currency: "USD" };
  expect(sayTier({ name: "tier-1", next })).toBe(
    "Your tier: tier-1. For tier-2 you need 1 more customer and $12.00 more in sales.",
  );
  expect(sayTier({ name: "tier-1", next: { ...next, customers: null } })).toContain("you need $12.00 more in sales.");
  expect(sayTier({ name: "tier-3", next: null })).toBe("Your tier: tier-3, the highest.");
});
