import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { programs } from "../programs/tables.ts";
import type { AccountKey } from "./enrollment.ts";
import { enrolments } from "./tables.ts";

/** A program that the affiliate is in, or has asked to be. */
export interface AffiliateProgram {
  id: number;
  slug: string;
  name: string;
  currency: string;
  status: "pending" | "approved" | "rejected" | "suspended";
}

/** The programs of an affiliate, approved ones first. */
export async function readAffiliatePrograms(db: Database, affiliateId: number): Promise<AffiliateProgram[]> {
  const { id, slug, name, currency } = programs;
  // Programs are few, and the key of enrolments begins with one: they lead the join.
  return db
    .select({ id, slug, name, currency, status: enrolments.status })
    .from(programs)
    .crossJoin(enrolments)
    .where(and(eq(enrolments.program_id, programs.id), eq(enrolments.affiliate_id, affiliateId)))
    .orderBy(sql`${enrolments.status} <> 'approved'`, enrolments.created_at, programs.id);
}

/** The next accounts of a program after an affiliate's id, in the order of ids. */
export async function listAccounts(
  db: Database,
  programId: number,
  after: number,
  limit: number,
): Promise<AccountKey[]> {
  return db
    .select({ program_id: enrolments.program_id, affiliate_id: enrolments.affiliate_id })
    .from(enrolments)
    .where(and(eq(enrolments.program_id, programId), gt(enrolments.affiliate_id, after)))
    .orderBy(asc(enrolments.affiliate_id))
    .limit(limit);
}

/** The accounts whose turn it is: each has its minute of the day, so that all are asked once a day. */
export async function listAccountsOfMinute(db: Database, minute: number, minutes: number): Promise<AccountKey[]> {
  const { program_id: programId, affiliate_id: affiliateId } = enrolments;
  return db
    .select({ program_id: programId, affiliate_id: affiliateId })
    .from(enrolments)
    .where(sql`(${affiliateId} * 31 + ${programId}) % ${minutes} = ${minute}`);
}
