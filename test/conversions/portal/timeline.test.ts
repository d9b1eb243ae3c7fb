import { describe, expect, test } from "vitest";
import { buildTimeline } from "../../../src/conversions/portal/timeline.ts";
import type { ConversionRecord } from "../../../src/customers/conversion.ts";
import { makeRecord } from "../../support/make-record.ts";
import { fc } from "../../support/random.ts";

const DAY = 86_400_000;
const SOLD = 3_600_000_000;

const touch = {
  click_id: "c",
  source: "click",
  clicked_at: SOLD - 2 * DAY,
  affiliate_id: 1,
  affiliate: "ann",
  link_id: 1,
  link: "ann-link",
  channel: null,
  coupon: null,
} as const;

const entry = (number: number, kind: string, amount: number, day: number, reason: string | null = null) => ({
  number,
  kind,
  amount,
  currency: "USD",
  reason,
  occurred_at: SOLD + day * DAY,
  clears_at: SOLD + 30 * DAY,
  corrects: kind === "reversal" ? "en_1" : null,
});

/** The steps, one per line: days after the sale, name, change, and `?` for upcoming ones. */
function tell(record: ConversionRecord, entries: ReturnType<typeof entry>[], day: number): string[] {
  return buildTimeline(record, entries, [], SOLD + day * DAY).map(
    ({ at, name, change, is_upcoming }) =>
      `${Math.round((at - SOLD) / DAY)} ${name}${change === null ? "" : ` ${change.amount}`}${is_upcoming ? " ?" : ""}`,
  );
}

const record = (changes: Partial<ConversionRecord> = {}, credit: Partial<ConversionRecord["credit"]> = {}) =>
  makeRecord({ touch, ...credit }, { occurred_at: SOLD, ...changes });

describe("the timeline", () => {
  const paid = entry(1, "commission", 3_960, 0);

  test("of a sale during and after its hold period", () => {
    expect(tell(record(), [paid], 1)).toEqual(["-2 Click", "0 Sale", "0 Commission 3960", "30 Hold period ends ?"]);
    expect(tell(record(), [paid], 31)).toEqual(["-2 Click", "0 Sale", "0 Commission 3960", "30 Hold period ended"]);
  });

  test("of a paid commission, with its statement", () => {
    const statement = {
      ...{ id: "st_1_2_3", program_id: 1, affiliate_id: 2, number: 3, run: "run_1", month: "1970-03", currency: "USD" },
      ...{
        opening: 0,
        entries: [],
        total: 8_000,
        payable: 8_000,
        blocked: [],
        drafted_at: SOLD + 40 * DAY,
        revision: 2,
      },
      ...{ status: "paid" as const, changed_at: SOLD + 41 * DAY, payment: "en_9", returned: null, reason: null },
    };
    const steps = buildTimeline(record(), [paid], [statement], SOLD + 50 * DAY);
    expect(steps.map(({ name }) => name).slice(3)).toEqual(["Hold period ended", "Statement 3: paid"]);
    expect(steps.at(-1)).toMatchObject({ statement: 3, is_upcoming: false, change: null });
    expect(steps.at(-1)?.detail).toMatch(/^\$80\.00 was paid on /);
  });

  test("of partial and full refunds, after which nothing becomes due", () => {
    const parts = [paid, entry(2, "reversal", -1_320, 3), entry(3, "reversal", -2_640, 5)];
    const partly = record({ status: "refunded", refunded: 3_300, refunded_at: SOLD + 3 * DAY });
    expect(tell(partly, parts.slice(0, 2), 4)).toEqual([
      "-2 Click",
      "0 Sale",
      "0 Commission 3960",
      "3 Refund or chargeback -1320",
      "30 Hold period ends ?",
    ]);
    const wholly = record({ status: "refunded", refunded: 9_900, refunded_at: SOLD + 5 * DAY });
    expect(tell(wholly, parts, 6).slice(3)).toEqual(["3 Refund or chargeback -1320", "5 Refund or chargeback -2640"]);
    expect(buildTimeline(wholly, parts, [], SOLD + 6 * DAY).at(-1)?.detail).toBe("$99.00 of $99.00 refunded in total");
  });

  test("names what caused each correction", () => {
    const corrections = [
      paid,
      entry(2, "reversal", -1_320, 3, "Refund."),
      entry(3, "reversal", -2_640, 5, "Chargeback."),
      entry(4, "reversal", 2_640, 9, "Chargeback won."),
      entry(5, "reversal", -660, 10, "Recalculated because an event arrived late."),
      entry(6, "reversal", -1_980, 11, "Dispute decided."),
    ];
    const sale = record({ status: "refunded", refunded: 3_300, refunded_at: SOLD + 9 * DAY });
    expect(tell(sale, corrections, 12).slice(3)).toEqual([
      "3 Refund -1320",
      "5 Chargeback -2640",
      "9 Chargeback won 2640",
      "10 Recalculated because an event arrived late -660",
      "11 Dispute decided -1980",
    ]);
    expect(buildTimeline(sale, corrections, [], SOLD + 12 * DAY)[5]?.detail).toBe("$33.00 of $99.00 refunded in total");
  });

  test("of a won chargeback, a restored credit and a dispute", () => {
    const won = [paid, entry(2, "reversal", -3_960, 3), entry(3, "reversal", 3_960, 9)];
    expect(tell(record({ refunded_at: SOLD + 9 * DAY }), won, 10).slice(3, 5)).toEqual([
      "3 Refund or chargeback -3960",
      "9 Reversal undone 3960",
    ]);
    const moved = [paid, entry(2, "reversal", -3_960, 0), entry(3, "reversal", 3_960, 0)];
    const ruling = { touch, ruled_at: SOLD + 2 * DAY, reason: "They held the demo" };
    expect(tell(record({}, { ruling }), moved, 3)).toEqual([
      "-2 Click",
      "0 Sale",
      "0 Commission 3960",
      "0 Correction -3960",
      "0 Reversal undone 3960",
      "2 Dispute decided by the merchant",
      "30 Hold period ends ?",
    ]);
  });

  test("of conversions without commission, and of credits without a click", () => {
    expect(tell(record({ type: "lead", amount: null, currency: null }), [], 1)).toEqual(["-2 Click", "0 Lead"]);
    const named = { touch: { ...touch, source: "referral", link: null, link_id: null } } as const;
    expect(tell(record({}, named), [], 1)[0]).toBe("-2 Referral reported by the merchant");
    const coupon = { touch: { ...touch, source: "coupon", coupon: "SAVE", link: null, link_id: null } } as const;
    expect(buildTimeline(record({}, coupon), [], [], SOLD)[0]).toMatchObject({
      name: "Coupon used",
      detail: "coupon SAVE",
    });
  });

  test("is always in order, contains every entry once, and ends with upcoming steps", () => {
    const kinds = fc.constantFrom("commission", "reversal");
    const drawn = fc.tuple(kinds, fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: -3, max: 40 }));
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 8 }), fc.integer({ min: -5, max: 60 }), (some, day) => {
        const entries = some.map(([kind, amount, at], place) => entry(place + 1, kind, amount, at));
        const steps = buildTimeline(record(), entries, [], SOLD + day * DAY);
        for (const [place, step] of steps.entries()) {
          const before = steps[place - 1];
          if (before !== undefined) expect(before.at).toBeLessThanOrEqual(step.at);
          expect(step.is_upcoming).toBe(step.at > SOLD + day * DAY);
        }
        const sum = steps.reduce((total, { change }) => total + (change?.amount ?? 0), 0);
        expect(sum).toBe(entries.reduce((total, { amount }) => total + amount, 0));
      }),
    );
  });
});
