import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { programs } from "../programs/tables.ts";
import { enrolments } from "./tables.ts";

/** A programme that the affiliate is in, or has asked to be. */
export interface AffiliateProgram {
  id: number;
  slug: string;
  name: string;
  currency: string;
  status: "pending" | "approved" | "rejected" | "suspended";
}

/** The programmes of an affiliate, approved ones first. */
export async function readAffiliatePrograms(db: Database, affiliateId: number): Promise<AffiliateProgram[]> {
  const { id, slug, name, currency } = programs;
  // Programmes are few, and the key of enrolments begins with one: they lead the join.
  return db
    .select({ id, slug, name, currency, status: enrolments.status })
    .from(programs)
    .crossJoin(enrolments)
    .where(and(eq(enrolments.programId, programs.id), eq(enrolments.affiliateId, affiliateId)))
    .orderBy(sql`${enrolments.status} <> 'approved'`, enrolments.createdAt, programs.id);
}

/** An Account object. */
export interface AccountOf {
  program_id: number;
  affiliate_id: number;
}

/** The next accounts of a programme after an affiliate's id, in the order of ids. */
export async function listAccounts(
  db: Database,
  programId: number,
  after: number,
  limit: number,
): Promise<AccountOf[]> {
  return db
    .select({ program_id: enrolments.programId, affiliate_id: enrolments.affiliateId })
    .from(enrolments)
    .where(and(eq(enrolments.programId, programId), gt(enrolments.affiliateId, after)))
    .orderBy(asc(enrolments.affiliateId))
    .limit(limit);
}

/** The accounts whose turn it is: each has its minute of the day, so that all are asked once a day. */
export async function listAccountsOfMinute(db: Database, minute: number, minutes: number): Promise<AccountOf[]> {
  const { programId, affiliateId } = enrolments;
  return db
    .select({ program_id: programId, affiliate_id: affiliateId })
    .from(enrolments)
    .where(sql`(${affiliateId} * 31 + ${programId}) % ${minutes} = ${minute}`);
}
