/** An affiliate's links and their figures. Clicks come from the daily counts, never from the click log. */
import { and, between, count, desc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { clickDays } from "../clicks/tables.ts";
import {
  type Credits,
  defineCreditsQuery,
  isConversionOf,
  isInPeriod,
  noCredits,
  readCredits,
} from "../conversions/credit-queries.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";
import type { DestinationRules } from "../links/destination.ts";
import { CURRENT_HOST } from "../links/host-queries.ts";
import { links } from "../links/tables.ts";
import { programs } from "../programs/tables.ts";
import { COUNTED } from "../redirect/click.ts";

/** The most links that an affiliate can create in a program. */
export const LINKS_MAX = 500;
/** The most links in a list. The merchant may create more of them. */
const LISTED_MAX = 1_000;

/** A link as its affiliate sees it. */
export interface LinkView {
  id: number;
  slug: string;
  /** The redirect host that the program has now. Empty if it uses the shared one. */
  host: string;
  destination: string;
  kind: "affiliate" | "tracking";
  channel: string | null;
  /** Milliseconds since the epoch, like the other times. */
  starts_at: number | null;
  expires_at: number | null;
  click_cap: number | null;
  disabled: boolean;
  created_at: number;
  /** Null unless the affiliate has archived it. */
  archived_at: number | null;
}

/** A link with its figures for a period. */
export interface LinkWithFigures extends LinkView, Credits {
  /** Counted clicks. */
  clicks: number;
  /** All hits, with any verdict. */
  hits: number;
}

/** The columns of a {@link LinkView}. */
export const LINK_COLUMNS = {
  id: links.id,
  slug: links.slug,
  host: CURRENT_HOST.as("host"),
  destination: links.destination,
  kind: links.kind,
  channel: links.channel,
  starts_at: links.starts_at,
  expires_at: links.expires_at,
  click_cap: links.click_cap,
  disabled: links.disabled,
  created_at: links.created_at,
  archived_at: links.archived_at,
};

/** The id of a conversion's link, as text. */
export const LINK_OF_CONVERSION = sql<string | null>`CAST(${conversions.link_id} AS TEXT)`;

/** Matches the links of an affiliate in a program. */
export const isLinkOf = ({ program_id: programId, affiliate_id: affiliateId }: AccountKey) =>
  and(eq(links.affiliate_id, affiliateId), eq(links.program_id, programId));

/** The links of an affiliate in a program by name, for a select field; at most a thousand. */
export function listLinkOptions(db: Database, account: AccountKey) {
  const { id, slug, channel } = links;
  return db.select({ id, slug, channel }).from(links).where(isLinkOf(account)).orderBy(slug).limit(LISTED_MAX);
}

/** The number of links an affiliate has in a program. */
export async function countLinks(db: Database, account: AccountKey): Promise<number> {
  return runQuery(db, defineLinkCountQuery(db, account));
}

/** The same, as a query for a batch. */
export function defineLinkCountQuery(db: Database, account: AccountKey) {
  return defineQuery([db.select({ n: count() }).from(links).where(isLinkOf(account))], ([[row]]) => row?.n ?? 0);
}

/** An affiliate's links in a program, most clicks in the period first, at most {@link LISTED_MAX}; and their total number. */
export async function readLinks(db: Database, account: AccountKey, period: Period): Promise<LinkList> {
  return runQuery(db, defineLinksQuery(db, account, period));
}

interface LinkList {
  rows: LinkWithFigures[];
  total: number;
}

/** The same, as a query for a batch. */
export function defineLinksQuery(db: Database, account: AccountKey, period: Period): Query<LinkList> {
  const clicks = sql<number>`coalesce(sum(${clickDays.clicks}) filter (where ${clickDays.verdict} = ${COUNTED}), 0)`;
  const isCounted = and(eq(clickDays.link_id, links.id), between(clickDays.day, period.first_day, period.last_day));
  const counted = db
    .select({ ...LINK_COLUMNS, clicks, hits: sql<number>`coalesce(sum(${clickDays.clicks}), 0)` })
    .from(links)
    .leftJoin(clickDays, isCounted)
    .where(isLinkOf(account))
    .groupBy(links.id)
    .orderBy(desc(clicks), desc(links.created_at), links.id)
    .limit(LISTED_MAX);
  const total = defineLinkCountQuery(db, account);
  const credits = defineCreditsQuery(db, account, period, LINK_OF_CONVERSION);
  return defineQuery([counted, ...total.statements, ...credits.statements], ([rows, ...others]) => {
    const credited = credits.view(others.slice(total.statements.length));
    return {
      rows: rows.map((row) => ({ ...row, ...(credited.get(String(row.id)) ?? noCredits()) })),
      total: total.view(others),
    };
  });
}

/** The link that an affiliate shares first, for a batch: its oldest one that works at `now` (ms), of the program's kind before those for a channel. */
export function defineMainLinkQuery(db: Database, account: AccountKey, now: number): Query<LinkView | null> {
  const { starts_at: startsAt, expires_at: expiresAt } = links;
  const working = db
    .select(LINK_COLUMNS)
    .from(links)
    .where(
      and(
        isLinkOf(account),
        eq(links.disabled, false),
        isNull(links.archived_at),
        or(isNull(startsAt), lte(startsAt, now)),
        or(isNull(expiresAt), gt(expiresAt, now)),
      ),
    )
    .orderBy(sql`${links.kind} <> 'affiliate'`, links.created_at, links.id)
    .limit(1);
  return defineQuery([working], ([[row]]) => row ?? null);
}

/** A link with its program. Null if it doesn't exist or belongs to another affiliate. */
export async function readLink(db: Database, affiliateId: number, id: number) {
  const row = await db
    .select({
      ...LINK_COLUMNS,
      has_targets: sql<number>`${links.targets} IS NOT NULL`,
      program_id: programs.id,
      program: programs.slug,
      program_name: programs.name,
    })
    .from(links)
    .innerJoin(programs, eq(programs.id, links.program_id))
    .where(and(eq(links.id, id), eq(links.affiliate_id, affiliateId)))
    .get();
  if (row === undefined) return null;
  const { program_id, program, program_name, has_targets, ...link } = row;
  return {
    link: link satisfies LinkView,
    /** Whether the merchant has set destinations by country or device. */
    has_targets: has_targets === 1,
    program: { id: program_id, slug: program, name: program_name },
  };
}

/** The credits of one link in a period. */
export async function readLinkCredits(db: Database, account: AccountKey, linkId: number, period: Period) {
  return (await readCredits(db, account, period, LINK_OF_CONVERSION)).get(String(linkId)) ?? noCredits();
}

/** The sales of one link in a period by day, or by hour for a single day. `at` is the start, ms. */
export async function readLinkSales(
  db: Database,
  account: AccountKey,
  linkId: number,
  period: Period,
): Promise<{ at: number; count: number }[]> {
  const unit = sql.raw(String(period.first_day === period.last_day ? MS_PER_HOUR : MS_PER_DAY));
  const at = sql<number>`${conversions.occurred_at} / ${unit} * ${unit}`;
  return db
    .select({ at, count: count() })
    .from(conversions)
    .where(
      and(isConversionOf(account), isInPeriod(period), eq(conversions.link_id, linkId), eq(conversions.type, "sale")),
    )
    .groupBy(at);
}

/** A program's rules for destinations of links, and its redirect host. Null if the program doesn't exist. */
export function readLinkRules(db: Database, programId: number) {
  return runQuery(db, defineLinkRulesQuery(db, programId));
}

/** The same, as a query for a batch. */
export function defineLinkRulesQuery(db: Database, programId: number): Query<LinkRules | null> {
  const {
    destination_hosts: hosts,
    redirect_host,
    referral_parameter: reserved_parameter,
    home_url,
    own_slugs,
  } = programs;
  const rules = db
    .select({ hosts, redirect_host, reserved_parameter, home_url, own_slugs })
    .from(programs)
    .where(eq(programs.id, programId));
  return defineQuery([rules], ([[row]]) => row ?? null);
}

/** A program's rules for the links that its affiliates create. */
export interface LinkRules extends DestinationRules {
  /** The program's own host. Null if it uses the shared one. */
  redirect_host: string | null;
  home_url: string | null;
  /** Whether affiliates choose the slugs of their links. */
  own_slugs: boolean;
}
