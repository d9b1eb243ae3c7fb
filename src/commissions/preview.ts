/** Simulates sales under draft terms with the same functions that post real ones. */
import type { AttributedSale } from "../customers/conversion.ts";
import { scopeOf } from "../customers/disputes/ruling.ts";
import { continuePlan, newPlan, nextPayment, type Plans } from "../customers/payments/count-payments.ts";
import { Problem } from "../lib/problem.ts";
import { addQualified } from "../programs/match-rule.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import { type Balances, balancesOf } from "./balances.ts";
import type { AffiliateRates } from "./choose-rate.ts";
import { describeTier, type KnownSale, type TierView } from "./judge-tier.ts";
import { entryIdOf, type UnchainedEntry } from "./ledger.ts";
import { postOverride } from "./post-sale.ts";
import { isCommissionIn, netCommission, recordSale } from "./record-sale.ts";

/** The API's maximum number of sales per preview. */
export const PREVIEW_SALES_MAX = 100;
/** A milestone of few minor units posts up to a hundred bonuses with each sale. */
const PREVIEW_ENTRIES_MAX = 1_000;

/** A hypothetical sale. Amounts in minor units, times in ms. */
export interface PreviewSale {
  occurred_at: number;
  /** Defaults to a sale. */
  type?: "sale" | "lead" | undefined;
  /** 0 for a lead. */
  amount: number;
  /** Defaults to the program's currency. */
  currency?: string | undefined;
  /** Any label for the customer. Defaults to the subscription's customer, or else to a new one. */
  customer?: string | undefined;
  subscription?: string | null | undefined;
  /** The subscription that this one continues after a change of plan. */
  replaces?: string | null | undefined;
  /** Which payment of its series it is, where earlier ones aren't among the sales. Counted from the sales if left out. */
  payment_number?: number | undefined;
  /** Defaults to `once` outside a subscription. */
  interval?: string | null | undefined;
  interval_count?: number | undefined;
  product?: string | null | undefined;
  country?: string | null | undefined;
  platform?: string | null | undefined;
  /** The amount refunded later, and when. */
  refunded?: number | undefined;
  refunded_at?: number | undefined;
}

/** What one of the sales would earn, and why. */
export interface PreviewedSale {
  /** The sale's index in the request. */
  sale: number;
  payment_number: number;
  entries: UnchainedEntry[];
  /** What the affiliate's sponsor would earn, or null if the terms have no second tier. */
  override: number | null;
}

/** The result for all sales. */
export interface Preview {
  /** In chronological order. */
  sales: PreviewedSale[];
  /** Once everything has cleared. */
  balances: Balances[];
  /** As of the last sale. */
  tier: TierView | null;
}

/**
 * Calculates what up to {@link PREVIEW_SALES_MAX} sales, all credited to one affiliate, would earn under the terms.
 * They are posted in chronological order, including their refunds. Throws a 422 if they would post very many entries.
 */
export function previewSales(
  terms: ProgramTerms,
  currency: string,
  sales: readonly PreviewSale[],
  affiliate_rates?: AffiliateRates,
): Preview {
  const revisions = saleRevisions(terms, currency, sales);
  const known = new Map<string, KnownSale>();
  const entries: UnchainedEntry[] = [];
  const bonuses = new Map<string, UnchainedEntry[]>();
  const previewed = new Map<string, PreviewedSale>();
  let number = 0;
  const account = { program_id: 0, affiliate_id: 0 };
  const next = () => {
    number += 1;
    return { number, id: entryIdOf(account, number) };
  };
  for (const { sale, place } of revisions) {
    const { conversion } = sale;
    const isOwn = (entry: UnchainedEntry) => entry.conversion === conversion;
    const state = {
      program_currency: currency,
      sponsor_id: null,
      affiliate_rates,
      before: known.get(conversion) ?? null,
      entries: entries.filter(isOwn),
      sales: () => [...known.values()],
      commission: () => netCommission(entries, currency),
      commissions: () => entries.filter((entry) => isCommissionIn(entry, currency)),
      bonuses: (mark: string) => bonuses.get(mark) ?? [],
    };
    const recorded = recordSale(state, sale, next);
    known.set(conversion, recorded.known);
    for (const { mark, entries: posted } of recorded.bonuses) bonuses.set(mark, [...state.bonuses(mark), ...posted]);
    const posted = [...recorded.posted, ...recorded.bonuses.flatMap((bonus) => bonus.entries)];
    entries.push(...posted);
    if (entries.length > PREVIEW_ENTRIES_MAX) throw tooManyEntries();
    previewed.set(conversion, {
      sale: place,
      payment_number: sale.payment_number,
      entries: [...(previewed.get(conversion)?.entries ?? []), ...posted],
      override: overrideOf(sale),
    });
  }
  const last = revisions.findLast(({ sale }) => sale.revision === 1)?.sale.occurred_at ?? 0;
  const { tiers } = terms;
  return {
    sales: [...previewed.values()],
    balances: balancesOf(entries, Number.POSITIVE_INFINITY),
    tier:
      tiers === null ? null : describeTier(tiers, { sales: [...known.values()], at: last, program_currency: currency }),
  };
}

function tooManyEntries(): Problem {
  const detail = `sales: would post more than ${PREVIEW_ENTRIES_MAX} ledger entries. Preview fewer sales, or larger milestones.`;
  return new Problem(422, "invalid_sales", detail, "sales");
}

/** What an approved sponsor earns on a sale in the end, or null if the terms have no second tier. */
function overrideOf(sale: AttributedSale): number | null {
  if (sale.terms.second_tier === null) return null;
  const next = () => ({ number: 0, id: "" });
  const posted = postOverride({ sale, sponsor_id: 0 }, { entries: [], approved: true, next });
  return posted.reduce((sum, entry) => sum + entry.amount, 0);
}

/** The messages an account receives, in order: each sale, and again with its refund. */
function saleRevisions(terms: ProgramTerms, currency: string, sales: readonly PreviewSale[]) {
  const inOrder = sales.map((sale, place) => ({ sale, place })).sort((a, b) => a.sale.occurred_at - b.sale.occurred_at);
  const count = countPreviewed(terms);
  const qualified = new Map<string, readonly string[]>();
  const revisions = inOrder.flatMap(({ sale, place }) => {
    const subscription = sale.subscription ?? null;
    const { customer, payment_number, first_paid_at, is_new } = count(sale, place);
    const isLead = sale.type === "lead";
    const state: AttributedSale = {
      program_id: 0,
      affiliate_id: 0,
      conversion: `sale ${place}`,
      revision: 1,
      credited: !isLead || is_new,
      ...(isLead && { event: "lead" }),
      amount: sale.amount,
      refunded: 0,
      currency: sale.currency ?? currency,
      occurred_at: sale.occurred_at,
      changed_at: sale.occurred_at,
      cause: null,
      customer,
      subscription,
      product: sale.product ?? null,
      interval: sale.interval === undefined && subscription === null ? "once" : (sale.interval ?? null),
      ...(sale.interval_count !== undefined && sale.interval_count !== 1 && { interval_count: sale.interval_count }),
      country: sale.country ?? null,
      platform: sale.platform ?? null,
      payment_number,
      first_paid_at,
      own_purchase: false,
      terms_version: 0,
      terms,
    };
    const qualified_in = qualified.get(customer) ?? [];
    if (qualified_in.length > 0) state.qualified_in = qualified_in;
    if (state.payment_number > 0) qualified.set(customer, addQualified(qualified_in, state, terms.rates));
    const { refunded = 0, refunded_at = sale.occurred_at } = sale;
    if (refunded === 0) return [{ sale: state, place }];
    const changed_at = Math.max(refunded_at, sale.occurred_at);
    const after: AttributedSale = { ...state, revision: 2, refunded, changed_at, cause: "refund" };
    return [
      { sale: state, place },
      { sale: after, place },
    ];
  });
  return revisions.sort((a, b) => a.sale.changed_at - b.sale.changed_at);
}

/** Finds each sale's customer and counts its payments, for sales in chronological order. */
function countPreviewed(terms: ProgramTerms) {
  const customers = new Map<string, string>();
  const plansOf = new Map<string, Plans>();
  return (sale: PreviewSale, place: number) => {
    const { subscription = null, replaces = null } = sale;
    const known = customers.get(subscription ?? "") ?? customers.get(replaces ?? "");
    const customer = sale.customer ?? known ?? `customer of sale ${place}`;
    if (subscription !== null && !customers.has(subscription)) customers.set(subscription, customer);
    const scope = scopeOf(subscription);
    const before = plansOf.get(customer) ?? {};
    const isChange = subscription !== null && replaces !== null;
    const plans = isChange ? continuePlan(before, scope, scopeOf(replaces), 0) : before;
    const { payment_number, first_paid_at } = nextPayment(plans, scope, sale.occurred_at, terms);
    const isPayment = sale.amount > 0 && sale.type !== "lead";
    const is_new = !plansOf.has(customer);
    const plan = plans[scope] ?? newPlan(0);
    const paid = { ...plan, payments: plan.payments + 1, first_paid_at: plan.first_paid_at ?? sale.occurred_at };
    plansOf.set(customer, { ...plans, [scope]: isPayment ? paid : plan });
    const number = sale.payment_number ?? payment_number;
    return { customer, payment_number: isPayment ? number : 0, first_paid_at, is_new };
  };
}
