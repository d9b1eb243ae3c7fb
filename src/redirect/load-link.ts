import { and, desc, eq, lte, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { links, programs, programTerms } from "../db/schema.ts";
import type { LinkTarget } from "./link-cache.ts";

/** Reads a link and what its programme says today; null where the slug does not exist. Throws while D1 is away. */
export async function loadLink(db: Database, slug: string, now: number): Promise<LinkTarget | null> {
  const termsToday = db
    .select({ cookie_days: sql<number | null>`json_extract(${programTerms.terms}, '$.cookie_days')` })
    .from(programTerms)
    .where(and(eq(programTerms.programId, links.programId), lte(programTerms.effectiveFrom, now)))
    .orderBy(desc(programTerms.version))
    .limit(1);
  const row = await db
    .select({
      link_id: links.id,
      program_id: links.programId,
      affiliate_id: links.affiliateId,
      program_slug: programs.slug,
      destination: links.destination,
      forward_query: links.forwardQuery,
      disabled: links.disabled,
      expires_at: links.expiresAt,
      fallback_url: programs.fallbackUrl,
      cookie_domain: programs.cookieDomain,
      cookie_days: sql<number | null>`(${termsToday})`,
    })
    .from(links)
    .innerJoin(programs, eq(programs.id, links.programId))
    .where(eq(links.slug, slug))
    .get();
  return row ?? null;
}
