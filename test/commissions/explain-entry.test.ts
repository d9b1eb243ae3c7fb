import { describe, expect, test } from "vitest";
import { type EntryBasis, type EntryReading, explainEntry } from "../../src/commissions/explain-entry.ts";
import { previewSales } from "../../src/commissions/preview.ts";
import { presets } from "../../src/programs/presets/index.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import { completeTerms, type ProgramTerms } from "../../src/programs/terms.ts";

const commission: EntryBasis = {
  kind: "commission",
  amount: 3_960,
  currency: "USD",
  base_amount: 9_900,
  rule: 2,
  rate_bps: 4_000,
  flat: null,
  tier: "tier-3",
  terms_version: 2,
  reason: null,
  from: null,
};
const reading: EntryReading = { terms: kartra, currency: "USD", reader: "affiliate" };
const say = (changes: Partial<EntryBasis>, read: Partial<EntryReading> = {}) =>
  explainEntry({ ...commission, ...changes }, { ...reading, ...read });
const of = (...rates: ProgramTerms["rates"]) => ({ terms: completeTerms({ ...kartra, tiers: null, rates }) });
const RULE_3 = "by rule 3 (tier “tier-3”), terms version 2: 40% of each payment, tier “tier-3”.";

describe("a commission", () => {
  test("says its share, rule, tier and version, and the rule in words", () => {
    expect(say({})).toBe(`40% of $99.00 ${RULE_3}`);
  });

  test("by a rule that names no tier says the tier all the same", () => {
    expect(say({ rule: 0 }, of({ rate_bps: 4_000 }))).toBe(
      "40% of $99.00 by rule 1 (tier “tier-3”), terms version 2: 40% of each payment.",
    );
  });

  test("that a cap has held down says so; one that reaches it by itself does not", () => {
    const capped = of({ rate_bps: 4_000, cap: 1_000 });
    expect(say({ rule: 0, tier: null, amount: 1_000 }, capped)).toBe(
      "40% of $99.00 up to $10.00 by rule 1, terms version 2: 40% of each payment, up to $10.00.",
    );
    expect(say({ rule: 0, tier: null, base_amount: 2_500, amount: 1_000 }, capped)).toContain(
      "40% of $25.00 by rule 1",
    );
  });

  test("of a sum says the sum", () => {
    expect(say({ rule: 0, tier: null, rate_bps: null, flat: 15_000, amount: 15_000 }, of({ flat: 15_000 }))).toBe(
      "$150.00 flat by rule 1, terms version 2: $150.00 for each payment.",
    );
  });

  test("that earned nothing says why, in no currency that is not the rule's", () => {
    const reason = "Its rule pays a sum in USD, which a sale in KWD cannot be held against.";
    const nothing = { amount: 0, currency: "KWD", rule: 0, tier: null, rate_bps: null, flat: 15_000, reason };
    expect(say(nothing, of({ flat: 15_000 }))).toBe(
      `Nothing by rule 1, terms version 2: $150.00 for each payment. ${reason}`,
    );
    const missed = { amount: 0, rule: null, rate_bps: null, tier: "referral", terms_version: 1 };
    expect(say({ ...missed, reason: "The terms pay nothing for payment 2." })).toBe(
      "Nothing (tier “referral”), terms version 1. The terms pay nothing for payment 2.",
    );
  });

  test("of 0% is no riddle either", () => {
    expect(say({ rule: 0, tier: null, amount: 0, rate_bps: 0 }, of({ rate_bps: 0 }))).toBe(
      "0% of $99.00 by rule 1, terms version 2: 0% of each payment.",
    );
  });

  test("whose terms are not known, or were not kept, says what it has", () => {
    expect(say({}, { terms: null })).toBe("40% of $99.00 by rule 3 (tier “tier-3”), terms version 2.");
    expect(say({ rule: 17 })).toBe("40% of $99.00 by rule 18 (tier “tier-3”), terms version 2.");
    expect(say({ rule: null, tier: null, terms_version: null })).toBe("40% of $99.00.");
    const bare = { rule: null, tier: null, rate_bps: null, base_amount: null };
    expect(say(bare)).toBe("$39.60, terms version 2.");
  });
});

test("an override says whose sale it was, to the sponsor and to others", () => {
  const override = { kind: "override", amount: 990, rule: null, rate_bps: 1_000, tier: null, from: "jonas" };
  expect(say(override)).toBe("10% of $99.00 for a sale by jonas, whom you brought in, terms version 2.");
  expect(say(override, { reader: "other" })).toContain("jonas, whom this affiliate brought in, terms version 2.");
  expect(say({ ...override, kind: "reversal", amount: -990 })).toBe(
    "$9.90 of the override taken back, which was 10% of $99.00 for a sale by jonas, whom you brought in, terms version 2.",
  );
});

test("a reversal says what it takes back, or restores, and what of", () => {
  const reversal = { kind: "reversal", amount: -1_320 };
  expect(say(reversal)).toBe(`$13.20 of the commission taken back, which was 40% of $99.00 ${RULE_3}`);
  expect(say({ ...reversal, amount: 1_320 })).toBe(
    `$13.20 of the commission restored, which was 40% of $99.00 ${RULE_3}`,
  );
  expect(say({ ...reversal, rule: null, rate_bps: null, base_amount: null })).toBe(
    "$13.20 of the commission taken back.",
  );
});

test("bonuses, adjustments and payouts say their reason; without one there is nothing to say", () => {
  const blank = { base_amount: null, rule: null, rate_bps: null, tier: null };
  const reason = "100 customers reached.";
  expect(say({ ...blank, kind: "bonus", reason })).toBe("100 customers reached. Terms version 2.");
  expect(say({ ...blank, kind: "adjustment", reason: "Paid twice" })).toBe("By the merchant: Paid twice");
  expect(say({ ...blank, kind: "payout", terms_version: null, reason: "March" })).toBe("March");
  expect(say({ ...blank, kind: "bonus", terms_version: null })).toBeNull();
  expect(say({ ...blank, kind: "adjustment", terms_version: null })).toBeNull();
});

test.each(Object.entries(presets))("each entry that %s posts explains itself", (_, terms) => {
  const sales = ["month", "year", null].flatMap((interval, place) =>
    [0, 1, 2].map((month) => ({
      occurred_at: Date.UTC(2026, month, 3),
      amount: 11_900,
      customer: `c${place}`,
      subscription: `s${place}`,
      interval,
      refunded: month === 1 ? 4_000 : 0,
    })),
  );
  const { sales: previewed } = previewSales(terms, "USD", sales);
  const entries = previewed.flatMap((row) => row.entries);
  expect(entries.length).toBeGreaterThan(8);
  for (const entry of entries) {
    const said = explainEntry({ ...entry, from: null }, { terms, currency: "USD", reader: "other" }) ?? "";
    expect(said).toMatch(/\.$/);
    expect(said).not.toMatch(/undefined|null|NaN/);
    if (entry.rule === null) continue;
    expect(said).toContain(`by rule ${entry.rule + 1}`);
  }
});
