import { and, asc, eq, gt, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Database } from "../db/database.ts";
import { programs } from "../programs/tables.ts";
import type { AccountKey, EnrollmentStatus } from "./enrollment.ts";
import { enrollmentSponsors, enrollmentStatuses, enrollments } from "./tables.ts";

const status = alias(enrollmentStatuses, "status");

/** Why an enrollment has its status, in a query of enrollments. Null where the merchant gave no reason. */
export const STATUS_REASON = sql<string | null>`(SELECT ${status.reason} FROM ${enrollmentStatuses} AS status
  WHERE ${status.program_id} = ${enrollments.program_id} AND ${status.affiliate_id} = ${enrollments.affiliate_id}
  ORDER BY ${status.at} DESC LIMIT 1)`;

/** A program that the affiliate is in, or has asked to be. */
export interface AffiliateProgram {
  id: number;
  slug: string;
  name: string;
  currency: string;
  status: EnrollmentStatus;
  /** Why it has this status. Null where the merchant gave no reason. */
  reason: string | null;
  may_reapply: boolean;
  /** How its pages look, and whom to ask. Null where the merchant hasn't set it. */
  logo_url: string | null;
  /** `#rrggbb`. */
  color: string | null;
  support_email: string | null;
  terms_url: string | null;
}

/** The programs of an affiliate, approved ones first. */
export async function readAffiliatePrograms(db: Database, affiliateId: number): Promise<AffiliateProgram[]> {
  const { id, slug, name, currency, logo_url, color, support_email, terms_url } = programs;
  const brand = { logo_url, color, support_email, terms_url };
  // Programs are few, and the key of enrollments begins with one: they lead the join.
  return db
    .select({
      id,
      slug,
      name,
      currency,
      ...brand,
      status: enrollments.status,
      reason: STATUS_REASON.as("reason"),
      may_reapply: enrollments.may_reapply,
    })
    .from(programs)
    .crossJoin(enrollments)
    .where(and(eq(enrollments.program_id, programs.id), eq(enrollments.affiliate_id, affiliateId)))
    .orderBy(sql`${enrollments.status} <> 'approved'`, enrollments.created_at, programs.id);
}

/** Why an enrollment has its status. Null where the merchant gave no reason. */
export async function findStatusReason(db: Database, account: AccountKey): Promise<string | null> {
  const row = await db
    .select({ reason: STATUS_REASON.as("reason") })
    .from(enrollments)
    .where(and(eq(enrollments.program_id, account.program_id), eq(enrollments.affiliate_id, account.affiliate_id)))
    .get();
  return row?.reason ?? null;
}

/** The next accounts of a program after an affiliate's id, in the order of ids. */
export async function listAccounts(
  db: Database,
  programId: number,
  after: number,
  limit: number,
): Promise<AccountKey[]> {
  return db
    .select({ program_id: enrollments.program_id, affiliate_id: enrollments.affiliate_id })
    .from(enrollments)
    .where(and(eq(enrollments.program_id, programId), gt(enrollments.affiliate_id, after)))
    .orderBy(asc(enrollments.affiliate_id))
    .limit(limit);
}

/** An account, and how many sponsors are at most above its affiliate, or were. */
export interface AccountOfSponsor extends AccountKey {
  depth: number;
}

/** A program's accounts after one, or from the first; affiliates before their sponsors. */
export async function listAccountsBySponsor(
  db: Database,
  programId: number,
  after: Pick<AccountOfSponsor, "depth" | "affiliate_id"> | null,
  limit: number,
): Promise<AccountOfSponsor[]> {
  const { depth, affiliate_id } = after ?? { depth: Number.MAX_SAFE_INTEGER, affiliate_id: 0 };
  return db.all<AccountOfSponsor>(sql`
    WITH RECURSIVE placed (id, depth) AS (
      SELECT affiliate_id, 0 FROM ${enrollments} WHERE program_id = ${programId}
      UNION SELECT s.affiliate_id, p.depth + 1 FROM placed p
        JOIN ${enrollmentSponsors} s ON s.sponsor_id = p.id AND s.program_id = ${programId}
    ),
    ranked (id, depth) AS (SELECT id, max(depth) FROM placed GROUP BY id)
    SELECT e.program_id, e.affiliate_id, r.depth FROM ${enrollments} e JOIN ranked r ON r.id = e.affiliate_id
    WHERE e.program_id = ${programId} AND (-r.depth, e.affiliate_id) > (${-depth}, ${affiliate_id})
    ORDER BY r.depth DESC, e.affiliate_id LIMIT ${limit}`);
}

/** The accounts to check in a minute. Each account has one minute of the day, so that all are checked once a day. */
export async function listAccountsOfMinute(db: Database, minute: number, minutes: number): Promise<AccountKey[]> {
  const { program_id: programId, affiliate_id: affiliateId } = enrollments;
  return db
    .select({ program_id: programId, affiliate_id: affiliateId })
    .from(enrollments)
    .where(sql`(${affiliateId} * 31 + ${programId}) % ${minutes} = ${minute}`);
}
