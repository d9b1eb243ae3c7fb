/** Refunds of which only the total given back is known, tax and shipping included. */

import { describe, expect, test } from "vitest";
import type { Fact } from "../../src/customers/fact.ts";
import { portionOf } from "../../src/lib/money.ts";
import { fact, fold, touch } from "../support/given.ts";
import { fc } from "../support/random.ts";

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

describe("a refund that tells only its gross", () => {
  const cases: [string, Fact[], number, string[]][] = [
    ["reverses as much of the amount as it is of the gross", [sale, byGross(6, 5_500)], 5_000, [HALF]],
    ["of a sale without one: as much as it says", [without, byGross(6, 5_500)], 5_500, []],
    [
      "of a sale without tax: as much as it says",
      [{ ...without, event: { ...without.event, gross: 10_000 } }, byGross(6, 5_500)],
      5_500,
      [],
    ],
    ["before its sale", [byGross(4, 5_500), sale], 5_000, [HALF]],
    ["told twice is one", [sale, byGross(6, 5_500), byGross(6, 5_500, { id: "again" })], 5_000, [HALF]],
    [
      "or no sum and no currency: all of it",
      [sale, byGross(6, 5_500), fact("refund", 7, { payment: "p", refund: "r7", amount: null, currency: null })],
      10_000,
      ["The sale was rejected as a whole."],
    ],
    [
      "as a total so far: the largest is all of it",
      [sale, total(7, 3_300), total(8, 5_500), total(6, 2_200)],
      5_000,
      [HALF],
    ],
    [
      "a total so far beside a chargeback",
      [sale, total(6, 5_500), chargedBack(7, 5_500)],
      10_000,
      [expect.any(String)],
    ],
    [
      "in thirds of something that has none",
      [sale, byGross(6, 3_667), byGross(7, 3_667), byGross(8, 3_666)],
      10_000,
      [expect.any(String)],
    ],
    [
      "after one that tells its amount",
      [sale, byAmount(6, 3_000), byGross(7, 5_500)],
      8_000,
      [expect.stringContaining("reverses 50.00 USD")],
    ],
    [
      "the rest, after one that tells its amount",
      [sale, byAmount(6, 3_333), byGross(7, 7_334)],
      10_000,
      [expect.stringContaining("reverses 66.67 USD")],
    ],
    [
      "the rest, after one that tells both",
      [sale, byAmount(6, 3_000, { gross: 3_400 }), byGross(7, 7_600)],
      10_000,
      [expect.any(String)],
    ],
    ["one that tells both goes by its amount", [sale, byAmount(6, 3_000, { gross: 11_000 })], 3_000, []],
    [
      "more than was paid",
      [sale, byGross(6, 5_500), byGross(7, 7_700)],
      10_000,
      [
        expect.stringMatching(/^132\.00 USD of the 110\.00 USD paid/),
        "Refunds of 120.00 USD exceed the sale of 100.00 USD; no more than the sale is reversed.",
      ],
    ],
    [
      "in another currency",
      [sale, byGross(6, 5_500, { currency: "EUR" })],
      0,
      ["A refund in EUR was not applied to a sale in USD."],
    ],
    [
      "without a currency",
      [sale, byGross(6, 5_500, { currency: null })],
      0,
      ["A refund without a currency was not applied."],
    ],
    [
      "that does not even tell that",
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
      "of a currency without minor units",
      [
        fact("sale", 5, { payment: "p", amount: 1_000, gross: 1_100, currency: "JPY" }),
        byGross(6, 333, { currency: "JPY" }),
      ],
      303,
      [expect.stringMatching(/^333 JPY of the 1100 JPY/)],
    ],
    [
      "of one with three digits",
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

  test("a chargeback by gross is undone by its being won, which need not tell an amount or a currency", () => {
    const lost = fact("chargeback", 9, { payment: "p", refund: "d1", amount: null, gross: 11_000 });
    const won = fact("chargeback_won", 12, { payment: "p", refund: "d1", amount: null, currency: null });
    expect(fold([sale, lost])[0]).toMatchObject({ refunded: 10_000, status: "refunded" });
    expect(fold([sale, lost, won])[0]).toMatchObject({ refunded: 0, status: "recorded", notes: [] });
    expect(fold([won, lost, sale])[0]).toMatchObject({ refunded: 0, status: "recorded", notes: [] });
  });

  test("the gross is kept with the sale, from whichever of its events tells it", () => {
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

/** A sale cut into parts as a provider does: each with what it is of the amount and, rounded by the provider, of the gross. */
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
      const marks = [0, ...ends.map((end) => portionOf(whole, end, 1_000))];
      return ends.map((_, index) => (marks[index + 1] ?? 0) - (marks[index] ?? 0));
    };
    const [amounts, grosses] = [cut(amount), cut(gross)];
    const refunds = ends.map((_, index) => ({
      // A refund of nothing is none, so that a part of no gross at least tells its amount.
      amount: kinds[index] === "gross" && grosses[index] !== 0 ? null : (amounts[index] ?? 0),
      gross: grosses[index] ?? 0,
    }));
    return { amount, gross, refunds };
  });

test("the parts add up to the whole exactly, whichever way each is told, and no part gives anything back", () => {
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

test("by gross alone, what is reversed is at each step the share that was given back", () => {
  fc.assert(
    fc.property(anyParts, ({ amount, gross, refunds }) => {
      const sold = fact("sale", 5, { payment: "p", amount, gross });
      const facts = refunds.map((part, index) => byGross(6 + index, part.gross));
      refunds.forEach((_, index) => {
        const given = refunds.slice(0, index + 1).reduce((sum, part) => sum + part.gross, 0);
        expect(fold([...facts.slice(0, index + 1), sold])[0]?.refunded).toBe(portionOf(amount, given, gross));
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
