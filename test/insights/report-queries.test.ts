import { expect, test } from "vitest";
import { addCredits, type Credits, noCredits } from "../../src/conversions/credit-queries.ts";
import { layOutReport } from "../../src/insights/report-queries.ts";
import { fc } from "../support/random.ts";

const money = fc.record({
  amount: fc.integer({ min: -9_999, max: 9_999 }),
  currency: fc.constantFrom("EUR", "JPY", "USD"),
});
const count = fc.nat(50);
const credit: fc.Arbitrary<Credits> = fc.record({
  lead: count,
  trial: count,
  sale: count,
  earned: fc.uniqueArray(money, { selector: ({ currency }) => currency, maxLength: 3 }),
});
const value = fc.oneof(fc.constantFrom(null, "", "a", "b"), fc.string({ maxLength: 3 }));
const credits = fc.uniqueArray(fc.tuple(value, credit), { selector: ([key]) => key, maxLength: 12 });
const clicks = fc.option(fc.uniqueArray(fc.tuple(value, count), { selector: ([key]) => key, maxLength: 12 }));

test("rows and the rest add up to the total for any limit", () => {
  fc.assert(
    fc.property(credits, clicks, fc.nat(8), (credits, clicks, limit) => {
      const report = layOutReport({ credits: new Map(credits), clicks: clicks && new Map(clicks), limit });
      expect(report.rows.length).toBeLessThanOrEqual(limit);
      const parts = [...report.rows, ...(report.other === null ? [] : [report.other])];
      const sum = parts.reduce(addCredits, noCredits());
      const all = credits.map(([, one]) => one).reduce(addCredits, noCredits());
      const { lead, trial, sale, earned } = report.total;
      expect({ lead, trial, sale, earned }).toEqual(all);
      expect(sum).toEqual(all);
      const counted = clicks === null ? null : clicks.reduce((total, [, n]) => total + n, 0);
      expect(report.total.clicks).toBe(counted);
      if (counted !== null) expect(parts.reduce((total, row) => total + (row.clicks ?? 0), 0)).toBe(counted);
      // The rest is never a separate row.
      expect(report.rows.map((row) => row.value)).not.toContain("");
    }),
  );
});
