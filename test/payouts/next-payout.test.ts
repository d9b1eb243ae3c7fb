import { expect, test } from "vitest";
import { listComingMonths } from "../../src/payouts/next-payout.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";

const { payout } = kartra;

const coming: [string, string, string[], string][] = [
  ["before the window", "2026-03-01T00:00:00Z", [], "2026-03"],
  ["in the window", "2026-03-17T12:00:00Z", [], "2026-03"],
  ["on its last day", "2026-03-20T23:59:59Z", [], "2026-03"],
  ["after it", "2026-03-21T00:00:00Z", [], "2026-04"],
  ["when the month was run", "2026-03-16T00:00:00Z", ["2026-03"], "2026-04"],
  ["at the end of a year", "2026-12-31T00:00:00Z", [], "2027-01"],
];

test.each(coming)("the next payout, %s", (_, now, run, month) => {
  if (payout === null) throw new Error("kartra pays");
  expect(listComingMonths(payout, Date.parse(now), (one) => run.includes(one))[0]).toBe(month);
});
