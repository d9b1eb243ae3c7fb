import { and, desc, eq, lte, or, sql } from "drizzle-orm";
import { affiliates } from "../affiliates/tables.ts";
import { clickDays } from "../clicks/tables.ts";
import { type Database, openDatabase } from "../db/database.ts";
import { dayOf } from "../lib/calendar.ts";
import { isServedOn, preferenceOn } from "../links/host-queries.ts";
import { links } from "../links/tables.ts";
import { formerHosts, programs, programTerms } from "../programs/tables.ts";
import { COUNTED } from "./click.ts";
import type { LinkTarget, Shop } from "./link-target.ts";
import { visitorKeys } from "./tables.ts";

const VISITOR_KEY_BYTES = 32;

/**
 * Loads a link with its program's current settings and today's key for visitor hashes, which it creates if it is the first
 * of the day. Null if the host has no such slug. Throws if D1 is unavailable.
 */
export async function loadLink(
  binding: D1Database,
  host: string,
  slug: string,
  now: number,
): Promise<LinkTarget | null> {
  const db = openDatabase(binding);
  const today = dayOf(now);
  const row = await findLink(db, host, slug, now, today);
  if (row === undefined) return null;
  const { visitor_key, cap, counted, program_name, home_url, ...link } = row;
  return {
    ...link,
    deep_links: link.deep_links ?? row.program_deep_links,
    // Earlier releases stored an empty text for a URL that was cleared.
    fallback_url: link.fallback_url || null,
    shop: { name: program_name, url: home_url },
    is_capped: cap !== null && counted >= cap,
    visitor_key: visitor_key ?? (await createVisitorKey(db, link.program_id, today)),
  };
}

function findLink(db: Database, host: string, slug: string, now: number, today: number) {
  const termsToday = db
    .select({ cookie_days: sql<number | null>`json_extract(${programTerms.terms}, '$.cookie_days')` })
    .from(programTerms)
    .where(and(eq(programTerms.program_id, links.program_id), lte(programTerms.effective_from, now)))
    .orderBy(desc(programTerms.version))
    .limit(1);
  const counted = db
    .select({ n: sql<number>`coalesce(sum(${clickDays.clicks}), 0)` })
    .from(clickDays)
    .where(and(eq(clickDays.link_id, links.id), eq(clickDays.verdict, COUNTED), sql`${links.click_cap} IS NOT NULL`));
  const keyToday = db
    .select({ key: sql<string>`hex(${visitorKeys.key})` })
    .from(visitorKeys)
    .where(and(eq(visitorKeys.program_id, links.program_id), eq(visitorKeys.day, today)));
  return db
    .select({
      link_id: links.id,
      program_id: links.program_id,
      affiliate_id: links.affiliate_id,
      program_slug: programs.slug,
      affiliate: affiliates.username,
      signed_out_at: affiliates.signed_out_at,
      channel: links.channel,
      destination: links.destination,
      targets: links.targets,
      forward_query: links.forward_query,
      deep_links: links.deep_links,
      program_deep_links: programs.deep_links,
      destination_hosts: programs.destination_hosts,
      referral_parameter: programs.referral_parameter,
      disabled: links.disabled,
      starts_at: links.starts_at,
      expires_at: links.expires_at,
      cap: links.click_cap,
      counted: sql<number>`(${counted})`,
      fallback_url: programs.fallback_url,
      program_name: programs.name,
      home_url: programs.home_url,
      cookie_mode: programs.cookie_mode,
      cookie_domain: programs.cookie_domain,
      cookie_days: sql<number | null>`(${termsToday})`,
      is_reward: programs.is_reward,
      visitor_key: sql<string | null>`(${keyToday})`,
    })
    .from(links)
    .innerJoin(programs, eq(programs.id, links.program_id))
    .innerJoin(affiliates, eq(affiliates.id, links.affiliate_id))
    .where(and(eq(links.slug, slug), isServedOn(host)))
    .orderBy(...preferenceOn(host))
    .limit(1)
    .get();
}

/** The shop whose program has this redirect host, or had it before; null for any other host. Throws if D1 is unavailable. */
export async function loadShop(binding: D1Database, host: string): Promise<Shop | null> {
  const row = await openDatabase(binding)
    .select({ name: programs.name, home_url: programs.home_url, fallback_url: programs.fallback_url })
    .from(programs)
    .where(
      or(
        eq(programs.redirect_host, host),
        sql`${programs.id} = (SELECT ${formerHosts.program_id} FROM ${formerHosts} WHERE ${formerHosts.host} = ${host})`,
      ),
    )
    .orderBy(sql`${programs.redirect_host} IS NOT ${host}`)
    .limit(1)
    .get();
  return row === undefined ? null : { name: row.name, url: row.home_url ?? (row.fallback_url || null) };
}

/** Creates the day's key of a program, or reads the one that another request has created. */
async function createVisitorKey(db: Database, programId: number, day: number): Promise<string> {
  const key = crypto.getRandomValues(new Uint8Array(VISITOR_KEY_BYTES));
  const [, rows] = await db.batch([
    db.insert(visitorKeys).values({ program_id: programId, day, key }).onConflictDoNothing(),
    db
      .select({ key: sql<string>`hex(${visitorKeys.key})` })
      .from(visitorKeys)
      .where(and(eq(visitorKeys.program_id, programId), eq(visitorKeys.day, day))),
  ]);
  const stored = rows[0]?.key;
  if (stored === undefined) throw new Error("the day's visitor key was not stored");
  return stored;
}

/** Deletes the keys of days that ended more than a day ago, so that a key lives for 48 hours plus the cron's interval at most. */
export async function deleteOldVisitorKeys(db: Database, now: number): Promise<void> {
  await db.delete(visitorKeys).where(lte(visitorKeys.day, dayOf(now) - 2));
}
