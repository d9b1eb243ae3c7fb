import { describe, expect, test } from "vitest";
import { compareFigures, ratioOf } from "../../../src/insights/portal/compare.ts";
import { DEFAULT_READER, formatsFor, parseReader } from "../../../src/portal/layout/formats.ts";

const NEW_YEAR = Date.UTC(2026, 0, 1);
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

describe("the reader", () => {
  test.each([
    [null, undefined, null, "UTC"],
    ["de-DE,de;q=0.9,en;q=0.8", "Europe/Berlin", "de-DE", "Europe/Berlin"],
    ["en-US", "America/New_York", "en-US", "America/New_York"],
    ["*", "", null, "UTC"],
    ["tlh", "Mars/Olympus", null, "UTC"],
    ["x".repeat(500), "+01:00", null, "UTC"],
    ["<script>", "<script>", null, "UTC"],
  ])("%s with zone %s is locale %s in %s", (language, zone, locale, expected) => {
    expect(parseReader(language, zone)).toEqual({ locale, zone: expected });
  });
});

describe("formats", () => {
  test("by default: US dates and numbers, times marked as UTC", () => {
    const { time, date, day, hour, money, count, percent } = formatsFor(DEFAULT_READER);
    expect(plain(time(NEW_YEAR - 1))).toBe("Dec 31, 2025, 11:59 PM UTC");
    expect(plain(hour(NEW_YEAR + 2 * 3_600_000))).toBe("2:00 AM");
    expect(date(NEW_YEAR)).toBe("Jan 1, 2026");
    expect(day(NEW_YEAR / 86_400_000)).toBe("Jan 1, 2026");
    expect([money(123_450, "USD"), money(500, "JPY"), count(1_234), percent(0.1234)]).toEqual([
      "$1,234.50",
      "¥500",
      "1,234",
      "12.3%",
    ]);
  });

  test("for a reader in Berlin", () => {
    const { time, date, day, money, count } = formatsFor({ locale: "de-DE", zone: "Europe/Berlin" });
    expect(time(NEW_YEAR - 1)).toBe("01.01.2026, 0:59");
    expect(date(NEW_YEAR - 1)).toBe("31.12.2025");
    // Days are UTC for all readers.
    expect(day(NEW_YEAR / 86_400_000 - 1)).toBe("31.12.2025");
    expect(plain(money(-123_450, "USD"))).toBe("-1.234,50 $");
    expect(count(1_234)).toBe("1.234");
  });

  test("formats amounts of any size exactly", () => {
    expect(formatsFor(DEFAULT_READER).money(Number.MAX_SAFE_INTEGER, "USD")).toBe("$90,071,992,547,409.91");
  });

  test("earnings per click below a tenth have more digits", () => {
    const { smallMoney } = formatsFor(DEFAULT_READER);
    expect([smallMoney(43.21, "USD"), smallMoney(4.321, "USD"), smallMoney(0, "USD"), smallMoney(7, "JPY")]).toEqual([
      "$0.43",
      "$0.0432",
      "$0.00",
      "¥7",
    ]);
  });
});

describe("comparison", () => {
  test.each([
    [120, 100, { direction: "up", ratio: 0.2 }],
    [50, 100, { direction: "down", ratio: -0.5 }],
    [50, 50, { direction: "same", ratio: 0 }],
    [5, 5, { direction: "same", ratio: null }],
    [20, 9, { direction: "up", ratio: null }],
    [20, 10, { direction: "up", ratio: 1 }],
    [5, 0, null],
    [0, 5, { direction: "down", ratio: null }],
    [0, 50, { direction: "down", ratio: -1 }],
    [-5, 0, null],
    [0, 0, null],
    [null, 3, null],
    [3, null, null],
  ] as const)("%s after %s", (now, before, expected) => {
    expect(compareFigures(now, before)).toEqual(expected);
  });

  test("a percentage needs enough events in the earlier period", () => {
    expect(compareFigures(9_000, 3_000, 9)).toEqual({ direction: "up", ratio: null });
    expect(compareFigures(9_000, 3_000, 10)).toEqual({ direction: "up", ratio: 2 });
  });

  test("a ratio to 0 is null", () => {
    expect([ratioOf(1, 4), ratioOf(1, 0)]).toEqual([0.25, null]);
  });
});
