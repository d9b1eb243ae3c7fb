/** What an affiliate earns, in one sentence. */
import { messages } from "../lib/messages/messages.ts";
import { describeRule } from "./describe-rule.ts";
import type { ProgramTerms, RateRule } from "./terms.ts";

/** The affiliate whose rates are summarized. */
export interface RewardOf {
  /** The rules of its own, which come before those of the terms. */
  own_rates: readonly RateRule[];
  group: string;
  /** The name of its tier. Null if the terms have no tiers. */
  tier: string | null;
}

/**
 * The first rate for payments that this affiliate can earn, or the first of all if it only earns from leads, and how many
 * others there are: `You earn 40% of each payment. A click counts for 30 days.` Null if no rate applies.
 */
export function summarizeReward(
  { rates, cookie_days }: Pick<ProgramTerms, "rates" | "cookie_days">,
  { own_rates, group, tier }: RewardOf,
  currency: string,
): { sentence: string; others: number } | null {
  const applying = [...own_rates, ...rates].filter(
    (rule) =>
      rule.groups?.includes(group) !== false &&
      (rule.tier === undefined || (tier !== null && rule.tier.includes(tier))),
  );
  const main = applying.find(({ event }) => event !== "lead") ?? applying[0];
  if (main === undefined) return null;
  // The affiliate is in the group and the tier.
  const { groups: _, tier: __, ...rule } = main;
  const sentence = messages.terms.reward(describeRule(rule, currency), messages.terms.credit.cookie_days(cookie_days));
  return { sentence, others: applying.length - 1 };
}
