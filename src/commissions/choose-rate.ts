/** Chooses the rate rule that applies to a sale and calculates what it earns. */
import type { AttributedSale } from "../customers/conversion.ts";
import { monthsBetween } from "../lib/calendar.ts";
import { formatFraction } from "../lib/format-money.ts";
import { portionOf, shareOf } from "../lib/money.ts";
import type { RateRule } from "../programs/terms.ts";

/** The fields of a sale that rules look at. */
export type RatedSale = Pick<
  AttributedSale,
  | "amount"
  | "currency"
  | "interval"
  | "product"
  | "country"
  | "platform"
  | "payment_number"
  | "first_paid_at"
  | "occurred_at"
> & { tier: string | null };

/** What a sale earns before any reversal, and which rule applied. */
export interface ChosenRate {
  /** Index into the terms' `rates`, or null if none matches. */
  rule: number | null;
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

/**
 * Applies the first rule whose conditions all match. An unknown interval or country matches no rule that requires one.
 * Rule amounts are in the program's currency and aren't converted, so a sale in another currency matches no
 * `min_amount`. If its rule has a `flat` amount or a `cap`, it earns nothing and gives the reason, rather than falling
 * through to a rule that wasn't meant for it.
 */
export function chooseRate(rates: readonly RateRule[], sale: RatedSale, program_currency: string): ChosenRate {
  const base = sale.amount;
  const rule = rates.findIndex((rate) => missOf(rate, sale, program_currency).length === 0);
  const chosen = rates[rule];
  if (chosen === undefined) {
    const reason = sayMiss(rates, sale, program_currency);
    return { rule: null, rate_bps: null, rate_fraction: null, flat: null, base, earned: 0, reason };
  }
  const { rate_bps = null, rate, flat = null, cap } = chosen;
  const rate_fraction = rate === undefined ? null : formatFraction(rate);
  const found = { rule, rate_bps, rate_fraction, flat, base };
  if ((flat !== null || cap !== undefined) && sale.currency !== program_currency) {
    const what = flat !== null ? "pays a sum" : "has a cap";
    const reason = `Its rule ${what} in ${program_currency}, which a sale in ${sale.currency} cannot be held against.`;
    return { ...found, earned: 0, reason };
  }
  const share = rate === undefined ? shareOf(base, rate_bps ?? 0) : portionOf(base, rate.numerator, rate.denominator);
  const uncapped = flat ?? share;
  return { ...found, earned: Math.min(uncapped, cap ?? uncapped), reason: null };
}

/** The condition that keeps a rule from matching. */
type Miss = "interval" | "product" | "tier" | "country" | "platform" | "min_amount" | "payment" | "months";

function missOf(rate: RateRule, sale: RatedSale, programCurrency: string): Miss[] {
  const isListed = (names: readonly string[] | undefined, name: string | null) =>
    names === undefined || (name !== null && names.includes(name));
  const isWithin = (range: RateRule["payment"], at: number) =>
    range === undefined || (at >= range.from && at <= (range.to ?? at));
  const held: Record<Miss, boolean> = {
    interval: isListed(rate.interval, sale.interval),
    product: isListed(rate.product, sale.product),
    tier: isListed(rate.tier, sale.tier),
    country: isListed(rate.country, sale.country),
    platform: isListed(rate.platform, sale.platform),
    min_amount: rate.min_amount === undefined || (sale.currency === programCurrency && sale.amount >= rate.min_amount),
    payment: isWithin(rate.payment, sale.payment_number),
    months: isWithin(rate.months, monthsBetween(sale.first_paid_at, sale.occurred_at)),
  };
  return Object.entries(held).flatMap(([miss, holds]) => (holds ? [] : [miss as Miss]));
}

/**
 * Explains why no rule matches. If one fails only because of the payment's number or age, that is the reason affiliates
 * ask about.
 */
function sayMiss(rates: readonly RateRule[], sale: RatedSale, programCurrency: string): string {
  const misses = rates.map((rate) => missOf(rate, sale, programCurrency));
  const failsOnlyBy = (miss: Miss) => misses.some((found) => found.length === 1 && found[0] === miss);
  if (failsOnlyBy("payment")) return `The terms pay nothing for payment ${sale.payment_number}.`;
  if (failsOnlyBy("months")) {
    const months = monthsBetween(sale.first_paid_at, sale.occurred_at);
    return `The terms pay nothing for a payment ${months} month${months === 1 ? "" : "s"} after the first.`;
  }
  if (failsOnlyBy("min_amount")) {
    return sale.currency === programCurrency
      ? "The payment is smaller than the terms ask for."
      : `The terms ask for an amount in ${programCurrency}, which a sale in ${sale.currency} cannot be held against.`;
  }
  return "No rule of the terms matches this sale.";
}
