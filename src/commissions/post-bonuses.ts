import type { AttributedSale } from "../customers/conversion.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import type { Milestone } from "../programs/terms.ts";
import { blankEntry, entryIdOf, type NumberEntry, type UnchainedEntry } from "./ledger.ts";

/** The maximum number of bonuses posted with one sale. Any others follow with the next sale. */
const BONUSES_AT_ONCE_MAX = 100;

/** An account's progress toward milestones. */
export interface Progress {
  /** Net commissions on its own sales, in minor units of the program's currency. */
  commission: number;
  /** Distinct customers with a sale that counts. */
  customers: number;
  /** The number of bonuses already posted for a milestone. */
  bonuses: (mark: string) => number;
}

/** The bonuses of one milestone. */
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

/**
 * Posts bonuses for milestones that are newly reached. They depend on what is known when a sale is posted and are
 * permanent: later reversals don't take them back, and reaching the same milestone again earns none. A bonus has the
 * hold period of the sale that triggered it.
 */
export function postBonuses(
  sale: AttributedSale,
  { commission, customers, bonuses }: Progress,
  { program_currency, next }: { program_currency: string; next: NumberEntry },
): Bonuses[] {
  const { milestones } = sale.terms;
  return milestones.flatMap((milestone, place) => {
    const mark = markOf(milestone);
    if (milestones.findIndex((other) => markOf(other) === mark) < place) return [];
    const step = milestone.commission ?? milestone.customers ?? Number.POSITIVE_INFINITY;
    const times = Math.floor(Math.max(milestone.commission === undefined ? customers : commission, 0) / step);
    const due = milestone.repeats ? times : Math.min(times, 1);
    const had = bonuses(mark);
    const posted = Math.min(Math.max(due - had, 0), BONUSES_AT_ONCE_MAX);
    const entries = Array.from({ length: posted }, (_, index): UnchainedEntry => {
      const { program_id, affiliate_id, terms_version, changed_at } = sale;
      const count = had + index + 1;
      const { number } = next();
      return {
        ...blankEntry,
        id: `${entryIdOf(sale, 0).replace(/0$/, "bonus")}_${mark}_${count}`,
        program_id,
        affiliate_id,
        number,
        kind: "bonus",
        amount: milestone.bonus,
        currency: program_currency,
        terms_version,
        reason: sayMark(milestone, count),
        occurred_at: changed_at,
        clears_at: changed_at + sale.terms.hold_days * MS_PER_DAY,
      };
    });
    return entries.length === 0 ? [] : [{ mark, entries }];
  });
}

function sayMark({ commission, customers }: Milestone, count: number): string {
  return commission === undefined
    ? `${count * (customers ?? 0)} customers reached.`
    : `Mark ${count} of commission reached.`;
}
