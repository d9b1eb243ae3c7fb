/** What new terms would have paid for recent sales, next to what the newest version pays for them. */
import { PREVIEW_SALES_MAX } from "../../commissions/preview.ts";

/** A sale as the API lists it. */
export interface ListedSale {
  attributed_to: string | null;
  amount: number | null;
  refunded: number;
  currency: string | null;
  customer: string | null;
  occurred_at: string;
  product: string | null;
  subscription: string | null;
  interval: string | null;
  payment_number: number | null;
  country: string | null;
  platform: string | null;
}

/** The bodies of the previews: sales of one affiliate each, at most as many as a preview takes. */
export function listPreviews(sales: readonly ListedSale[]): { affiliate: string; sales: Record<string, unknown>[] }[] {
  const credited = sales.filter(({ attributed_to, amount }) => attributed_to !== null && amount !== null);
  return [...Map.groupBy(credited, ({ attributed_to }) => attributed_to ?? "")].map(([affiliate, own]) => ({
    affiliate,
    sales: own.slice(0, PREVIEW_SALES_MAX).map(toPreviewSale),
  }));
}

function toPreviewSale(sale: ListedSale): Record<string, unknown> {
  const { occurred_at, amount, currency, customer, subscription, interval, product, country, platform } = sale;
  return {
    ...{ occurred_at, amount, currency, subscription, interval, product, country, platform },
    ...(customer !== null && { customer }),
    ...(sale.payment_number !== null && { payment_number: sale.payment_number }),
    ...(sale.refunded > 0 && { refunded: sale.refunded }),
  };
}

/** A sum of commissions in one currency, before and after. */
export interface Effect {
  currency: string;
  before: number;
  after: number;
}

type Previewed = { sales: readonly { entries: readonly { amount: number; currency: string }[] }[] };

/** Adds up previews under the newest version and under the new terms. */
export function sumEffect(before: readonly Previewed[], after: readonly Previewed[]): Effect[] {
  const effects = new Map<string, Effect>();
  const add = (previews: readonly Previewed[], when: "before" | "after") => {
    for (const { amount, currency } of previews.flatMap(({ sales }) => sales.flatMap(({ entries }) => entries))) {
      const effect = effects.get(currency) ?? { currency, before: 0, after: 0 };
      effect[when] += amount;
      effects.set(currency, effect);
    }
  };
  add(before, "before");
  add(after, "after");
  return [...effects.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
