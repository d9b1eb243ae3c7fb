/** What an affiliate was credited with, and what it earned by it, sorted by something that conversions have. */

import { type AnyColumn, and, between, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { isEntryOf } from "../commissions/entry-queries.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { conversions } from "../customers/tables.ts";
import { IS_REAL } from "../customers/test-mode-queries.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import { startOfDay } from "../lib/calendar.ts";

/** Conversions by type, and their commissions net of what has been taken back since, by currency, minor units. */
export interface Credits {
  lead: number;
  trial: number;
  sale: number;
  earned: { amount: number; currency: string }[];
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
  return runQuery(db, defineCreditsQuery(db, account, period, key));
}

/** Defines the query of the above for a batch. The key may be expensive, so it is computed once and both counts use it. */
export function defineCreditsQuery(
  db: Database,
  account: AccountKey,
  period: Period,
  key: SQL<string | null>,
): Query<Map<string | null, Credits>> {
  const { id, type } = conversions;
  const asked = db.$with("asked").as(
    db
      .select({ id, type, value: key.as("value") })
      .from(conversions)
      .where(and(ownConversions(account), inPeriod(period)))
      // No limit at all, by which SQLite makes the list instead of reading the conversions for each count.
      .limit(-1),
  );
  const { amount, currency } = ledgerEntries;
  const earned = db
    .select({
      value: sql<string | null>`${asked.value}`,
      type: sql<string | null>`NULL`,
      currency: sql<string | null>`${currency}`,
      n: sql<number>`sum(${amount})`,
    })
    .from(asked)
    // The conversions asked for lead; each has a few entries.
    .crossJoin(ledgerEntries)
    .where(ofConversion(account, asked.id))
    .groupBy(sql`1`, currency);
  const counted = db
    .with(asked)
    .select({
      value: sql<string | null>`${asked.value}`.as("value"),
      type: sql<string | null>`${asked.type}`.as("type"),
      currency: sql<string | null>`NULL`.as("currency"),
      n: sql<number>`count(*)`.as("n"),
    })
    .from(asked)
    .groupBy(sql`1`, asked.type)
    .unionAll(earned)
    .orderBy(sql`3`);
  return defineQuery([counted], ([rows]) => addUpCredits(rows));
}

/** How many conversions there are of a type, or how much they earned in a currency, in minor units; the other is null. */
interface CreditRow {
  value: string | null;
  type: string | null;
  currency: string | null;
  n: number;
}

function addUpCredits(rows: readonly CreditRow[]): Map<string | null, Credits> {
  const credits = new Map<string | null, Credits>();
  const creditsOf = (value: string | null) => {
    const found = credits.get(value) ?? noCredits();
    credits.set(value, found);
    return found;
  };
  for (const { value, type, currency, n } of rows) {
    if (currency !== null) creditsOf(value).earned.push({ amount: n, currency });
    else if (type === "lead" || type === "trial" || type === "sale") creditsOf(value)[type] += n;
  }
  return credits;
}

/** Those of an affiliate in a programme, without test mode. */
export function ownConversions({ program_id: programId, affiliate_id: affiliateId }: AccountKey) {
  return and(eq(conversions.affiliate_id, affiliateId), eq(conversions.program_id, programId), IS_REAL);
}

/** Days, both included. */
export function inPeriod({ first_day, last_day }: Period) {
  return between(conversions.occurred_at, startOfDay(first_day), startOfDay(last_day + 1) - 1);
}

/** The affiliate's own entries of a conversion. */
function ofConversion({ affiliate_id: affiliateId }: AccountKey, conversion: AnyColumn) {
  return and(eq(ledgerEntries.conversion, conversion), isEntryOf(affiliateId), isNull(ledgerEntries.from_affiliate_id));
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
