/** One rule of a programme's rates in plain words. */
import { formatMoney, formatRate } from "../lib/format-money.ts";
import { quote, sayList, sayOrdinal } from "../lib/plain-english.ts";
import type { RateRule } from "./terms.ts";

const BPS_WHOLE = 10_000;

/**
 * What a rule pays, and for what: `40% of each payment of a monthly plan, tier “tier-3”, up to $100.00`. Sums are minor units of
 * `currency`, the programme's. Which payment of which row, and from when months count, is said once for all rules.
 */
export function sayRule(rule: RateRule, currency: string): string {
  const { min_amount, cap, above_payment = false } = rule;
  return [
    sayReward(rule, currency),
    ` ${sayPayments(rule.payment)}`,
    min_amount === undefined ? "" : ` of at least ${formatMoney(min_amount, currency)}`,
    rule.interval === undefined ? "" : ` ${sayIntervals(rule.interval)}`,
    rule.months === undefined ? "" : ` ${sayMonths(rule.months)}`,
    rule.product === undefined ? "" : `, ${sayNames("product", rule.product)}`,
    rule.tier === undefined ? "" : `, ${sayNames("tier", rule.tier)}`,
    rule.country === undefined ? "" : `, customers in ${sayList(rule.country.map(nameCountry), "or")}`,
    rule.platform === undefined ? "" : `, ${sayNames("platform", rule.platform)}`,
    cap === undefined ? "" : `, up to ${formatMoney(cap, currency)}`,
    above_payment ? sayAbove(rule) : "",
  ].join("");
}

/** A sum goes before a share, as it does where a sale is rated. */
function sayReward({ rate_bps = 0, flat }: RateRule, currency: string): string {
  return flat === undefined ? `${formatRate(rate_bps)} of` : `${formatMoney(flat, currency)} for`;
}

function sayPayments(payment: RateRule["payment"]): string {
  if (payment === undefined) return "each payment";
  const { from, to = null } = payment;
  if (to === null) return `each payment from the ${sayOrdinal(from)} on`;
  if (from === to) return from === 1 ? "the first payment" : `the ${sayOrdinal(from)} payment`;
  return from === 1 ? `the first ${to} payments` : `the ${sayOrdinal(from)} to the ${sayOrdinal(to)} payment`;
}

/** Month 0 is the first. */
function sayMonths({ from, to = null }: NonNullable<RateRule["months"]>): string {
  if (to === null) return `from the ${sayOrdinal(from + 1)} month on`;
  if (from === to) return from === 0 ? "in the first month" : `in the ${sayOrdinal(from + 1)} month`;
  return from === 0
    ? `in the first ${to + 1} months`
    : `in the ${sayOrdinal(from + 1)} to the ${sayOrdinal(to + 1)} month`;
}

const PLANS = { day: "daily", week: "weekly", month: "monthly", year: "yearly" };

function sayIntervals(intervals: NonNullable<RateRule["interval"]>): string {
  const plans = intervals.flatMap((interval) => (interval === "once" ? [] : [PLANS[interval]]));
  return sayList(
    [
      ...(plans.length === 0 ? [] : [`of a ${sayList(plans, "or")} plan`]),
      ...(intervals.includes("once") ? ["outside of a subscription"] : []),
    ],
    "or",
  );
}

function sayNames(what: string, names: readonly string[]): string {
  return `${what} ${sayList(names.map(quote), "or")}`;
}

/** Made when first needed: that takes some 25 ms, which no click on a link should wait for. */
let countryNames: Intl.DisplayNames | null = null;

/** The code itself where it is none of today's: Intl would say the name of what that country has become. */
function nameCountry(code: string): string {
  if (new Intl.Locale(`und-${code}`).region !== code) return code;
  countryNames ??= new Intl.DisplayNames("en", { type: "region", fallback: "code" });
  return countryNames.of(code) ?? code;
}

function sayAbove({ rate_bps = 0, flat }: RateRule): string {
  return flat === undefined && rate_bps > BPS_WHOLE
    ? ", which is more than the payment itself"
    : ", even where that is more than the payment itself";
}
