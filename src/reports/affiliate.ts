import { and, count, eq, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { clickDays, conversions, ledgerEntries, links } from "../db/schema.ts";
import { VERDICTS } from "../redirect/click.ts";
import { IS_REAL } from "./test-mode.ts";

/** What is owed and paid, minor units: in its hold, cleared and not yet paid, paid. */
export interface Balances {
  reserve: number;
  due: number;
  paid: number;
  currency: string;
}

/** An affiliate's figures in one programme. */
export interface AffiliateSummary {
  /** Counted clicks. */
  clicks: number;
  /** Sales credited. */
  conversions: number;
  conversions_by_type: { lead: number; trial: number; sale: number };
  /** Terms have no tiers yet: always null. */
  tier: null;
  balances: Balances;
}

/** The verdict that counts, as stored. */
export const COUNTED = VERDICTS.indexOf("counted");

/** Reads the figures as of `now`, ms. Balances are in the programme's currency. */
export async function readAffiliateSummary(
  db: Database,
  asked: { program: { id: number; currency: string }; affiliateId: number; now: number },
): Promise<AffiliateSummary> {
  const { program, affiliateId, now } = asked;
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
    readBalances(db, { programId: program.id, affiliateId }, program.currency, now),
  ]);
  const countOf = (type: string) => conversionRows.find((row) => row.type === type)?.n ?? 0;
  return {
    clicks: clickRows[0]?.clicks ?? 0,
    conversions: countOf("sale"),
    conversions_by_type: { lead: countOf("lead"), trial: countOf("trial"), sale: countOf("sale") },
    tier: null,
    balances,
  };
}

/** Balances in one currency as of `now`, ms, derived from the entries. */
export async function readBalances(
  db: Database,
  account: { programId: number; affiliateId: number },
  currency: string,
  now: number,
): Promise<Balances> {
  const { kind, amount, clearsAt } = ledgerEntries;
  const [row] = await db
    .select({
      reserve: sql<number>`coalesce(sum(${amount}) filter (where ${clearsAt} > ${now}), 0)`,
      due: sql<number>`coalesce(sum(${amount}) filter (where ${clearsAt} <= ${now}), 0)`,
      paid: sql<number>`coalesce(-sum(${amount}) filter (where ${kind} = 'payout'), 0)`,
    })
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.affiliateId, account.affiliateId),
        eq(ledgerEntries.programId, account.programId),
        eq(ledgerEntries.currency, currency),
      ),
    );
  return { reserve: row?.reserve ?? 0, due: row?.due ?? 0, paid: row?.paid ?? 0, currency };
}
