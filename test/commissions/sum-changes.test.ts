import { expect, test } from "vitest";
import { sumChanges } from "../../src/commissions/sum-changes.ts";

const entry = (changes: object) => ({
  ...{ affiliate_id: 1, kind: "commission", currency: "USD", conversion: "cv_1", from_affiliate_id: null, amount: 0 },
  ...changes,
});
const sum = (...entries: object[]) => sumChanges(entries.map(entry) as Parameters<typeof sumChanges>[0]);

test("entries of one conversion are added up before they count as lost or credited", () => {
  expect(sum({ amount: 3_960 }, { kind: "reversal", amount: -1_980 })).toEqual([
    { affiliate_id: 1, kind: "commission", currency: "USD", reversed: 0, credited: 1_980 },
  ]);
  expect(sum({ amount: 3_960 }, { kind: "reversal", amount: -3_960 })).toEqual([]);
});

test("affiliates, kinds and currencies are apart, and a reversal is of the kind that it corrects", () => {
  const changes = sum(
    { amount: 100 },
    { kind: "reversal", conversion: "cv_2", amount: -30 },
    { currency: "EUR", amount: 7 },
    { affiliate_id: 2, kind: "override", from_affiliate_id: 1, amount: 10 },
    { affiliate_id: 2, kind: "reversal", from_affiliate_id: 1, conversion: "cv_2", amount: -3 },
    { kind: "bonus", conversion: null, amount: 500 },
    { affiliate_id: 2, kind: "reversal", conversion: null, amount: -500 },
  );
  expect(
    changes.map(({ affiliate_id, kind, currency, reversed, credited }) => [
      affiliate_id,
      kind,
      currency,
      reversed,
      credited,
    ]),
  ).toEqual([
    [1, "commission", "USD", 30, 100],
    [1, "commission", "EUR", 0, 7],
    [2, "override", "USD", 3, 10],
    [1, "bonus", "USD", 0, 500],
    [2, "bonus", "USD", 500, 0],
  ]);
});
