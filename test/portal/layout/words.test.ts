import { expect, test } from "vitest";
import { listTouches } from "../../../src/conversions/portal/touches.ts";
import { describePayment, describeRule, describeTier, nameStatus, nameType } from "../../../src/portal/layout/words.ts";
import { makeRecord, makeTouch } from "../../support/make-record.ts";

const HOUR = 3_600_000;
const OWN = 1;

test("shows only the time and the outcome of another affiliate's click", () => {
  const other = { affiliate_id: 2, affiliate: "rival", link: "rival-link", channel: "rival-mail" };
  const record = makeRecord({
    considered: [makeTouch(), makeTouch({ ...other, outcome: "later_click_won", clicked_at: 997 * HOUR })],
  });
  const seen = listTouches(record, OWN);
  expect(seen).toEqual([
    {
      clicked_at: 998 * HOUR,
      name: "link my-link",
      channel: "mail",
      is_chosen: true,
      distance: "2 hours before the sale",
      outcome: "Credited",
    },
    {
      clicked_at: 997 * HOUR,
      name: "another affiliate’s link",
      channel: null,
      is_chosen: false,
      distance: "3 hours before the sale",
      outcome: "Not credited: a later click was credited",
    },
  ]);
  expect(JSON.stringify(seen)).not.toContain("rival");
});

test.each([
  ["after_conversion", 1_003, "3 hours after the sale", "Came after the sale"],
  ["outside_window", 1_000 - 31 * 24, "31 days before the sale", "Outside the 30-day attribution window"],
  ["chosen", 1_000.005, "less than a minute before the sale", "Credited"],
] as const)("%s at hour %d", (outcome, hour, distance, text) => {
  const record = makeRecord({ considered: [makeTouch({ outcome, clicked_at: hour * HOUR })] });
  expect(listTouches(record, OWN)[0]).toMatchObject({ distance, outcome: text });
});

test.each([
  ["recorded", 0, "Recorded"],
  ["refunded", 100, "Partially refunded"],
  ["refunded", 9_900, "Refunded"],
  ["waiting", 0, "Pending"],
] as const)("status %s with %i refunded is %s", (status, refunded, expected) => {
  expect(nameStatus({ status, refunded, amount: 9_900 })).toBe(expected);
});

test("types and rules in words", () => {
  expect(nameType("sale", 2)).toBe("Sales");
  expect(describeRule({ cookie_days: 30, model: "last_click", binds_to: "customer" }, "sale")).toBe(
    "The last click before the sale gets the credit if it is at most 30 days old. The first trial or payment assigns the customer to that affiliate for life.",
  );
  expect(describeRule({ cookie_days: null, model: "first_click", binds_to: "nothing" }, "lead")).toBe(
    "The first click before the lead gets the credit, no matter how old it is.",
  );
});

test("describes the requirements of the next tier", () => {
  const next = {
    ...{ name: "tier-2", customers: 1, sales: 1_200, currency: "USD" },
    ...{ counted: { customers: 2, sales: 9_900 }, pending: null },
  };
  expect(describeTier({ name: "tier-1", next })).toBe(
    "Your tier: tier-1. 2 customers and $99.00 in sales count so far. To reach tier-2, you need 1 more customer and $12.00 more in sales.",
  );
  expect(describeTier({ name: "tier-1", next: { ...next, customers: null } })).toContain(
    "you need $12.00 more in sales.",
  );
  const day = Date.UTC(2026, 2, 3);
  const pending = { customers: 1, sales: 100_000, clears_from: day, clears_to: day };
  expect(describeTier({ name: "tier-1", next: { ...next, pending } })).toMatch(
    / 1 new customer and \$1,000\.00 in sales will count after the hold period, on Mar 3, 2026\.$/,
  );
  const spread = { customers: 0, sales: 100_000, clears_from: day, clears_to: Date.UTC(2026, 2, 9) };
  expect(describeTier({ name: "tier-1", next: { ...next, pending: spread } })).toMatch(
    / \$1,000\.00 in sales will count after the hold period, from Mar 3, 2026 to Mar 9, 2026\.$/,
  );
  expect(describeTier({ name: "tier-3", next: null })).toBe("Your tier: tier-3 (highest).");
});

test.each([
  [{ click_before: "signup" }, "click before the customer signed up gets the credit"],
  [{ precedence: "coupon" }, "Coupons take precedence over clicks."],
  [{ precedence: "click" }, "Clicks take precedence over coupons."],
  [{ self_purchase: "refuse" }, "Affiliates’ own purchases earn no commission."],
  [{ self_purchase: "allow" }, "Affiliates’ own purchases earn commission too."],
] as const)("describes the rule %o", (rule, words) => {
  expect(describeRule({ cookie_days: 30, model: "last_click", binds_to: "nothing", ...rule }, "sale")).toContain(words);
});

test.each([
  [1, "month", "1st payment, monthly"],
  [2, "year", "2nd payment, yearly"],
  [3, "week", "3rd payment, weekly"],
  [4, "day", "4th payment, daily"],
  [11, "month", "11th payment, monthly"],
  [22, null, "22nd payment"],
  [1, "once", "1st payment, one-time"],
  [2, "P3M", "2nd payment, P3M"],
  [null, "month", "monthly"],
  [null, "once", null],
  [null, null, null],
] as const)("payment %o by %o is %o", (payment_number, interval, expected) => {
  expect(describePayment({ payment_number, interval })).toBe(expected);
});

test("names touches other than clicks, and another affiliate's only by kind", () => {
  const rival = { affiliate_id: 2, affiliate: "rival", coupon: "RIVAL10", link: null, channel: null } as const;
  const touches = [
    makeTouch({ source: "coupon", coupon: "MINE10", link: null, channel: null }),
    makeTouch({ source: "referral", link: null, outcome: "coupon_won" }),
    makeTouch({ source: "dispute", link: null, clicked_at: 1_480 * HOUR, outcome: "coupon_won" }),
    makeTouch({ ...rival, source: "coupon", outcome: "later_click_won" }),
    makeTouch({ ...rival, source: "referral", outcome: "own_purchase", own_by: "email" }),
  ];
  const seen = listTouches(makeRecord({ touch: touches[0] ?? null, considered: touches }), OWN);
  expect(seen.map(({ name, distance, outcome }) => `${name}, ${distance}: ${outcome}`)).toEqual([
    "coupon MINE10, 2 hours before the sale: Credited",
    "referral reported by the merchant, 2 hours before the sale: Not credited: a coupon takes precedence over clicks",
    "dispute decision, 20 days after the sale: Not credited: a coupon takes precedence over clicks",
    "another affiliate’s coupon, 2 hours before the sale: Not credited: a later coupon was credited",
    "another affiliate’s referral, 2 hours before the sale: Self-purchase by that affiliate",
  ]);
  expect(JSON.stringify(seen)).not.toMatch(/rival|RIVAL|email/);
});
