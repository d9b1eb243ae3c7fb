/** Calculates the ledger entries for a sale, for the affiliate who made it and for their sponsor. */
import type { AttributedSale } from "../customers/conversion.ts";
import { messages } from "../lib/messages/messages.ts";
import { portionOf, shareOf } from "../lib/money.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import { DEFAULT_GROUP } from "../programs/group.ts";
import { completeTerms } from "../programs/terms.ts";
import { type AffiliateRates, type ChosenRate, chooseAffiliateRate, NO_RATE } from "./choose-rate.ts";
import { blankEntry, type LedgerEntry, type NumberEntry, type UnchainedEntry } from "./ledger.ts";

/** Completes a sale message from an older version. */
export function completeSale(received: AttributedSale): AttributedSale {
  const unknown = {
    // Treat each such sale as a separate customer.
    customer: received.conversion,
    subscription: null,
    product: null,
    interval: null,
    country: null,
    platform: null,
    payment_number: received.amount > 0 ? 1 : 0,
    cause: null,
    first_paid_at: received.occurred_at,
    own_purchase: false,
  };
  return { ...unknown, ...received, terms: completeTerms(received.terms) };
}

/** When a sale's hold period ends, in ms. A day is 24 hours. */
export function clearsAt(sale: Pick<AttributedSale, "occurred_at" | "terms">): number {
  return sale.occurred_at + sale.terms.hold_days * MS_PER_DAY;
}

/** How much of a sale is reversed, from 0 to its amount: no correction makes a sale worth more than its amount. */
export function reversedPartOf({ amount, refunded }: Pick<AttributedSale, "amount" | "refunded">): number {
  return Math.max(Math.min(refunded, amount), 0);
}

/** The inputs for posting a sale, apart from the sale itself. */
export interface Posting {
  /** The account's existing entries for the sale. */
  entries: readonly UnchainedEntry[];
  tier: string | null;
  /** When the tier was decided, in ms; null if that isn't known. */
  tier_at?: number | null;
  /** At the time of the sale. By default, the affiliate is in the default group and has no own rates. */
  affiliate_rates?: AffiliateRates | undefined;
  program_currency: string;
  next: NumberEntry;
}

const COMMON_RATES: AffiliateRates = { group: DEFAULT_GROUP, own_rates: null };

/**
 * Returns the entries that bring a sale to what its newest state earns: the commission when it is first credited, then
 * a reversal for each change. Reversals are based on the cumulative reversed amount, so that parts add up exactly. A
 * credited payment or lead that earns nothing gets a commission of 0 with the reason; a zero payment gets no entry.
 */
export function postSale(sale: AttributedSale, posting: Posting): UnchainedEntry[] {
  const { entries, tier, tier_at = null, affiliate_rates = COMMON_RATES, program_currency, next } = posting;
  const rate =
    sale.commissionable === false
      ? { ...NO_RATE, base: sale.amount, reason: messages.entries.causes.no_commission }
      : chooseAffiliateRate(sale.terms.rates, affiliate_rates, { ...sale, tier }, program_currency);
  const own = entries.filter((entry) => entry.conversion === sale.conversion && entry.from_affiliate_id === null);
  const { affiliate_id } = sale;
  return postDifference(
    sale,
    { ...rate, tier, tier_at, kind: "commission", affiliate_id, from_affiliate_id: null },
    own,
    next,
  );
}

/** A sale as sent to the account of the affiliate's sponsor. */
export interface SponsoredSale {
  sponsor_id: number;
  sale: AttributedSale;
}

/** What states of sales would post to an account, and which of them would be sent to the account of the sponsor. */
export interface PreviewedPosts {
  entries: LedgerEntry[];
  sponsored: SponsoredSale[];
}

/**
 * Returns the sponsor's entries for a sale: a second-tier commission on the payment itself, whatever the affiliate
 * earns. `approved` says whether the sponsor was approved in the program at the time of the sale. An own purchase earns no
 * second-tier commission, and neither does a sale on which the merchant pays none. If the sponsor earns nothing, there is no entry.
 */
export function postOverride(
  { sale, sponsor_id }: SponsoredSale,
  { entries, approved, next }: Pick<Posting, "entries" | "next"> & { approved: boolean },
): UnchainedEntry[] {
  const { second_tier } = sale.terms;
  const isPaid = second_tier?.payments === "every" || sale.payment_number === 1;
  const isDue = second_tier !== null && approved && isPaid && !sale.own_purchase && sale.commissionable !== false;
  const rate: ChosenRate = {
    rule: null,
    own_rates_from: null,
    rate_bps: isDue ? second_tier.rate_bps : 0,
    rate_fraction: null,
    flat: null,
    base: sale.amount,
    earned: isDue ? shareOf(sale.amount, second_tier.rate_bps) : 0,
    reason: null,
  };
  const from_affiliate_id = sale.affiliate_id;
  const own = entries.filter(
    (entry) => entry.conversion === sale.conversion && entry.from_affiliate_id === from_affiliate_id,
  );
  if (own.length === 0 && rate.earned === 0) return [];
  return postDifference(
    sale,
    { ...rate, tier: null, tier_at: null, kind: "override", affiliate_id: sponsor_id, from_affiliate_id },
    own,
    next,
  );
}

/** Why a commission is corrected, as stored with the entry. Null for sales that an older version sent. */
function describeCause({ cause, credited }: Pick<AttributedSale, "cause" | "credited">): string | null {
  if (cause === null) return null;
  const { causes } = messages.entries;
  return cause === "late_event" && !credited ? causes.uncredited : causes[cause];
}

type Reward = ChosenRate & {
  tier: string | null;
  tier_at: number | null;
  kind: "commission" | "override";
  /** The owner of the ledger. */
  affiliate_id: number;
  from_affiliate_id: number | null;
};

function postDifference(
  sale: AttributedSale,
  { kind, earned, base, ...reward }: Reward,
  entries: readonly UnchainedEntry[],
  next: NumberEntry,
): UnchainedEntry[] {
  const common = {
    ...blankEntry,
    program_id: sale.program_id,
    currency: sale.currency,
    conversion: sale.conversion,
    base_amount: sale.event === "lead" ? null : base,
    terms_version: sale.terms_version,
    ...reward,
  };
  const posted: UnchainedEntry[] = [];
  let first = entries.find((entry) => entry.kind === kind);
  if (first === undefined && sale.credited && (sale.amount > 0 || sale.event === "lead")) {
    first = {
      ...common,
      ...next(),
      kind,
      amount: earned,
      occurred_at: sale.occurred_at,
      clears_at: clearsAt(sale),
    };
    posted.push(first);
  }
  if (first === undefined) return posted;
  const refunded = reversedPartOf(sale);
  const kept = sale.credited ? earned - portionOf(earned, refunded, Math.max(sale.amount, 1)) : 0;
  const correction = kept - [...entries, ...posted].reduce((sum, entry) => sum + entry.amount, 0);
  if (correction !== 0) {
    posted.push({
      ...common,
      ...next(),
      kind: "reversal",
      amount: correction,
      reason: describeCause(sale),
      occurred_at: sale.changed_at,
      clears_at: first.clears_at,
      corrects: first.id,
    });
  }
  return posted;
}
