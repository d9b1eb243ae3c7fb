import { describe, expect, test } from "vitest";
import { fillSlots } from "../../../src/insights/portal/slots.ts";
import { toIsoDay } from "../../../src/lib/calendar.ts";
import {
  countDays,
  nameComparison,
  namePeriod,
  PERIODS,
  type PeriodName,
  periodParams,
  readPeriod,
} from "../../../src/portal/layout/period.ts";
import { fc } from "../../support/random.ts";

const MS_PER_DAY = 86_400_000;
const show = ({ first_day, last_day }: { first_day: number; last_day: number }) =>
  `${toIsoDay(first_day)}..${toIsoDay(last_day)}`;

describe("periods and their comparisons", () => {
  test.each([
    ["2026-03-31T23:59:59Z", "today", "2026-03-31..2026-03-31", "2026-03-30..2026-03-30"],
    ["2026-03-31T00:00:00Z", "7d", "2026-03-25..2026-03-31", "2026-03-18..2026-03-24"],
    ["2026-03-31T12:00:00Z", "30d", "2026-03-02..2026-03-31", "2026-01-31..2026-03-01"],
    ["2026-03-31T12:00:00Z", "90d", "2026-01-01..2026-03-31", "2025-10-03..2025-12-31"],
    ["2026-03-15T12:00:00Z", "month", "2026-03-01..2026-03-15", "2026-02-01..2026-02-15"],
    // February has no 31st, so it is compared in full.
    ["2026-03-31T12:00:00Z", "month", "2026-03-01..2026-03-31", "2026-02-01..2026-02-28"],
    ["2026-01-05T12:00:00Z", "month", "2026-01-01..2026-01-05", "2025-12-01..2025-12-05"],
    ["2026-01-05T12:00:00Z", "last-month", "2025-12-01..2025-12-31", "2025-11-01..2025-11-30"],
    ["2024-02-29T12:00:00Z", "year", "2024-01-01..2024-02-29", "2023-01-01..2023-02-28"],
    ["2026-11-27T12:00:00Z", "year", "2026-01-01..2026-11-27", "2025-01-01..2025-11-27"],
  ])("at %s, %s is %s, compared with %s", (now, period, range, before) => {
    const read = readPeriod({ period }, Date.parse(now));
    expect([show(read), show(read.comparison), read.error]).toEqual([range, before, null]);
  });

  test("custom days", () => {
    const now = Date.parse("2026-03-31T12:00:00Z");
    const read = readPeriod({ period: "custom", from: "2026-02-10", to: "2026-02-19" }, now);
    expect([show(read), show(read.comparison)]).toEqual(["2026-02-10..2026-02-19", "2026-01-31..2026-02-09"]);
    expect(namePeriod(read, toIsoDay)).toBe("2026-02-10 – 2026-02-19");
    expect(nameComparison(read)).toBe("the previous 10 days");
    expect(periodParams(read)).toEqual({ period: "custom", from: "2026-02-10", to: "2026-02-19" });
  });

  test.each([
    ["2026-02-20", "2026-02-19", "must be on or before"],
    ["2026-02-31", "2026-03-01", "Enter a first and a last day"],
    ["", "2026-03-01", "Enter a first and a last day"],
    [undefined, undefined, "Enter a first and a last day"],
    ["<script>", "2026-03-01", "Enter a first and a last day"],
    ["2025-01-01", "2026-01-02", "at most 366"],
    ["2026-04-01", "2026-04-02", "must not be in the future"],
  ])("rejects %s to %s and explains why", (from, to, error) => {
    const read = readPeriod({ period: "custom", from, to }, Date.parse("2026-03-31T12:00:00Z"));
    expect(read.error).toContain(error);
    expect([read.name, countDays(read)]).toEqual(["30d", 30]);
  });

  test.each([undefined, "", "31", "30D", "<b>", "__proto__", "custom "])("%s is the last 30 days", (period) => {
    expect(readPeriod({ period }, Date.parse("2026-03-31T12:00:00Z"))).toMatchObject({ name: "30d", error: null });
  });

  test("the comparison always ends before the period begins, and both end by today", () => {
    const time = fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2099, 11, 31) });
    fc.assert(
      fc.property(time, fc.constantFrom<PeriodName>(...PERIODS), (now, name) => {
        const { first_day, last_day, comparison } = readPeriod({ period: name }, now);
        expect(comparison.first_day).toBeLessThanOrEqual(comparison.last_day);
        expect(comparison.last_day).toBeLessThan(first_day);
        expect(first_day).toBeLessThanOrEqual(last_day);
        expect(last_day).toBeLessThanOrEqual(Math.floor(now / MS_PER_DAY));
      }),
    );
  });

  test("the URL keeps the period", () => {
    const now = Date.parse("2026-03-31T12:00:00Z");
    for (const period of PERIODS) {
      const read = readPeriod({ period, from: "2026-01-01", to: "2026-01-02" }, now);
      expect(readPeriod(periodParams(read), now)).toEqual(read);
    }
  });
});

describe("chart columns", () => {
  const day = 20_000;

  test("are the hours of a day, days, or the weeks of a long period", () => {
    const unit = (days: number) => {
      const { unit: name, slots } = fillSlots({ first_day: day - days + 1, last_day: day }, { clicks: [], sales: [] });
      return [name, slots.length];
    };
    expect([1, 2, 90, 124, 125, 366].map(unit)).toEqual([
      ["hour", 24],
      ["day", 2],
      ["day", 90],
      ["day", 124],
      ["week", 18],
      ["week", 53],
    ]);
  });

  test("contain all counts of the period once, and no others", () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 366 }), fc.integer({ min: 0, max: 1_000 }));
    const hits = fc.array(fc.integer({ min: (day - 400) * MS_PER_DAY, max: (day + 2) * MS_PER_DAY }));
    fc.assert(
      fc.property(range, hits, ([days, back], times) => {
        const first_day = day - back - days + 1;
        const last_day = day - back;
        const rows = times.map((at) => ({ at, count: 1 }));
        const inside = times.filter((at) => at >= first_day * MS_PER_DAY && at < (last_day + 1) * MS_PER_DAY).length;
        const { slots } = fillSlots({ first_day, last_day }, { clicks: rows, sales: rows });
        expect(slots.reduce((sum, slot) => sum + slot.clicks, 0)).toBe(inside);
        expect(slots.reduce((sum, slot) => sum + slot.sales, 0)).toBe(inside);
        expect(slots[0]?.at).toBe(first_day * MS_PER_DAY);
        expect(slots.map((slot) => slot.at)).toEqual(slots.map((slot) => slot.at).toSorted((a, b) => a - b));
      }),
    );
  });

  test("assign clicks to the right column", () => {
    const at = day * MS_PER_DAY + 13 * 3_600_000;
    const { slots } = fillSlots({ first_day: day, last_day: day }, { clicks: [{ at, count: 5 }], sales: [] });
    expect(slots.findIndex((slot) => slot.clicks === 5)).toBe(13);
  });

  test("add up earnings by currency, reversals included", () => {
    const at = day * MS_PER_DAY;
    const earned = [
      { at, amount: 500, currency: "USD" },
      { at: at + 1, amount: -200, currency: "USD" },
      { at, amount: 7, currency: "JPY" },
      { at: at - 1, amount: 9, currency: "USD" },
    ];
    const { slots } = fillSlots({ first_day: day, last_day: day + 1 }, { clicks: [], sales: [], earned });
    expect(slots.map((slot) => slot.earned)).toEqual([{ USD: 300, JPY: 7 }, {}]);
  });
});
