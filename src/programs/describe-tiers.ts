/** Tiers, second-tier commission and milestones in words. */
import { formatMoney, formatRate } from "../lib/format-money.ts";
import { messages } from "../lib/messages/messages.ts";
import type { Milestone, ProgramTerms, Tiers } from "./terms.ts";

type Level = Tiers["levels"][number];

/** One line per level, the lowest first: `“tier-1”: at least 2 customers.` Amounts are minor units of `currency`. */
export function describeLevels({ levels }: Tiers, currency: string): string[] {
  return levels.map((level) => messages.terms.tiers.level(level.name, describeConditions(level, currency)));
}

function describeConditions({ min_customers, sales_at_least, sales_over }: Level, currency: string): string {
  const texts = messages.terms.tiers;
  const conditions = [
    ...(min_customers === undefined ? [] : [texts.min_customers(min_customers)]),
    ...(sales_at_least === undefined ? [] : [texts.sales_at_least(formatMoney(sales_at_least, currency))]),
    ...(sales_over === undefined ? [] : [texts.sales_over(formatMoney(sales_over, currency))]),
  ];
  return conditions.length === 0 ? texts.everyone : texts.conditions(conditions);
}

/** How an affiliate moves between tiers. */
export function describeTierRules({ window_months, counts, demotion }: Tiers): string[] {
  const texts = messages.terms.tiers;
  return [
    texts.highest,
    texts.judged,
    texts.window_months(window_months),
    texts.counts[counts],
    texts.demotion[demotion],
  ];
}

/** What a sponsor earns from the sales of affiliates it referred. */
export function describeSecondTier({ second_tier, counts_by, self_purchase }: ProgramTerms): string[] {
  const texts = messages.terms.second_tier;
  if (second_tier === null) return [texts.none];
  return [
    texts.share(formatRate(second_tier.rate_bps), second_tier.payments, counts_by),
    texts.own_purchase[self_purchase],
  ];
}

/** When a bonus is paid, and how much, when it clears, and whether it can be reversed. */
export function describeMilestone(milestone: Milestone, currency: string): string {
  const { commission, customers, repeats, bonus, clears, reversed } = milestone;
  const texts = messages.terms.milestones;
  const goal =
    commission === undefined
      ? texts.of_customers(customers ?? 0)
      : texts.of_commission(formatMoney(commission, currency));
  const earned = (repeats ? texts.repeated : texts.once)(formatMoney(bonus, currency), goal);
  return `${earned} ${texts.clears[clears]} ${texts.reversed(reversed)}`;
}
