/** Chooses the rate rule that applies to a sale and calculates what it earns. */
import { monthsBetween } from "../lib/calendar.ts";
import { formatFraction } from "../lib/format-money.ts";
import { portionOf, shareOf } from "../lib/money.ts";
import { listMisses, type MatchedSale, type RuleCondition } from "../programs/match-rule.ts";
import type { RateRule } from "../programs/terms.ts";

/** What a sale earns before any reversal, and which rule applied. */
export interface ChosenRate {
  /** Index into the terms' `rates`, or into the affiliate's own if `own_rates_from` is set. Null if none matches. */
  rule: number | null;
  /** Since when (ms) the affiliate has the own rates that the rule is from; null for a rule of the terms. */
  own_rates_from: number | null;
  /** Exactly one of the three is set if a rule matched. A fraction is written `2/12`. */
  rate_bps: number | null;
  rate_fraction: string | null;
  flat: number | null;
  /** The amount the rate applies to: the payment net of tax, in minor units. */
  base: number;
  /** Minor units of the sale's currency. */
  earned: number;
  /** Why it earns nothing, in words. Null if it earns something or the rule itself says 0. */
  reason: string | null;
}

/** An affiliate's own rates in a program. */
export interface OwnRates {
  /** From when on they apply, in ms. */
  from: number;
  rates: readonly RateRule[];
}

/** What an affiliate's rates depend on at the time of a sale. */
export interface AffiliateRates {
  group: string;
  own_rates: OwnRates | null;
}

/**
 * Applies the affiliate's own rates, and the rules of the terms if none of these matches; see {@link chooseRate}.
 * `rules` is the terms' `rates`.
 */
export function chooseAffiliateRate(
  rules: readonly RateRule[],
  { group, own_rates }: AffiliateRates,
  sale: MatchedSale,
  program_currency: string,
): ChosenRate {
  const own = own_rates?.rates ?? [];
  const chosen = chooseRate([...own, ...rules], { ...sale, group }, program_currency);
  if (own_rates === null || chosen.rule === null) return chosen;
  return chosen.rule < own.length
    ? { ...chosen, own_rates_from: own_rates.from }
    : { ...chosen, rule: chosen.rule - own.length };
}

/**
 * Applies the first rule whose conditions all match. An unknown interval or country matches no rule that requires one.
 * Rule amounts are in the program's currency and aren't converted, so a sale in another currency matches no
 * `min_amount`. If its rule has a `flat` amount or a `cap`, it earns nothing and gives the reason, rather than falling
 * through to a rule that wasn't meant for it.
 */
export function chooseRate(rates: readonly RateRule[], sale: MatchedSale, program_currency: string): ChosenRate {
  const base = sale.amount;
  const rule = rates.findIndex((rate) => listMisses(rate, sale, program_currency).length === 0);
  const chosen = rates[rule];
  if (chosen === undefined) {
    const reason = explainNoMatch(rates, sale, program_currency);
    return { ...NO_RATE, base, reason };
  }
  const { rate_bps = null, rate, flat = null, cap } = chosen;
  const rate_fraction = rate === undefined ? null : formatFraction(rate);
  const found = { rule, own_rates_from: null, rate_bps, rate_fraction, flat, base };
  if ((flat !== null || cap !== undefined) && sale.currency !== program_currency) {
    const what = flat !== null ? "pays a sum" : "has a cap";
    const reason = `Its rule ${what} in ${program_currency}, which a sale in ${sale.currency} cannot be held against.`;
    return { ...found, earned: 0, reason };
  }
  const share = rate === undefined ? shareOf(base, rate_bps ?? 0) : portionOf(base, rate.numerator, rate.denominator);
  const uncapped = flat ?? share;
  return { ...found, earned: Math.min(uncapped, cap ?? uncapped), reason: null };
}

/** A sale that matches no rule. */
export const NO_RATE = { rule: null, own_rates_from: null, rate_bps: null, rate_fraction: null, flat: null, earned: 0 };

/**
 * Explains why no rule matches. If one fails only because of the payment's number or age, that is the reason affiliates
 * ask about.
 */
function explainNoMatch(rates: readonly RateRule[], sale: MatchedSale, programCurrency: string): string {
  if (sale.event === "lead") return "No rule of the terms matches this lead.";
  const misses = rates.map((rate) => listMisses(rate, sale, programCurrency));
  const failsOnlyBy = (miss: RuleCondition) => misses.some((found) => found.length === 1 && found[0] === miss);
  // In a program with tiers, another tier may pay.
  const hasTiers = sale.tier !== null && rates.some(({ tier }) => tier !== undefined);
  const payNothing = hasTiers ? `In tier “${sale.tier}”, the terms pay nothing` : "The terms pay nothing";
  if (failsOnlyBy("payment")) return `${payNothing} for payment ${sale.payment_number}.`;
  if (failsOnlyBy("first_qualifying")) {
    return "The terms pay only for the customer's first qualifying payment, which was an earlier one.";
  }
  if (failsOnlyBy("months")) {
    const months = monthsBetween(sale.first_paid_at, sale.occurred_at);
    return `${payNothing} for a payment ${months} month${months === 1 ? "" : "s"} after the first.`;
  }
  if (failsOnlyBy("min_amount")) {
    return sale.currency === programCurrency
      ? "The payment is smaller than the terms ask for."
      : `The terms ask for an amount in ${programCurrency}, which a sale in ${sale.currency} cannot be held against.`;
  }
  return "No rule of the terms matches this sale.";
}
