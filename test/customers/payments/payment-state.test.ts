/** Refunds that fail later, and payments whose provider sends all of them with every change. */

import { describe, expect, test } from "vitest";
import type { Fact } from "../../../src/customers/fact.ts";
import { settleConversion } from "../../../src/customers/payments/settle.ts";
import { DAY, DAY_0, fact, fold, touch } from "../../support/given.ts";
import { fc } from "../../support/random.ts";

const at = (day: number) => DAY_0 + day * DAY;
const sale = fact("sale", 5, { payment: "p", click: touch("A", 0) });
const refund = (day: number, amount = 4_000) => fact("refund", day, { payment: "p", refund: "r1", amount });
const failed = (day: number) =>
  fact("refund_failed", day, { payment: "p", refund: "r1", amount: null, currency: null });
/** An update of the whole payment, received at once. */
const update = (day: number, is_paid: boolean, refunds: string[] = [], more: Parameters<typeof fact>[2] = {}) =>
  fact("sale", 5, {
    ...{ payment: "p", id: `update-${day}-${is_paid}`, received: day },
    payment_state: { at: at(day), is_paid, refunds },
    ...more,
  });
const CLICKFUNNELS = { namespace: "clickfunnels" };
const UNPAID = "The payment failed or was canceled after it had been paid.";

describe("a sale", () => {
  const stories: [string, Fact[], refunded: number, type: string | undefined, day: number | null, notes?: string[]][] =
    [
      ["is restored by a refund that fails", [sale, refund(6), failed(7)], 0, "refund_failed", 7],
      [
        "stays restored when the refund is reported again",
        [sale, refund(6), failed(7), { ...refund(6), id: "again" }],
        0,
        "refund_failed",
        7,
      ],
      [
        "is reversed by the refund that follows a failed one",
        [sale, refund(6), failed(7), { ...refund(8), id: "retry" }],
        4_000,
        "refund",
        8,
      ],
      [
        "is restored by a refund that fails in the same second, whichever id comes first",
        [sale, { ...refund(7), id: "ep:z" }, failed(7)],
        0,
        "refund_failed",
        7,
      ],
      ["ignores a failed refund that was never made", [sale, failed(7)], 0, "refund_failed", 7],
      [
        "loses only the refund that failed",
        [sale, refund(6), failed(7), fact("refund", 8, { payment: "p", refund: "r2", amount: 1_000 })],
        1_000,
        "refund",
        8,
      ],
      ["is reversed when it is no longer paid", [update(5, true), update(8, false)], 10_000, "unpaid", 8, [UNPAID]],
      ["is reversed where only its failure is known", [update(8, false)], 10_000, "unpaid", 8, [UNPAID]],
      ["is restored when it is paid again", [update(5, true), update(8, false), update(9, true)], 0, "paid_again", 9],
      [
        "keeps the time of the first unpaid state",
        [update(5, true), update(8, false), update(12, false)],
        10_000,
        "unpaid",
        8,
        [UNPAID],
      ],
      [
        "keeps the time since when it is paid again",
        [update(6, false), update(9, true), update(12, true)],
        0,
        "paid_again",
        9,
      ],
      ["counts as paid where both states have one time", [update(8, false), update(8, true)], 0, "paid_again", 8],
      [
        "gets back a refund that was deleted",
        [update(6, true, ["r1"]), refund(6), update(9, true)],
        0,
        "refund_failed",
        9,
      ],
      [
        "keeps a refund that is still there",
        [update(6, true, ["r1"]), refund(6), update(9, true, ["r1"])],
        4_000,
        "refund",
        6,
      ],
      [
        "keeps a refund of an earlier release that is newer than every state",
        [update(6, true), refund(8)],
        4_000,
        "refund",
        8,
      ],
      [
        "gets back a refund of an earlier release that is missing in a newer state",
        [update(6, true), refund(8), update(9, true)],
        0,
        "refund_failed",
        9,
      ],
      [
        "keeps a refund that the merchant sends as a generic event",
        [
          update(6, true, [], CLICKFUNNELS),
          fact("refund", 7, { payment: "clickfunnels:p", refund: "r1", amount: 4_000 }),
          update(9, true, [], CLICKFUNNELS),
        ],
        4_000,
        "refund",
        7,
      ],
      [
        "keeps a chargeback, which its shop doesn't list",
        [update(6, true), fact("chargeback", 7, { payment: "p", refund: "c1", amount: 10_000 }), update(9, true)],
        10_000,
        "chargeback",
        7,
      ],
      [
        "is reversed while it is deleted",
        [
          update(5, true),
          fact("refund", 7, {
            payment: "p",
            refund: "deleted",
            amount: null,
            currency: null,
            payment_state: { at: null, is_paid: false, refunds: [] },
          }),
        ],
        10_000,
        "unpaid",
        7,
        [UNPAID],
      ],
      [
        "is restored from the trash",
        [
          update(5, true),
          fact("refund", 7, {
            payment: "p",
            refund: "deleted",
            amount: null,
            currency: null,
            payment_state: { at: null, is_paid: false, refunds: [] },
          }),
          update(9, true),
        ],
        0,
        "paid_again",
        9,
      ],
    ];

  test.each(stories)("%s", (_, facts, refunded, reversal_type, day, notes = []) => {
    const orders = [facts, facts.toReversed(), [...facts.slice(1), ...facts.slice(0, 1)]];
    for (const arrived of orders) {
      const [conversion, ...others] = fold(arrived);
      expect(others).toEqual([]);
      expect(conversion).toMatchObject({ refunded, notes, status: refunded > 0 ? "refunded" : "recorded" });
      expect([conversion?.reversal_type, conversion?.refunded_at]).toEqual([
        reversal_type,
        day === null ? null : at(day),
      ]);
    }
  });
});

test("the latest state decides, whatever states came before and in whatever order", () => {
  const states = fc.uniqueArray(
    fc.record({ day: fc.integer({ min: 6, max: 60 }), is_paid: fc.boolean(), has_refund: fc.boolean() }),
    { minLength: 1, maxLength: 8, selector: ({ day }) => day },
  );
  fc.assert(
    fc.property(
      states.chain((drawn) => fc.shuffledSubarray(drawn, { minLength: drawn.length })),
      (drawn) => {
        const facts = drawn.flatMap(({ day, is_paid, has_refund }) => [
          update(day, is_paid, has_refund ? ["r1"] : []),
          ...(has_refund ? [{ ...refund(6), id: `refund-${day}`, received_at: at(day) }] : []),
        ]);
        const last = drawn.reduce((latest, state) => (state.day > latest.day ? state : latest));
        expect(fold(facts)[0]?.refunded).toBe(last.is_paid ? (last.has_refund ? 4_000 : 0) : 10_000);
      },
    ),
    { numRuns: 300 },
  );
});

describe("a sale without commission", () => {
  const NOTE = "The merchant pays no commission on this sale.";
  const free = { commissionable: false } as const;

  test("is one of which any event says so", () => {
    const said = fact("sale", 5, { payment: "p", id: "said", ...free });
    for (const facts of [
      [sale, said],
      [said, sale],
    ]) {
      expect(fold(facts)[0]).toMatchObject({ commissionable: false, notes: [NOTE] });
    }
    expect(fold([sale])[0]).not.toHaveProperty("commissionable");
  });

  test("is one no longer where a later state takes it back", () => {
    const before = fold([fact("sale", 5, { payment: "p", id: "said", ...free })])[0];
    const facts = [fact("sale", 5, { payment: "p", id: "said", ...free }), update(9, true)];
    expect(before).toMatchObject({ commissionable: false });
    expect(before && settleConversion(before, facts)).not.toHaveProperty("commissionable");
  });

  test("is what the latest state of the whole payment says", () => {
    expect(fold([update(6, true), update(9, true, [], free)])[0]).toMatchObject({ commissionable: false });
    expect(fold([update(9, true), update(6, true, [], free)])[0]).not.toHaveProperty("commissionable");
  });
});
