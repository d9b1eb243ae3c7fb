/** Affiliate identifiers: keyed hashes of what belongs to an affiliate, by which its own purchases are recognized. */
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { affiliateMarks, affiliates } from "./tables.ts";

/** What an identifier is a hash of. */
export type IdentifierKind = (typeof affiliateMarks.$inferInsert)["kind"];

/** The statement that adds identifiers; those that exist stay as they are. `hashes` must not be empty. `now` in ms. */
export function insertIdentifiers(
  db: Database,
  {
    affiliate_id: affiliateId,
    kind,
    hashes,
  }: { affiliate_id: number; kind: IdentifierKind; hashes: readonly string[] },
  now: number,
) {
  const rows = hashes.map((hash) => ({ affiliate_id: affiliateId, kind, hash, created_at: now }));
  return db.insert(affiliateMarks).values(rows).onConflictDoNothing();
}

/**
 * The statement that keeps an affiliate's earlier email address as an identifier, so that purchases with it are still its own.
 * It adds nothing for an affiliate that was erased.
 */
export function keepEmailAsIdentifier(db: Database, affiliateId: number, hash: string, now: number) {
  return db
    .insert(affiliateMarks)
    .select(sql`SELECT id, 'email', ${hash}, ${now} FROM ${affiliates} WHERE id = ${affiliateId} AND erased_at IS NULL`)
    .onConflictDoNothing();
}

/** The statement that deletes some of an affiliate's identifiers. */
export function deleteIdentifiers(
  db: Database,
  {
    affiliate_id: affiliateId,
    kind,
    hashes,
  }: { affiliate_id: number; kind: IdentifierKind; hashes: readonly string[] },
) {
  const { affiliate_id: owner, kind: ofKind, hash } = affiliateMarks;
  return db.delete(affiliateMarks).where(and(eq(owner, affiliateId), eq(ofKind, kind), inArray(hash, [...hashes])));
}

/** The statement that notes when an affiliate signed out everywhere: browsers it signed in with before don't count as its own. */
export function noteSignedOut(db: Database, affiliateId: number, now: number) {
  return db.update(affiliates).set({ signed_out_at: now }).where(eq(affiliates.id, affiliateId));
}
