import { eq, isNull } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { completeEntry, type LedgerEntry } from "./ledger.ts";
import { ledgerEntries } from "./tables.ts";

/** Adds a ledger entry. Entries never change, but one projected before hashes existed gets its hash. */
export async function projectEntry(db: Database, received: LedgerEntry): Promise<void> {
  // The message may have been sent by an older version.
  const entry = completeEntry(received);
  const hash = entry.hash ?? null;
  await db
    .insert(ledgerEntries)
    .values({
      id: entry.id,
      program_id: entry.program_id,
      affiliate_id: entry.affiliate_id,
      number: entry.number,
      kind: entry.kind,
      amount: entry.amount,
      currency: entry.currency,
      conversion: entry.conversion,
      from_affiliate_id: entry.from_affiliate_id,
      base_amount: entry.base_amount,
      rule: entry.rule,
      own_rates_from: entry.own_rates_from,
      rate_bps: entry.rate_bps,
      rate_fraction: entry.rate_fraction,
      flat: entry.flat,
      tier: entry.tier,
      tier_at: entry.tier_at,
      terms_version: entry.terms_version,
      reason: entry.reason,
      occurred_at: entry.occurred_at,
      clears_at: entry.clears_at,
      corrects: entry.corrects,
      hash,
    })
    .onConflictDoUpdate({ target: ledgerEntries.id, set: { hash }, setWhere: isNull(ledgerEntries.hash) });
}

/**
 * The statement that deletes a program's ledger entries in D1 before they are projected again from its Account objects.
 */
export function dropEntries(db: Database, program_id: number) {
  return db.delete(ledgerEntries).where(eq(ledgerEntries.program_id, program_id));
}
