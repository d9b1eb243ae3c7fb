/** Explains a ledger entry: how its amount was calculated, by which rule of which version of the terms. */
import { formatDate, formatMinute } from "../lib/format-date.ts";
import { formatMoney, formatRate, parseFraction } from "../lib/format-money.ts";
import { messages } from "../lib/messages/messages.ts";
import { portionOf, shareOf } from "../lib/money.ts";
import { describeRule } from "../programs/describe-rule.ts";
import type { RateRule } from "../programs/terms.ts";
import type { LedgerEntry } from "./ledger.ts";

/** The fields of an entry that explain it. */
export type EntryBasis = Pick<
  LedgerEntry,
  | "amount"
  | "currency"
  | "conversion"
  | "base_amount"
  | "rule"
  | "own_rates_from"
  | "rate_bps"
  | "rate_fraction"
  | "flat"
  | "tier"
  | "tier_at"
  | "terms_version"
  | "reason"
> & {
  kind: string;
  /** For second-tier commissions and their reversals: the username of the affiliate who made the sale. */
  from: string | null;
};

/** What an explanation needs besides the entry. */
export interface EntryReading {
  /**
   * The rules of the version of the terms that the entry names, or of the affiliate's own rates, with the names of groups.
   * Null if they aren't known.
   */
  rules: readonly RateRule[] | null;
  /** The program's currency, in which terms state amounts. */
  currency: string;
  /** For a reversal: the entry that it corrects and its rules. Missing if it isn't known. */
  original?: { entry: EntryBasis; rules: readonly RateRule[] | null } | undefined;
  /** The affiliate whose ledger it is, or anyone else. */
  reader: "affiliate" | "other";
}

/**
 * Explains an entry in one to three sentences, such as `40% of $99.00 by rule 3 of terms version 2 (“tier-3” when this sale
 * was recorded on Jan 5, 2026): 40% of each payment.` Returns null if nothing is known about it.
 */
export function explainEntry(entry: EntryBasis, reading: EntryReading): string | null {
  const { kind, reason, terms_version } = entry;
  const texts = messages.entries;
  const reasons = reason === null ? [] : [reason];
  switch (kind) {
    case "commission":
      return [texts.sentence(explainCommission(entry, reading)), ...reasons].join(" ");
    case "override":
      return [texts.sentence(explainOverride(entry, reading)), ...reasons].join(" ");
    case "reversal":
      return explainReversal(entry, reading);
    case "bonus":
      return [...reasons, ...(terms_version === null ? [] : [texts.version(terms_version)])].join(" ") || null;
    case "adjustment":
      return reason === null ? null : texts.adjustment(reason);
    default:
      return reason;
  }
}

function explainCommission(entry: EntryBasis, { rules, currency, reader }: EntryReading): string {
  const { rule, tier, tier_at, terms_version: version, own_rates_from } = entry;
  const stated = rule === null ? undefined : rules?.[rule];
  const own = own_rates_from === null ? null : { from: formatMinute(own_rates_from), reader };
  return messages.entries.commission(
    explainReward(entry, currency),
    {
      rule: rule === null ? null : rule + 1,
      version,
      own,
      tier,
      tier_at: tier_at === null ? null : formatDate(tier_at),
    },
    stated === undefined ? null : describeRule(withoutNamed(stated, tier), currency),
  );
}

/** The tier is named with the rule already. Groups beside the affiliate's own are none of its business. */
function withoutNamed({ tier: tiers, groups, ...rule }: RateRule, tier: string | null): RateRule {
  return { ...rule, ...(tier === null && tiers && { tier: tiers }), ...(groups?.length === 1 && { groups }) };
}

/** A flat amount is in the program's currency. If nothing was earned, the entry's reason says why. */
function explainReward(
  { kind, amount, base_amount, rate_bps, rate_fraction, flat, currency, reason }: EntryBasis,
  program_currency: string,
): string {
  const texts = messages.entries;
  if (amount === 0 && reason !== null) return texts.none;
  if (flat !== null) return texts.flat(formatMoney(flat, program_currency));
  const fraction = rate_fraction === null ? null : parseFraction(rate_fraction);
  if (base_amount === null || (rate_bps === null && fraction === null)) {
    return amount === 0 ? texts.none : formatMoney(amount, currency);
  }
  const share = texts.share(rate_fraction ?? formatRate(rate_bps ?? 0), formatMoney(base_amount, currency));
  const uncapped =
    fraction === null
      ? shareOf(base_amount, rate_bps ?? 0)
      : portionOf(base_amount, fraction.numerator, fraction.denominator);
  const isCapped = kind === "commission" && amount < uncapped;
  return isCapped ? texts.capped(share, formatMoney(amount, currency)) : share;
}

function explainOverride(entry: EntryBasis, { currency, reader }: EntryReading): string {
  return messages.entries.override(explainReward(entry, currency), entry.from, reader, entry.terms_version);
}

/** A positive amount restores what had been reversed: a chargeback was won, or a credit came back. */
function explainReversal(entry: EntryBasis, reading: EntryReading): string {
  const { amount, currency, conversion, from, reason } = entry;
  const original = reading.original ?? { entry, rules: reading.rules };
  const texts = messages.entries;
  const change = amount < 0 ? texts.reversed : texts.restored;
  const what = from !== null ? "override" : conversion !== null ? "commission" : "bonus";
  const line = change(formatMoney(Math.abs(amount), currency), what);
  const { uncredited, dispute, manual_credit } = texts.causes;
  const isUncredited = [uncredited, dispute, manual_credit].includes(reason ?? "");
  return [
    line,
    ...(reason === null ? [] : [reason]),
    ...(hasRate(original.entry)
      ? [texts.original(explainBasis(original.entry, { ...reading, rules: original.rules }))]
      : []),
    ...(!isUncredited && hasOtherRate(original.entry, entry) ? [texts.recalculated(explainBasis(entry, reading))] : []),
  ].join(" ");
}

function explainBasis(entry: EntryBasis, reading: EntryReading): string {
  return entry.from === null ? explainCommission(entry, reading) : explainOverride(entry, reading);
}

function hasRate({ rate_bps, rate_fraction, flat }: EntryBasis): boolean {
  return rate_bps !== null || rate_fraction !== null || flat !== null;
}

function hasOtherRate(original: EntryBasis, entry: EntryBasis): boolean {
  return hasRate(entry) && RATE_FIELDS.some((field) => original[field] !== entry[field]);
}

/** What decides a commission's amount. */
const RATE_FIELDS = ["base_amount", "rule", "own_rates_from", "rate_bps", "rate_fraction", "flat"] as const;
