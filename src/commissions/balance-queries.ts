import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import type { Balances } from "./balances.ts";
import { ledgerEntries } from "./tables.ts";

/** Reads an account's balances at a time (ms) from D1; the same result as `balancesOf`. */
export async function readBalances(
  db: Database,
  account: { program_id: number; affiliate_id: number },
  at: number,
): Promise<Balances[]> {
  return runQuery(db, defineBalancesQuery(db, account, at));
}

/** Defines the same query for a batch. */
export function defineBalancesQuery(
  db: Database,
  account: { program_id: number; affiliate_id: number },
  at: number,
): Query<Balances[]> {
  const { kind, amount, clears_at: clearsAt, currency } = ledgerEntries;
  const sums = db
    .select({
      earned: sql<number>`coalesce(sum(${amount}) filter (where ${kind} <> 'payout'), 0)`,
      reserve: sql<number>`coalesce(sum(${amount}) filter (where ${clearsAt} > ${at}), 0)`,
      due: sql<number>`coalesce(sum(${amount}) filter (where ${clearsAt} <= ${at}), 0)`,
      paid: sql<number>`coalesce(-sum(${amount}) filter (where ${kind} = 'payout'), 0)`,
      currency,
    })
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.affiliate_id, account.affiliate_id),
        eq(ledgerEntries.program_id, account.program_id),
        // Not by time: that index has the whole program's entries.
        sql`+${ledgerEntries.occurred_at} <= ${at}`,
      ),
    )
    .groupBy(currency)
    .orderBy(currency);
  return defineQuery([sums], ([balances]) => balances);
}
