/** What an affiliate was credited with, and what it earned by it, sorted by something that conversions have. */
import { and, between, count, eq, isNull, type SQL, sql } from "drizzle-orm";
import { ask, asking } from "../db/ask.ts";
import type { Database } from "../db/database.ts";
import { conversions, ledgerEntries } from "../db/schema.ts";
import { MS_PER_DAY } from "../time.ts";
import type { Period } from "./counts.ts";
import { IS_REAL } from "./test-mode.ts";

/** Conversions by type, and their commissions net of what has been taken back since, by currency, minor units. */
export interface Credits {
  lead: number;
  trial: number;
  sale: number;
  earned: { amount: number; currency: string }[];
}

/** An affiliate in a programme. */
export interface AccountKey {
  programId: number;
  affiliateId: number;
}

/** No credit at all. */
export const noCredits = (): Credits => ({ lead: 0, trial: 0, sale: 0, earned: [] });

/**
 * The conversions of a period by the value of `key`, an expression over the conversions; those without a value are under
 * null. What they earned is counted with them, whenever it was posted. Overrides are not: they are of others' sales.
 */
export async function readCredits(
  db: Database,
  account: AccountKey,
  period: Period,
  key: SQL<string | null>,
): Promise<Map<string | null, Credits>> {
  return ask(db, askCredits(db, account, period, key));
}

/** The same, as a question. */
export function askCredits(db: Database, account: AccountKey, period: Period, key: SQL<string | null>) {
  const isAsked = and(ownConversions(account), inPeriod(period));
  const { amount, currency } = ledgerEntries;
  return asking(
    [
      db
        .select({ value: key.as("value"), type: conversions.type, n: count().as("n") })
        .from(conversions)
        .where(isAsked)
        .groupBy(sql`1`, conversions.type),
      db
        .select({ value: key.as("value"), currency, amount: sql<number>`sum(${amount})`.as("total") })
        .from(conversions)
        // The conversions asked for lead; each has a few entries.
        .crossJoin(ledgerEntries)
        .where(and(isAsked, ofConversion(account)))
        .groupBy(sql`1`, currency)
        .orderBy(currency),
    ],
    ([counted, earned]) => addUpCredits(counted, earned),
  );
}

function addUpCredits(
  counted: readonly { value: string | null; type: string; n: number }[],
  earned: readonly { value: string | null; currency: string; amount: number }[],
): Map<string | null, Credits> {
  const credits = new Map<string | null, Credits>();
  const creditsOf = (value: string | null) => {
    const found = credits.get(value) ?? noCredits();
    credits.set(value, found);
    return found;
  };
  for (const { value, type, n } of counted) {
    if (type === "lead" || type === "trial" || type === "sale") creditsOf(value)[type] += n;
  }
  for (const { value, ...money } of earned) creditsOf(value).earned.push(money);
  return credits;
}

/** Those of an affiliate in a programme, without test mode. */
export function ownConversions({ programId, affiliateId }: AccountKey) {
  return and(eq(conversions.affiliateId, affiliateId), eq(conversions.programId, programId), IS_REAL);
}

/** Days, both included. */
export function inPeriod({ first_day, last_day }: Period) {
  return between(conversions.occurredAt, first_day * MS_PER_DAY, (last_day + 1) * MS_PER_DAY - 1);
}

/** The affiliate's own entries of the conversion that they are joined to. */
function ofConversion({ affiliateId }: AccountKey) {
  return and(
    eq(ledgerEntries.conversion, conversions.id),
    // The plus keeps SQLite from reading the whole ledger for each conversion instead of the few entries that are of it.
    sql`+${ledgerEntries.affiliateId} = ${affiliateId}`,
    isNull(ledgerEntries.fromAffiliateId),
  );
}

/** Two lists of money as one, by currency. */
export function addMoney(a: Credits["earned"], b: Credits["earned"]): Credits["earned"] {
  const sums = new Map<string, number>();
  for (const { amount, currency } of [...a, ...b]) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums]
    .map(([currency, amount]) => ({ amount, currency }))
    .sort((x, y) => (x.currency < y.currency ? -1 : 1));
}

/** The sum of credits. */
export function addCredits(a: Credits, b: Credits): Credits {
  return {
    lead: a.lead + b.lead,
    trial: a.trial + b.trial,
    sale: a.sale + b.sale,
    earned: addMoney(a.earned, b.earned),
  };
}
