// Required for the currencies that workerd supports.
import "cloudflare:workers";
import currencyCodes from "currency-codes";
import { describe, expect, test } from "vitest";
import { minorDigitsOf, parseDecimal, rescale, roundDecimal, roundRest, roundScaled } from "../../src/lib/currency.ts";
import { fc } from "../support/random.ts";

/** ISO 4217 lists these without a minor unit ("N.A."), treated as zero digits: metals, bonds, drawing rights and test codes. */
const WITHOUT_MINOR_UNIT = /^X(A[GU]|B[ABCD]|DR|P[DT]|SU|TS|UA|XX)$/;
/** Withdrawn currencies that ISO's list no longer has; all had two digits. */
const WITHDRAWN = ["HRK", "SLL", "ZWL"];

describe("minor digits", () => {
  const listed = currencyCodes.codes().filter((code) => !WITHOUT_MINOR_UNIT.test(code));

  test("match ISO 4217 for every currency that it lists", () => {
    expect(listed.length).toBeGreaterThan(160);
    const differing = listed.filter((code) => currencyCodes.code(code)?.digits !== minorDigitsOf(code));
    expect(differing).toEqual([]);
  });

  test("are known for every currency that the API accepts", () => {
    const taken = Intl.supportedValuesOf("currency").filter((code) => !WITHOUT_MINOR_UNIT.test(code));
    expect(taken.filter((code) => !listed.includes(code)).filter((code) => !WITHDRAWN.includes(code))).toEqual([]);
  });

  test.each([
    ["USD", 2],
    ["JPY", 0],
    ["KWD", 3],
    ["CLF", 4],
    // Intl returns zero digits where coins are not in use.
    ["HUF", 2],
    ["IDR", 2],
    ["RSD", 2],
    ["SLL", 2],
    ["constructor", 2],
  ])("%s: %d", (currency, digits) => {
    expect(minorDigitsOf(currency)).toBe(digits);
  });
});

describe("a decimal", () => {
  const exact: [string, string, number][] = [
    ["19.99", "USD", 1_999],
    ["19.9", "USD", 1_990],
    ["19", "USD", 1_900],
    ["0.1", "USD", 10],
    ["1.10", "USD", 110],
    ["8.20", "USD", 820],
    ["0.29", "EUR", 29],
    ["-19.99", "USD", -1_999],
    ["-0.00", "USD", 0],
    [" 5.00 ", "USD", 500],
    ["007", "JPY", 7],
    ["1999", "JPY", 1_999],
    ["1999.00", "JPY", 1_999],
    ["1.234", "KWD", 1_234],
    ["1.2340000", "KWD", 1_234],
    ["1", "KWD", 1_000],
    ["1.0001", "CLF", 10_001],
    ["12.30", "HUF", 1_230],
    ["90071992547409.91", "USD", Number.MAX_SAFE_INTEGER],
  ];
  test.each(exact)("%s %s", (text, currency, units) => {
    expect(parseDecimal(text, currency)).toBe(units);
  });

  const none: [string, string][] = [
    ["19.999", "USD"],
    ["19.5", "JPY"],
    ["1.2345", "KWD"],
    ["90071992547409.92", "USD"],
    ["9007199254740992", "JPY"],
    ["", "USD"],
    [".5", "USD"],
    ["5.", "USD"],
    ["+5", "USD"],
    ["--5", "USD"],
    ["1,999.00", "USD"],
    ["1 999", "USD"],
    ["1e3", "USD"],
    ["0x10", "USD"],
    ["NaN", "USD"],
    ["$5", "USD"],
    ["٥", "USD"],
    ["5\n6", "USD"],
    ["1".repeat(16), "USD"],
    [`1.${"0".repeat(21)}`, "USD"],
  ];
  test.each(none)("null: %j %s", (text, currency) => {
    expect(parseDecimal(text, currency)).toBeNull();
  });

  const currency = fc.constantFrom("JPY", "USD", "KWD", "CLF");
  const units = fc.integer({ min: -1e15, max: 1e15 });

  /** Minor units as a decimal, by cutting text. */
  function write(amount: number, digits: number): string {
    const text = String(Math.abs(amount)).padStart(digits + 1, "0");
    const whole = text.slice(0, text.length - digits);
    return `${amount < 0 ? "-" : ""}${whole}${digits === 0 ? "" : `.${text.slice(-digits)}`}`;
  }

  test("is parsed as it was formatted", () => {
    fc.assert(
      fc.property(units, currency, (amount, code) => {
        expect(parseDecimal(write(amount, minorDigitsOf(code)), code)).toBe(amount);
      }),
    );
  });

  test("is the same with trailing zeros, and null with other digits", () => {
    fc.assert(
      fc.property(units, currency, fc.integer({ min: 1, max: 9 }), (amount, code, more) => {
        const text = write(amount, minorDigitsOf(code)) + (minorDigitsOf(code) === 0 ? "." : "");
        expect(parseDecimal(`${text}000`, code)).toBe(amount);
        expect(parseDecimal(`${text}00${more}`, code)).toBeNull();
      }),
    );
  });

  test("formatted from a JSON number is the expected amount", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), (cents) => {
        expect(parseDecimal(String(cents / 100), "USD")).toBe(cents);
      }),
    );
  });

  test("is only parsed from digits", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), currency, (text, code) => {
        fc.pre(!/^-?\d+(\.\d+)?$/.test(text.trim()));
        expect(parseDecimal(text, code)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a decimal, rounded", () => {
  test.each([
    ["24.1533", "EUR", 2_415],
    ["24.155", "EUR", 2_416],
    ["24.15499999999999999999", "EUR", 2_415],
    ["-24.155", "EUR", -2_416],
    ["-24.1549", "EUR", -2_415],
    ["1.005", "USD", 101],
    ["0.285", "USD", 29],
    ["1000.00", "JPY", 1_000],
    ["90.91", "JPY", 91],
    ["0.5", "JPY", 1],
    ["-0.5", "JPY", -1],
    ["-0.4", "JPY", 0],
    ["1.2345", "KWD", 1_235],
    ["19.9", "USD", 1_990],
    ["90071992547409.914", "USD", Number.MAX_SAFE_INTEGER],
    ["90071992547409.915", "USD", null],
    ["1e3", "USD", null],
    [`1.${"0".repeat(21)}`, "USD", null],
    ["", "USD", null],
  ])("%s %s: %s", (text, currency, units) => {
    expect(roundDecimal(text, currency)).toBe(units);
  });

  test("is the exact amount if there is one", () => {
    const decimals = fc.stringMatching(/^-?\d{1,13}(\.\d{1,6})?$/);
    fc.assert(
      fc.property(decimals, fc.constantFrom("JPY", "USD", "KWD", "CLF"), (text, code) => {
        const exact = parseDecimal(text, code);
        fc.pre(exact !== null);
        expect(roundDecimal(text, code)).toBe(exact);
      }),
    );
  });

  test("is the nearest amount; of two equally near ones, the one farther from zero", () => {
    const units = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    fc.assert(
      fc.property(
        units,
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom("JPY", "USD", "KWD"),
        (integer, digits, code) => {
          const text = String(integer < 0n ? -integer : integer).padStart(digits + 1, "0");
          const whole = text.slice(0, text.length - digits);
          const decimal = `${integer < 0n ? "-" : ""}${whole}${digits === 0 ? "" : `.${text.slice(-digits)}`}`;
          const rounded = roundDecimal(decimal, code);
          fc.pre(rounded !== null);
          // Both sides with all possible digits.
          const [up, down] = [10n ** BigInt(minorDigitsOf(code)), 10n ** BigInt(digits)];
          const off = BigInt(rounded) * down - integer * up;
          const distance = off < 0n ? -off : off;
          expect(2n * distance <= down).toBe(true);
          if (2n * distance === down) expect(off > 0n).toBe(integer > 0n);
          if (Number.isSafeInteger(Number(integer))) expect(roundScaled(Number(integer), digits, code)).toBe(rounded);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ["1000.00", ["90.91"], "JPY", 909],
    // Rounded separately: 3 - 1 - 1.
    ["2.5", ["0.5", "0.5"], "JPY", 2],
    // Rounded separately: 1 - 1 - 1.
    ["1", ["0.5", "0.5"], "JPY", 0],
    ["24.1533", ["4.0255", "0.0001"], "EUR", 2_013],
    ["1.00", ["1.50"], "USD", -50],
    ["1.00", ["x"], "USD", null],
    ["x", ["1.00"], "USD", null],
  ])("%s without %j in %s: %s", (whole, parts, currency, units) => {
    expect(roundRest(whole, parts, currency)).toBe(units);
  });

  test.each([
    [1_345, 2, "JPY", 13],
    [1_350, 2, "JPY", 14],
    [-1_350, 2, "JPY", -14],
    [1_345, 2, "KWD", 13_450],
    [1.5, 2, "USD", null],
    [Number.MAX_SAFE_INTEGER, 2, "KWD", null],
  ])("%d of %d digits in %s: %s", (integer, digits, currency, units) => {
    expect(roundScaled(integer, digits, currency)).toBe(units);
  });
});

describe("an integer in other digits", () => {
  test.each([
    [1_999, 2, "USD", 1_999],
    [199_900, 2, "JPY", 1_999],
    [199_950, 2, "JPY", null],
    [1_999, 0, "JPY", 1_999],
    [1_999, 2, "KWD", 19_990],
    [500_00, 2, "UGX", 500],
    [1_999, 0, "HUF", 199_900],
    [-500, 2, "JPY", -5],
    [0, 2, "JPY", 0],
    [Number.MAX_SAFE_INTEGER, 2, "KWD", null],
    [1.5, 2, "USD", null],
    [Number.NaN, 2, "USD", null],
    [Number.POSITIVE_INFINITY, 2, "JPY", null],
  ])("%d of %d digits in %s: %s", (integer, digits, currency, units) => {
    expect(rescale(integer, digits, currency)).toBe(units);
  });

  test("is exact for integers of any size, or null", () => {
    const safe = fc.maxSafeInteger();
    const currency = fc.constantFrom("JPY", "USD", "KWD", "CLF");
    fc.assert(
      fc.property(safe, fc.integer({ min: 0, max: 4 }), currency, (integer, digits, code) => {
        const [up, down] = [10n ** BigInt(minorDigitsOf(code)), 10n ** BigInt(digits)];
        const scaled = BigInt(integer) * up;
        const exact = scaled % down === 0n ? scaled / down : null;
        const isSafe =
          exact !== null && exact <= BigInt(Number.MAX_SAFE_INTEGER) && -exact <= BigInt(Number.MAX_SAFE_INTEGER);
        expect(rescale(integer, digits, code)).toBe(isSafe ? Number(exact) : null);
      }),
      { numRuns: 10_000 },
    );
  });
});
