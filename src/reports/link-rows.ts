/** An affiliate's links with what each has brought in a period. Clicks come from the daily counts. */
import { and, between, count, desc, eq, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { clickDays, conversions, ledgerEntries, links } from "../db/schema.ts";
import { COUNTED } from "./affiliate.ts";
import type { Period } from "./counts.ts";
import { type AccountKey, earnedWithin, occurredWithin, ownConversions, ownLinks } from "./overview.ts";

/** A link with its counts in the period. */
export interface LinkRow {
  id: number;
  /** The programme's redirect host, "" where it has none. */
  host: string;
  slug: string;
  destination: string;
  kind: "affiliate" | "tracking";
  channel: string | null;
  starts_at: number | null;
  expires_at: number | null;
  disabled: boolean;
  clicks: number;
  unique_visitors: number;
  sales: number;
  /** Net of what was taken back, minor units of the programme's currency, by when it was earned. */
  earned: number;
}

/** The links, most clicked first. */
export async function readLinkRows(
  db: Database,
  account: AccountKey,
  asked: { period: Period; currency: string; limit: number },
): Promise<LinkRow[]> {
  const { period, currency, limit } = asked;
  const inPeriod = between(clickDays.day, period.first_day, period.last_day);
  const clicks = sql<number>`coalesce(sum(${clickDays.clicks}) filter (where ${clickDays.verdict} = ${COUNTED}), 0)`;
  const { id, host, slug, destination, kind, channel, startsAt, expiresAt, disabled } = links;
  const [linkRows, credits, earnings] = await db.batch([
    db
      .select({
        ...{ id, host, slug, destination, kind, channel, disabled },
        starts_at: startsAt,
        expires_at: expiresAt,
        clicks,
        unique_visitors: sql<number>`coalesce(sum(${clickDays.visitors}), 0)`,
      })
      .from(links)
      .leftJoin(clickDays, and(eq(clickDays.linkId, links.id), inPeriod))
      .where(ownLinks(account))
      .groupBy(links.id)
      .orderBy(desc(clicks), sql`${kind} <> 'affiliate'`, desc(links.id))
      .limit(limit),
    db
      .select({ link_id: conversions.linkId, sales: count() })
      .from(conversions)
      .where(and(ownConversions(account), eq(conversions.type, "sale"), occurredWithin(conversions.occurredAt, period)))
      .groupBy(conversions.linkId),
    db
      .select({ link_id: conversions.linkId, amount: sql<number>`sum(${ledgerEntries.amount})` })
      .from(ledgerEntries)
      .innerJoin(conversions, eq(conversions.id, ledgerEntries.conversion))
      .where(
        and(
          earnedWithin(account, currency, period),
          // An override's conversion is another affiliate's, by another's link.
          eq(conversions.affiliateId, account.affiliateId),
        ),
      )
      .groupBy(conversions.linkId),
  ]);
  const salesOf = new Map(credits.map((row) => [row.link_id, row.sales]));
  const earnedBy = new Map(earnings.map((row) => [row.link_id, row.amount]));
  return linkRows.map((link) => ({
    ...link,
    sales: salesOf.get(link.id) ?? 0,
    earned: earnedBy.get(link.id) ?? 0,
  }));
}
