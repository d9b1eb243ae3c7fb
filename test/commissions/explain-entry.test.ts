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
  conversion: "cv_1",
  base_amount: 9_900,
  rule: 2,
  own_rates_from: null,
  rate_bps: 4_000,
  rate_fraction: null,
  flat: null,
  tier: "tier-3",
  tier_at: null,
  terms_version: 2,
  reason: null,
  from: null,
};
const reading: EntryReading = { rules: kartra.rates, currency: "USD", reader: "affiliate" };
const explain = (changes: Partial<EntryBasis>, read: Partial<EntryReading> = {}) =>
  explainEntry({ ...commission, ...changes }, { ...reading, ...read });
const of = (...rates: ProgramTerms["rates"]) => ({ rules: rates });
const RULE_3 = "by rule 3 of terms version 2 (“tier-3” when this sale was recorded): 40% of each payment.";

describe("a commission", () => {
  test("shows its rate, rule, tier and version, and describes the rule", () => {
    expect(explain({})).toBe(`40% of $99.00 ${RULE_3}`);
  });

  test("shows the tier even if the rule has none", () => {
    expect(explain({ rule: 0 }, of({ rate_bps: 4_000 }))).toBe(
      "40% of $99.00 by rule 1 of terms version 2 (“tier-3” when this sale was recorded): 40% of each payment.",
    );
  });

  test("shows the cap only if it lowered the commission", () => {
    const capped = of({ rate_bps: 4_000, cap: 1_000 });
    expect(explain({ rule: 0, tier: null, amount: 1_000 }, capped)).toBe(
      "40% of $99.00, capped at $10.00, by rule 1 of terms version 2: 40% of each payment, up to $10.00.",
    );
    expect(explain({ rule: 0, tier: null, base_amount: 2_500, amount: 1_000 }, capped)).toContain(
      "40% of $25.00 by rule 1",
    );
  });

  test("shows a flat amount", () => {
    expect(explain({ rule: 0, tier: null, rate_bps: null, flat: 15_000, amount: 15_000 }, of({ flat: 15_000 }))).toBe(
      "A flat $150.00 by rule 1 of terms version 2: $150.00 for each payment.",
    );
  });

  test("shows an exact fraction, and its cap", () => {
    const rate = { numerator: 2, denominator: 12 };
    const twelfths = { rule: 0, tier: null, rate_bps: null, rate_fraction: "2/12", base_amount: 34_800 };
    expect(explain({ ...twelfths, amount: 5_800 }, of({ rate }))).toBe(
      "2/12 of $348.00 by rule 1 of terms version 2: 2/12 of each payment.",
    );
    expect(explain({ ...twelfths, amount: 1_000 }, of({ rate, cap: 1_000 }))).toBe(
      "2/12 of $348.00, capped at $10.00, by rule 1 of terms version 2: 2/12 of each payment, up to $10.00.",
    );
    expect(explain({ ...twelfths, kind: "reversal", amount: -5_800 }, of({ rate }))).toContain("2/12 of $348.00");
  });

  test("of zero shows the reason, and the rule in its own currency", () => {
    const reason = "Its rule pays a sum in USD, which a sale in KWD cannot be held against.";
    const nothing = { amount: 0, currency: "KWD", rule: 0, tier: null, rate_bps: null, flat: 15_000, reason };
    expect(explain(nothing, of({ flat: 15_000 }))).toBe(
      `No commission by rule 1 of terms version 2: $150.00 for each payment. ${reason}`,
    );
    const missed = { amount: 0, rule: null, rate_bps: null, tier: "referral", terms_version: 1 };
    expect(explain({ ...missed, reason: "In tier “referral”, the terms pay nothing for payment 2." })).toBe(
      "No commission under terms version 1 (“referral” when this sale was recorded). In tier “referral”, the terms pay nothing for payment 2.",
    );
  });

  test("at 0% shows the rate", () => {
    expect(explain({ rule: 0, tier: null, amount: 0, rate_bps: 0 }, of({ rate_bps: 0 }))).toBe(
      "0% of $99.00 by rule 1 of terms version 2: 0% of each payment.",
    );
  });

  test("states on what day a tier's sale was recorded", () => {
    expect(explain({ tier_at: Date.UTC(2026, 0, 5, 23, 59) })).toBe(
      "40% of $99.00 by rule 3 of terms version 2 (“tier-3” when this sale was recorded on Jan 5, 2026): 40% of each payment.",
    );
  });

  test.each([
    ["affiliate", "your own rates"],
    ["other", "the affiliate’s own rates"],
  ] as const)("by own rates says so, to the %s", (reader, whose) => {
    const own = { amount: 5_940, tier: null, rule: 0, rate_bps: 6_000, own_rates_from: Date.UTC(2026, 2, 1) };
    expect(explain(own, { rules: [{ rate_bps: 6_000 }], reader })).toBe(
      `60% of $99.00 by rule 1 of ${whose} from Mar 1, 2026, 00:00 UTC: 60% of each payment.`,
    );
  });

  test("without known terms shows only its own fields", () => {
    expect(explain({}, { rules: null })).toBe(
      "40% of $99.00 by rule 3 of terms version 2 (“tier-3” when this sale was recorded).",
    );
    expect(explain({ rule: 17 })).toBe(
      "40% of $99.00 by rule 18 of terms version 2 (“tier-3” when this sale was recorded).",
    );
    expect(explain({ rule: null, tier: null, terms_version: null })).toBe("40% of $99.00.");
    const bare = { rule: null, tier: null, rate_bps: null, base_amount: null };
    expect(explain(bare)).toBe("$39.60 under terms version 2.");
  });
});

test("a second-tier commission names the affiliate who made the sale", () => {
  const override = { kind: "override", amount: 990, rule: null, rate_bps: 1_000, tier: null, from: "jonas" };
  expect(explain(override)).toBe("10% of $99.00 for a sale by jonas, whom you referred, under terms version 2.");
  expect(explain(override, { reader: "other" })).toContain(
    "jonas, whom this affiliate referred, under terms version 2.",
  );
  expect(explain({ ...override, kind: "reversal", amount: -990 })).toBe(
    "$9.90 of the second-tier commission reversed. The commission was 10% of $99.00 for a sale by jonas, whom you referred, under terms version 2.",
  );
});

test("a reversal shows what it reverses or restores, and the original commission", () => {
  const reversal = { kind: "reversal", amount: -1_320 };
  expect(explain(reversal)).toBe(`$13.20 of the commission reversed. The commission was 40% of $99.00 ${RULE_3}`);
  expect(explain({ ...reversal, amount: 1_320 })).toBe(
    `$13.20 of the commission restored. The commission was 40% of $99.00 ${RULE_3}`,
  );
  expect(explain({ ...reversal, rule: null, rate_bps: null, base_amount: null })).toBe(
    "$13.20 of the commission reversed.",
  );
});

test("a reversal shows its cause", () => {
  const reversal = { kind: "reversal", amount: -3_960, reason: "Chargeback." };
  expect(explain(reversal)).toBe(
    `$39.60 of the commission reversed. Chargeback. The commission was 40% of $99.00 ${RULE_3}`,
  );
});

test("a correction of the rate shows the commission before and after it", () => {
  const terms = completeTerms({
    ...{ ...kartra, tiers: null },
    rates: [{ payment: { from: 1, to: 1 }, rate_bps: 10_000 }, { rate_bps: 3_000 }],
  });
  const original = { ...commission, amount: 10_000, base_amount: 10_000, rule: 0, rate_bps: 10_000, tier: null };
  const reason = "Recalculated because an event arrived late.";
  const corrected = { ...original, kind: "reversal", amount: -7_000, rule: 1, rate_bps: 3_000, reason };
  expect(explain(corrected, { rules: terms.rates, original: { entry: original, rules: terms.rates } })).toBe(
    `$70.00 of the commission reversed. ${reason} The commission was 100% of $100.00 by rule 1 of terms version 2: 100% of the first payment. It is now 30% of $100.00 by rule 2 of terms version 2: 30% of each payment.`,
  );
  const lost = { ...corrected, amount: -10_000, reason: "Dispute decided." };
  expect(explain(lost, { rules: terms.rates, original: { entry: original, rules: terms.rates } })).not.toContain(
    "It is now",
  );
});

test("bonuses, adjustments and payouts show their reason; without one there is no explanation", () => {
  const blank = { base_amount: null, rule: null, rate_bps: null, tier: null };
  const reason = "100 customers reached.";
  expect(explain({ ...blank, kind: "bonus", reason })).toBe("100 customers reached. Terms version 2.");
  expect(explain({ ...blank, kind: "adjustment", reason: "Paid twice" })).toBe("Adjusted by the merchant: Paid twice");
  expect(explain({ ...blank, kind: "payout", terms_version: null, reason: "March" })).toBe("March");
  expect(explain({ ...blank, kind: "bonus", terms_version: null })).toBeNull();
  const lost = {
    ...blank,
    kind: "reversal",
    amount: -50_000,
    conversion: null,
    reason: "The goal of 3 customers is lost.",
  };
  expect(explain(lost)).toBe("$500.00 of the bonus reversed. The goal of 3 customers is lost.");
  expect(explain({ ...blank, kind: "adjustment", terms_version: null })).toBeNull();
});

test.each(Object.entries(presets))("each entry that %s posts has an explanation", (_, terms) => {
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
    const text = explainEntry({ ...entry, from: null }, { rules: terms.rates, currency: "USD", reader: "other" }) ?? "";
    expect(text).toMatch(/\.$/);
    expect(text).not.toMatch(/undefined|null|NaN/);
    if (entry.rule === null) continue;
    expect(text).toContain(`by rule ${entry.rule + 1}`);
  }
});
