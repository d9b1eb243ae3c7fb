/** New activity of an affiliate in a program: a cheap check for changes, and the changes since a point in time. */
import { and, between, count, desc, eq, gt, gte, lte, or, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import { clickDays } from "../clicks/tables.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { isConversionOf } from "../conversions/credit-queries.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query } from "../db/query-batch.ts";
import { dayOf } from "../lib/calendar.ts";
import { links } from "../links/tables.ts";
import { COUNTED } from "../redirect/click.ts";
import { isLinkOf } from "./link-queries.ts";

/** Changes whenever the figures do. Reading it costs one row per link plus four. */
export interface Pulse {
  /** Counted clicks of the UTC day so far. */
  clicks_today: number;
  /** The number of the newest ledger entry, 0 for none. */
  last_entry: number;
  /** The newest conversion with its revision, "" for none. */
  last_conversion: string;
}

/** The query for the pulse at `now` (ms). */
export function definePulseQuery(db: Database, account: AccountKey, now: number): Query<Pulse> {
  const today = dayOf(now);
  const isToday = and(eq(clickDays.link_id, links.id), eq(clickDays.day, today), eq(clickDays.verdict, COUNTED));
  const statements = [
    db
      .select({ clicks: sql<number>`coalesce(sum(${clickDays.clicks}), 0)` })
      .from(links)
      .innerJoin(clickDays, isToday)
      .where(isLinkOf(account)),
    db
      .select({ number: ledgerEntries.number })
      .from(ledgerEntries)
      .where(isOwnEntry(account))
      .orderBy(desc(ledgerEntries.number))
      .limit(1),
    db
      .select({ id: conversions.id, revision: conversions.revision })
      .from(conversions)
      .where(isConversionOf(account))
      .orderBy(desc(conversions.occurred_at))
      .limit(1),
  ] as const;
  return defineQuery(statements, ([[clicks], [entry], [conversion]]) => ({
    clicks_today: clicks?.clicks ?? 0,
    last_entry: entry?.number ?? 0,
    last_conversion: conversion === undefined ? "" : `${conversion.id}.${conversion.revision}`,
  }));
}

const isOwnEntry = ({ program_id: programId, affiliate_id: affiliateId }: AccountKey) =>
  and(eq(ledgerEntries.affiliate_id, affiliateId), eq(ledgerEntries.program_id, programId));

/** Changes since a point in time. */
export interface Changes {
  clicks: number;
  leads: number;
  trials: number;
  /** Ledger entries posted since, by kind and currency: their number and sum in minor units. */
  posted: { kind: string; currency: string; entries: number; amount: number }[];
  /** Older entries that became due since, summed by currency. Zero sums are left out. */
  cleared: { currency: string; amount: number }[];
}

/** Reads the changes from `since` to `now` (ms). `since.clicks` were counted that day by then; `since.entry` was the newest entry. */
export async function readChanges(
  db: Database,
  account: AccountKey,
  since: { at: number; entry: number; clicks: number },
  now: number,
): Promise<Changes> {
  const { kind, currency, amount, number, clears_at: clearsAt } = ledgerEntries;
  const days = between(clickDays.day, dayOf(since.at), dayOf(now));
  const isNew = gt(number, since.entry);
  const hasCleared = and(lte(number, since.entry), gt(clearsAt, since.at), lte(clearsAt, now));
  const [clicks, converted, entries] = await db.batch([
    db
      .select({ clicks: sql<number>`coalesce(sum(${clickDays.clicks}), 0)` })
      .from(links)
      .innerJoin(clickDays, and(eq(clickDays.link_id, links.id), days, eq(clickDays.verdict, COUNTED)))
      .where(isLinkOf(account)),
    db
      .select({ type: conversions.type, count: count() })
      .from(conversions)
      .where(and(isConversionOf(account), gte(conversions.occurred_at, since.at)))
      .groupBy(conversions.type),
    db
      .select({
        kind,
        currency,
        posted: sql<number>`count(*) filter (where ${isNew})`,
        amount: sql<number>`coalesce(sum(${amount}) filter (where ${isNew}), 0)`,
        cleared: sql<number>`coalesce(sum(${amount}) filter (where ${hasCleared}), 0)`,
      })
      .from(ledgerEntries)
      .where(and(isOwnEntry(account), or(isNew, hasCleared)))
      .groupBy(kind, currency)
      .orderBy(currency, kind),
  ]);
  const countOf = (type: string) => converted.find((row) => row.type === type)?.count ?? 0;
  const cleared = Map.groupBy(entries, (row) => row.currency);
  return {
    clicks: Math.max(0, (clicks[0]?.clicks ?? 0) - since.clicks),
    leads: countOf("lead"),
    trials: countOf("trial"),
    posted: entries
      .filter((row) => row.posted > 0)
      .map((row) => ({ kind: row.kind, currency: row.currency, entries: row.posted, amount: row.amount })),
    cleared: [...cleared]
      .map(([code, rows]) => ({ currency: code, amount: rows.reduce((sum, row) => sum + row.cleared, 0) }))
      .filter((row) => row.amount !== 0),
  };
}
