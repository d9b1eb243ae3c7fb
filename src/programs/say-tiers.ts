/** What an affiliate's standing brings, in plain words: tiers, the second tier, milestones. */
import { formatMoney, formatRate } from "../lib/format-money.ts";
import { quote, sayCount } from "../lib/plain-english.ts";
import type { Milestone, ProgramTerms, Tiers } from "./terms.ts";

type Level = Tiers["levels"][number];

/** What a level asks for: `at least 2 customers and more than $1,000.00 in sales`. Sums are minor units of `currency`. */
export function sayConditions({ min_customers, sales_at_least, sales_over }: Level, currency: string): string {
  const conditions = [
    ...(min_customers === undefined ? [] : [`at least ${sayCount(min_customers, "customer")}`]),
    ...(sales_at_least === undefined ? [] : [`at least ${formatMoney(sales_at_least, currency)} in sales`]),
    ...(sales_over === undefined ? [] : [`more than ${formatMoney(sales_over, currency)} in sales`]),
  ];
  return conditions.length === 0 ? "everybody" : conditions.join(" and ");
}

/** One line for each level, the lowest first: `“tier-1”: at least 2 customers.` */
export function sayLevels({ levels }: Tiers, currency: string): string[] {
  return levels.map((level) => `${quote(level.name)}: ${sayConditions(level, currency)}.`);
}

/** How tiers are reached and left. */
export function sayTierRules({ window_months, counts, demotion }: Tiers): string[] {
  return [
    "An affiliate is in the highest tier whose conditions all hold. A sale earns by the tier that was reached before it.",
    window_months === null
      ? "All customers and sales count, however long ago they were."
      : `Customers and sales of the last ${window_months === 1 ? "month" : sayCount(window_months, "month")} count.`,
    { at_once: "A sale counts as soon as it is made.", after_hold: "A sale counts once its hold is over." }[counts],
    {
      window: "Whoever no longer fulfils a tier’s conditions falls back.",
      never: "A tier once reached is kept.",
    }[demotion],
  ];
}

export function saySecondTier(second_tier: ProgramTerms["second_tier"]): string {
  if (second_tier === null) return "Nothing is earned by what an affiliate sells that one has brought in.";
  const payments = {
    every: "each payment",
    first: "the first payment of each subscription (outside of any, of each customer)",
  }[second_tier.payments];
  return `Whoever has brought an affiliate in earns ${formatRate(second_tier.rate_bps)} of ${payments} that it sells, beside the affiliate’s own commission.`;
}

/** A bonus is for good, which is said once for all of them. */
export function sayMilestone({ commission, customers, repeats, bonus }: Milestone, currency: string): string {
  const sum = formatMoney(bonus, currency);
  const mark =
    commission === undefined
      ? `${sayCount(customers ?? 0, "customer")} with a sale`
      : `${formatMoney(commission, currency)} of commission, net of what was taken back`;
  return repeats ? `A bonus of ${sum} for each ${mark}.` : `A bonus of ${sum}, once, at ${mark}.`;
}
