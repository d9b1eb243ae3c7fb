import { expect, test } from "vitest";
import { describeTier, isCounted, judgeTier, type KnownSale } from "../../src/commissions/judge-tier.ts";
import { addMonths } from "../../src/lib/calendar.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import type { Tiers } from "../../src/programs/terms.ts";
import { fc } from "../support/random.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2027, 0, 31);
const tiers = kartra.tiers as Tiers;

let made = 0;
/** A sale some days ago with a hold of 45 days. */
function sold(days: number, customer: string, amount: number, changes: Partial<KnownSale> = {}): KnownSale {
  made += 1;
  const occurred_at = NOW - days * DAY;
  return {
    conversion: `cv_${made}`,
    customer,
    amount,
    refunded: 0,
    currency: "USD",
    occurred_at,
    clears_at: occurred_at + 45 * DAY,
    credited: true,
    payment_number: 1,
    tier: null,
    told_sponsor: false,
    ...changes,
  };
}
const judge = (sales: KnownSale[], changes: Partial<Tiers> = {}, conversion: string | null = null, at = NOW) =>
  judgeTier({ ...tiers, ...changes }, { sales, at, program_currency: "USD", conversion });

const two = (first: number, second: number) => [sold(50, "a", first), sold(60, "b", second)];
const table: [string, KnownSale[], string][] = [
  ["no sale", [], "referral"],
  ["one customer with $20,000", [sold(50, "a", 1_000_000), sold(51, "a", 1_000_000)], "referral"],
  ["two customers", two(1, 1), "tier-1"],
  ["exactly $1,000", two(50_000, 50_000), "tier-1"],
  ["a cent more", two(50_000, 50_001), "tier-2"],
  ["exactly $10,000", two(500_000, 500_000), "tier-2"],
  ["over $10,000", two(500_000, 500_001), "tier-3"],
  ["one in its hold period", [sold(44, "a", 100), sold(60, "b", 100)], "referral"],
  ["one that clears now", [sold(45, "a", 100), sold(60, "b", 100)], "tier-1"],
  ["one a year and a day old", [sold(366, "a", 100), sold(60, "b", 100)], "referral"],
  ["one exactly a year old", [sold(365, "a", 100), sold(60, "b", 100)], "referral"],
  ["one not quite a year old", [sold(364.9, "a", 100), sold(60, "b", 100)], "tier-1"],
  ["one fully refunded", [sold(50, "a", 100, { refunded: 100 }), sold(60, "b", 100)], "referral"],
  ["sums net of refunds", [sold(50, "a", 100_000, { refunded: 50_000 }), sold(60, "b", 50_000)], "tier-1"],
  ["one no longer credited", [sold(50, "a", 100, { credited: false }), sold(60, "b", 100)], "referral"],
  ["one in EUR counts as a customer only", [sold(50, "a", 500_000, { currency: "EUR" }), sold(60, "b", 9)], "tier-1"],
];
test.each(table)("%s", (_, sales, tier) => {
  expect(judge(sales)).toBe(tier);
});

test("counts a sale from its own time where it counts at once, but not towards its own tier", () => {
  const [own, other] = [sold(0, "a", 100), sold(0, "b", 100)];
  const sales = [own, other, sold(3, "c", 100)];
  expect(judge(sales, { counts: "at_once" })).toBe("tier-1");
  expect(judge(sales.slice(0, 2), { counts: "at_once" }, own.conversion)).toBe("referral");
  expect(judge([...sales, sold(-1, "d", 500_000)], { counts: "at_once" })).toBe("tier-1");
});

test("moves down a level below its conditions, or keeps it, as the terms say", () => {
  const old = [sold(500, "a", 100), sold(501, "b", 100)];
  expect(judge(old)).toBe("referral");
  expect(judge(old, { demotion: "never" })).toBe("tier-1");
  expect(judge(old, { demotion: "never" }, null, NOW - 470 * DAY)).toBe("referral");
  const judged = [sold(50, "a", 100, { tier: "tier-2", refunded: 100 })];
  expect(judge(judged)).toBe("referral");
  expect(judge(judged, { demotion: "never" })).toBe("tier-2");
});

test("keeps the highest level ever reached", () => {
  // Close enough that many begin to count just when others leave the window.
  const story = fc.array(
    fc.record({
      day: fc.integer({ min: 0, max: 280 }).map((n) => n / 4),
      who: fc.constantFrom("a", "b", "c"),
      amount: fc.nat(700_000),
    }),
    { maxLength: 12 },
  );
  const counts = fc.constantFrom<Tiers["counts"]>("at_once", "after_hold");
  const window = fc.constantFrom(1, 2, 12, null);
  fc.assert(
    fc.property(story, counts, window, fc.constantFrom(0, 31, 45), (found, counted, window_months, hold) => {
      const sales = found.map(({ day, who, amount }) =>
        sold(day, who, amount, { clears_at: NOW + (hold - day) * DAY }),
      );
      const changes = { counts: counted, window_months };
      const order = tiers.levels.map(({ name }) => name);
      const levels = [...sales.flatMap(({ occurred_at, clears_at }) => [occurred_at, clears_at]), NOW]
        .filter((at) => at <= NOW)
        .map((at) => order.indexOf(judge(sales, changes, null, at)));
      expect(judge(sales, { ...changes, demotion: "never" })).toBe(order[Math.max(...levels)]);
    }),
    { numRuns: 1_000 },
  );
});

test("keeps a level reached in a window that begins earlier than the one before it", () => {
  // A month before March 29 and before March 30 is February 28, at the time of day.
  const at = (time: string, customer: string, amount: number) =>
    sold(0, customer, amount, { occurred_at: Date.parse(time) });
  const sales = [
    at("2026-02-28T10:00:00Z", "a", 60_000),
    at("2026-03-29T20:00:00Z", "b", 50_000),
    at("2026-03-30T05:00:00Z", "b", 10_000),
  ];
  const changes = { counts: "at_once", window_months: 1, demotion: "never" } as const;
  expect(judge(sales, changes, null, Date.parse("2026-04-20T00:00:00Z"))).toBe("tier-2");
});

test("shows what the next tier still needs", () => {
  const describe = (sales: KnownSale[]) => describeTier(tiers, { sales, at: NOW, program_currency: "USD" });
  expect(describe([sold(50, "a", 100)])).toEqual({
    name: "referral",
    next: {
      ...{ name: "tier-1", customers: 1, sales: null, currency: "USD" },
      counted: { customers: 1, sales: 100 },
      pending: null,
    },
  });
  expect(describe(two(50_000, 50_000)).next).toMatchObject({ name: "tier-2", customers: null, sales: 1 });
  expect(describe(two(500_000, 500_001))).toEqual({ name: "tier-3", next: null });
});

test("shows sales in their hold period as pending, with the days on which they clear", () => {
  const sales = [
    ...[sold(60, "a", 43_799), sold(50, "b", 40_000)],
    ...[sold(30, "b", 60_000), sold(10, "c", 40_000)],
    // A fully refunded sale will never count, and one in another currency counts as a customer only.
    ...[sold(5, "d", 9_900, { refunded: 9_900 }), sold(3, "e", 5_000, { currency: "EUR" })],
  ];
  expect(describeTier(tiers, { sales, at: NOW, program_currency: "USD" }).next).toEqual({
    ...{ name: "tier-2", customers: null, sales: 16_202, currency: "USD" },
    counted: { customers: 2, sales: 83_799 },
    pending: { customers: 2, sales: 100_000, clears_from: NOW + 15 * DAY, clears_to: NOW + 42 * DAY },
  });
});

test("reaches the next tier once the missing sales are made and cleared", () => {
  fc.assert(
    fc.property(fc.nat(3), fc.nat(1_200_000), (customers, amount) => {
      const sales = Array.from({ length: customers }, (_, n) => sold(50, `c${n}`, n === 0 ? amount + 1 : 1));
      const { next } = describeTier(tiers, { sales, at: NOW, program_currency: "USD" });
      if (next === null) return;
      const missing = Array.from({ length: next.customers ?? 0 }, (_, n) => sold(50, `new ${n}`, 1));
      const sum = Math.max((next.sales ?? 0) - missing.length, 1);
      const after = judge([...sales, ...missing, sold(50, sales.length > 0 ? "c0" : "new 0", sum)]);
      const order = tiers.levels.map(({ name }) => name);
      expect(order.indexOf(after)).toBeGreaterThanOrEqual(order.indexOf(next.name));
    }),
  );
});

test("does not count a free sale", () => {
  expect(isCounted(sold(50, "a", 0, { payment_number: 0 }))).toBe(false);
  expect(addMonths(NOW, -12)).toBe(NOW - 365 * DAY);
});
