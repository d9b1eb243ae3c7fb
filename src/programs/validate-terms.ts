/** Finds contradictions in terms whose fields are valid one by one. */
import * as v from "valibot";
import { messages } from "../lib/messages/messages.ts";
import { DEFAULT_GROUP } from "./group.ts";
import { findShadowed } from "./shadowed-rules.ts";
import {
  type Milestone,
  ownRates,
  type Payout,
  type ProgramTerms,
  paysLeads,
  programTerms,
  type RateRule,
  TERMS_MAX_CHARACTERS,
  type Tiers,
} from "./terms.ts";

const texts = messages.terms_faults;

/** A fault of a field: its path with dots, and a reason that completes the sentence "path: reason". */
export interface TermsFault {
  path: string;
  reason: string;
}

/**
 * Lists all faults of terms of the right shape, in the order of their fields, for a program in `currency`. `groups` are the
 * slugs of its groups.
 */
export function findTermsFaults(
  terms: ProgramTerms,
  currency: string,
  groups: readonly string[] = [DEFAULT_GROUP],
): TermsFault[] {
  const levels = terms.tiers?.levels.map((level) => level.name) ?? [];
  return [
    ...terms.rates.flatMap((rule, index) => [
      ...findRuleFaults(rule, `rates.${index}`, levels),
      ...findGroupFaults(rule, `rates.${index}`, groups),
    ]),
    ...findShadowedFaults(terms.rates, "rates.", levels),
    ...(terms.tiers === null ? [] : [...findLevelFaults(terms.tiers), ...findUnusedLevels(terms.tiers, terms.rates)]),
    ...terms.milestones.flatMap((milestone, index) => findMilestoneFaults(milestone, index, terms.milestones)),
    ...findPayoutFaults(terms, currency),
  ];
}

/**
 * Lists all faults of an affiliate's own rates of the right shape, with paths below them. `terms` are the program's newest, whose tiers the rules may
 * name.
 */
export function findOwnRatesFaults(
  rates: readonly RateRule[],
  terms: Pick<ProgramTerms, "tiers" | "rates">,
): TermsFault[] {
  const levels = terms.tiers?.levels.map((level) => level.name) ?? [];
  return [
    ...rates.flatMap((rule, index) => {
      const path = String(index);
      return [
        ...findRuleFaults(rule, path, levels),
        ...(rule.groups === undefined ? [] : [{ path: `${path}.groups`, reason: texts.own_groups }]),
        ...(rule.event === "lead" && !paysLeads(terms) ? [{ path: `${path}.event`, reason: texts.own_leads }] : []),
        ...(rule.first_qualifying === true
          ? [{ path: `${path}.first_qualifying`, reason: texts.own_first_qualifying }]
          : []),
      ];
    }),
    ...findShadowedFaults(rates, "", levels),
  ];
}

function findShadowedFaults(rates: readonly RateRule[], prefix: string, levels: readonly string[]): TermsFault[] {
  return findShadowed(rates, levels).map(({ rule, shadowed_by }) => ({
    path: `${prefix}${rule}`,
    reason: texts.shadowed(shadowed_by.map((index) => `rates.${index}`)),
  }));
}

/** The schema of new terms, for a program in `currency` with these groups. Stored terms are only read by their shape. */
export const consistentTermsIn = (currency: string, groups?: readonly string[]) =>
  withoutFaults(programTerms, (terms) => findTermsFaults(terms, currency, groups));

/** The schema of an affiliate's own rates; see {@link findOwnRatesFaults}. */
export const consistentOwnRates = (terms: Pick<ProgramTerms, "tiers" | "rates">) =>
  withoutFaults(ownRates, (rates) => findOwnRatesFaults(rates, terms));

function withoutFaults<const Schema extends v.GenericSchema>(
  schema: Schema,
  find: (value: v.InferOutput<Schema>) => TermsFault[],
) {
  return v.pipe(
    schema,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      if (JSON.stringify(dataset.value).length > TERMS_MAX_CHARACTERS) {
        addIssue({ message: texts.too_long(TERMS_MAX_CHARACTERS) });
        return;
      }
      for (const { path, reason } of find(dataset.value)) {
        addIssue({ message: reason, path: pathItems(dataset.value, path) });
      }
    }),
  );
}

function pathItems(input: unknown, path: string): [v.ObjectPathItem, ...v.ObjectPathItem[]] {
  const items = path
    .split(".")
    .map((key): v.ObjectPathItem => ({ type: "object", origin: "value", input: input as never, key, value: null }));
  return items as [v.ObjectPathItem, ...v.ObjectPathItem[]];
}

function findRuleFaults(rule: RateRule, path: string, levels: readonly string[]): TermsFault[] {
  const faults: TermsFault[] = [];
  const { flat, cap } = rule;
  const [reward, ...others] = (["rate_bps", "rate", "flat"] as const).filter((field) => rule[field] !== undefined);
  if (reward === undefined) faults.push({ path: `${path}.rate_bps`, reason: texts.rule_without_reward });
  else
    faults.push(...others.map((field) => ({ path: `${path}.${field}`, reason: texts.rule_with_two_rewards(reward) })));
  if (flat !== undefined && cap !== undefined) {
    faults.push({ path: `${path}.cap`, reason: texts.cap_on_flat });
  }
  for (const field of ["payment", "months"] as const) {
    const range = rule[field];
    if (range === undefined || range.to === null || range.from <= range.to) continue;
    faults.push({ path: `${path}.${field}.to`, reason: texts.range_reversed(range.from) });
  }
  if (rule.first_qualifying === true && rule.payment !== undefined) {
    faults.push({ path: `${path}.payment`, reason: texts.payment_and_first_qualifying });
  }
  if (rule.interval_count !== undefined && !rule.interval?.some((interval) => interval !== "once")) {
    faults.push({ path: `${path}.interval_count`, reason: texts.interval_count_alone });
  }
  faults.push(...findLeadFaults(rule, path));
  const unknown = rule.tier?.findIndex((name) => !levels.includes(name)) ?? -1;
  if (unknown !== -1) {
    faults.push({ path: `${path}.tier.${unknown}`, reason: texts.unknown_tier(levels) });
  }
  return faults;
}

/** What says something about payments. */
const OF_PAYMENTS = [
  ...(["interval", "interval_count", "min_amount", "payment", "first_qualifying", "months"] as const),
  ...(["rate_bps", "rate", "cap", "above_payment"] as const),
];

function findLeadFaults(rule: RateRule, path: string): TermsFault[] {
  if (rule.event !== "lead") return [];
  return OF_PAYMENTS.filter((field) => rule[field] !== undefined).map((field) => ({
    path: `${path}.${field}`,
    reason: texts.payment_of_lead,
  }));
}

function findGroupFaults(rule: RateRule, path: string, groups: readonly string[]): TermsFault[] {
  return (rule.groups ?? []).flatMap((slug, index) =>
    groups.includes(slug) ? [] : [{ path: `${path}.groups.${index}`, reason: texts.unknown_group(groups) }],
  );
}

const CONDITIONS = ["min_customers", "sales_at_least", "sales_over"] as const;
type Level = Tiers["levels"][number];

function findLevelFaults({ levels }: Tiers): TermsFault[] {
  return levels.flatMap((level, index) => {
    const path = `tiers.levels.${index}`;
    const faults: TermsFault[] = [];
    if (levels.findIndex(({ name }) => name === level.name) < index) {
      faults.push({ path: `${path}.name`, reason: texts.level_name_taken });
    }
    if (level.sales_at_least !== undefined && level.sales_over !== undefined) {
      faults.push({ path: `${path}.sales_over`, reason: texts.level_with_two_sales });
    }
    const condition = CONDITIONS.find((field) => level[field] !== undefined);
    if (index === 0) {
      if (condition !== undefined) {
        faults.push({ path: `${path}.${condition}`, reason: texts.first_level_condition });
      }
      return faults;
    }
    const skipped = levels.slice(0, index).find((lower) => isNoHarder(level, lower));
    if (skipped !== undefined) {
      const reason = texts.level_too_easy(skipped.name);
      faults.push({ path: condition === undefined ? path : `${path}.${condition}`, reason });
    }
    return faults;
  });
}

/** Whether every affiliate who meets the conditions of `lower` meets those of `level` too, so that `lower` is never used. */
function isNoHarder(level: Level, lower: Level): boolean {
  // "More than" an amount is slightly harder than "at least" that amount.
  const salesOf = ({ sales_at_least = 0, sales_over }: Level) =>
    sales_over === undefined ? sales_at_least : sales_over + 0.5;
  return (level.min_customers ?? 0) <= (lower.min_customers ?? 0) && salesOf(level) <= salesOf(lower);
}

/** Levels without effect. Rules without a tier serve one of the levels that no rule names. */
function findUnusedLevels({ levels }: Tiers, rates: readonly RateRule[]): TermsFault[] {
  const named = new Set(rates.flatMap((rule) => rule.tier ?? []));
  const unnamed = levels.map((level, index) => ({ ...level, index })).filter(({ name }) => !named.has(name));
  const isServed = levels.length > 1 && rates.some((rule) => rule.tier === undefined && rule.event !== "lead");
  return (isServed ? unnamed.slice(1) : unnamed).map(({ name, index }) => ({
    path: `tiers.levels.${index}`,
    reason: texts.level_unused(name),
  }));
}

function findMilestoneFaults(milestone: Milestone, index: number, all: readonly Milestone[]): TermsFault[] {
  const { commission, customers } = milestone;
  const path = `milestones.${index}`;
  if (commission === undefined && customers === undefined) {
    return [{ path: `${path}.commission`, reason: texts.milestone_without_goal }];
  }
  if (commission !== undefined && customers !== undefined) {
    return [{ path: `${path}.customers`, reason: texts.milestone_with_two_goals }];
  }
  const isSame = (other: Milestone) => other.commission === commission && other.customers === customers;
  if (all.findIndex(isSame) === index) return [];
  const field = commission === undefined ? "customers" : "commission";
  return [{ path: `${path}.${field}`, reason: texts.milestone_taken }];
}

function findSecondWindowFaults({ second_window, last_day, lag_months }: Payout): TermsFault[] {
  if (second_window === null) return [];
  const path = "payout.second_window";
  const faults: TermsFault[] = [];
  if (lag_months === 0) faults.push({ path, reason: texts.second_window_without_lag });
  if (second_window.first_day <= last_day) {
    faults.push({ path: `${path}.first_day`, reason: texts.second_window_too_early(last_day) });
  }
  if (second_window.last_day < second_window.first_day) {
    faults.push({ path: `${path}.last_day`, reason: texts.window_reversed(second_window.first_day) });
  }
  if (lag_months === 1 && second_window.before_day > second_window.first_day) {
    faults.push({ path: `${path}.before_day`, reason: texts.second_window_too_late(second_window.first_day) });
  }
  return faults;
}

function findPayoutFaults({ payout }: ProgramTerms, currency: string): TermsFault[] {
  if (payout === null) return [];
  const faults: TermsFault[] = [];
  if (payout.last_day < payout.first_day) {
    faults.push({ path: "payout.last_day", reason: texts.window_reversed(payout.first_day) });
  }
  faults.push(...findSecondWindowFaults(payout));
  payout.minimums.forEach((minimum, index) => {
    const path = `payout.minimums.${index}.currency`;
    if (minimum.currency === currency) {
      faults.push({ path, reason: texts.minimum_in_own_currency });
    } else if (payout.minimums.findIndex((other) => other.currency === minimum.currency) < index) {
      faults.push({ path, reason: texts.minimum_taken });
    }
  });
  if (payout.methods.length === 0) faults.push({ path: "payout.methods", reason: texts.no_method });
  return faults;
}
