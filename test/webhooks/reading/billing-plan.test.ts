/** How often a subscription is billed, from units and counts, and from periods. */
import { expect, test } from "vitest";
import {
  monthlyPlanBetween,
  planBetween,
  planEvery,
  readStatedPlan,
  withPlan,
} from "../../../src/webhooks/reading/billing-plan.ts";

test.each([
  ["month", 1, { interval: "month" }],
  ["month", 3, { interval: "month", interval_count: 3 }],
  ["month", 12, { interval: "year" }],
  ["month", 24, { interval: "year", interval_count: 2 }],
  ["day", 7, { interval: "week" }],
  ["day", 30, { interval: "day", interval_count: 30 }],
  ["year", 1, { interval: "year" }],
  [null, 1, null],
  ["month", 0, null],
  ["month", 1.5, null],
  ["month", null, null],
])("every %s × %s", (unit, count, plan) => {
  expect(planEvery(unit, count)).toEqual(plan);
});

test.each([
  ["2026-03-02T10:05:27Z", "2026-04-02T10:00:00Z", { interval: "month" }],
  ["2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z", { interval: "month" }],
  // A change of the clocks in the merchant's zone.
  ["2026-03-15T10:00:00Z", "2026-04-15T09:00:00Z", { interval: "month" }],
  ["2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z", { interval: "year" }],
  ["2026-01-15T00:00:00Z", "2026-07-15T00:00:00Z", { interval: "month", interval_count: 6 }],
  ["2026-01-15T00:00:00Z", "2026-01-29T00:00:00Z", { interval: "week", interval_count: 2 }],
  ["2026-01-15T00:00:00Z", "2026-01-25T00:00:00Z", { interval: "day", interval_count: 10 }],
  ["2026-01-15T00:00:00Z", "2026-01-25T05:00:00Z", null],
  ["2026-01-15T00:00:00Z", "2026-01-15T00:00:00Z", null],
  ["2026-01-15T00:00:00Z", "2025-12-15T00:00:00Z", null],
])("from %s to %s", (start, end, plan) => {
  expect(planBetween(Date.parse(start), Date.parse(end))).toEqual(plan);
});

test("a period of whole months ends within the tolerance", () => {
  const [start, hour] = [Date.parse("2026-01-15T10:00:00Z"), 3_600_000];
  const end = Date.parse("2026-04-15T10:00:00Z");
  expect(monthlyPlanBetween(start, end + 6 * hour, 6 * hour)).toEqual({ interval: "month", interval_count: 3 });
  expect(monthlyPlanBetween(start, end - 6 * hour - 1, 6 * hour)).toBeNull();
  expect(monthlyPlanBetween(start, start + 14 * 24 * hour)).toBeNull();
});

test.each([
  ["plan=P-1:month", ["P-1"], { interval: "month" }],
  ["plan=P-1:month&plan=P-2:3-month", ["P-2"], { interval: "month", interval_count: 3 }],
  ["plan=P-1:12-month", ["P-1"], { interval: "year" }],
  ["plan=with%3Acolon:year", ["with:colon"], { interval: "year" }],
  ["plan=7:week&plan=8:year", [null, "8", "7"], { interval: "year" }],
  ["plan=P-1:month", ["P-2", undefined], null],
  ["plan=P-1:0-month", ["P-1"], null],
  ["plan=P-1:monthly", ["P-1"], null],
  ["plan=month", [""], null],
  ["", ["P-1"], null],
])("a URL with ?%s states the plan %j as %j", (query, ids, plan) => {
  expect(readStatedPlan(new URLSearchParams(query), ...ids)).toEqual(plan);
});

test("a plan that says no more than the interval is left out, so that an event stays as earlier releases knew it", () => {
  expect(withPlan({ interval: "month" }, "month")).toEqual({});
  expect(withPlan(null, "month")).toEqual({});
  expect(withPlan({ interval: "month", interval_count: 3 }, "month")).toEqual({
    plan: { interval: "month", interval_count: 3 },
  });
});
