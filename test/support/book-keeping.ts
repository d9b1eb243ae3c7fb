/** An account without its object: applies the states of sales in order, and keeps the entries and known sales. */
import { chainEntries, FIRST_HASH } from "../../src/commissions/chain.ts";
import type { KnownSale } from "../../src/commissions/judge-tier.ts";
import { entryIdOf, type LedgerEntry, type UnchainedEntry } from "../../src/commissions/ledger.ts";
import { isCommissionIn, netCommission, recordSale } from "../../src/commissions/record-sale.ts";
import type { AttributedSale } from "../../src/customers/conversion.ts";
import { attributedSale } from "./given.ts";

export interface Kept {
  entries: LedgerEntry[];
  sales: Map<string, KnownSale>;
}

/**
 * Applies the states in this order and returns the result; skips older revisions, as the object does. `times` are when they
 * are posted, in ms.
 */
export function keepBooks(
  states: readonly Partial<AttributedSale>[],
  sponsor_id: number | null = null,
  times: readonly number[] = [],
): Kept {
  const entries: UnchainedEntry[] = [];
  const sales = new Map<string, KnownSale>();
  const revisions = new Map<string, number>();
  const bonuses = new Map<string, UnchainedEntry[]>();
  for (const [place, state] of states.entries()) {
    const now = times[place];
    const sale = attributedSale(state);
    if (sale.revision <= (revisions.get(sale.conversion) ?? 0)) continue;
    revisions.set(sale.conversion, sale.revision);
    let number = entries.length;
    const next = () => {
      number += 1;
      return { number, id: entryIdOf(sale, number) };
    };
    const recorded = recordSale(
      {
        program_currency: "USD",
        sponsor_id,
        ...(now !== undefined && { now }),
        before: sales.get(sale.conversion) ?? null,
        entries: entries.filter((entry) => entry.conversion === sale.conversion),
        sales: () => [...sales.values()],
        commission: () => netCommission(entries, "USD"),
        commissions: () => entries.filter((entry) => isCommissionIn(entry, "USD")),
        bonuses: (mark) => bonuses.get(mark) ?? [],
      },
      sale,
      next,
    );
    sales.set(sale.conversion, recorded.known);
    entries.push(...recorded.posted, ...recorded.bonuses.flatMap((bonus) => bonus.entries));
    for (const bonus of recorded.bonuses) {
      bonuses.set(bonus.mark, [...(bonuses.get(bonus.mark) ?? []), ...bonus.entries]);
    }
  }
  return { entries: chainEntries(FIRST_HASH, entries), sales };
}
