/** The own rates of an affiliate in a program. */
import { and, desc, eq, lte } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query } from "../db/query-batch.ts";
import type { RateRule } from "../programs/terms.ts";
import type { AccountKey } from "./enrollment.ts";
import { ownRates } from "./tables.ts";

/** Own rates from a time (ms) on, until the next ones. Null ends earlier ones. */
export interface DatedOwnRates {
  from: number;
  rates: RateRule[] | null;
}

/** The history of an affiliate's own rates, newest first, with those that are scheduled. */
export async function listOwnRates(db: Database, account: AccountKey): Promise<DatedOwnRates[]> {
  return db
    .select({ from: ownRates.at, rates: ownRates.rates })
    .from(ownRates)
    .where(and(eq(ownRates.program_id, account.program_id), eq(ownRates.affiliate_id, account.affiliate_id)))
    .orderBy(desc(ownRates.at));
}

/** The own rates in force at a time (ms), for a batch. Null if there are none. */
export function defineOwnRatesQuery(db: Database, account: AccountKey, at: number): Query<RateRule[] | null> {
  const newest = db
    .select({ rates: ownRates.rates })
    .from(ownRates)
    .where(
      and(
        eq(ownRates.program_id, account.program_id),
        eq(ownRates.affiliate_id, account.affiliate_id),
        lte(ownRates.at, at),
      ),
    )
    .orderBy(desc(ownRates.at))
    .limit(1);
  return defineQuery([newest], ([[row]]) => row?.rates ?? null);
}

/** Those in force at a time (ms), or null. */
export function findOwnRates(history: readonly DatedOwnRates[], at: number): DatedOwnRates | null {
  return history.find(({ from }) => from <= at) ?? null;
}
