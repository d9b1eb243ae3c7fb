import { expect, test } from "vitest";
import { balancesOf } from "../../src/commissions/balances.ts";
import type { LedgerEntry } from "../../src/commissions/ledger.ts";
import type { AttributedSale } from "../../src/customers/conversion.ts";
import { builderall } from "../../src/programs/presets/builderall.ts";
import { clickfunnels } from "../../src/programs/presets/clickfunnels.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import { completeTerms, type ProgramTerms } from "../../src/programs/terms.ts";
import { keepBooks } from "../support/book-keeping.ts";
import { fc } from "../support/random.ts";

const JAN_3 = Date.UTC(2026, 0, 3);
const DAY = 86_400_000;
const told = (entries: LedgerEntry[]) => entries.map((entry) => `${entry.kind} ${entry.amount}`);
const first = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ payment: { from: 1, to: 1 }, rate_bps: 10_000 }],
});

test("a payment without commission records the reason, and is corrected from there", () => {
  const second = { terms: first, payment_number: 2 };
  const { entries } = keepBooks([second, { ...second, revision: 2, payment_number: 1, amount: 9_900 }]);
  expect(told(entries)).toEqual(["commission 0", "reversal 9900"]);
  expect(entries[0]).toMatchObject({
    rule: null,
    rate_bps: null,
    reason: "The terms pay nothing for payment 2.",
  });
  expect(entries[1]).toMatchObject({ corrects: entries[0]?.id, rule: 0, rate_bps: 10_000, reason: null });
});

test("posts the difference when a sale's terms change, with the version", () => {
  const other = { ...first, rates: [{ rate_bps: 2_000 }] };
  const { entries } = keepBooks([{ terms: first }, { terms: other, terms_version: 2, revision: 2 }]);
  expect(entries).toMatchObject([
    { amount: 9_900, terms_version: 1 },
    { amount: -7_920, terms_version: 2, rate_bps: 2_000 },
  ]);
});

const tiered = { ...kartra, hold_days: 0 };
const customer = (name: string, changes: Partial<AttributedSale> = {}) => ({
  conversion: `cv_${name}`,
  customer: name,
  interval: "year",
  terms: tiered,
  ...changes,
});

const other = { ...first, tiers: null };

test("a sale without commission doesn't count toward a tier", () => {
  const sold = (name: string, changes: Partial<AttributedSale> = {}) => customer(name, { amount: 600_000, ...changes });
  const levelOf = (changes: Partial<AttributedSale>) => {
    const [a, b, c] = ["a", "b", "c"].map((name, index) =>
      sold(name, { occurred_at: JAN_3 + index * DAY, ...changes }),
    );
    if (a === undefined || b === undefined || c === undefined) throw new Error("three sales");
    const { commissionable: _, ...last } = c;
    return keepBooks([a, b, last]).entries.at(-1)?.tier;
  };
  expect(levelOf({})).not.toBe(levelOf({ commissionable: false }));
});

test("judges a sale's tier once, from the sales known then", () => {
  const { entries, sales } = keepBooks([
    customer("a"),
    customer("b", { occurred_at: JAN_3 + DAY }),
    customer("c", { occurred_at: JAN_3 + 2 * DAY, payment_number: 2 }),
    // Refunded: judged again, c would lose its tier.
    customer("a", { revision: 2, refunded: 9_900 }),
    customer("b", { revision: 2, refunded: 9_900 }),
    customer("c", { revision: 2, payment_number: 2, occurred_at: JAN_3 + 2 * DAY, refunded: 4_950 }),
  ]);
  expect(sales.get("cv_c")?.tier).toBe("tier-1");
  const ofC = entries.filter((entry) => entry.conversion === "cv_c");
  expect(ofC).toMatchObject([
    { amount: 1_980, tier: "tier-1", rule: 0 },
    { amount: -990, tier: "tier-1", kind: "reversal" },
  ]);
});

test("notes when a sale's tier was judged, and keeps that time with the tier", () => {
  const [first, second, third] = [JAN_3 + 10 * DAY, JAN_3 + 20 * DAY, JAN_3 + 30 * DAY];
  const states = [customer("a"), customer("a", { revision: 2, refunded: 4_950 }), customer("b", { terms: other })];
  const { entries, sales } = keepBooks(states, null, [first, second, third]);
  expect(entries.map(({ amount, tier, tier_at }) => [amount, tier, tier_at])).toEqual([
    [1_980, "referral", first],
    [-990, "referral", first],
    [9_900, null, null],
  ]);
  expect(sales.get("cv_a")).toMatchObject({ tier: "referral", tier_at: first });
  expect(sales.get("cv_b")).not.toHaveProperty("tier_at");
});

test("two simultaneous sales at a tier's threshold give one of the two possible orders", () => {
  const sold = [customer("b", { payment_number: 2 }), customer("c", { payment_number: 2 })];
  const start = [customer("a", { occurred_at: JAN_3 - DAY })];
  const outcomes = [sold, sold.toReversed()].map((order) => {
    const { sales } = keepBooks([...start, ...order]);
    return order.map(({ conversion }) => sales.get(conversion)?.tier);
  });
  expect(outcomes).toEqual([
    ["referral", "tier-1"],
    ["referral", "tier-1"],
  ]);
});

test("judges the tier again when new terms lack the level", () => {
  const renamed = { ...tiered, tiers: { ...tiered.tiers, levels: [{ name: "all" }] }, rates: [{ rate_bps: 100 }] };
  const terms = renamed as AttributedSale["terms"];
  const { sales } = keepBooks([customer("a"), customer("a", { revision: 2, terms, terms_version: 2 })]);
  expect(sales.get("cv_a")?.tier).toBe("all");
});

/** Terms with a bonus as terms had it before they could say when it clears: posted for good, with a hold period of its own. */
const kept = (terms: ProgramTerms) =>
  completeTerms({
    ...terms,
    milestones: terms.milestones.map(({ clears: _, reversed: __, ...milestone }) => milestone),
  });

test("by earlier terms a bonus is posted once a mark, and a refund neither takes it back nor gives it again", () => {
  const big = { terms: kept(clickfunnels), amount: 500_000 };
  const states = [
    { ...big, conversion: "cv_1" },
    { ...big, conversion: "cv_1", revision: 2, refunded: 500_000 },
    { ...big, conversion: "cv_2" },
    { ...big, conversion: "cv_3", amount: 600_000 },
  ];
  const { entries } = keepBooks(states);
  const bonuses = entries.filter(({ kind }) => kind === "bonus");
  expect(bonuses.map(({ id }) => id)).toEqual(["en_1_2_bonus_commission_100000_1", "en_1_2_bonus_commission_100000_2"]);
  expect(bonuses[0]?.clears_at).toBe(JAN_3 + 45 * DAY);
});

const three = completeTerms({
  ...builderall,
  milestones: [{ customers: 3, repeats: true, bonus: 50_000, clears: "with_sales", reversed: true }],
});
const soldOn = (name: string, day: number, changes: Partial<AttributedSale> = {}) => {
  const occurred_at = JAN_3 + day * DAY;
  return {
    conversion: `cv_${name}`,
    customer: name,
    terms: three,
    amount: 100,
    occurred_at,
    changed_at: occurred_at,
    ...changes,
  };
};
const refundOf = (name: string, day: number, on: number) =>
  soldOn(name, day, { revision: 2, refunded: 100, changed_at: JAN_3 + on * DAY });
const linesOf = (entries: LedgerEntry[]) =>
  entries
    .filter(({ kind, conversion }) => kind === "bonus" || conversion === null)
    .map(({ id, kind, amount, occurred_at, clears_at, corrects }) => [
      ...[kind, amount, (occurred_at - JAN_3) / DAY, (clears_at - JAN_3) / DAY],
      corrects ?? id.replace("en_1_2_", ""),
    ]);

test("a bonus clears with the sales that earned it, and is reversed when they are", () => {
  const sales = [soldOn("a", 0), soldOn("b", 10), soldOn("c", 5)];
  const bonus = "bonus_customers_3_1";
  const id = `en_1_2_${bonus}`;
  expect(linesOf(keepBooks(sales).entries)).toEqual([["bonus", 50_000, 5, 40, bonus]]);
  const refunded = [...sales, refundOf("a", 0, 12), refundOf("b", 10, 13), refundOf("c", 5, 14)];
  const { entries } = keepBooks(refunded);
  expect(linesOf(entries)).toEqual([
    ["bonus", 50_000, 5, 40, bonus],
    ["reversal", -50_000, 12, 40, id],
  ]);
  expect(balancesOf(entries, Number.POSITIVE_INFINITY)).toMatchObject([{ earned: 0, due: 0 }]);
  expect(entries.findLast(({ conversion }) => conversion === null)?.reason).toBe(
    "The goal of 3 customers is no longer reached.",
  );
  // Reached again, it is posted again, and clears with the sales that count now.
  const again = keepBooks([...sales, refundOf("a", 0, 12), soldOn("d", 20)]).entries;
  expect(linesOf(again)).toEqual([
    ["bonus", 50_000, 5, 40, bonus],
    ["reversal", -50_000, 12, 40, id],
    ["bonus", 50_000, 20, 50, `${bonus}_2`],
  ]);
});

test("a bonus for commission clears once that much has cleared, and one of several is reversed", () => {
  const terms = completeTerms({
    ...clickfunnels,
    tiers: null,
    rates: [{ rate_bps: 1_000 }],
    milestones: [{ commission: 1_000, repeats: true, bonus: 700, clears: "with_sales", reversed: true }],
  });
  const states = [
    soldOn("a", 0, { terms, amount: 6_000 }),
    soldOn("b", 3, { terms, amount: 6_000 }),
    soldOn("c", 9, { terms, amount: 9_000 }),
    soldOn("b", 3, { terms, amount: 6_000, revision: 2, refunded: 2_000, changed_at: JAN_3 + 20 * DAY }),
  ];
  expect(linesOf(keepBooks(states).entries)).toEqual([
    ["bonus", 700, 3, 48, "bonus_commission_1000_1"],
    ["bonus", 700, 9, 54, "bonus_commission_1000_2"],
    ["reversal", -700, 20, 54, "en_1_2_bonus_commission_1000_2"],
  ]);
});

test("a bonus is reversed too if its sales are credited to somebody else", () => {
  const sales = [soldOn("a", 0), soldOn("b", 1), soldOn("c", 2)];
  const moved = soldOn("c", 2, { revision: 2, credited: false, changed_at: JAN_3 + 9 * DAY });
  expect(linesOf(keepBooks([...sales, moved]).entries).map(([kind]) => kind)).toEqual(["bonus", "reversal"]);
});

test("a bonus for customers counts each customer once", () => {
  const sales = Array.from({ length: 150 }, (_, n) => ({
    terms: builderall,
    conversion: `cv_${n}`,
    customer: `c${n % 100}`,
  }));
  expect(keepBooks(sales.slice(0, 99)).entries.some(({ kind }) => kind === "bonus")).toBe(false);
  expect(keepBooks(sales).entries.filter(({ kind }) => kind === "bonus")).toMatchObject([{ amount: 50_000 }]);
  // A bonus that does not repeat is not posted for another hundred.
  const more = sales.map((sale, n) => ({ ...sale, conversion: `cv_more_${n}`, customer: `more ${n}` }));
  expect(keepBooks([...sales, ...more]).entries.filter(({ kind }) => kind === "bonus")).toHaveLength(1);
});

test("sends credited payments under second-tier terms, and all later changes, to the sponsor's account", () => {
  const tellings = [{}, { terms: kartra }].map((state) => keepBooks([state], 9).sales.get("cv_1")?.told_sponsor);
  expect(tellings).toEqual([false, true]);
  expect(keepBooks([{ terms: kartra }], null).sales.get("cv_1")?.told_sponsor).toBe(false);
  expect(keepBooks([{ terms: kartra, credited: false }], 9).sales.get("cv_1")?.told_sponsor).toBe(false);
});

/** A few sales in two currencies; each state of a sale has the next revision. */
const stories = fc
  .array(
    fc.record({
      sale: fc.integer({ min: 1, max: 4 }),
      refunded: fc.integer({ min: 0, max: 9_900 }),
      credited: fc.boolean(),
      day: fc.integer({ min: 0, max: 90 }),
    }),
    { minLength: 1, maxLength: 16 },
  )
  .map((states) =>
    states.map(({ sale, day, ...state }, index) => ({
      ...state,
      conversion: `cv_${sale}`,
      currency: sale % 2 === 0 ? "EUR" : "USD",
      revision: index + 1,
      changed_at: JAN_3 + day * DAY,
    })),
  );

test("balances match the entries at any time in each currency", () => {
  fc.assert(
    fc.property(stories, fc.integer({ min: -1, max: 120 }), (states, day) => {
      const at = JAN_3 + day * DAY;
      const { entries } = keepBooks(states);
      const payout = { kind: "payout" as const, amount: -500, currency: "USD", occurred_at: JAN_3, clears_at: JAN_3 };
      const all = [...entries, payout];
      for (const { earned, reserve, due, paid, currency } of balancesOf(all, at)) {
        const own = all.filter((entry) => entry.currency === currency && entry.occurred_at <= at);
        const sum = (kinds: string[]) =>
          own.reduce((total, { kind, amount }) => total + (kinds.includes(kind) ? amount : 0), 0);
        expect(earned).toBe(sum(["commission", "reversal"]));
        expect(paid).toBe(-sum(["payout"]) + 0);
        expect(earned - paid).toBe(reserve + due);
      }
    }),
  );
});

test("late, repeated or shuffled states give the same sums, by the newest state of each sale", () => {
  const shuffled = stories.chain((states) =>
    fc.record({ states: fc.constant(states), order: fc.shuffledSubarray([...states, ...states], { minLength: 1 }) }),
  );
  fc.assert(
    fc.property(shuffled, ({ states, order }) => {
      const sums = (told: typeof states) => {
        const { entries } = keepBooks(told);
        return Object.fromEntries(
          Object.entries(Object.groupBy(entries, ({ conversion }) => conversion ?? "")).map(([name, own = []]) => [
            name,
            own.reduce((sum, { amount }) => sum + amount, 0),
          ]),
        );
      };
      const withAll = sums([...order, ...states]);
      const inOrder = sums(states);
      for (const name of new Set([...Object.keys(withAll), ...Object.keys(inOrder)])) {
        expect(withAll[name] ?? 0).toBe(inOrder[name] ?? 0);
      }
    }),
  );
});

test("any number of partial refunds reverses the whole commission", () => {
  const parts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(parts, (amounts) => {
      const amount = amounts.reduce((sum, part) => sum + part, 0);
      let refunded = 0;
      const states = amounts.map((part, index) => {
        refunded += part;
        return { amount, refunded, revision: index + 2 };
      });
      const { entries } = keepBooks([{ amount }, ...states]);
      expect(entries.reduce((sum, entry) => sum + entry.amount, 0)).toBe(0);
    }),
  );
});
