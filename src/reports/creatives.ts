/** What a merchant gives its affiliates, and the links that an affiliate can use it with. */
import { and, asc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { creatives, links, programs } from "../db/schema.ts";
import type { AccountKey } from "./credits.ts";
import { LINKS_MAX } from "./own-links.ts";

/** A picture on another host, for the affiliate's own pages. */
export interface ImageCreative {
  kind: "image";
  id: string;
  title: string;
  url: string;
  /** CSS pixels, as the height. */
  width: number;
  height: number;
  alt: string;
  /** Where the affiliate's link should lead, null for where it leads by itself. */
  destination_url: string | null;
}

/** Words for a post or an e-mail; `{link}` in them stands for the affiliate's own link. */
export interface TextCreative {
  kind: "text";
  id: string;
  title: string;
  text: string;
  destination_url: string | null;
}

/** Something to look up: a press kit, a help page. */
export interface Resource {
  kind: "resource";
  id: string;
  title: string;
  url: string;
}

/** A creative as affiliates see it. */
export type Creative = ImageCreative | TextCreative | Resource;

/** All that a programme has, in the merchant's order. */
export async function readCreatives(db: Database, programId: number): Promise<Creative[]> {
  const rows = await db
    .select()
    .from(creatives)
    .where(eq(creatives.programId, programId))
    .orderBy(asc(creatives.position), asc(creatives.id));
  return rows.map(({ id, kind, title, url, width, height, alt, text, destinationUrl: destination_url }) => {
    // The door has checked that each kind has what is its own.
    if (kind === "text") return { kind, id, title, text: text ?? "", destination_url };
    if (kind === "resource") return { kind, id, title, url: url ?? "" };
    return { kind, id, title, url: url ?? "", width: width ?? 0, height: height ?? 0, alt: alt ?? "", destination_url };
  });
}

const columns = {
  id: links.id,
  slug: links.slug,
  host: links.host,
  destination: links.destination,
  kind: links.kind,
  channel: links.channel,
  starts_at: links.startsAt,
  expires_at: links.expiresAt,
  click_cap: links.clickCap,
  disabled: links.disabled,
  created_at: links.createdAt,
  deep_links: sql`coalesce(${links.deepLinks}, ${programs.deepLinks})`.mapWith(Boolean),
};

/** By what a programme judges where deep links lead. */
export interface DeepLinkRules {
  hosts: readonly string[];
  reserved_parameter: string | null;
}

/** A link that creatives can be used with. */
export type PromotedLink = Awaited<ReturnType<typeof selectLinks>>[number];

function selectLinks(db: Database) {
  return db.select(columns).from(links).innerJoin(programs, eq(programs.id, links.programId)).$dynamic();
}

/**
 * The links of an affiliate in a programme that work at `now` (ms), the affiliate links before the tracking links and the
 * oldest first, at most as many as an affiliate can make; and the one with the id that is asked for, whether it works or
 * not, null where this account has none such. Whether a link has had as many clicks as it may have is not looked at.
 */
export async function readPromotedLinks(
  db: Database,
  { programId, affiliateId }: AccountKey,
  { id, now }: { id: number | null; now: number },
): Promise<{ live: PromotedLink[]; asked: PromotedLink | null; rules: DeepLinkRules }> {
  const isOwn = and(eq(links.affiliateId, affiliateId), eq(links.programId, programId));
  const isLive = and(
    eq(links.disabled, false),
    or(isNull(links.startsAt), lte(links.startsAt, now)),
    or(isNull(links.expiresAt), gt(links.expiresAt, now)),
  );
  const [live, asked, [rules]] = await db.batch([
    selectLinks(db)
      .where(and(isOwn, isLive))
      .orderBy(asc(links.kind), asc(links.createdAt), asc(links.id))
      .limit(LINKS_MAX),
    selectLinks(db).where(and(isOwn, eq(links.id, id ?? -1))),
    db
      .select({ hosts: programs.destinationHosts, reserved_parameter: programs.referralParameter })
      .from(programs)
      .where(eq(programs.id, programId)),
  ]);
  return { live, asked: asked[0] ?? null, rules: rules ?? { hosts: [], reserved_parameter: null } };
}
