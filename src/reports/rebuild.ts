/** Projections made again from the objects, and objects found whose alarm was lost. */
import { and, asc, eq, gt, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { isRelayed, type Relayed } from "../db/relayed.ts";
import {
  conversions,
  customers,
  enrolments,
  ledgerEntries,
  statements,
  touchedConversions,
  unrelayedCustomers,
} from "../db/schema.ts";

/** Deletes a programme's projections: they are made again from its objects. */
export async function dropProjections(db: Database, programId: number): Promise<void> {
  await db.batch([
    db.delete(touchedConversions).where(eq(touchedConversions.programId, programId)),
    db.delete(conversions).where(eq(conversions.programId, programId)),
    db.delete(ledgerEntries).where(eq(ledgerEntries.programId, programId)),
    db.delete(statements).where(eq(statements.programId, programId)),
  ]);
}

/** The next Customer objects of a programme after a key, in the order of keys; those that were merged have nothing of their own. */
export async function listCustomers(db: Database, programId: number, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ key: customers.key })
    .from(customers)
    .where(and(eq(customers.programId, programId), gt(customers.key, after), isNull(customers.mergedInto)))
    .orderBy(asc(customers.key))
    .limit(limit);
  return rows.map(({ key }) => key);
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

/** Customer objects that have had something to relay since before a time, ms. */
export async function listUnrelayed(db: Database, before: number, limit: number): Promise<Relayed[]> {
  const { key, since } = unrelayedCustomers;
  return db.select({ key, until: since }).from(unrelayedCustomers).where(lt(since, before)).limit(limit);
}

/** Keeps that objects have told all that they had. */
export async function markRelayed(db: Database, relayed: readonly Relayed[]): Promise<void> {
  const [first, ...others] = relayed.map((one) => db.delete(unrelayedCustomers).where(isRelayed(one)));
  if (first !== undefined) await db.batch([first, ...others]);
}

/** The accounts whose turn it is: each has its minute of the day, so that all are asked once a day. */
export async function listAccountsOfMinute(db: Database, minute: number, minutes: number): Promise<AccountOf[]> {
  const { programId, affiliateId } = enrolments;
  return db
    .select({ program_id: programId, affiliate_id: affiliateId })
    .from(enrolments)
    .where(sql`(${affiliateId} * 31 + ${programId}) % ${minutes} = ${minute}`);
}
