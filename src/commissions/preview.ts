/** What sales would earn under terms that are not in force: simulated by the very decisions that post real ones. */
import type { AttributedSale } from "../customers/conversion.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import { type Balances, balancesOf } from "./balances.ts";
import { describeTier, type KnownSale, type TierView } from "./judge-tier.ts";
import { entryIdOf, type UnchainedEntry } from "./ledger.ts";
import { postOverride } from "./post-sale.ts";
import { netCommission, takeSale } from "./take-sale.ts";

/** As many as a door lets in. */
export const PREVIEW_SALES_MAX = 100;

/** A sale as somebody thinks it up. Amounts in minor units, times in ms. */
export interface PreviewSale {
  occurred_at: number;
  amount: number;
  /** The program's where nothing is said. */
  currency?: string | undefined;
  /** Whose it is, by any name; a customer of its own where nothing is said. */
  customer?: string | undefined;
  subscription?: string | null | undefined;
  /** `once` where it is of no subscription and nothing is said. */
  interval?: string | null | undefined;
  product?: string | null | undefined;
  country?: string | null | undefined;
  platform?: string | null | undefined;
  /** Taken back later, and when. */
  refunded?: number | undefined;
  refunded_at?: number | undefined;
}

/** What one of the sales would earn, and by what. */
export interface PreviewedSale {
  /** Its place among the sales that were asked about. */
  sale: number;
  payment_number: number;
  entries: UnchainedEntry[];
  /** What the affiliate's sponsor would earn of it; null where the terms know no second tier. */
  override: number | null;
}

/** What all of them would. */
export interface Preview {
  /** By time. */
  sales: PreviewedSale[];
  /** At a time when all is cleared. */
  balances: Balances[];
  /** As of the last sale. */
  tier: TierView | null;
}

/**
 * What up to {@link PREVIEW_SALES_MAX} sales of one affiliate, all credited to it, would earn under terms. They are posted by
 * time, whatever their order; a refund is posted when it comes, between the sales around it.
 */
export function previewSales(terms: ProgramTerms, currency: string, sales: readonly PreviewSale[]): Preview {
  const told = toldSales(terms, currency, sales);
  const known = new Map<string, KnownSale>();
  const entries: UnchainedEntry[] = [];
  const bonuses = new Map<string, number>();
  const previewed = new Map<string, PreviewedSale>();
  let number = 0;
  const account = { program_id: 0, affiliate_id: 0 };
  const next = () => {
    number += 1;
    return { number, id: entryIdOf(account, number) };
  };
  for (const { sale, place } of told) {
    const { conversion } = sale;
    const isOwn = (entry: UnchainedEntry) => entry.conversion === conversion;
    const books = {
      program_currency: currency,
      sponsor_id: null,
      before: known.get(conversion) ?? null,
      entries: entries.filter(isOwn),
      sales: () => [...known.values()],
      commission: () => netCommission(entries, currency),
      bonuses: (mark: string) => bonuses.get(mark) ?? 0,
    };
    const taken = takeSale(books, sale, next);
    known.set(conversion, taken.known);
    for (const { mark, entries: posted } of taken.bonuses) bonuses.set(mark, books.bonuses(mark) + posted.length);
    const posted = [...taken.posted, ...taken.bonuses.flatMap((bonus) => bonus.entries)];
    entries.push(...posted);
    previewed.set(conversion, {
      sale: place,
      payment_number: sale.payment_number,
      entries: [...(previewed.get(conversion)?.entries ?? []), ...posted],
      override: overrideOf(sale),
    });
  }
  const last = told.findLast(({ sale }) => sale.revision === 1)?.sale.occurred_at ?? 0;
  const { tiers } = terms;
  return {
    sales: [...previewed.values()],
    balances: balancesOf(entries, Number.POSITIVE_INFINITY),
    tier:
      tiers === null ? null : describeTier(tiers, { sales: [...known.values()], at: last, program_currency: currency }),
  };
}

/** What an approved sponsor has of a sale in the end, null where the terms know no second tier. */
function overrideOf(sale: AttributedSale): number | null {
  if (sale.terms.second_tier === null) return null;
  const next = () => ({ number: 0, id: "" });
  const posted = postOverride({ sale, sponsor_id: 0 }, { entries: [], approved: true, next });
  return posted.reduce((sum, entry) => sum + entry.amount, 0);
}

/** Each sale, and again with what was reversed, in the order in which an account is told of them. */
function toldSales(terms: ProgramTerms, currency: string, sales: readonly PreviewSale[]) {
  const inOrder = sales.map((sale, place) => ({ sale, place })).sort((a, b) => a.sale.occurred_at - b.sale.occurred_at);
  const rows = new Map<string, { payments: number; first_paid_at: number }>();
  const told = inOrder.flatMap(({ sale, place }) => {
    const customer = sale.customer ?? `customer of sale ${place}`;
    const subscription = sale.subscription ?? null;
    const name = JSON.stringify(subscription === null ? { customer } : { subscription });
    const row = rows.get(name) ?? { payments: 0, first_paid_at: sale.occurred_at };
    rows.set(name, row);
    if (sale.amount > 0) row.payments += 1;
    const state: AttributedSale = {
      program_id: 0,
      affiliate_id: 0,
      conversion: `sale ${place}`,
      revision: 1,
      credited: true,
      amount: sale.amount,
      refunded: 0,
      currency: sale.currency ?? currency,
      occurred_at: sale.occurred_at,
      changed_at: sale.occurred_at,
      customer,
      subscription,
      product: sale.product ?? null,
      interval: sale.interval === undefined && subscription === null ? "once" : (sale.interval ?? null),
      country: sale.country ?? null,
      platform: sale.platform ?? null,
      payment_number: sale.amount > 0 ? row.payments : 0,
      first_paid_at: row.first_paid_at,
      terms_version: 0,
      terms,
    };
    const { refunded = 0, refunded_at = sale.occurred_at } = sale;
    if (refunded === 0) return [{ sale: state, place }];
    return [
      { sale: state, place },
      { sale: { ...state, revision: 2, refunded, changed_at: Math.max(refunded_at, sale.occurred_at) }, place },
    ];
  });
  return told.sort((a, b) => a.sale.changed_at - b.sale.changed_at);
}
