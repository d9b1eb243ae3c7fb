/** Which rule of a program's rates a sale falls under, and what it earns by it. */
import type { AttributedSale } from "../customers/conversion.ts";
import { monthsBetween } from "../lib/calendar.ts";
import { shareOf } from "../lib/money.ts";
import type { RateRule } from "../programs/terms.ts";

/** What the rules look at. */
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

/** What a sale earns before anything is reversed, and by what. */
export interface ChosenRate {
  /** Index into the terms' `rates`; null where none matches. */
  rule: number | null;
  /** One of the two is stated where a rule matched. */
  rate_bps: number | null;
  flat: number | null;
  /** What the rate is applied to: the payment net of tax, minor units. */
  base: number;
  /** Minor units of the sale's currency. */
  earned: number;
  /** Why it earns nothing, in words; null where it earns something, or the rule says 0 itself. */
  reason: string | null;
}

/**
 * The first rule that matches in all that it states. What is not known of a sale (its interval, its country) matches no
 * rule that asks for it. Amounts in rules are in the program's currency, and no rate of exchange is known here: a sale in
 * another one matches no `min_amount`, and where its rule is a `flat` or has a `cap` it earns nothing and says so, rather
 * than a rule that was not meant for it paying more.
 */
export function chooseRate(rates: readonly RateRule[], sale: RatedSale, program_currency: string): ChosenRate {
  const base = sale.amount;
  const rule = rates.findIndex((rate) => missOf(rate, sale, program_currency).length === 0);
  const chosen = rates[rule];
  if (chosen === undefined) {
    const reason = sayMiss(rates, sale, program_currency);
    return { rule: null, rate_bps: null, flat: null, base, earned: 0, reason };
  }
  const { rate_bps = null, flat = null, cap } = chosen;
  const found = { rule, rate_bps, flat, base };
  if ((flat !== null || cap !== undefined) && sale.currency !== program_currency) {
    const what = flat !== null ? "pays a sum" : "has a cap";
    const reason = `Its rule ${what} in ${program_currency}, which a sale in ${sale.currency} cannot be held against.`;
    return { ...found, earned: 0, reason };
  }
  const uncapped = flat ?? shareOf(base, rate_bps ?? 0);
  return { ...found, earned: Math.min(uncapped, cap ?? uncapped), reason: null };
}

/** What keeps a rule from matching; nothing where it does. */
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

/** Why no rule matches: where one fails only by the payment's place in its row, that is what an affiliate asks about. */
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
