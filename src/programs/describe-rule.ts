/** One rule of a program's commission rates in words. */
import { formatMoney, formatRate } from "../lib/format-money.ts";
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
  const { rate_bps = 0, flat, min_amount, cap, payment, months, interval, product, tier, country, platform } = rule;
  return [
    // As in rating a sale, a flat amount takes precedence over a percentage.
    flat === undefined ? texts.percentage(formatRate(rate_bps)) : texts.flat(formatMoney(flat, currency)),
    payment === undefined ? texts.any_payment : texts.payments({ from: payment.from, to: payment.to ?? null }),
    min_amount === undefined ? "" : texts.min_amount(formatMoney(min_amount, currency)),
    interval === undefined ? "" : texts.intervals(interval),
    // Month 0 is the first.
    months === undefined ? "" : texts.months({ from: months.from + 1, to: months.to == null ? null : months.to + 1 }),
    product === undefined ? "" : texts.products(product),
    tier === undefined ? "" : texts.tiers(tier),
    country === undefined ? "" : texts.countries(country.map(nameCountry)),
    platform === undefined ? "" : texts.platforms(platform),
    cap === undefined ? "" : texts.cap(formatMoney(cap, currency)),
    rule.above_payment === true ? describeAbovePayment(rule) : "",
  ].join("");
}

function describeAbovePayment({ rate_bps = 0, flat }: RateRule): string {
  const { above_payment, maybe_above_payment } = messages.terms.rule;
  return flat === undefined && rate_bps > BPS_WHOLE ? above_payment : maybe_above_payment;
}
