import { and, desc, eq, lte, sql } from "drizzle-orm";
import { affiliates } from "../affiliates/tables.ts";
import { clickDays } from "../clicks/tables.ts";
import type { Database } from "../db/database.ts";
import { dayOf } from "../lib/calendar.ts";
import { links } from "../links/tables.ts";
import { programs, programTerms } from "../programs/tables.ts";
import { VERDICTS } from "./click.ts";
import type { LinkTarget } from "./link-cache.ts";
import { visitorKeys } from "./tables.ts";

const VISITOR_KEY_BYTES = 32;
const COUNTED = VERDICTS.indexOf("counted");

/**
 * Reads a link, what its programme says today, and today's key for visitors' hashes, which it makes if it is the day's
 * first. Null where the host has no such slug. Throws while D1 is away.
 */
export async function loadLink(db: Database, host: string, slug: string, now: number): Promise<LinkTarget | null> {
  const today = dayOf(now);
  const row = await findLink(db, host, slug, now, today);
  if (row === undefined) return null;
  const { visitor_key, cap, counted, ...link } = row;
  return {
    ...link,
    deep_links: link.deep_links ?? row.program_deep_links,
    is_capped: cap !== null && counted >= cap,
    visitor_key: visitor_key ?? (await makeVisitorKey(db, link.program_id, today)),
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
  // A programme's own host has its own namespace; all other hosts share one.
  const namespace = sql`coalesce((SELECT ${programs.redirect_host} FROM ${programs} WHERE ${programs.redirect_host} = ${host}), '')`;
  return db
    .select({
      link_id: links.id,
      program_id: links.program_id,
      affiliate_id: links.affiliate_id,
      program_slug: programs.slug,
      affiliate: affiliates.username,
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
      cookie_mode: programs.cookie_mode,
      cookie_domain: programs.cookie_domain,
      cookie_days: sql<number | null>`(${termsToday})`,
      is_reward: programs.is_reward,
      visitor_key: sql<string | null>`(${keyToday})`,
    })
    .from(links)
    .innerJoin(programs, eq(programs.id, links.program_id))
    .innerJoin(affiliates, eq(affiliates.id, links.affiliate_id))
    .where(and(eq(links.host, namespace), eq(links.slug, slug)))
    .get();
}

/** The day's key of a programme: whoever comes first makes it, all others read that one. */
async function makeVisitorKey(db: Database, programId: number, day: number): Promise<string> {
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

/** Deletes the keys of days that ended more than a day ago: no key outlives 48 hours by more than the cron's interval. */
export async function deleteOldVisitorKeys(db: Database, now: number): Promise<void> {
  await db.delete(visitorKeys).where(lte(visitorKeys.day, dayOf(now) - 2));
}
