/** Why terms were rejected. Each text follows the name of its field, as in "rates.0.cap: can't be combined with flat". */

export const terms_faults = {
  too_long: (most: number) => `must have at most ${most} characters as JSON`,
  rule_without_reward: "is required unless rate or flat is set: set exactly one of rate_bps, rate and flat",
  rule_with_two_rewards: (other: string) =>
    `can't be combined with ${other}: set exactly one of rate_bps, rate and flat`,
  cap_on_flat: "can't be combined with flat, which is a fixed amount: remove cap",
  range_reversed: (from: number) => `must be at least from, which is ${from}`,
  payment_and_first_qualifying:
    "can't be combined with first_qualifying, which also says which payment: remove one of them",
  interval_count_alone: "needs an interval of day, week, month or year: add it to interval",
  unknown_tier: (levels: readonly string[]) =>
    levels.length === 0
      ? "is not a tier: this program has no tiers, so add the level to tiers first"
      : `is not a tier: use one of ${levels.join(", ")}`,
  unknown_group: (groups: readonly string[]) =>
    `is not a group of this program: use one of ${groups.join(", ")}, or create the group first`,
  payment_of_lead:
    "can't be combined with event lead, which has no payment: use flat, and conditions other than payments",
  own_leads:
    "can't be lead here, because the program's terms pay nothing for leads: add a rule for leads to them first",
  own_groups: "can't be set here: the rates are one affiliate's own, whatever group it is in",
  own_first_qualifying:
    "can't be set here: first qualifying payments are found by the program's terms. Use payment to limit a rule to first payments",
  shadowed: (earlier: readonly string[]) =>
    `never applies, because earlier rules match the same sales first (${earlier.join(", ")}): move it before them or remove it`,
  level_name_taken: "is already the name of an earlier level: choose another name",
  level_with_two_sales: "can't be combined with sales_at_least: set one of them",
  first_level_condition: "must be left out: the first level has no conditions, so that every affiliate is in a level",
  level_too_easy: (lower: string) =>
    `must be harder to reach than the earlier level "${lower}": order levels from lowest to highest`,
  level_unused: (name: string) => `has no effect: add a rule for tier "${name}" to rates, or remove the level`,
  milestone_without_goal: "is required unless customers is set: set exactly one of commission and customers",
  milestone_with_two_goals: "can't be combined with commission: set exactly one of commission and customers",
  milestone_taken: "is already the goal of an earlier milestone: choose another value",
  window_reversed: (first_day: number) => `must be on or after first_day, which is ${first_day}`,
  second_window_without_lag: "needs lag_months of at least 1: without it, a month is paid when it is over",
  second_window_too_early: (last_day: number) => `must be after the last day of the first window, which is ${last_day}`,
  second_window_too_late: (first_day: number) =>
    `must be on or before first_day, which is ${first_day}: commissions of that month are paid only once they have cleared`,
  minimum_in_own_currency: "must differ from the program's currency: set that minimum in payout.minimum",
  minimum_taken: "already has a minimum: list each currency once",
  no_method: "must contain at least one method: paypal or bank",
};
