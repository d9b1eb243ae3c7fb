import { and, count, eq, sql } from "drizzle-orm";
import { clickDays } from "../clicks/tables.ts";
import { readBalances } from "../commissions/balance-queries.ts";
import type { Balances } from "../commissions/balances.ts";
import { conversions } from "../customers/tables.ts";
import { IS_REAL } from "../customers/test-mode-queries.ts";
import type { Database } from "../db/database.ts";
import { links } from "../links/tables.ts";
import { COUNTED } from "../redirect/click.ts";

/** An affiliate's figures in one program. */
export interface AffiliateSummary {
  /** Counted clicks. */
  clicks: number;
  /** Credited sales. */
  conversions: number;
  conversions_by_type: { lead: number; trial: number; sale: number };
  /** The program's currency first, then any other currency in the ledger. */
  balances: [Balances, ...Balances[]];
}

/** Reads the figures. Balances are as of `at` (ms). */
export async function readAffiliateSummary(
  db: Database,
  asked: { program: { id: number; currency: string }; affiliate_id: number; at: number },
): Promise<AffiliateSummary> {
  const { program, affiliate_id: affiliateId, at } = asked;
  const [clickRows, conversionRows, balances] = await Promise.all([
    db
      .select({ clicks: sql<number>`coalesce(sum(${clickDays.clicks}), 0)` })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.link_id, links.id), eq(clickDays.verdict, COUNTED)))
      .where(and(eq(links.affiliate_id, affiliateId), eq(links.program_id, program.id))),
    db
      .select({ type: conversions.type, n: count() })
      .from(conversions)
      .where(and(eq(conversions.affiliate_id, affiliateId), eq(conversions.program_id, program.id), IS_REAL))
      .groupBy(conversions.type),
    readBalances(db, { program_id: program.id, affiliate_id: affiliateId }, at),
  ]);
  const countOf = (type: string) => conversionRows.find((row) => row.type === type)?.n ?? 0;
  const { currency } = program;
  const own = balances.find((found) => found.currency === currency);
  return {
    clicks: clickRows[0]?.clicks ?? 0,
    conversions: countOf("sale"),
    conversions_by_type: { lead: countOf("lead"), trial: countOf("trial"), sale: countOf("sale") },
    balances: [
      own ?? { earned: 0, reserve: 0, due: 0, paid: 0, currency },
      ...balances.filter((found) => found.currency !== currency),
    ],
  };
}
