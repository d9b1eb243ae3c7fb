/** A program's creatives and resources, and the affiliate's links to use with them. */
import { and, asc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, runQueries } from "../db/query-batch.ts";
import {
  defineLinkCountQuery,
  defineLinkRulesQuery,
  isLinkOf,
  LINK_COLUMNS,
  LINKS_MAX,
} from "../insights/link-queries.ts";
import type { DestinationRules } from "../links/destination.ts";
import { links } from "../links/tables.ts";
import { programs } from "../programs/tables.ts";
import { creatives } from "./tables.ts";

/** An image on another host, for the affiliate's own pages. */
export interface ImageCreative {
  kind: "image";
  id: string;
  title: string;
  url: string;
  /** CSS pixels, like the height. */
  width: number;
  height: number;
  alt: string;
  /** Where the creative's link should lead. Null keeps the affiliate link's own destination. */
  destination_url: string | null;
}

/** Text for a post or an email. `{link}` is the placeholder for the affiliate's link. */
export interface TextCreative {
  kind: "text";
  id: string;
  title: string;
  text: string;
  destination_url: string | null;
}

/** A press kit, a help page or the like. */
export interface Resource {
  kind: "resource";
  id: string;
  title: string;
  url: string;
}

/** A creative as affiliates see it. */
export type Creative = ImageCreative | TextCreative | Resource;

/** The creatives of a program, in the merchant's order. */
export async function readCreatives(db: Database, programId: number): Promise<Creative[]> {
  const rows = await db
    .select()
    .from(creatives)
    .where(eq(creatives.program_id, programId))
    .orderBy(asc(creatives.position), asc(creatives.id));
  return rows.map(({ id, kind, title, url, width, height, alt, text, destination_url }) => {
    // The API checks the required fields of each kind.
    if (kind === "text") return { kind, id, title, text: text ?? "", destination_url };
    if (kind === "resource") return { kind, id, title, url: url ?? "" };
    return { kind, id, title, url: url ?? "", width: width ?? 0, height: height ?? 0, alt: alt ?? "", destination_url };
  });
}

/** A link to put into creatives. */
export type CreativeLink = Awaited<ReturnType<typeof selectLinks>>[number];

function selectLinks(db: Database) {
  const deep_links = sql`coalesce(${links.deep_links}, ${programs.deep_links})`.mapWith(Boolean);
  return db
    .select({ ...LINK_COLUMNS, targets: links.targets, deep_links })
    .from(links)
    .innerJoin(programs, eq(programs.id, links.program_id))
    .$dynamic();
}

/** The links of an affiliate in a program, for creatives. */
export interface CreativeLinks {
  /** Active links: affiliate links before tracking links, oldest first, at most {@link LINKS_MAX}. */
  live: CreativeLink[];
  /** The link with the requested id, active or not. Null if the affiliate has no such link. */
  selected: CreativeLink | null;
  /** The number of links, active or not. */
  total: number;
  rules: DestinationRules;
}

/** Reads the links. Active means enabled and within its dates at `now` (ms); click limits aren't checked. */
export async function readCreativeLinks(
  db: Database,
  account: AccountKey,
  { id, now }: { id: number | null; now: number },
): Promise<CreativeLinks> {
  const isLive = and(
    eq(links.disabled, false),
    or(isNull(links.starts_at), lte(links.starts_at, now)),
    or(isNull(links.expires_at), gt(links.expires_at, now)),
  );
  const own = selectLinks(db)
    .where(and(isLinkOf(account), isLive))
    .orderBy(asc(links.kind), asc(links.created_at), asc(links.id))
    .limit(LINKS_MAX);
  const found = selectLinks(db).where(and(isLinkOf(account), eq(links.id, id ?? -1)));
  const { lists, total, rules } = await runQueries(db, {
    lists: defineQuery([own, found], ([live, [selected]]) => ({ live, selected: selected ?? null })),
    total: defineLinkCountQuery(db, account),
    rules: defineLinkRulesQuery(db, account.program_id),
  });
  return { ...lists, total, rules: rules ?? { hosts: [], reserved_parameter: null } };
}
