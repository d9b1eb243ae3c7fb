import type { AttributedSale } from "../customers/conversion.ts";
import { formatMoney } from "../lib/format-money.ts";
import { messages } from "../lib/messages/messages.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import type { Milestone } from "../programs/terms.ts";
import { blankEntry, entryIdOf, type NumberEntry, type UnchainedEntry } from "./ledger.ts";

/** The maximum number of bonuses posted or reversed with one sale, of all milestones together. Any others follow with the next sale. */
const BONUSES_AT_ONCE_MAX = 100;

/** Something that counts toward a goal, and when it clears (ms). */
export interface Clearing {
  clears_at: number;
  /** A customer counts 1; a commission counts its minor units, net of reversals. */
  amount: number;
}

/** An account's progress toward milestones. */
export interface Progress {
  /** Net commissions on its own sales, in minor units of the program's currency. */
  commission: number;
  /** Distinct customers with a sale that counts. */
  customers: number;
  /** The bonuses posted for a milestone so far, and their reversals, in order. */
  bonuses: (mark: string) => readonly UnchainedEntry[];
  /** What the progress toward a goal consists of. Called only if a new bonus clears with its sales. */
  clearings: (goal: "commission" | "customers") => readonly Clearing[];
}

/** The entries of one milestone. */
export interface Bonuses {
  mark: string;
  entries: UnchainedEntry[];
}

/**
 * The key of a milestone in every version of the terms, such as `commission_100000`. Each nth time it is reached earns
 * one bonus.
 */
export function markOf({ commission, customers }: Milestone): string {
  return commission === undefined ? `customers_${customers}` : `commission_${commission}`;
}

interface Posting {
  program_currency: string;
  next: NumberEntry;
}

/**
 * Posts bonuses for milestones that are newly reached and, if the terms say so, reverses those that are no longer reached.
 * Both depend on what is known when a sale is posted. A bonus that was reversed is posted again once its goal is reached
 * again.
 */
export function postBonuses(sale: AttributedSale, progress: Progress, posting: Posting): Bonuses[] {
  const { milestones } = sale.terms;
  let left = BONUSES_AT_ONCE_MAX;
  return milestones.flatMap((milestone, place) => {
    const mark = markOf(milestone);
    if (milestones.findIndex((other) => markOf(other) === mark) < place) return [];
    const had = progress.bonuses(mark);
    const reversed = new Set(had.map(({ corrects }) => corrects));
    const active = had.filter(({ kind, id }) => kind === "bonus" && !reversed.has(id));
    const due = countDue(milestone, progress);
    const missing = sale.credited ? Math.min(due - active.length, left) : 0;
    const entries =
      missing > 0
        ? Array.from({ length: missing }, (_, index) => {
            const count = active.length + index + 1;
            return makeBonus({ milestone, mark, count, had }, sale, progress, posting);
          })
        : milestone.reversed
          ? active
              .slice(due)
              .slice(active.length - due > left ? active.length - due - left : 0)
              .toReversed()
              .map((bonus, index) => reverseBonus(bonus, milestone, active.length - index, sale, posting))
          : [];
    left -= entries.length;
    return entries.length === 0 ? [] : [{ mark, entries }];
  });
}

const stepOf = ({ commission, customers }: Milestone) => commission ?? customers ?? Number.POSITIVE_INFINITY;

/** How many bonuses of a milestone are due. */
function countDue(milestone: Milestone, { commission, customers }: Progress): number {
  const reached = milestone.commission === undefined ? customers : commission;
  const times = Math.floor(Math.max(reached, 0) / stepOf(milestone));
  return milestone.repeats ? times : Math.min(times, 1);
}

function makeBonus(
  {
    milestone,
    mark,
    count,
    had,
  }: { milestone: Milestone; mark: string; count: number; had: readonly UnchainedEntry[] },
  sale: AttributedSale,
  progress: Progress,
  { program_currency, next }: Posting,
): UnchainedEntry {
  const { program_id, affiliate_id, terms_version, changed_at } = sale;
  const id = `${entryIdOf(sale, 0).replace(/0$/, "bonus")}_${mark}_${count}`;
  const earlier = had.filter((entry) => entry.kind === "bonus" && (entry.id === id || entry.id.startsWith(`${id}_`)));
  const { number } = next();
  return {
    ...blankEntry,
    id: earlier.length === 0 ? id : `${id}_${earlier.length + 1}`,
    program_id,
    affiliate_id,
    number,
    kind: "bonus",
    amount: milestone.bonus,
    currency: program_currency,
    terms_version,
    reason: describeGoal(milestone, count, program_currency),
    occurred_at: changed_at,
    clears_at:
      milestone.clears === "own_hold"
        ? changed_at + sale.terms.hold_days * MS_PER_DAY
        : Math.max(changed_at, findClearing(milestone, count, progress)),
  };
}

/** When enough of what counts has cleared for the nth bonus. */
function findClearing(milestone: Milestone, count: number, { clearings }: Progress): number {
  const goal = count * stepOf(milestone);
  let reached = 0;
  let last = 0;
  const counted = clearings(milestone.commission === undefined ? "customers" : "commission");
  for (const { clears_at, amount } of counted.toSorted((a, b) => a.clears_at - b.clears_at)) {
    // What clears at the same time counts together.
    if (reached >= goal && clears_at !== last) break;
    reached += amount;
    last = clears_at;
  }
  return last;
}

function reverseBonus(
  bonus: UnchainedEntry,
  milestone: Milestone,
  count: number,
  { changed_at, terms_version }: AttributedSale,
  { program_currency, next }: Posting,
): UnchainedEntry {
  const { program_id, affiliate_id, currency, clears_at } = bonus;
  const goal = count * stepOf(milestone);
  const { commission_lost, customers_lost } = messages.entries;
  return {
    ...blankEntry,
    ...next(),
    program_id,
    affiliate_id,
    kind: "reversal",
    amount: -bonus.amount,
    currency,
    terms_version,
    reason:
      milestone.commission === undefined ? customers_lost(goal) : commission_lost(formatMoney(goal, program_currency)),
    occurred_at: changed_at,
    clears_at,
    corrects: bonus.id,
  };
}

/** The goal that the nth bonus of a milestone is for. */
function describeGoal({ commission, customers }: Milestone, count: number, program_currency: string): string {
  const { commission_reached, customers_reached } = messages.entries;
  return commission === undefined
    ? customers_reached(count * (customers ?? 0))
    : commission_reached(formatMoney(count * commission, program_currency));
}
