/** What an affiliate was credited with and what it earned, grouped by a property of conversions. */
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

/** Counts of conversions by type, and their commissions net of refunds by currency, in minor units. */
export interface Credits {
  lead: number;
  trial: number;
  sale: number;
  earned: { amount: number; currency: string }[];
}

/** Zero credits. */
export const noCredits = (): Credits => ({ lead: 0, trial: 0, sale: 0, earned: [] });

/**
 * The conversions of a period, grouped by `key`, an SQL expression over conversions. Earnings count for the conversion's
 * period, whenever they were posted. Second-tier commission is left out.
 */
export async function readCredits(
  db: Database,
  account: AccountKey,
  period: Period,
  key: SQL<string | null>,
): Promise<Map<string | null, Credits>> {
  return runQuery(db, defineCreditsQuery(db, account, period, key));
}

/** The same, as a query for a batch. `key` may be expensive, so it is evaluated once per conversion for both counts. */
export function defineCreditsQuery(
  db: Database,
  account: AccountKey,
  period: Period,
  key: SQL<string | null>,
): Query<Map<string | null, Credits>> {
  const { id, type } = conversions;
  const found = db.$with("found").as(
    db
      .select({ id, type, value: key.as("value") })
      .from(conversions)
      .where(and(isConversionOf(account), isInPeriod(period)))
      // "No limit", which makes SQLite materialize the list instead of reading the conversions once per count.
      .limit(-1),
  );
  const { amount, currency } = ledgerEntries;
  const earned = db
    .select({
      value: sql<string | null>`${found.value}`,
      type: sql<string | null>`NULL`,
      currency: sql<string | null>`${currency}`,
      n: sql<number>`sum(${amount})`,
    })
    .from(found)
    // CROSS JOIN fixes the join order: conversions first, each with a few entries.
    .crossJoin(ledgerEntries)
    .where(isEntryOfConversion(account, found.id))
    .groupBy(sql`1`, currency);
  const counted = db
    .with(found)
    .select({
      value: sql<string | null>`${found.value}`.as("value"),
      type: sql<string | null>`${found.type}`.as("type"),
      currency: sql<string | null>`NULL`.as("currency"),
      n: sql<number>`count(*)`.as("n"),
    })
    .from(found)
    .groupBy(sql`1`, found.type)
    .unionAll(earned)
    .orderBy(sql`3`);
  return defineQuery([counted], ([rows]) => sumCredits(rows));
}

/** The number of conversions of a type, or their earnings in a currency in minor units. The other of the two is null. */
interface CreditRow {
  value: string | null;
  type: string | null;
  currency: string | null;
  n: number;
}

function sumCredits(rows: readonly CreditRow[]): Map<string | null, Credits> {
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

/** Matches the conversions of an affiliate in a program, without test mode. */
export function isConversionOf({ program_id: programId, affiliate_id: affiliateId }: AccountKey) {
  return and(eq(conversions.affiliate_id, affiliateId), eq(conversions.program_id, programId), IS_REAL);
}

/** Matches conversions of the period's days, both included. */
export function isInPeriod({ first_day, last_day }: Period) {
  return between(conversions.occurred_at, startOfDay(first_day), startOfDay(last_day + 1) - 1);
}

/** Matches the affiliate's entries for a conversion, without second-tier commission. */
function isEntryOfConversion({ affiliate_id: affiliateId }: AccountKey, conversion: AnyColumn) {
  return and(eq(ledgerEntries.conversion, conversion), isEntryOf(affiliateId), isNull(ledgerEntries.from_affiliate_id));
}

/** Adds two lists of amounts by currency. */
export function addMoney(a: Credits["earned"], b: Credits["earned"]): Credits["earned"] {
  const sums = new Map<string, number>();
  for (const { amount, currency } of [...a, ...b]) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums]
    .map(([currency, amount]) => ({ amount, currency }))
    .sort((x, y) => (x.currency < y.currency ? -1 : 1));
}

/** Adds credits. */
export function addCredits(a: Credits, b: Credits): Credits {
  return {
    lead: a.lead + b.lead,
    trial: a.trial + b.trial,
    sale: a.sale + b.sale,
    earned: addMoney(a.earned, b.earned),
  };
}
