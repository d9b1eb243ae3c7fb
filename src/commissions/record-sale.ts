/** Decides everything an account does when it receives a sale. */
import type { AttributedSale } from "../customers/conversion.ts";
import type { AffiliateRates } from "./choose-rate.ts";
import { isCounted, judgeTier, type KnownSale } from "./judge-tier.ts";
import type { NumberEntry, UnchainedEntry } from "./ledger.ts";
import { type Bonuses, type Clearing, type Progress, postBonuses } from "./post-bonuses.ts";
import { clearsAt, postSale, reversedPartOf } from "./post-sale.ts";

/** The account's state when it receives a sale. */
export interface AccountState {
  program_currency: string;
  /** The sale's previous state. */
  before: KnownSale | null;
  /** The account's entries for this sale. */
  entries: readonly UnchainedEntry[];
  /** All known sales, including this one. Called only if the terms need them. */
  sales: () => readonly KnownSale[];
  /**
   * Net commission on the account's own sales in the program's currency, before this posting. Called only if the terms
   * need it.
   */
  commission: () => number;
  bonuses: Progress["bonuses"];
  /**
   * The same net commission by when it clears, before this posting. Called only if a bonus is posted that clears with its
   * sales.
   */
  commissions: () => readonly Clearing[];
  /** The affiliate's sponsor. */
  sponsor_id: number | null;
  /** The time of posting, in ms. Left out in simulations. */
  now?: number;
  /** See `Posting`. */
  affiliate_rates?: AffiliateRates | undefined;
}

/** The resulting entries and state. */
export interface RecordedSale {
  /** The new state of the sale. */
  known: KnownSale;
  posted: UnchainedEntry[];
  /** Bonus entries, posted after `posted`. */
  bonuses: Bonuses[];
  /** Whether to send this state to the sponsor's account. */
  notify_sponsor: boolean;
}

/**
 * Decides what a sale's newest state posts. The tier is judged when the first entry is posted, at the sale's own time
 * and from the sales known then, and is kept. It is judged again only if the current terms no longer have that level.
 */
export function recordSale(state: AccountState, told: AttributedSale, next: NumberEntry): RecordedSale {
  const { program_currency, before, affiliate_rates } = state;
  // A lead is paid in the program's currency.
  const sale: AttributedSale = told.event === "lead" ? { ...told, amount: 0, currency: program_currency } : told;
  const { tier, tier_at } = tierOf(state, sale);
  const entries = postSale(sale, { entries: state.entries, tier, tier_at, affiliate_rates, program_currency, next });
  const has_entry = [...state.entries, ...entries].some((entry) => entry.from_affiliate_id === null);
  const notify_sponsor =
    state.sponsor_id !== null &&
    ((sale.terms.second_tier !== null && sale.credited && sale.amount > 0) || before?.told_sponsor === true);
  const { conversion, customer, amount, currency, occurred_at, credited, payment_number } = sale;
  const known: KnownSale = {
    conversion,
    customer,
    amount,
    refunded: reversedPartOf(sale),
    currency,
    occurred_at,
    credited,
    payment_number,
    clears_at: clearsAt(sale),
    ...(sale.settled_at !== undefined && { settled_at: sale.settled_at }),
    ...(sale.commissionable === false && { commissionable: false }),
    tier: has_entry ? tier : null,
    ...(has_entry && tier_at !== null && { tier_at }),
    told_sponsor: notify_sponsor || before?.told_sponsor === true,
  };
  return { known, posted: entries, bonuses: bonusesOf(state, sale, { known, entries }, next), notify_sponsor };
}

/** The tier of a sale, and when it was decided (ms). */
function tierOf(
  { before, sales, program_currency, now }: AccountState,
  { terms: { tiers }, occurred_at: at, conversion }: AttributedSale,
): { tier: string | null; tier_at: number | null } {
  const kept = { tier: before?.tier ?? null, tier_at: before?.tier_at ?? null };
  if (tiers === null || tiers.levels.some(({ name }) => name === kept.tier)) return kept;
  return { tier: judgeTier(tiers, { sales: sales(), at, program_currency, conversion }), tier_at: now ?? null };
}

function bonusesOf(
  state: AccountState,
  sale: AttributedSale,
  { known, entries }: { known: KnownSale; entries: readonly UnchainedEntry[] },
  next: NumberEntry,
): Bonuses[] {
  if (sale.terms.milestones.length === 0) return [];
  const { program_currency } = state;
  // By customer: when the first of their sales clears.
  const customers = new Map<string, number>();
  const count = ({ customer, clears_at }: KnownSale) =>
    customers.set(customer, Math.min(customers.get(customer) ?? clears_at, clears_at));
  if (isCounted(known)) count(known);
  for (const other of state.sales()) {
    if (other.conversion !== sale.conversion && isCounted(other)) count(other);
  }
  const progress: Progress = {
    commission: state.commission() + netCommission(entries, program_currency),
    customers: customers.size,
    bonuses: state.bonuses,
    clearings: (goal) =>
      goal === "customers"
        ? [...customers.values()].map((clears_at) => ({ clears_at, amount: 1 }))
        : [...state.commissions(), ...entries.filter((entry) => isCommissionIn(entry, program_currency))],
  };
  return postBonuses(sale, progress, { program_currency: state.program_currency, next });
}

/** What an account's own sales have earned in a currency, net of reversals. */
export function netCommission(entries: Iterable<UnchainedEntry>, currency: string): number {
  let sum = 0;
  for (const entry of entries) {
    if (isCommissionIn(entry, currency)) sum += entry.amount;
  }
  return sum;
}

/** Whether an entry is for one of the affiliate's own sales, and in a currency. Reversals of bonuses have no conversion. */
export function isCommissionIn(entry: UnchainedEntry, inCurrency: string): boolean {
  const { kind, conversion, from_affiliate_id, currency } = entry;
  if (conversion === null || currency !== inCurrency) return false;
  return kind === "commission" || (kind === "reversal" && from_affiliate_id === null);
}
