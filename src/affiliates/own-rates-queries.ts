/** The own rates of an affiliate in a program. */
import { and, desc, eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
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

/** Those in force at a time (ms), or null. */
export function findOwnRates(history: readonly DatedOwnRates[], at: number): DatedOwnRates | null {
  return history.find(({ from }) => from <= at) ?? null;
}
