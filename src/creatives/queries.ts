/** What a merchant gives its affiliates, and the links that an affiliate can use it with. */
import { and, asc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, runQueries } from "../db/query-batch.ts";
import {
  defineLinkCountQuery,
  defineLinkRulesQuery,
  LINK_COLUMNS,
  LINKS_MAX,
  ownLinks,
} from "../insights/link-queries.ts";
import type { DestinationRules } from "../links/destination.ts";
import { links } from "../links/tables.ts";
import { programs } from "../programs/tables.ts";
import { creatives } from "./tables.ts";

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
    .where(eq(creatives.program_id, programId))
    .orderBy(asc(creatives.position), asc(creatives.id));
  return rows.map(({ id, kind, title, url, width, height, alt, text, destination_url }) => {
    // The door has checked that each kind has what is its own.
    if (kind === "text") return { kind, id, title, text: text ?? "", destination_url };
    if (kind === "resource") return { kind, id, title, url: url ?? "" };
    return { kind, id, title, url: url ?? "", width: width ?? 0, height: height ?? 0, alt: alt ?? "", destination_url };
  });
}

/** A link that creatives can be used with. */
export type PromotedLink = Awaited<ReturnType<typeof selectLinks>>[number];

function selectLinks(db: Database) {
  const deep_links = sql`coalesce(${links.deep_links}, ${programs.deep_links})`.mapWith(Boolean);
  return db
    .select({ ...LINK_COLUMNS, targets: links.targets, deep_links })
    .from(links)
    .innerJoin(programs, eq(programs.id, links.program_id))
    .$dynamic();
}

/** The links of an affiliate in a programme, for its creatives. */
export interface PromotedLinks {
  /** Those that work, the affiliate links before the tracking links and the oldest first, at most {@link LINKS_MAX}. */
  live: PromotedLink[];
  /** The one that is asked for, whether it works or not; null where this account has none such. */
  asked: PromotedLink | null;
  /** How many there are, of whatever state. */
  total: number;
  rules: DestinationRules;
}

/**
 * Reads them; which of them work is as of `now` (ms), and `id` is the one that is asked for. Whether a link has had as many
 * clicks as it may have is not looked at.
 */
export async function readPromotedLinks(
  db: Database,
  account: AccountKey,
  { id, now }: { id: number | null; now: number },
): Promise<PromotedLinks> {
  const isLive = and(
    eq(links.disabled, false),
    or(isNull(links.starts_at), lte(links.starts_at, now)),
    or(isNull(links.expires_at), gt(links.expires_at, now)),
  );
  const own = selectLinks(db)
    .where(and(ownLinks(account), isLive))
    .orderBy(asc(links.kind), asc(links.created_at), asc(links.id))
    .limit(LINKS_MAX);
  const found = selectLinks(db).where(and(ownLinks(account), eq(links.id, id ?? -1)));
  const { lists, total, rules } = await runQueries(db, {
    lists: defineQuery([own, found], ([live, [asked]]) => ({ live, asked: asked ?? null })),
    total: defineLinkCountQuery(db, account),
    rules: defineLinkRulesQuery(db, account.program_id),
  });
  return { ...lists, total, rules: rules ?? { hosts: [], reserved_parameter: null } };
}
