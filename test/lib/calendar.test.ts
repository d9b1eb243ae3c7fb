import { expect, test } from "vitest";
import {
  addMonths,
  addToMonth,
  dayOf,
  monthOf,
  monthsBetween,
  parseDay,
  startOfDate,
  startOfDay,
  startOfMonth,
  toIsoDay,
} from "../../src/lib/calendar.ts";
import { fc } from "../support/random.ts";

const at = Date.parse;
const anyTime = fc.integer({ min: at("1970-01-01T00:00:00Z"), max: at("2100-01-01T00:00:00Z") });

test("a day lasts from midnight to midnight UTC, also before 1970", () => {
  expect(dayOf(at("1970-01-02T00:00:00Z"))).toBe(1);
  expect(dayOf(at("1970-01-01T23:59:59.999Z"))).toBe(0);
  expect(dayOf(at("1969-12-31T23:59:59.999Z"))).toBe(-1);
  expect(startOfDay(dayOf(at("2026-03-05T13:00:00Z")))).toBe(at("2026-03-05T00:00:00Z"));
});

test("a written day is read back unchanged", () => {
  fc.assert(
    fc.property(anyTime, (time) => {
      expect(toIsoDay(dayOf(time))).toBe(new Date(time).toISOString().slice(0, 10));
      expect(parseDay(toIsoDay(dayOf(time)))).toBe(dayOf(time));
    }),
  );
});

test.each([
  "",
  "2026-02-29",
  "2026-02-31",
  "2026-13-01",
  "2026-00-10",
  "2026-1-3",
  "2026-01-03T10:00:00Z",
  " 2026-01-03",
])("%j is not a day", (text) => {
  expect(parseDay(text)).toBeNull();
});

test("months are counted across years", () => {
  expect(monthOf(at("2026-12-31T23:59:59.999Z"))).toBe("2026-12");
  expect(addToMonth("2026-12", 1)).toBe("2027-01");
  expect(addToMonth("2026-01", -13)).toBe("2024-12");
  expect(startOfMonth("2026-03")).toBe(at("2026-03-01T00:00:00Z"));
  expect(startOfMonth("2026-03", -3)).toBe(at("2025-12-01T00:00:00Z"));
});

test("a date that a month doesn't have becomes its last day", () => {
  expect(startOfDate("2026-03", 15)).toBe(at("2026-03-15T00:00:00Z"));
  expect(startOfDate("2026-02", 31)).toBe(at("2026-02-28T00:00:00Z"));
  expect(startOfDate("2028-02", 31)).toBe(at("2028-02-29T00:00:00Z"));
  expect(startOfDate("2026-12", 31)).toBe(at("2026-12-31T00:00:00Z"));
});

test("adding months keeps the date, if the month has it, and the time of day", () => {
  expect(addMonths(at("2026-01-31T10:00:00Z"), 1)).toBe(at("2026-02-28T10:00:00Z"));
  expect(addMonths(at("2026-03-31T10:00:00Z"), -1)).toBe(at("2026-02-28T10:00:00Z"));
  expect(addMonths(at("2028-03-31T10:00:00Z"), -1)).toBe(at("2028-02-29T10:00:00Z"));
  expect(addMonths(at("2026-01-15T10:00:00Z"), -12)).toBe(at("2025-01-15T10:00:00Z"));
});

const months: [string, string, number][] = [
  // PayPal bills at 10:00Z of the merchant's day.
  ["2026-01-16T07:30:00Z", "2026-02-15T10:00:00Z", 1],
  ["2026-01-16T07:30:00Z", "2026-02-15T07:30:00Z", 1],
  ["2026-01-16T07:30:00Z", "2026-02-15T07:29:59.999Z", 0],
  // Month ends.
  ["2026-01-31T12:00:00Z", "2026-02-27T11:59:59.999Z", 0],
  ["2026-01-31T12:00:00Z", "2026-02-27T12:00:00Z", 1],
  ["2026-01-31T12:00:00Z", "2026-02-28T00:00:00Z", 1],
  ["2026-01-31T12:00:00Z", "2026-03-30T12:00:00Z", 2],
  ["2026-01-31T12:00:00Z", "2026-03-30T11:59:59.999Z", 1],
  // Midnight of the 31st in Berlin, which is 23:00Z of the day before, and 22:00Z in summer.
  ["2026-01-30T23:00:00Z", "2026-02-27T23:00:00Z", 1],
  ["2026-01-30T23:00:00Z", "2026-03-30T22:00:00Z", 2],
  // Leap days.
  ["2028-01-31T12:00:00Z", "2028-02-28T11:59:59.999Z", 0],
  ["2028-01-31T12:00:00Z", "2028-02-28T12:00:00Z", 1],
  ["2028-01-31T12:00:00Z", "2028-02-29T12:00:00Z", 1],
  ["2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z", 12],
  ["2028-02-29T00:00:00Z", "2029-02-27T00:00:00Z", 12],
  ["2028-02-29T00:00:00Z", "2029-02-26T23:59:59.999Z", 11],
  // Clocks go forward on 29 March 2026 and back on 25 October in Europe.
  ["2026-03-15T11:00:00Z", "2026-04-15T10:00:00Z", 1],
  ["2026-10-01T10:00:00Z", "2026-11-01T11:00:00Z", 1],
  // The end of a year.
  ["2026-12-31T23:00:00Z", "2027-01-30T22:59:59.999Z", 0],
  ["2026-12-31T23:00:00Z", "2027-01-30T23:00:00Z", 1],
  ["2026-12-31T23:00:00Z", "2027-01-31T01:00:00Z", 1],
  ["2026-03-01T00:00:00Z", "2026-02-01T00:00:00Z", 0],
  ["2026-01-15T12:00:00Z", "2028-01-15T11:00:00Z", 24],
];
test.each(months)("from %s to %s are %i months", (from, to, expected) => {
  expect(monthsBetween(at(from), at(to))).toBe(expected);
});

test("a payment up to 24 hours before the monthly anniversary belongs to the next month, and an earlier one doesn't", () => {
  const early = fc.integer({ min: 1, max: 86_400_000 });
  fc.assert(
    fc.property(anyTime, fc.integer({ min: 1, max: 36 }), early, (time, months, earlier) => {
      const anniversary = addMonths(time, months);
      expect(monthsBetween(time, anniversary - earlier)).toBe(months);
      expect(monthsBetween(time, anniversary - 86_400_000 - earlier)).toBe(months - 1);
    }),
  );
});

test("the months between a time and a number of months later are that number", () => {
  fc.assert(
    fc.property(anyTime, fc.nat(36), (time, months) => {
      expect(monthsBetween(time, addMonths(time, months))).toBe(months);
    }),
  );
});
