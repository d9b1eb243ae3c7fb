/** Refunds that report only the total refunded, including tax and shipping. */

import { describe, expect, test } from "vitest";
import type { Fact } from "../../../src/customers/fact.ts";
import { portionOf } from "../../../src/lib/money.ts";
import { fact, fold, touch } from "../../support/given.ts";
import { fc } from "../../support/random.ts";

const sale = fact("sale", 5, { payment: "p", click: touch("A", 0), amount: 10_000, gross: 11_000 });
const without = fact("sale", 5, { payment: "p", click: touch("A", 0), amount: 10_000 });
const byGross = (day: number, gross: number, changes: Parameters<typeof fact>[2] = {}) =>
  fact("refund", day, { payment: "p", refund: `r${day}`, amount: null, gross, ...changes });
const total = (day: number, gross: number) => byGross(day, gross, { refund: `total:${gross}`, cumulative: true });
const chargedBack = (day: number, gross: number) =>
  fact("chargeback", day, { payment: "p", refund: `c${day}`, amount: null, gross });
const byAmount = (day: number, amount: number, changes: Parameters<typeof fact>[2] = {}) =>
  fact("refund", day, { payment: "p", refund: `r${day}`, amount, ...changes });
const HALF =
  "55.00 USD of the 110.00 USD paid with tax and shipping were refunded, which reverses 50.00 USD of the sale of 100.00 USD.";

describe("a refund with only a gross amount", () => {
  const cases: [string, Fact[], number, string[]][] = [
    ["reverses the same share of the amount as of the gross", [sale, byGross(6, 5_500)], 5_000, [HALF]],
    ["reverses its full gross for a sale without one", [without, byGross(6, 5_500)], 5_500, []],
    [
      "reverses its full gross for a sale without tax",
      [{ ...without, event: { ...without.event, gross: 10_000 } }, byGross(6, 5_500)],
      5_500,
      [],
    ],
    ["is applied when it arrives before its sale", [byGross(4, 5_500), sale], 5_000, [HALF]],
    ["is counted once when repeated", [sale, byGross(6, 5_500), byGross(6, 5_500, { id: "again" })], 5_000, [HALF]],
    [
      "reverses the whole sale without an amount and a currency",
      [sale, byGross(6, 5_500), fact("refund", 7, { payment: "p", refund: "r7", amount: null, currency: null })],
      10_000,
      ["The sale was rejected as a whole."],
    ],
    [
      "counts the largest of several cumulative totals",
      [sale, total(7, 3_300), total(8, 5_500), total(6, 2_200)],
      5_000,
      [HALF],
    ],
    [
      "adds a chargeback to a cumulative total",
      [sale, total(6, 5_500), chargedBack(7, 5_500)],
      10_000,
      [expect.any(String)],
    ],
    [
      "reverses the whole amount in three uneven thirds",
      [sale, byGross(6, 3_667), byGross(7, 3_667), byGross(8, 3_666)],
      10_000,
      [expect.any(String)],
    ],
    [
      "follows a refund with an amount",
      [sale, byAmount(6, 3_000), byGross(7, 5_500)],
      8_000,
      [expect.stringContaining("reverses 50.00 USD")],
    ],
    [
      "reverses the rest after a refund with an amount",
      [sale, byAmount(6, 3_333), byGross(7, 7_334)],
      10_000,
      [expect.stringContaining("reverses 66.67 USD")],
    ],
    [
      "reverses the rest after a refund with both amounts",
      [sale, byAmount(6, 3_000, { gross: 3_400 }), byGross(7, 7_600)],
      10_000,
      [expect.any(String)],
    ],
    ["is not used where the refund also has an amount", [sale, byAmount(6, 3_000, { gross: 11_000 })], 3_000, []],
    [
      "reverses no more than the sale",
      [sale, byGross(6, 5_500), byGross(7, 7_700)],
      10_000,
      [
        expect.stringMatching(/^132\.00 USD of the 110\.00 USD paid/),
        "Refunds of 120.00 USD exceed the sale of 100.00 USD; no more than the sale is reversed.",
      ],
    ],
    [
      "is not applied in another currency",
      [sale, byGross(6, 5_500, { currency: "EUR" })],
      0,
      ["A refund in EUR was not applied to a sale in USD."],
    ],
    [
      "is not applied without a currency",
      [sale, byGross(6, 5_500, { currency: null })],
      0,
      ["A refund without a currency was not applied."],
    ],
    [
      "is not applied without any amount",
      [sale, byGross(6, 0, { gross: null })],
      0,
      ["A refund without an amount was not applied."],
    ],
    [
      "of less than nothing, as earlier releases stored it",
      [sale, byGross(6, -126_205), byAmount(7, -1), byGross(8, Number.POSITIVE_INFINITY)],
      0,
      Array(3).fill("A refund with an invalid amount was not applied."),
    ],
    [
      "of less than nothing beside a valid one",
      [sale, byGross(6, -126_205), byGross(7, 5_500)],
      5_000,
      ["A refund with an invalid amount was not applied.", HALF],
    ],
    [
      "of a sale of nothing",
      [fact("sale", 5, { payment: "p", amount: 0 }), byGross(6, 500)],
      0,
      [expect.stringContaining("exceed the sale of 0.00 USD")],
    ],
    [
      "is rounded in a currency without minor units",
      [
        fact("sale", 5, { payment: "p", amount: 1_000, gross: 1_100, currency: "JPY" }),
        byGross(6, 333, { currency: "JPY" }),
      ],
      303,
      [expect.stringMatching(/^333 JPY of the 1100 JPY/)],
    ],
    [
      "is rounded in a currency with three decimals",
      [
        fact("sale", 5, { payment: "p", amount: 1_000, gross: 1_100, currency: "KWD" }),
        byGross(6, 550, { currency: "KWD" }),
      ],
      500,
      [expect.stringContaining("reverses 0.500 KWD of the sale of 1.000 KWD")],
    ],
  ];
  test.each(cases)("%s", (_, facts, refunded, notes) => {
    for (const arrived of [facts, facts.toReversed()]) {
      const [conversion, ...others] = fold(arrived);
      expect([conversion?.refunded, conversion?.notes, others]).toEqual([refunded, notes, []]);
      expect(conversion?.status).toBe(refunded > 0 ? "refunded" : "recorded");
    }
  });

  test("a won chargeback restores one by gross, even without an amount or a currency", () => {
    const lost = fact("chargeback", 9, { payment: "p", refund: "d1", amount: null, gross: 11_000 });
    const won = fact("chargeback_won", 12, { payment: "p", refund: "d1", amount: null, currency: null });
    expect(fold([sale, lost])[0]).toMatchObject({ refunded: 10_000, status: "refunded" });
    expect(fold([sale, lost, won])[0]).toMatchObject({ refunded: 0, status: "recorded", notes: [] });
    expect(fold([won, lost, sale])[0]).toMatchObject({ refunded: 0, status: "recorded", notes: [] });
  });

  test("the sale keeps the first gross that any of its events reports", () => {
    expect(fold([sale])[0]?.gross).toBe(11_000);
    const other = fact("sale", 6, { payment: "p", id: "other", gross: 11_000 });
    const later = fact("sale", 7, { payment: "p", id: "third", gross: 12_000 });
    for (const facts of [
      [without, other, later],
      [later, other, without],
    ]) {
      expect(fold(facts)[0]?.gross).toBe(11_000);
    }
  });
});

/** A sale refunded in parts, as by a provider: each with its share of the amount and of the gross, rounded by the provider. */
const anyParts = fc
  .record({
    amount: fc.integer({ min: 1, max: 10_000_000 }),
    tax_bps: fc.integer({ min: 0, max: 4_000 }),
    cuts: fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 6 }),
    kinds: fc.array(fc.constantFrom("gross", "both"), { minLength: 7, maxLength: 7 }),
  })
  .map(({ amount, tax_bps, cuts, kinds }) => {
    const gross = amount + portionOf(amount, tax_bps, 10_000);
    const ends = [...cuts.sort((a, b) => a - b), 1_000];
    const cut = (whole: number) => {
      const bounds = [0, ...ends.map((end) => portionOf(whole, end, 1_000))];
      return ends.map((_, index) => (bounds[index + 1] ?? 0) - (bounds[index] ?? 0));
    };
    const [amounts, grosses] = [cut(amount), cut(gross)];
    const refunds = ends.map((_, index) => ({
      // A refund of zero is no refund, so a part with a zero gross has its amount.
      amount: kinds[index] === "gross" && grosses[index] !== 0 ? null : (amounts[index] ?? 0),
      gross: grosses[index] ?? 0,
    }));
    return { amount, gross, refunds };
  });

test("partial refunds add up exactly to the whole, by amount or by gross, and none lowers the total", () => {
  fc.assert(
    fc.property(anyParts, ({ amount, gross, refunds }) => {
      const sold = fact("sale", 5, { payment: "p", amount, gross });
      const facts = refunds.map((changes, index) => byAmount(6 + index, 0, changes));
      const steps = facts.map((_, index) => fold([sold, ...facts.slice(0, index + 1)])[0]?.refunded ?? 0);
      expect(steps.at(-1)).toBe(amount);
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(fold([sold, ...facts])[0]?.notes.filter((note) => note.includes("exceed"))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("refunds by gross alone reverse the refunded share at each step", () => {
  fc.assert(
    fc.property(anyParts, ({ amount, gross, refunds }) => {
      const sold = fact("sale", 5, { payment: "p", amount, gross });
      const facts = refunds.map((part, index) => byGross(6 + index, part.gross));
      refunds.forEach((_, index) => {
        const refunded = refunds.slice(0, index + 1).reduce((sum, part) => sum + part.gross, 0);
        expect(fold([...facts.slice(0, index + 1), sold])[0]?.refunded).toBe(portionOf(amount, refunded, gross));
      });
    }),
    { numRuns: 200 },
  );
});

test("whatever is reported, between nothing and the whole sale is reversed", () => {
  const units = fc.option(fc.oneof(fc.integer({ min: -20_000, max: 20_000 }), fc.maxSafeInteger()));
  const part = fc.record({
    type: fc.constantFrom("refund" as const, "chargeback" as const, "chargeback_won" as const),
    amount: units,
    gross: units,
    cumulative: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const facts = parts.map(({ type, ...changes }, index) =>
        fact(type, 6 + index, { payment: "p", refund: `r${index % 3}`, ...changes }),
      );
      const { refunded = Number.NaN } = fold([sale, ...facts])[0] ?? {};
      expect(refunded).toBeGreaterThanOrEqual(0);
      expect(refunded).toBeLessThanOrEqual(10_000);
    }),
    { numRuns: 500 },
  );
});
