/** Faults of terms that are well-formed, field by field, and yet cannot be meant. */
import * as v from "valibot";
import { findShadowed } from "./shadowed-rules.ts";
import { type Milestone, type ProgramTerms, programTerms, type RateRule, type Tiers } from "./terms.ts";

/** What is wrong with terms: the field's path with dots, and why, so that "path: reason" reads as a sentence. */
export interface TermsFault {
  path: string;
  reason: string;
}

/**
 * All that is wrong with terms of the right shape, in the order of their fields, for a programme in `currency`; empty for
 * terms that can be meant.
 */
export function findTermsFaults(terms: ProgramTerms, currency: string): TermsFault[] {
  const levels = terms.tiers?.levels.map((level) => level.name) ?? [];
  return [
    ...terms.rates.flatMap((rule, index) => findRuleFaults(rule, `rates.${index}`, levels)),
    ...findShadowed(terms.rates, levels).map(({ rule, shadowed_by }) => ({
      path: `rates.${rule}`,
      reason: `can never match: whatever it matches is matched before it, by ${shadowed_by.map((at) => `rates.${at}`).join(", ")}`,
    })),
    ...(terms.tiers === null ? [] : [...findLevelFaults(terms.tiers), ...findUnusedLevels(terms.tiers, terms.rates)]),
    ...terms.milestones.flatMap((milestone, index) => findMilestoneFaults(milestone, index, terms.milestones)),
    ...findPayoutFaults(terms, currency),
  ];
}

/** Terms that are well-formed and can be meant in this currency. What was stored before is read by its shape alone. */
export const meantTermsIn = (currency: string) =>
  v.pipe(
    programTerms,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const { path, reason } of findTermsFaults(dataset.value, currency)) {
        addIssue({ message: reason, path: pathItems(dataset.value, path) });
      }
    }),
  );

function pathItems(input: unknown, path: string): [v.ObjectPathItem, ...v.ObjectPathItem[]] {
  const items = path
    .split(".")
    .map((key): v.ObjectPathItem => ({ type: "object", origin: "value", input: input as never, key, value: null }));
  return items as [v.ObjectPathItem, ...v.ObjectPathItem[]];
}

function findRuleFaults(rule: RateRule, path: string, levels: readonly string[]): TermsFault[] {
  const faults: TermsFault[] = [];
  const { rate_bps, flat, cap } = rule;
  if (rate_bps === undefined && flat === undefined) {
    faults.push({ path: `${path}.rate_bps`, reason: "is missing: a rule pays by exactly one of rate_bps and flat" });
  }
  if (rate_bps !== undefined && flat !== undefined) {
    faults.push({ path: `${path}.flat`, reason: "must not stand beside rate_bps: a rule pays by exactly one of them" });
  }
  if (flat !== undefined && cap !== undefined) {
    faults.push({ path: `${path}.cap`, reason: "must not stand beside flat, which is always the same" });
  }
  for (const field of ["payment", "months"] as const) {
    const range = rule[field];
    if (range === undefined || range.to === null || range.from <= range.to) continue;
    faults.push({ path: `${path}.${field}.to`, reason: `must not be less than from, which is ${range.from}` });
  }
  const unknown = rule.tier?.findIndex((name) => !levels.includes(name)) ?? -1;
  if (unknown !== -1) {
    const known = levels.length === 0 ? "there are no tiers" : `the levels of tiers are ${levels.join(", ")}`;
    faults.push({ path: `${path}.tier.${unknown}`, reason: `is not the name of a level: ${known}` });
  }
  return faults;
}

const CONDITIONS = ["min_customers", "sales_at_least", "sales_over"] as const;
type Level = Tiers["levels"][number];

function findLevelFaults({ levels }: Tiers): TermsFault[] {
  return levels.flatMap((level, index) => {
    const path = `tiers.levels.${index}`;
    const faults: TermsFault[] = [];
    if (levels.findIndex(({ name }) => name === level.name) < index) {
      faults.push({ path: `${path}.name`, reason: "is the name of a level before it too" });
    }
    if (level.sales_at_least !== undefined && level.sales_over !== undefined) {
      faults.push({ path: `${path}.sales_over`, reason: "must not stand beside sales_at_least: state one of them" });
    }
    const condition = CONDITIONS.find((field) => level[field] !== undefined);
    if (index === 0) {
      if (condition !== undefined) {
        const reason = "must not be stated: the first level has no conditions, so that everybody is in one";
        faults.push({ path: `${path}.${condition}`, reason });
      }
      return faults;
    }
    const skipped = levels.slice(0, index).find((lower) => isNoHarder(level, lower));
    if (skipped !== undefined) {
      const reason = `must be harder to reach than "${skipped.name}" before it: levels stand in rising order`;
      faults.push({ path: condition === undefined ? path : `${path}.${condition}`, reason });
    }
    return faults;
  });
}

/** Whether all who fulfil `lower` fulfil `level` too, so that nobody would ever stay in `lower`. */
function isNoHarder(level: Level, lower: Level): boolean {
  // More than an amount is a little more than at least that amount.
  const salesOf = ({ sales_at_least = 0, sales_over }: Level) =>
    sales_over === undefined ? sales_at_least : sales_over + 0.5;
  return (level.min_customers ?? 0) <= (lower.min_customers ?? 0) && salesOf(level) <= salesOf(lower);
}

/** Levels that make no difference. Of those that no rule names one may be served by the rules that name none. */
function findUnusedLevels({ levels }: Tiers, rates: readonly RateRule[]): TermsFault[] {
  const named = new Set(rates.flatMap((rule) => rule.tier ?? []));
  const unnamed = levels.map((level, index) => ({ ...level, index })).filter(({ name }) => !named.has(name));
  const isServed = levels.length > 1 && rates.some((rule) => rule.tier === undefined);
  return (isServed ? unnamed.slice(1) : unnamed).map(({ name, index }) => ({
    path: `tiers.levels.${index}`,
    reason: `makes no difference: no rule of rates uses the tier "${name}"`,
  }));
}

function findMilestoneFaults(milestone: Milestone, index: number, all: readonly Milestone[]): TermsFault[] {
  const { commission, customers } = milestone;
  const path = `milestones.${index}`;
  if (commission === undefined && customers === undefined) {
    const reason = "is missing: a milestone is reached by exactly one of commission and customers";
    return [{ path: `${path}.commission`, reason }];
  }
  if (commission !== undefined && customers !== undefined) {
    const reason = "must not stand beside commission: a milestone is reached by exactly one of them";
    return [{ path: `${path}.customers`, reason }];
  }
  const isSame = (other: Milestone) => other.commission === commission && other.customers === customers;
  if (all.findIndex(isSame) === index) return [];
  const field = commission === undefined ? "customers" : "commission";
  return [{ path: `${path}.${field}`, reason: "is the mark of a milestone before it too" }];
}

function findPayoutFaults({ payout }: ProgramTerms, currency: string): TermsFault[] {
  if (payout === null) return [];
  const faults: TermsFault[] = [];
  if (payout.last_day < payout.first_day) {
    const reason = `must not be before first_day, which is ${payout.first_day}: the window would end before it starts`;
    faults.push({ path: "payout.last_day", reason });
  }
  payout.minimums.forEach((minimum, index) => {
    const path = `payout.minimums.${index}.currency`;
    if (minimum.currency === currency) {
      faults.push({ path, reason: "must be another than the programme's own, whose minimum is payout.minimum" });
    } else if (payout.minimums.findIndex((other) => other.currency === minimum.currency) < index) {
      faults.push({ path, reason: "has a minimum before it already" });
    }
  });
  if (payout.methods.length === 0) faults.push({ path: "payout.methods", reason: "must name at least one" });
  return faults;
}
