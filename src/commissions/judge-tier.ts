/** An affiliate's tier: which level of a program's tiers its sales reach at a time, and what the next one needs. */
import type { AttributedSale } from "../customers/conversion.ts";
import { addMonths, dayOf } from "../lib/calendar.ts";
import type { Tiers } from "../programs/terms.ts";

/** What an account knows of a sale: its newest state, and what was decided when it was first posted. */
export interface KnownSale
  extends Pick<
    AttributedSale,
    "conversion" | "customer" | "amount" | "refunded" | "currency" | "occurred_at" | "credited" | "payment_number"
  > {
  /** When its hold is over. */
  clears_at: number;
  /** The tier that it was judged by, and is for good; null where none has been judged. */
  tier: string | null;
  /** The sponsor's account has been told of it. */
  told_sponsor: boolean;
}

/** A sale that counts: credited, of a real payment, and not wholly reversed, as is known now. */
export function isCounted(sale: KnownSale): boolean {
  return sale.credited && sale.payment_number >= 1 && sale.refunded < sale.amount;
}

/** What of the sales known counts at a time. */
interface Standing {
  customers: number;
  /** Minor units of the program's currency. */
  sales: number;
}

/**
 * The level that an affiliate is in at a time (ms), by the sales known now. What was reversed meanwhile does not count,
 * whenever that was; the sums are net of it. The window goes by the sales' own dates; after the hold, a sale counts from
 * when it has cleared. Sales in another currency count as customers, and in no sum. `conversion` names a sale that is being
 * judged itself: it does not count towards its own tier, which is what the affiliate had reached before.
 */
export function judgeTier(
  tiers: Tiers,
  asked: { sales: readonly KnownSale[]; at: number; program_currency: string; conversion: string | null },
): string {
  return nameOf(tiers, levelAt(tiers, asked));
}

type Asked = Parameters<typeof judgeTier>[1];

/** The tier at a time and, unless it is the highest, what is missing to the next. */
export interface TierView {
  name: string;
  next: {
    name: string;
    /** Distinct customers, null where the level asks for none or has enough of them. */
    customers: number | null;
    /** Minor units of sales. */
    sales: number | null;
    currency: string;
  } | null;
}

/** What {@link judgeTier} finds, for the affiliate's own view. */
export function describeTier(tiers: Tiers, asked: Omit<Asked, "conversion">): TierView {
  const level = levelAt(tiers, { ...asked, conversion: null });
  const next = tiers.levels[level + 1];
  const name = nameOf(tiers, level);
  if (next === undefined) return { name, next: null };
  const { customers, sales } = standingAt(tiers, countedOf({ ...asked, conversion: null }), asked);
  const missing = (needed: number, had: number) => (needed > had ? needed - had : null);
  const sum = Math.max(next.sales_at_least ?? 0, next.sales_over === undefined ? 0 : next.sales_over + 1);
  return {
    name,
    next: {
      name: next.name,
      customers: missing(next.min_customers ?? 0, customers),
      sales: missing(sum, sales),
      currency: asked.program_currency,
    },
  };
}

const nameOf = (tiers: Tiers, level: number) => tiers.levels[level]?.name ?? "";

function countedOf({ sales, conversion }: Pick<Asked, "sales" | "conversion">): KnownSale[] {
  return sales.filter((sale) => sale.conversion !== conversion && isCounted(sale));
}

function levelAt(tiers: Tiers, asked: Asked): number {
  const counted = countedOf(asked);
  const level = highestLevel(tiers, standingAt(tiers, counted, asked));
  if (tiers.demotion === "window") return level;
  // A level once reached is kept: also one that an earlier sale was judged by, though what led there was reversed since.
  const judged = asked.sales.flatMap((sale) =>
    sale.conversion !== asked.conversion && sale.occurred_at <= asked.at
      ? [tiers.levels.findIndex(({ name }) => name === sale.tier)]
      : [],
  );
  const known = judged.reduce((highest, other) => Math.max(highest, other), level);
  return known === tiers.levels.length - 1 ? known : Math.max(known, highestEver(tiers, counted, asked));
}

/**
 * The highest level that was reached at any time until then. Standings rise only when a sale begins to count, so that these
 * moments are all there are; one walk through them adds the sales that begin and takes off those that leave the window.
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
  beginning.forEach((sale, index) => {
    const moment = startOf(tiers, sale);
    const since = sinceMoment(moment);
    if (sale.occurred_at > since) {
      within.add(sale);
      add(sale, 1);
    }
    for (let next = leaving[gone]; next !== undefined && next.occurred_at <= since; next = leaving[gone]) {
      if (within.delete(next)) add(next, -1);
      gone += 1;
    }
    // Of several that begin at once, all count before any is looked at.
    const following = beginning[index + 1];
    if (following !== undefined && startOf(tiers, following) === moment) return;
    highest = Math.max(highest, highestLevel(tiers, { customers: customers.size, sales }));
  });
  return highest;
}

/** After which time a sale must lie to be in the window. */
function sinceOf({ window_months }: Tiers, at: number): number {
  return window_months === null ? Number.NEGATIVE_INFINITY : addMonths(at, -window_months);
}

/** The same for times that follow each other: most are on the day of the one before, and the calendar is asked once a day. */
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

/** When a sale begins to count. */
const startOf = (tiers: Tiers, sale: KnownSale) => (tiers.counts === "at_once" ? sale.occurred_at : sale.clears_at);

function standingAt(
  tiers: Tiers,
  counted: readonly KnownSale[],
  { at, program_currency }: Pick<Asked, "at" | "program_currency">,
): Standing {
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

/** The highest level whose conditions all hold; the first where none does. */
function highestLevel(tiers: Tiers, { customers, sales }: Standing): number {
  const level = tiers.levels.findLastIndex(
    ({ min_customers = 0, sales_at_least = 0, sales_over = -1 }) =>
      customers >= min_customers && sales >= sales_at_least && sales > sales_over,
  );
  return Math.max(level, 0);
}
