import { describe, expect, test } from "vitest";
import type { UnchainedEntry } from "../../src/commissions/ledger.ts";
import { postOverride, postSale } from "../../src/commissions/post-sale.ts";
import type { AttributedSale } from "../../src/customers/conversion.ts";
import { portionOf, shareOf } from "../../src/lib/money.ts";
import { carrot } from "../../src/programs/presets/carrot.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import { attributedSale } from "../support/given.ts";
import { fc } from "../support/random.ts";

const base = attributedSale();

/** Posts one state after the other, as the Account object does. */
function post(...states: Partial<AttributedSale>[]): UnchainedEntry[] {
  const entries: UnchainedEntry[] = [];
  for (const state of states) {
    let number = entries.length;
    const next = () => {
      number += 1;
      return { number, id: `en_${number}` };
    };
    entries.push(...postSale({ ...base, ...state }, { entries, tier: null, program_currency: "USD", next }));
  }
  return entries;
}
const told = (entries: UnchainedEntry[]) => entries.map((entry) => `${entry.kind} ${entry.amount}`);
const sum = (entries: UnchainedEntry[]) => entries.reduce((total, entry) => total + entry.amount, 0);
const day = (ms: number | undefined) => new Date(ms ?? 0).toISOString().slice(0, 10);

describe("money", () => {
  const shares: [number, number, number][] = [
    [9_900, 4_000, 3_960],
    [10_000, 2_500, 2_500],
    [118_800, 2_000, 23_760],
    [1, 5_000, 1],
    [1, 4_999, 0],
    [3, 5_000, 2],
    [0, 4_000, 0],
    [Number.MAX_SAFE_INTEGER, 10_000, Number.MAX_SAFE_INTEGER],
  ];
  test.each(shares)("%d at %d basis points are %d", (amount, rate, share) => {
    expect(shareOf(amount, rate)).toBe(share);
  });

  test("a portion grows with its part up to the whole", () => {
    const amounts = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 1e12 }), fc.nat(), (amount, whole, seed) => {
        const part = seed % (whole + 1);
        expect(portionOf(amount, whole, whole)).toBe(amount);
        expect(portionOf(amount, 0, whole)).toBe(0);
        expect(portionOf(amount, part, whole)).toBeLessThanOrEqual(amount);
      }),
    );
  });
});

describe("the ledger", () => {
  test("no correction makes a sale earn more than at first", () => {
    const entries = post({ amount: 9_900 }, { amount: 9_900, revision: 2, refunded: -1_000_000 });
    expect(told(entries)).toEqual(["commission 3960"]);
    const over = post({ amount: 9_900 }, { amount: 9_900, revision: 2, refunded: 1_000_000 });
    expect(sum(over)).toBe(0);
  });

  test("kartra-classic: $99.00 monthly for 12 months earns 39.60 each, 475.20 in all", () => {
    const year = Array.from({ length: 12 }, () => post({ amount: 9_900 })).flat();
    expect(new Set(year.map((entry) => entry.amount))).toEqual(new Set([3_960]));
    expect(sum(year)).toBe(47_520);
  });

  test("carrot: $100.00 monthly for 36 months earns 25.00 each, 900.00 in all", () => {
    const years = Array.from({ length: 36 }, () => post({ amount: 10_000, terms: carrot })).flat();
    expect(new Set(years.map((entry) => entry.amount))).toEqual(new Set([2_500]));
    expect(sum(years)).toBe(90_000);
  });

  const holds: [string, typeof carrot, string, string][] = [
    ["carrot", carrot, "2026-01-31", "2026-03-02"],
    ["kartra-classic", kartraClassic, "2026-01-03", "2026-02-17"],
    ["kartra-classic", kartraClassic, "2026-01-17", "2026-03-03"],
    ["carrot in a leap year", carrot, "2028-02-01", "2028-03-02"],
  ];
  test.each(holds)("%s: clears after its hold", (_, terms, occurred, clears) => {
    const [entry] = post({ terms, occurred_at: Date.parse(occurred) });
    expect(day(entry?.clears_at)).toBe(clears);
  });

  test("a full refund restores the earlier balance and names the entry it corrects", () => {
    const entries = post({}, { revision: 2, refunded: 9_900, changed_at: Date.UTC(2026, 0, 9) });
    expect(told(entries)).toEqual(["commission 3960", "reversal -3960"]);
    expect(entries[1]).toMatchObject({ corrects: "en_1", clears_at: entries[0]?.clears_at });
    expect(day(entries[1]?.occurred_at)).toBe("2026-01-09");
  });

  test("the reversals of a payment refunded in thirds add up exactly to the commission", () => {
    const states = [3_333, 6_666, 9_999].map((refunded, n) => ({ amount: 9_999, refunded, revision: n + 2 }));
    const entries = post({ amount: 9_999 }, ...states);
    expect(told(entries)).toEqual(["commission 4000", "reversal -1333", "reversal -1334", "reversal -1333"]);
    expect(sum(entries)).toBe(0);
  });

  test("a refund that arrives before its sale posts both", () => {
    expect(told(post({ refunded: 4_950 }))).toEqual(["commission 3960", "reversal -1980"]);
  });

  test("a credit that moves away is reversed, and restored when it returns", () => {
    expect(told(post({}, { credited: false }, { credited: true }))).toEqual([
      "commission 3960",
      "reversal -3960",
      "reversal 3960",
    ]);
  });

  test("a sale without commission earns 0, and says so", () => {
    const [entry, ...others] = post({ commissionable: false });
    expect([entry?.amount, entry?.rule, entry?.base_amount, others]).toEqual([0, null, 9_900, []]);
    expect(entry?.reason).toBe("The merchant pays no commission on this sale.");
  });

  test("a sale without commission earns its sponsor nothing", () => {
    const terms = { ...carrot, second_tier: { rate_bps: 1_000, payments: "every" as const, hold_days: 0 } };
    const override = (changes: Partial<AttributedSale>) =>
      postOverride(
        { sale: { ...base, terms, ...changes }, sponsor_id: 9 },
        { entries: [], approved: true, next: () => ({ number: 1, id: "en_1" }) },
      );
    expect(told(override({}))).toEqual(["override 990"]);
    expect(override({ commissionable: false })).toEqual([]);
  });

  test("a commission is reversed when the merchant pays none after all", () => {
    const entries = post({}, { revision: 2, commissionable: false, cause: "no_commission" });
    expect(told(entries)).toEqual(["commission 3960", "reversal -3960"]);
    expect(entries[1]?.reason).toBe("The merchant pays no commission on this sale.");
  });

  test.each([
    ["refund_failed", "The refund failed or was canceled."],
    ["unpaid", "The payment failed or was canceled."],
    ["paid_again", "The payment was made after all."],
  ] as const)("a correction states its cause: %s", (cause, reason) => {
    const entries = post({}, { revision: 2, refunded: 9_900, cause });
    expect(entries[1]).toMatchObject({ amount: -3_960, reason });
  });

  test("posts nothing for an uncredited sale", () => {
    expect(post({ credited: false })).toEqual([]);
    expect(post({ amount: 0 })).toEqual([]);
  });

  test("each entry records its source", () => {
    expect(post({})[0]).toMatchObject({
      base_amount: 9_900,
      rate_bps: 4_000,
      terms_version: 1,
      conversion: "cv_1",
      currency: "USD",
    });
  });

  test("a sale's entries add up to the commission of its last state", () => {
    const state = fc.record({ refunded: fc.integer({ min: 0, max: 9_900 }), credited: fc.boolean() });
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 8 }), (states) => {
        const last = states.at(-1);
        const earned = last?.credited ? 3_960 - portionOf(3_960, last.refunded, 9_900) : 0;
        expect(sum(post(...states))).toBe(earned);
      }),
    );
  });
});
