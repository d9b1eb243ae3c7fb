import { and, count, eq, lte, sql } from "drizzle-orm";
import type { Balances } from "../commissions/balances.ts";
import { ask, asking, type Question } from "../db/ask.ts";
import type { Database } from "../db/database.ts";
import { clickDays, conversions, ledgerEntries, links } from "../db/schema.ts";
import { VERDICTS } from "../redirect/click.ts";
import { IS_REAL } from "./test-mode.ts";

/** An affiliate's figures in one programme. */
export interface AffiliateSummary {
  /** Counted clicks. */
  clicks: number;
  /** Sales credited. */
  conversions: number;
  conversions_by_type: { lead: number; trial: number; sale: number };
  /** The programme's currency first, then any other that the ledger has entries in. */
  balances: [Balances, ...Balances[]];
}

/** The verdict that counts, as stored. */
export const COUNTED = VERDICTS.indexOf("counted");

/** Reads the figures; the balances are those of a time, ms. */
export async function readAffiliateSummary(
  db: Database,
  asked: { program: { id: number; currency: string }; affiliateId: number; at: number },
): Promise<AffiliateSummary> {
  const { program, affiliateId, at } = asked;
  const [clickRows, conversionRows, balances] = await Promise.all([
    db
      .select({ clicks: sql<number>`coalesce(sum(${clickDays.clicks}), 0)` })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.linkId, links.id), eq(clickDays.verdict, COUNTED)))
      .where(and(eq(links.affiliateId, affiliateId), eq(links.programId, program.id))),
    db
      .select({ type: conversions.type, n: count() })
      .from(conversions)
      .where(and(eq(conversions.affiliateId, affiliateId), eq(conversions.programId, program.id), IS_REAL))
      .groupBy(conversions.type),
    readBalances(db, { programId: program.id, affiliateId }, at),
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

/** What `balancesOf` of the commissions makes of an account's entries at a time (ms), asked of D1. */
export async function readBalances(
  db: Database,
  account: { programId: number; affiliateId: number },
  at: number,
): Promise<Balances[]> {
  return ask(db, askBalances(db, account, at));
}

/** The same, as a question. */
export function askBalances(
  db: Database,
  account: { programId: number; affiliateId: number },
  at: number,
): Question<Balances[]> {
  const { kind, amount, clearsAt, currency } = ledgerEntries;
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
        eq(ledgerEntries.affiliateId, account.affiliateId),
        eq(ledgerEntries.programId, account.programId),
        lte(ledgerEntries.occurredAt, at),
      ),
    )
    .groupBy(currency)
    .orderBy(currency);
  return asking([sums], ([balances]) => balances);
}
