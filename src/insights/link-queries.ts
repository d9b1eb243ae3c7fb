/** An affiliate's links as the affiliate sees them. Clicks come from the daily counts; the click log is never read. */
import { and, between, count, desc, eq, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { clickDays } from "../clicks/tables.ts";
import { type Credits, defineCreditsQuery, noCredits, readCredits } from "../conversions/credit-queries.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQuery } from "../db/query-batch.ts";
import type { DestinationRules } from "../links/destination.ts";
import { links } from "../links/tables.ts";
import { programs } from "../programs/tables.ts";
import { COUNTED } from "../redirect/click.ts";

/** More than a page can show; the busiest come first. */
export const LINKS_MAX = 200;
const CHOICES_MAX = 1_000;

/** What a link is. */
export interface OwnLink {
  id: number;
  slug: string;
  /** The programme's own host, empty where it shares that of all. */
  host: string;
  destination: string;
  kind: "affiliate" | "tracking";
  channel: string | null;
  /** Milliseconds since the epoch, as the other times. */
  starts_at: number | null;
  expires_at: number | null;
  click_cap: number | null;
  disabled: boolean;
  created_at: number;
}

/** A link with its figures of a period. */
export interface OwnLinkRow extends OwnLink, Credits {
  /** Counted clicks. */
  clicks: number;
  /** All hits, whatever their verdict. */
  hits: number;
}

/** The columns that make a link. */
export const LINK_COLUMNS = {
  id: links.id,
  slug: links.slug,
  host: links.host,
  destination: links.destination,
  kind: links.kind,
  channel: links.channel,
  starts_at: links.starts_at,
  expires_at: links.expires_at,
  click_cap: links.click_cap,
  disabled: links.disabled,
  created_at: links.created_at,
};

/** A conversion's link, as text. */
export const LINK_OF_CONVERSION = sql<string | null>`CAST(${conversions.link_id} AS TEXT)`;

/** The affiliate's links in the programme. */
export const ownLinks = ({ program_id: programId, affiliate_id: affiliateId }: AccountKey) =>
  and(eq(links.affiliate_id, affiliateId), eq(links.program_id, programId));

/** All links of an affiliate in a programme by name, to choose from; more than a thousand are none to choose from. */
export function listOwnLinks(db: Database, account: AccountKey) {
  const { id, slug, channel } = links;
  return db.select({ id, slug, channel }).from(links).where(ownLinks(account)).orderBy(slug).limit(CHOICES_MAX);
}

/** How many links an affiliate has in a programme. */
export async function countOwnLinks(db: Database, account: AccountKey): Promise<number> {
  return runQuery(db, defineLinkCountQuery(db, account));
}

/** Defines the same query for a batch. */
export function defineLinkCountQuery(db: Database, account: AccountKey) {
  return defineQuery([db.select({ n: count() }).from(links).where(ownLinks(account))], ([[row]]) => row?.n ?? 0);
}

/** An affiliate's links in a programme, the busiest of the period first, at most {@link LINKS_MAX}; and how many there are. */
export async function readOwnLinks(db: Database, account: AccountKey, period: Period): Promise<OwnLinks> {
  return runQuery(db, defineOwnLinksQuery(db, account, period));
}

interface OwnLinks {
  rows: OwnLinkRow[];
  total: number;
}

/** Defines the same query for a batch. */
export function defineOwnLinksQuery(db: Database, account: AccountKey, period: Period): Query<OwnLinks> {
  const clicks = sql<number>`coalesce(sum(${clickDays.clicks}) filter (where ${clickDays.verdict} = ${COUNTED}), 0)`;
  const isCounted = and(eq(clickDays.link_id, links.id), between(clickDays.day, period.first_day, period.last_day));
  const counted = db
    .select({ ...LINK_COLUMNS, clicks, hits: sql<number>`coalesce(sum(${clickDays.clicks}), 0)` })
    .from(links)
    .leftJoin(clickDays, isCounted)
    .where(ownLinks(account))
    .groupBy(links.id)
    .orderBy(desc(clicks), desc(links.created_at), links.id)
    .limit(LINKS_MAX);
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

/** One link with its programme; null where it is not there, or not this affiliate's: from outside they look the same. */
export async function readOwnLink(db: Database, affiliateId: number, id: number) {
  const row = await db
    .select({ ...LINK_COLUMNS, program_id: programs.id, program: programs.slug, program_name: programs.name })
    .from(links)
    .innerJoin(programs, eq(programs.id, links.program_id))
    .where(and(eq(links.id, id), eq(links.affiliate_id, affiliateId)))
    .get();
  if (row === undefined) return null;
  const { program_id, program, program_name, ...link } = row;
  return { link: link satisfies OwnLink, program: { id: program_id, slug: program, name: program_name } };
}

/** What one link was credited with in a period. */
export async function readLinkCredits(db: Database, account: AccountKey, linkId: number, period: Period) {
  return (await readCredits(db, account, period, LINK_OF_CONVERSION)).get(String(linkId)) ?? noCredits();
}

/** By what a programme judges where its affiliates' links lead, and the host that they are on; null where it is not there. */
export function readLinkRules(db: Database, programId: number) {
  return runQuery(db, defineLinkRulesQuery(db, programId));
}

/** Defines the same query for a batch. */
export function defineLinkRulesQuery(db: Database, programId: number): Query<LinkRules | null> {
  const { destination_hosts: hosts, redirect_host, referral_parameter: reserved_parameter } = programs;
  const rules = db
    .select({ hosts, redirect_host, reserved_parameter })
    .from(programs)
    .where(eq(programs.id, programId));
  return defineQuery([rules], ([[row]]) => row ?? null);
}

interface LinkRules extends DestinationRules {
  /** The programme's own, null where it shares that of all. */
  redirect_host: string | null;
}
