/** A sale's commission and tier, with plain loops that follow the wording of the terms. It shares no code with `src/`. */
import type { ProgramTerms } from "../../src/programs/terms.ts";
import type { NaiveSale } from "./naive-customer.ts";

/** The currency of every program of the year. */
export const CURRENCY = "USD";

/** `amount` × `part` / `whole` in whole units, with halves rounded up. */
export function naiveShare(amount: number, part: number, whole: number): number {
  const doubled = 2 * amount * part + whole;
  if (doubled > Number.MAX_SAFE_INTEGER) throw new Error("too large to calculate plainly");
  return (doubled - (doubled % (2 * whole))) / (2 * whole);
}

/** A sale's commission before refunds. */
export function naiveEarned(sale: NaiveSale, tier: string | null, terms: ProgramTerms): number {
  for (const rule of terms.rates) {
    if (!matches(rule, sale) || (rule.tier !== undefined && (tier === null || !hasWord(rule.tier, tier)))) continue;
    if (rule.first_qualifying === true && sale.earlier.some((before) => hasQualified(before.sale, before.terms)))
      continue;
    const needs_own_currency = rule.flat !== undefined || rule.cap !== undefined;
    if (needs_own_currency && sale.currency !== CURRENCY) return 0;
    const share = rule.rate ?? { numerator: rule.rate_bps ?? 0, denominator: 10_000 };
    let earned = rule.flat ?? naiveShare(sale.amount, share.numerator, share.denominator);
    if (rule.cap !== undefined && earned > rule.cap) earned = rule.cap;
    return earned;
  }
  return 0;
}

/** Whether a payment was one that a rule for the first qualifying payment asks for. */
function hasQualified(sale: NaiveSale, terms: ProgramTerms): boolean {
  for (const rule of terms.rates) {
    if (rule.first_qualifying !== true || !matches(rule, sale)) continue;
    if ((rule.flat === undefined && rule.cap === undefined) || sale.currency === CURRENCY) return true;
  }
  return false;
}

/** Whether a rule is for such a payment, whatever the affiliate's tier is and whatever was paid before. */
function matches(rule: ProgramTerms["rates"][number], sale: NaiveSale): boolean {
  if (rule.interval !== undefined && (sale.interval === null || !hasWord(rule.interval, sale.interval))) return false;
  if (rule.product !== undefined && (sale.product === null || !hasWord(rule.product, sale.product))) return false;
  if (rule.country !== undefined && !hasWord(rule.country, sale.country)) return false;
  if (rule.platform !== undefined && !hasWord(rule.platform, sale.platform)) return false;
  if (rule.min_amount !== undefined && (sale.currency !== CURRENCY || sale.amount < rule.min_amount)) return false;
  if (rule.payment !== undefined && !isWithin(rule.payment, sale.number)) return false;
  return rule.months === undefined || isWithin(rule.months, monthsFrom(sale.first_paid_at, sale.at));
}

function hasWord(words: readonly string[], word: string): boolean {
  for (const other of words) if (other === word) return true;
  return false;
}

function isWithin({ from, to }: { from: number; to: number | null }, at: number): boolean {
  return at >= from && (to === null || at <= to);
}

/** Months by the calendar; up to a day early counts as the next one. */
function monthsFrom(first: number, at: number): number {
  let months = 0;
  while (monthsAway(first, months + 1) <= at + 86_400_000) months += 1;
  return months;
}

/** The same day and time of another month, or its last day if it is shorter. */
export function monthsAway(at: number, months: number): number {
  const date = new Date(at);
  const wanted = (((date.getUTCMonth() + months) % 12) + 12) % 12;
  for (let day = date.getUTCDate(); ; day -= 1) {
    const moved = new Date(at);
    moved.setUTCDate(1);
    moved.setUTCMonth(date.getUTCMonth() + months);
    moved.setUTCDate(day);
    if (moved.getUTCMonth() === wanted) return moved.getTime();
  }
}

/** A sale as far as tiers and milestones are concerned. */
export interface NaiveCounted {
  payment: string;
  customer: number;
  /** Credited and not fully refunded. */
  counts: boolean;
  /** The amount net of refunds and its currency. */
  left: number;
  currency: string;
  at: number;
  clears_at: number;
  /** The tier assigned to the sale. */
  tier: string | null;
}

/** The tier of a sale at a time, given all other known sales. */
export function naiveTier(
  tiers: NonNullable<ProgramTerms["tiers"]>,
  known: Iterable<NaiveCounted>,
  at: number,
  judged: string,
): string {
  const others: NaiveCounted[] = [];
  for (const sale of known) if (sale.payment !== judged) others.push(sale);
  let level = levelAt(tiers, others, at);
  if (tiers.demotion === "never") {
    const top = tiers.levels.length - 1;
    for (const sale of others) {
      if (sale.at > at) continue;
      for (let other = level + 1; other <= top; other += 1) if (tiers.levels[other]?.name === sale.tier) level = other;
    }
    for (const sale of others) {
      if (level === top) break;
      const moment = tiers.counts === "at_once" ? sale.at : sale.clears_at;
      if (sale.counts && moment <= at) level = Math.max(level, levelAt(tiers, others, moment));
    }
  }
  return tiers.levels[level]?.name ?? "";
}

function levelAt(tiers: NonNullable<ProgramTerms["tiers"]>, sales: readonly NaiveCounted[], at: number): number {
  const since = tiers.window_months === null ? null : monthsAway(at, -tiers.window_months);
  const customers = new Set<number>();
  let sum = 0;
  for (const sale of sales) {
    if (!sale.counts || sale.at > at) continue;
    if (since !== null && sale.at <= since) continue;
    if (tiers.counts === "after_hold" && sale.clears_at > at) continue;
    customers.add(sale.customer);
    if (sale.currency === CURRENCY) sum += sale.left;
  }
  let reached = 0;
  for (let index = 1; index < tiers.levels.length; index += 1) {
    const level = tiers.levels[index];
    if (level === undefined) continue;
    if (level.min_customers !== undefined && customers.size < level.min_customers) continue;
    if (level.sales_at_least !== undefined && sum < level.sales_at_least) continue;
    if (level.sales_over !== undefined && sum <= level.sales_over) continue;
    reached = index;
  }
  return reached;
}
