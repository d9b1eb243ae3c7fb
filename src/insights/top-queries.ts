/** A program's affiliates and links with the most revenue in a period. */
import { and, desc, eq, isNotNull, type SQL, sql } from "drizzle-orm";
import { affiliates } from "../affiliates/tables.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { clickDays } from "../clicks/tables.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQueries } from "../db/query-batch.ts";
import { CURRENT_HOST } from "../links/host-queries.ts";
import { links } from "../links/tables.ts";
import { clicksIn, isCountedDay, isCountedIn, type OverviewScope } from "./overview-click-queries.ts";
import { isConvertedIn, NET_AMOUNT } from "./program-overview-queries.ts";

/** What an affiliate or link achieved in a period. */
export interface TopFigures {
  clicks: number;
  sales: number;
  /** Net of refunds, in minor units of the program's currency. */
  revenue: number;
}

export interface TopAffiliate extends TopFigures {
  affiliate: string;
  name: string;
}

export interface TopLink extends TopFigures {
  slug: string;
  /** The link's host, null for the shared one. */
  host: string | null;
  affiliate: string;
}

type Ranked = { id: number; sales: number; revenue: number };

/** Reads them: most revenue first, then most sales, then most clicks. */
export async function readTop(
  db: Database,
  scope: OverviewScope,
  period: Period,
  limit: number,
): Promise<{ affiliates: TopAffiliate[]; links: TopLink[] }> {
  const asked = { scope, period, limit };
  const sold = await runQueries(db, {
    affiliates: defineSalesQuery(db, asked, sql`${conversions.affiliate_id}`),
    links: defineSalesQuery(db, asked, sql`${conversions.link_id}`),
  });
  // Most programs sell enough. Otherwise the rest are those with the most clicks, which takes all of the period's counts.
  const isFull = (rows: readonly Ranked[]) => rows.length === limit;
  const clicked = await runQueries(db, {
    affiliates: defineClicksQuery(db, asked, sql`${links.affiliate_id}`, isFull(sold.affiliates)),
    links: defineClicksQuery(db, asked, sql`${links.id}`, isFull(sold.links)),
  });
  const ids = (what: "affiliates" | "links") => [
    ...new Set([...sold[what].map(({ id }) => id), ...clicked[what]].slice(0, 2 * limit)),
  ];
  const named = await runQueries(db, {
    affiliates: defineAffiliatesQuery(db, asked, ids("affiliates")),
    links: defineLinksQuery(db, asked, ids("links")),
  });
  const rank = <Row extends { id: number; clicks: number }>(rows: readonly Row[], sales: readonly Ranked[]) =>
    rows
      .map(({ id, ...row }) => {
        const { sales: count = 0, revenue = 0 } = sales.find((one) => one.id === id) ?? {};
        return { ...row, sales: count, revenue };
      })
      .sort((a, b) => b.revenue - a.revenue || b.sales - a.sales || b.clicks - a.clicks)
      .slice(0, limit);
  return {
    affiliates: rank(named.affiliates, sold.affiliates),
    links: rank(named.links, sold.links).map((link) => ({ ...link, host: link.host || null })),
  };
}

interface Asked {
  scope: OverviewScope;
  period: Period;
  limit: number;
}

function defineSalesQuery(db: Database, { scope, period, limit }: Asked, key: SQL): Query<Ranked[]> {
  const isOwn = sql`${conversions.currency} = ${scope.currency}`;
  const revenue = sql<number>`coalesce(sum(${NET_AMOUNT}) FILTER (WHERE ${isOwn}), 0)`.as("revenue");
  const sales = sql<number>`count(*)`.as("sales");
  const rows = db
    .select({ id: sql<number>`${key}`.as("id"), sales, revenue })
    .from(conversions)
    .where(and(isConvertedIn(scope, period), eq(conversions.type, "sale"), isNotNull(key)))
    .groupBy(sql`1`)
    .orderBy(desc(sql`revenue`), desc(sql`sales`), sql`1`)
    .limit(limit);
  return defineQuery([rows], ([found]) => found);
}

function defineClicksQuery(db: Database, asked: Asked, key: SQL, isFull: boolean): Query<number[]> {
  if (isFull) return defineQuery([], () => []);
  const { scope, period, limit } = asked;
  // Not `clicks`: in HAVING that is the column of a day.
  const total = sql<number>`sum(${clicksIn(scope)})`.as("total");
  const rows = db
    .select({ id: sql<number>`${key}`.as("id"), total })
    .from(links)
    .crossJoin(clickDays)
    .where(isCountedIn(scope, period))
    .groupBy(sql`1`)
    .having(sql`total > 0`)
    .orderBy(desc(sql`total`), sql`1`)
    .limit(limit);
  return defineQuery([rows], ([found]) => found.map(({ id }) => id));
}

const isOneOf = (ids: readonly number[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** The clicks of the links that match, within a row about other tables. */
const clicksOf = (db: Database, { scope, period }: Asked, matches: SQL) =>
  sql<number>`coalesce((${db
    .select({ sum: sql`sum(${clicksIn(scope)})` })
    .from(links)
    .crossJoin(clickDays)
    .where(and(isCountedIn(scope, period), matches))}), 0)`.as("clicks");

function defineAffiliatesQuery(db: Database, asked: Asked, ids: readonly number[]) {
  const { id, username, name } = affiliates;
  const clicks = clicksOf(db, asked, sql`${links.affiliate_id} = ${id}`);
  const rows = db
    .select({ id, affiliate: username, name, clicks })
    .from(affiliates)
    .where(sql`${id} IN ${isOneOf(ids)}`);
  return defineQuery([rows], ([found]) => found);
}

function defineLinksQuery(db: Database, asked: Asked, ids: readonly number[]) {
  const { id, slug, affiliate_id } = links;
  const inDays = sql`${clickDays.link_id} = ${id} AND ${isCountedDay(asked.period)}`;
  const clicks = sql<number>`coalesce((SELECT sum(${clicksIn(asked.scope)}) FROM ${clickDays} WHERE ${inDays}), 0)`;
  const rows = db
    .select({ id, slug, host: CURRENT_HOST.as("host"), affiliate: affiliates.username, clicks: clicks.as("clicks") })
    .from(links)
    .innerJoin(affiliates, eq(affiliates.id, affiliate_id))
    .where(sql`${id} IN ${isOneOf(ids)}`);
  return defineQuery([rows], ([found]) => found);
}
