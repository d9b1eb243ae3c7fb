/** Decides which conditions of a commission rule a payment meets. */
import { monthsBetween } from "../lib/calendar.ts";
import { foldName } from "../lib/fold-name.ts";
import { DEFAULT_GROUP } from "./group.ts";
import type { RateRule } from "./terms.ts";

/** The fields of a payment, or of a lead, that rules look at. */
export interface MatchedSale {
  /** Left out for payments. */
  event?: "lead";
  amount: number;
  currency: string;
  interval: string | null;
  /** Left out for 1. */
  interval_count?: number;
  product: string | null;
  country: string | null;
  platform: string | null;
  payment_number: number;
  first_paid_at: number;
  occurred_at: number;
  tier: string | null;
  /** The affiliate's group at the time of the sale. Left out for {@link DEFAULT_GROUP}. */
  group?: string;
  /**
   * The currencies in which the customer has an earlier qualifying payment, or {@link ANY_CURRENCY}. Left out if there is none.
   * `USD@partners` is a payment that qualifies by a rule for the group `partners`.
   */
  qualified_in?: readonly string[];
}

/** Stands for all currencies in `qualified_in`. */
export const ANY_CURRENCY = "*";

/** A condition that keeps a rule from matching. */
export type RuleCondition =
  | "event"
  | "interval"
  | "interval_count"
  | "product"
  | "tier"
  | "groups"
  | "country"
  | "platform"
  | "min_amount"
  | "payment"
  | "first_qualifying"
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
    event: rate.event === sale.event,
    interval: isListed(rate.interval, sale.interval),
    interval_count: isEvery(rate, sale.interval_count ?? 1),
    product: isNamed(rate.product, sale.product),
    tier: isListed(rate.tier, sale.tier),
    groups: isListed(rate.groups, sale.group ?? DEFAULT_GROUP),
    country: isListed(rate.country, sale.country),
    platform: isNamed(rate.platform, sale.platform),
    min_amount: rate.min_amount === undefined || (sale.currency === program_currency && sale.amount >= rate.min_amount),
    payment: isWithin(rate.payment, sale.payment_number),
    first_qualifying: rate.first_qualifying !== true || !hasQualified(sale, program_currency),
    months: isWithin(rate.months, monthsBetween(sale.first_paid_at, sale.occurred_at)),
  };
  return (Object.keys(met) as RuleCondition[]).filter((condition) => !met[condition]);
}

/** A rule for monthly plans isn't for quarterly ones, unless it says so. */
function isEvery({ interval, interval_count }: RateRule, count: number): boolean {
  return count === (interval_count ?? (interval === undefined ? count : 1));
}

function hasQualified({ qualified_in = [], group = DEFAULT_GROUP }: MatchedSale, program_currency: string): boolean {
  return [program_currency, ANY_CURRENCY].some(
    (currency) => qualified_in.includes(currency) || qualified_in.includes(inGroup(currency, group)),
  );
}

/** A currency in `qualified_in`, for one group only. */
function inGroup(currency: string, group: string): string {
  return `${currency}@${group}`;
}

/** The conditions on the affiliate rather than on the payment. */
const BY_AFFILIATE: ReadonlySet<RuleCondition> = new Set(["tier", "groups"]);

/**
 * Adds a payment to its customer's `qualified_in`: the currencies in which a payment has met the conditions of a rule for the
 * first qualifying payment. A rule with an amount can be met only in the program's currency, which isn't known here: the
 * payment's own currency is noted, and compared later. Tiers and groups belong to the affiliate: tiers aren't looked at, and
 * what qualifies for some groups only is noted for each of them.
 */
export function addQualified(
  before: readonly string[],
  sale: Omit<MatchedSale, "tier" | "group" | "qualified_in">,
  rates: readonly RateRule[],
): readonly string[] {
  const added = rates
    .filter((rate) => rate.first_qualifying === true)
    .filter((rate) => listMisses(rate, { ...sale, tier: null }, sale.currency).every((miss) => BY_AFFILIATE.has(miss)))
    .flatMap(({ min_amount, flat, cap, groups }) => {
      const currency = (min_amount ?? flat ?? cap) === undefined ? ANY_CURRENCY : sale.currency;
      return groups?.map((group) => inGroup(currency, group)) ?? [currency];
    })
    .filter((currency) => !before.includes(currency));
  return added.length === 0 ? before : [...before, ...new Set(added)].sort();
}
