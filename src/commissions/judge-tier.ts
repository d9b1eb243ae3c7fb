/** Determines an affiliate's tier: the level their sales reach at a time, and what the next level needs. */
import type { AttributedSale } from "../customers/conversion.ts";
import { addMonths, dayOf } from "../lib/calendar.ts";
import type { Tiers } from "../programs/terms.ts";

/** What an account knows about a sale: its newest state, and the decisions from when it was first posted. */
export interface KnownSale
  extends Pick<
    AttributedSale,
    "conversion" | "customer" | "amount" | "refunded" | "currency" | "occurred_at" | "credited" | "payment_number"
  > {
  /** When its hold period ends. */
  clears_at: number;
  /** The tier it was judged by, permanently; null if none was. */
  tier: string | null;
  /** When that was, in ms. Missing where it isn't known. */
  tier_at?: number;
  /** When the merchant received the money, in ms. Missing where that isn't known. */
  settled_at?: number;
  /** False where the merchant pays no commission on it. */
  commissionable?: false;
  /** Whether the sponsor's account has been informed. */
  told_sponsor: boolean;
}

/** Whether a sale counts: credited, a live payment that may earn a commission, and not fully reversed as of now. */
export function isCounted(sale: KnownSale): boolean {
  return sale.credited && sale.commissionable !== false && sale.payment_number >= 1 && sale.refunded < sale.amount;
}

/** The customers and sales that count at a time. */
export interface TierTotals {
  customers: number;
  /** Minor units of the program's currency. */
  sales: number;
}

/**
 * The affiliate's level at a time (ms), based on the sales known now. Fully reversed sales never count, and sums are
 * net of reversals. The window uses the sales' own dates. If the terms count after the hold period, a sale counts once
 * it has cleared. Sales in another currency count as customers but not in sums. `conversion` is the sale being judged,
 * which doesn't count toward its own tier.
 */
export function judgeTier(
  tiers: Tiers,
  asked: { sales: readonly KnownSale[]; at: number; program_currency: string; conversion: string | null },
): string {
  return nameOf(tiers, levelAt(tiers, asked));
}

type Asked = Parameters<typeof judgeTier>[1];

/** The tier at a time and, unless it is the highest, what is missing for the next. */
export interface TierView {
  name: string;
  next: {
    name: string;
    /** Distinct customers still needed, or null if the level requires none or has enough. */
    customers: number | null;
    /** Minor units of sales. */
    sales: number | null;
    currency: string;
    /** What counts now. */
    counted: TierTotals;
    /** What will count once its hold period ends; null if nothing is pending. */
    pending: {
      /** Distinct customers who don't count yet. */
      customers: number;
      /** Minor units of sales. */
      sales: number;
      /** When the first and the last of these sales clear, in ms. */
      clears_from: number;
      clears_to: number;
    } | null;
  } | null;
}

/** The affiliate's view of {@link judgeTier}. */
export function describeTier(tiers: Tiers, asked: Omit<Asked, "conversion">): TierView {
  const level = levelAt(tiers, { ...asked, conversion: null });
  const next = tiers.levels[level + 1];
  const name = nameOf(tiers, level);
  if (next === undefined) return { name, next: null };
  const counted = countedOf({ ...asked, conversion: null });
  const { customers, sales } = totalsAt(tiers, counted, asked);
  const missing = (needed: number, had: number) => (needed > had ? needed - had : null);
  const sum = Math.max(next.sales_at_least ?? 0, next.sales_over === undefined ? 0 : next.sales_over + 1);
  return {
    name,
    next: {
      name: next.name,
      customers: missing(next.min_customers ?? 0, customers),
      sales: missing(sum, sales),
      currency: asked.program_currency,
      counted: { customers, sales },
      pending: pendingAt(tiers, counted, asked),
    },
  };
}

/** The sales that are made but don't count yet. */
function pendingAt(
  tiers: Tiers,
  counted: readonly KnownSale[],
  { at, program_currency }: Pick<Asked, "at" | "program_currency">,
): NonNullable<TierView["next"]>["pending"] {
  const pending = counted.filter((sale) => sale.occurred_at <= at && startOf(tiers, sale) > at);
  if (pending.length === 0) return null;
  const cleared = new Set(
    counted.filter((sale) => isInWindow(tiers, sale, at) && startOf(tiers, sale) <= at).map(({ customer }) => customer),
  );
  const starts = pending.map((sale) => startOf(tiers, sale));
  return {
    customers: new Set(pending.map(({ customer }) => customer).filter((customer) => !cleared.has(customer))).size,
    sales: pending.reduce(
      (sum, { amount, refunded, currency }) => (currency === program_currency ? sum + amount - refunded : sum),
      0,
    ),
    clears_from: Math.min(...starts),
    clears_to: Math.max(...starts),
  };
}

function isInWindow(tiers: Tiers, { occurred_at }: KnownSale, at: number): boolean {
  return occurred_at <= at && occurred_at > sinceOf(tiers, at);
}

/** A tier as the API shows it, with times in ISO 8601. */
export function viewTier({ name, next }: TierView) {
  if (next?.pending == null) return { name, next };
  const { clears_from, clears_to, ...pending } = next.pending;
  const dates = { clears_from: new Date(clears_from).toISOString(), clears_to: new Date(clears_to).toISOString() };
  return { name, next: { ...next, pending: { ...pending, ...dates } } };
}

const nameOf = (tiers: Tiers, level: number) => tiers.levels[level]?.name ?? "";

function countedOf({ sales, conversion }: Pick<Asked, "sales" | "conversion">): KnownSale[] {
  return sales.filter((sale) => sale.conversion !== conversion && isCounted(sale));
}

function levelAt(tiers: Tiers, asked: Asked): number {
  const counted = countedOf(asked);
  const level = highestLevel(tiers, totalsAt(tiers, counted, asked));
  if (tiers.demotion === "window") return level;
  // A level is kept once reached, even if the sales that reached it were reversed later.
  const judged = asked.sales.flatMap((sale) =>
    sale.conversion !== asked.conversion && sale.occurred_at <= asked.at
      ? [tiers.levels.findIndex(({ name }) => name === sale.tier)]
      : [],
  );
  const known = judged.reduce((highest, other) => Math.max(highest, other), level);
  return known === tiers.levels.length - 1 ? known : Math.max(known, highestEver(tiers, counted, asked));
}

/**
 * The highest level reached by then. The totals rise only when a sale starts to count, so one pass over those times is
 * enough: it adds sales as they start and removes those that leave the window.
 */
function highestEver(tiers: Tiers, counted: readonly KnownSale[], { at, program_currency }: Asked): number {
  const beginning = counted
    .filter((sale) => startOf(tiers, sale) <= at)
    .toSorted((a, b) => startOf(tiers, a) - startOf(tiers, b));
  const leaving = beginning.toSorted((a, b) => a.occurred_at - b.occurred_at);
  const customers = new Map<string, number>();
  const within = new Set<KnownSale>();
  const sinceMoment = sinceInOrder(tiers);
  let sales = 0;
  const add = (sale: KnownSale, sign: 1 | -1) => {
    const count = (customers.get(sale.customer) ?? 0) + sign;
    if (count === 0) customers.delete(sale.customer);
    else customers.set(sale.customer, count);
    if (sale.currency === program_currency) sales += sign * (sale.amount - sale.refunded);
  };
  let [highest, gone] = [0, 0];
  const enter = (sale: KnownSale) => {
    if (within.has(sale)) return;
    within.add(sale);
    add(sale, 1);
  };
  beginning.forEach((sale, index) => {
    const moment = startOf(tiers, sale);
    const since = sinceMoment(moment);
    // A window can begin earlier than the one before it: a month before March 29, 30 and 31 is the same day of February.
    for (let last = leaving[gone - 1]; last !== undefined && last.occurred_at > since; last = leaving[gone - 1]) {
      if (startOf(tiers, last) <= moment) enter(last);
      gone -= 1;
    }
    if (sale.occurred_at > since) enter(sale);
    for (let next = leaving[gone]; next !== undefined && next.occurred_at <= since; next = leaving[gone]) {
      if (within.delete(next)) add(next, -1);
      gone += 1;
    }
    // If several start at the same time, add them all before checking.
    const following = beginning[index + 1];
    if (following !== undefined && startOf(tiers, following) === moment) return;
    highest = Math.max(highest, highestLevel(tiers, { customers: customers.size, sales }));
  });
  return highest;
}

/** The time after which a sale is in the window. */
function sinceOf({ window_months }: Tiers, at: number): number {
  return window_months === null ? Number.NEGATIVE_INFINITY : addMonths(at, -window_months);
}

/** The same for ascending times. The calendar calculation is cached per day. */
function sinceInOrder(tiers: Tiers): (at: number) => number {
  let [day, shift] = [Number.NaN, 0];
  return (at) => {
    if (dayOf(at) !== day) {
      day = dayOf(at);
      shift = at - sinceOf(tiers, at);
    }
    return at - shift;
  };
}

/** When a sale starts to count. */
const startOf = (tiers: Tiers, sale: KnownSale) => (tiers.counts === "at_once" ? sale.occurred_at : sale.clears_at);

function totalsAt(
  tiers: Tiers,
  counted: readonly KnownSale[],
  { at, program_currency }: Pick<Asked, "at" | "program_currency">,
): TierTotals {
  const since = sinceOf(tiers, at);
  const customers = new Set<string>();
  let sales = 0;
  for (const sale of counted) {
    if (sale.occurred_at > at || sale.occurred_at <= since || startOf(tiers, sale) > at) continue;
    customers.add(sale.customer);
    if (sale.currency === program_currency) sales += sale.amount - sale.refunded;
  }
  return { customers: customers.size, sales };
}

/** The highest level whose conditions all hold, or the first if none does. */
function highestLevel(tiers: Tiers, { customers, sales }: TierTotals): number {
  const level = tiers.levels.findLastIndex(
    ({ min_customers = 0, sales_at_least = 0, sales_over = -1 }) =>
      customers >= min_customers && sales >= sales_at_least && sales > sales_over,
  );
  return Math.max(level, 0);
}
