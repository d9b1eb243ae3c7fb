/** What an affiliate sees first. Clicks come from the daily counts; the click log is never read. */
import { and, count, desc, eq, gte, sql } from "drizzle-orm";
import type { TierView } from "../commissions/judge-tier.ts";
import type { Database } from "../db/database.ts";
import { clickDays, conversions, enrolments, links, programs } from "../db/schema.ts";
import type { Env } from "../env.ts";
import type { NextPayout } from "../payouts/next-payout.ts";
import { MS_PER_DAY } from "../time.ts";
import { type AffiliateSummary, COUNTED, readAffiliateSummary } from "./affiliate.ts";
import { type AccountKey, ownConversions } from "./credits.ts";
import { readNextPayout } from "./next-payout.ts";
import { ALL_OWN, type EarnedConversion, readOwnConversions } from "./own-conversions.ts";
import { readTier } from "./tier.ts";

const LATEST_CONVERSIONS = 20;
/** More than an affiliate's page can show; the busiest come first. */
const LINKS_MAX = 200;

/** A programme that the affiliate is in, or has asked to be. */
export interface AffiliateProgram {
  id: number;
  slug: string;
  name: string;
  currency: string;
  status: "pending" | "approved" | "rejected" | "suspended";
}

/** A link with its counts, in the period and in all. */
export interface LinkRow {
  id: number;
  slug: string;
  destination: string;
  kind: "affiliate" | "tracking";
  channel: string | null;
  expires_at: number | null;
  disabled: boolean;
  clicks: number;
  clicks_in_period: number;
  sales: number;
  sales_in_period: number;
}

/** All figures of the overview. */
export interface Overview {
  summary: AffiliateSummary;
  /** Null where the terms have no tiers. */
  tier: TierView | null;
  clicks_by_day: { day: number; clicks: number }[];
  conversions_by_day: { day: number; type: string; conversions: number }[];
  links: LinkRow[];
  latest: EarnedConversion[];
  /** Null where the terms have no payouts, or nothing is to come. */
  next_payout: NextPayout | null;
}

/** The programmes of an affiliate, approved ones first. */
export async function readAffiliatePrograms(db: Database, affiliateId: number): Promise<AffiliateProgram[]> {
  const { id, slug, name, currency } = programs;
  // Programmes are few, and the key of enrolments begins with one: they lead the join.
  return db
    .select({ id, slug, name, currency, status: enrolments.status })
    .from(programs)
    .crossJoin(enrolments)
    .where(and(eq(enrolments.programId, programs.id), eq(enrolments.affiliateId, affiliateId)))
    .orderBy(sql`${enrolments.status} <> 'approved'`, enrolments.createdAt, programs.id);
}

/** Reads the overview as of `now`, ms, with its period from `first_day` on (days since the epoch). */
export async function readOverview(
  db: Database,
  accounts: Env["ACCOUNTS"],
  asked: { program: AffiliateProgram; affiliateId: number; first_day: number; now: number },
): Promise<Overview> {
  const { program, affiliateId, first_day, now } = asked;
  const account = { programId: program.id, affiliateId };
  const [summary, tier, clicks_by_day, conversions_by_day, linkRows, latest, next_payout] = await Promise.all([
    readAffiliateSummary(db, { program, affiliateId, at: now }),
    readTier(db, accounts, account, now),
    readClicksByDay(db, account, first_day),
    readConversionsByDay(db, account, first_day),
    readLinkRows(db, account, first_day),
    readOwnConversions(db, account, ALL_OWN, { limit: LATEST_CONVERSIONS, cursor: null }),
    readNextPayout(db, accounts, { program, affiliateId, status: program.status, now }),
  ]);
  return { summary, tier, clicks_by_day, conversions_by_day, links: linkRows, latest: latest.data, next_payout };
}

const ownLinks = ({ programId, affiliateId }: AccountKey) =>
  and(eq(links.affiliateId, affiliateId), eq(links.programId, programId));

function readClicksByDay(db: Database, account: AccountKey, firstDay: number) {
  const isCounted = and(eq(clickDays.linkId, links.id), gte(clickDays.day, firstDay), eq(clickDays.verdict, COUNTED));
  return db
    .select({ day: clickDays.day, clicks: sql<number>`sum(${clickDays.clicks})` })
    .from(links)
    .innerJoin(clickDays, isCounted)
    .where(ownLinks(account))
    .groupBy(clickDays.day);
}

function readConversionsByDay(db: Database, account: AccountKey, firstDay: number) {
  const day = sql<number>`${conversions.occurredAt} / ${sql.raw(String(MS_PER_DAY))}`;
  return db
    .select({ day, type: conversions.type, conversions: count() })
    .from(conversions)
    .where(and(ownConversions(account), gte(conversions.occurredAt, firstDay * MS_PER_DAY)))
    .groupBy(day, conversions.type);
}

async function readLinkRows(db: Database, account: AccountKey, firstDay: number): Promise<LinkRow[]> {
  const inPeriod = sql<number>`coalesce(sum(${clickDays.clicks}) filter (where ${clickDays.day} >= ${firstDay}), 0)`;
  const inAll = sql<number>`coalesce(sum(${clickDays.clicks}), 0)`;
  const { id, slug, destination, kind, channel, expiresAt, disabled } = links;
  const since = firstDay * MS_PER_DAY;
  const [linkRows, credits] = await db.batch([
    db
      .select({
        id,
        slug,
        destination,
        kind,
        channel,
        expires_at: expiresAt,
        disabled,
        clicks: inAll,
        period: inPeriod,
      })
      .from(links)
      .leftJoin(clickDays, and(eq(clickDays.linkId, links.id), eq(clickDays.verdict, COUNTED)))
      .where(ownLinks(account))
      .groupBy(links.id)
      .orderBy(desc(inPeriod), desc(inAll), links.slug)
      .limit(LINKS_MAX),
    db
      .select({
        link_id: conversions.linkId,
        total: count(),
        period: sql<number>`count(*) filter (where ${conversions.occurredAt} >= ${since})`,
      })
      .from(conversions)
      .where(and(ownConversions(account), eq(conversions.type, "sale")))
      .groupBy(conversions.linkId),
  ]);
  const creditsOf = new Map(credits.map((row) => [row.link_id, row]));
  return linkRows.map(({ period, ...link }) => ({
    ...link,
    clicks_in_period: period,
    sales: creditsOf.get(link.id)?.total ?? 0,
    sales_in_period: creditsOf.get(link.id)?.period ?? 0,
  }));
}
