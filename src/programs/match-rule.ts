/** Decides which conditions of a commission rule a payment meets. */
import { monthsBetween } from "../lib/calendar.ts";
import { foldName } from "../lib/fold-name.ts";
import type { RateRule } from "./terms.ts";

/** The fields of a payment that rules look at. */
export interface MatchedSale {
  amount: number;
  currency: string;
  interval: string | null;
  product: string | null;
  country: string | null;
  platform: string | null;
  payment_number: number;
  first_paid_at: number;
  occurred_at: number;
  tier: string | null;
}

/** A condition that keeps a rule from matching. */
export type RuleCondition =
  | "interval"
  | "product"
  | "tier"
  | "country"
  | "platform"
  | "min_amount"
  | "payment"
  | "months";

/** The conditions of a rule that a payment doesn't meet; none if the rule matches. Products and platforms match in any case. */
export function listMisses(rate: RateRule, sale: MatchedSale, program_currency: string): RuleCondition[] {
  const isListed = (names: readonly string[] | undefined, name: string | null) =>
    names === undefined || (name !== null && names.includes(name));
  const isNamed = (names: readonly string[] | undefined, name: string | null) =>
    names === undefined || (name !== null && names.some((other) => foldName(other) === foldName(name)));
  const isWithin = (range: RateRule["payment"], at: number) =>
    range === undefined || (at >= range.from && at <= (range.to ?? at));
  const met: Record<RuleCondition, boolean> = {
    interval: isListed(rate.interval, sale.interval),
    product: isNamed(rate.product, sale.product),
    tier: isListed(rate.tier, sale.tier),
    country: isListed(rate.country, sale.country),
    platform: isNamed(rate.platform, sale.platform),
    min_amount: rate.min_amount === undefined || (sale.currency === program_currency && sale.amount >= rate.min_amount),
    payment: isWithin(rate.payment, sale.payment_number),
    months: isWithin(rate.months, monthsBetween(sale.first_paid_at, sale.occurred_at)),
  };
  return (Object.keys(met) as RuleCondition[]).filter((condition) => !met[condition]);
}
