/** The sponsors of enrollments, with their history. */
import { and, desc, eq, lte, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Database } from "../db/database.ts";
import type { AccountKey } from "./enrollment.ts";
import { affiliates, enrollmentSponsors, enrollments } from "./tables.ts";

/** A sponsor from a time (ms) on; null for none. */
export interface Sponsorship {
  sponsor_id: number | null;
  at: number;
  /** Whether the affiliate agreed that the sponsor sees its email address. */
  shares_email?: boolean;
}

const sponsor = alias(affiliates, "sponsor");

/** The username of an enrollment's sponsor at a time (ms), in a query of enrollments. Null for none. */
export function sponsorAt(now: number): SQL<string | null> {
  const { program_id, affiliate_id, at, sponsor_id } = enrollmentSponsors;
  return sql<string | null>`(SELECT ${sponsor.username} FROM ${enrollmentSponsors}
    LEFT JOIN ${affiliates} AS sponsor ON ${sponsor.id} = ${sponsor_id}
    WHERE ${program_id} = ${enrollments.program_id} AND ${affiliate_id} = ${enrollments.affiliate_id} AND ${at} <= ${now}
    ORDER BY ${at} DESC LIMIT 1)`;
}

/** The sponsor of an enrollment at a time (ms), null for none. */
export async function findSponsorAt(db: Database, { program_id, affiliate_id }: AccountKey, at: number) {
  const row = await db
    .select({ id: affiliates.id, username: affiliates.username })
    .from(enrollmentSponsors)
    .leftJoin(affiliates, eq(affiliates.id, enrollmentSponsors.sponsor_id))
    .where(
      and(
        eq(enrollmentSponsors.program_id, program_id),
        eq(enrollmentSponsors.affiliate_id, affiliate_id),
        lte(enrollmentSponsors.at, at),
      ),
    )
    .orderBy(desc(enrollmentSponsors.at))
    .limit(1)
    .get();
  return row?.id == null || row.username === null ? null : { id: row.id, username: row.username };
}

/** Whether `affiliateId` is the sponsor of `sponsorId`, or ever was, over any number of steps, in a program. Or they are the same. */
export async function isAboveSponsor(
  db: Database,
  programId: number,
  { affiliate_id, sponsor_id }: { affiliate_id: number; sponsor_id: number },
): Promise<boolean> {
  const row = await db.get<{ id: number } | undefined>(sql`${aboveOf(programId, sponsor_id)}
    SELECT id FROM above WHERE id = ${affiliate_id} LIMIT 1`);
  return row !== undefined;
}

/**
 * The statement that gives an enrollment a sponsor. It adds nothing where the affiliate is above the sponsor: copies and
 * rebuilds of accounts rely on sponsors without loops.
 */
export function setSponsor(
  db: Database,
  { program_id, affiliate_id }: { program_id: number; affiliate_id: number | SQL },
  { sponsor_id, at, shares_email = false }: Sponsorship,
) {
  const { program_id: p, affiliate_id: a, at: since } = enrollmentSponsors;
  return db
    .insert(enrollmentSponsors)
    .select(
      sql`${aboveOf(program_id, sponsor_id)}
        SELECT ${program_id}, ${affiliate_id}, ${at}, ${sponsor_id}, ${shares_email ? 1 : 0}
        WHERE NOT EXISTS (SELECT 1 FROM above WHERE id = ${affiliate_id})`,
    )
    .onConflictDoUpdate({ target: [p, a, since], set: { sponsor_id, shares_email } });
}

/** A table `above` with an affiliate and everyone who is, or was, above it in a program. */
function aboveOf(programId: number, affiliateId: number | null): SQL {
  return sql`WITH RECURSIVE above (id) AS (
    SELECT ${affiliateId} UNION SELECT s.sponsor_id FROM above
    JOIN ${enrollmentSponsors} s ON s.program_id = ${programId} AND s.affiliate_id = above.id
    WHERE s.sponsor_id IS NOT NULL)`;
}
