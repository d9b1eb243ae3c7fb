/** One rule of a program's commission rates in words. */
import { formatFraction, formatMoney, formatRate } from "../lib/format-money.ts";
import { messages } from "../lib/messages/messages.ts";
import { nameCountry } from "../lib/messages/name-country.ts";
import type { RateRule } from "./terms.ts";

const BPS_WHOLE = 10_000;

/**
 * Describes what a rule pays, and for which payments: `40% of each payment on a monthly plan, in tier “tier-3”, up to $100.00`.
 * Amounts are minor units of `currency`, the program's. How payments and months are counted isn't included: it is the same
 * for all rules.
 */
export function describeRule(rule: RateRule, currency: string): string {
  const texts = messages.terms.rule;
  const { flat, min_amount, cap, months, product, tier, groups, country, platform } = rule;
  return [
    // As in rating a sale, a flat amount takes precedence over a percentage.
    flat === undefined ? texts.percentage(formatShare(rule)) : texts.flat(formatMoney(flat, currency)),
    describePayments(rule),
    min_amount === undefined ? "" : texts.min_amount(formatMoney(min_amount, currency)),
    describeIntervals(rule),
    // Month 0 is the first.
    months === undefined ? "" : texts.months({ from: months.from + 1, to: months.to == null ? null : months.to + 1 }),
    product === undefined ? "" : texts.products(product),
    tier === undefined ? "" : texts.tiers(tier),
    groups === undefined ? "" : texts.groups(groups),
    country === undefined ? "" : texts.countries(country.map(nameCountry)),
    platform === undefined ? "" : texts.platforms(platform),
    cap === undefined ? "" : texts.cap(formatMoney(cap, currency)),
    rule.above_payment === true ? describeAbovePayment(rule) : "",
  ].join("");
}

/** Rules in their order: an entry's `rule` is an index into the result. */
export function describeRules(rates: readonly RateRule[], currency: string): string[] {
  return rates.map((rule) => describeRule(rule, currency));
}

/** The rules with the names of groups instead of their slugs, as people know them. */
export function withGroupNames<Rule extends RateRule>(
  rules: readonly Rule[],
  names: ReadonlyMap<string, string>,
): readonly Rule[] {
  return rules.map((rule) =>
    rule.groups === undefined ? rule : { ...rule, groups: rule.groups.map((slug) => names.get(slug) ?? slug) },
  );
}

function describeIntervals({ interval, interval_count }: RateRule): string {
  const texts = messages.terms.rule;
  if (interval !== undefined) return texts.intervals(interval, interval_count ?? 1);
  return interval_count === undefined ? "" : texts.interval_count(interval_count);
}

function describePayments({ event, payment, first_qualifying }: RateRule): string {
  const texts = messages.terms.rule;
  if (event === "lead") return texts.lead;
  if (payment !== undefined) return texts.payments({ from: payment.from, to: payment.to ?? null });
  return first_qualifying === true ? texts.first_qualifying : texts.any_payment;
}

/** `40%`, or `2/12` for a rate that isn't whole basis points. */
function formatShare({ rate_bps = 0, rate }: RateRule): string {
  return rate === undefined ? formatRate(rate_bps) : formatFraction(rate);
}

function describeAbovePayment({ rate_bps = 0, rate, flat }: RateRule): string {
  const { above_payment, maybe_above_payment } = messages.terms.rule;
  const isMore = rate === undefined ? rate_bps > BPS_WHOLE : rate.numerator > rate.denominator;
  return flat === undefined && isMore ? above_payment : maybe_above_payment;
}
