import { describe, expect, test } from "vitest";
import { minorDigitsOf } from "../../src/lib/currency.ts";
import { formatMoney, formatRate, shiftPoint } from "../../src/lib/format-money.ts";

describe("money", () => {
  test.each([
    [123_450, "USD", "$1,234.50"],
    [0, "USD", "$0.00"],
    [-0, "USD", "$0.00"],
    [5, "USD", "$0.05"],
    [-5, "USD", "-$0.05"],
    [-1_320, "EUR", "-€13.20"],
    [1_500, "JPY", "¥1,500"],
    [1_500, "KWD", "KWD 1.500"],
    [1, "KWD", "KWD 0.001"],
    [9_900, "HUF", "HUF 99.00"], // Intl alone would give HUF 9,900
    [9_900, "COP", "COP 99.00"],
    [1_234, "IQD", "IQD 1.234"],
    [Number.MAX_SAFE_INTEGER, "USD", "$90,071,992,547,409.91"],
  ])("%i of %s is %s", (amount, currency, expected) => {
    expect(formatMoney(amount, currency).replaceAll("\u00a0", " ")).toBe(expected);
  });

  test("every currency has from 0 to 4 digits and can be formatted", () => {
    for (const currency of Intl.supportedValuesOf("currency")) {
      expect(minorDigitsOf(currency)).toBeLessThanOrEqual(4);
      expect(formatMoney(12_345, currency).replaceAll(/\D/g, "")).toBe("12345");
    }
  });

  test.each([
    [0, 2, "0.00"],
    [7, 0, "7"],
    [-7, 3, "-0.007"],
    [-12_345, 2, "-123.45"],
  ])("%i moved by %i is %s", (integer, digits, expected) => {
    expect(shiftPoint(integer, digits)).toBe(expected);
  });

  test.each([
    [4_000, "40%"],
    [3_333, "33.33%"],
    [50, "0.5%"],
    [0, "0%"],
    [20_000, "200%"],
  ])("%i basis points are %s", (bps, expected) => {
    expect(formatRate(bps)).toBe(expected);
  });
});
