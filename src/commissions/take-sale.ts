/** All that an account does with a sale that it is told of: one decision, of what it knows and what it is told. */
import type { AttributedSale } from "../customers/conversion.ts";
import { isCounted, judgeTier, type KnownSale } from "./judge-tier.ts";
import type { NumberEntry, UnchainedEntry } from "./ledger.ts";
import { type Bonuses, type Progress, postBonuses } from "./post-bonuses.ts";
import { clearsAt, postSale } from "./post-sale.ts";

/** What an account knows when it is told of a sale. */
export interface Books {
  program_currency: string;
  /** The sale as it was known. */
  before: KnownSale | null;
  /** Its entries of this sale. */
  entries: readonly UnchainedEntry[];
  /** Every sale that it has been told of, the one concerned too; asked for only where the terms go by them. */
  sales: () => readonly KnownSale[];
  /** Net commission of its own sales in the program's currency, before this is posted; likewise. */
  commission: () => number;
  bonuses: Progress["bonuses"];
  /** Who brought the affiliate in. */
  sponsor_id: number | null;
}

/** What follows. */
export interface Taken {
  /** The sale as it is known from now on. */
  known: KnownSale;
  posted: UnchainedEntry[];
  /** After these. */
  bonuses: Bonuses[];
  /** The sponsor's account is to be told of this state. */
  tell_sponsor: boolean;
}

/**
 * Decides what a sale's newest state posts. Its tier is judged when the first entry is posted, as of the sale's own time
 * over the sales known then, and kept; only where the terms meanwhile in force do not know that level is it judged again.
 */
export function takeSale(books: Books, sale: AttributedSale, next: NumberEntry): Taken {
  const { program_currency, before } = books;
  const tier = tierOf(books, sale);
  const entries = postSale(sale, { entries: books.entries, tier, program_currency, next });
  const has_entry = [...books.entries, ...entries].some((entry) => entry.from_affiliate_id === null);
  const tell_sponsor =
    books.sponsor_id !== null &&
    ((sale.terms.second_tier !== null && sale.credited && sale.amount > 0) || before?.told_sponsor === true);
  const { conversion, customer, amount, refunded, currency, occurred_at, credited, payment_number } = sale;
  const known: KnownSale = {
    conversion,
    customer,
    amount,
    refunded: Math.min(refunded, amount),
    currency,
    occurred_at,
    credited,
    payment_number,
    clears_at: clearsAt(sale),
    tier: has_entry ? tier : null,
    told_sponsor: tell_sponsor || before?.told_sponsor === true,
  };
  return { known, posted: entries, bonuses: bonusesOf(books, sale, { known, entries }, next), tell_sponsor };
}

function tierOf({ before, sales, program_currency }: Books, sale: AttributedSale): string | null {
  const { tiers } = sale.terms;
  if (tiers === null) return before?.tier ?? null;
  if (before !== null && tiers.levels.some(({ name }) => name === before.tier)) return before.tier;
  return judgeTier(tiers, { sales: sales(), at: sale.occurred_at, program_currency, conversion: sale.conversion });
}

function bonusesOf(
  books: Books,
  sale: AttributedSale,
  { known, entries }: { known: KnownSale; entries: readonly UnchainedEntry[] },
  next: NumberEntry,
): Bonuses[] {
  if (!sale.credited || sale.terms.milestones.length === 0) return [];
  const customers = new Set(isCounted(known) ? [known.customer] : []);
  for (const other of books.sales()) {
    if (other.conversion !== sale.conversion && isCounted(other)) customers.add(other.customer);
  }
  const progress = {
    commission: books.commission() + netCommission(entries, books.program_currency),
    customers: customers.size,
    bonuses: books.bonuses,
  };
  return postBonuses(sale, progress, { program_currency: books.program_currency, next });
}

/** What an account's own sales have earned in a currency, net of what was reversed. */
export function netCommission(entries: Iterable<UnchainedEntry>, currency: string): number {
  let sum = 0;
  for (const entry of entries) {
    if (isOwnCommission(entry) && entry.currency === currency) sum += entry.amount;
  }
  return sum;
}

/** Whether an entry is of one of the affiliate's own sales. */
function isOwnCommission({ kind, from_affiliate_id }: UnchainedEntry): boolean {
  return kind === "commission" || (kind === "reversal" && from_affiliate_id === null);
}
