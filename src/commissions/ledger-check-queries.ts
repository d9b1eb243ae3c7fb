/** Checks a ledger: its hash chain in the Account object, and its projection in D1. */
import { and, eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import type { Env } from "../env.ts";
import { type ChainFault, type ChainHead, checkChain, headOf } from "./chain.ts";
import type { LedgerEntry } from "./ledger.ts";
import { readWholeLedger } from "./ledger-file-queries.ts";
import { ledgerEntries } from "./tables.ts";

/** The maximum number of differences listed; `differences_found` counts all. */
const SHOWN_MAX = 100;

/** An entry that differs between D1 and the object. */
export interface LedgerDifference {
  number: number;
  /**
   * `not_projected`: missing in D1, maybe only for now. `unknown`: missing in the object. `different`: differs in
   * `fields`.
   */
  difference: "not_projected" | "unknown" | "different";
  fields: string[];
}

/** The result of a check. If `whole` is true, the ledger is intact. */
export interface LedgerCheck extends ChainHead {
  whole: boolean;
  /** The first place where the object's own chain is broken. */
  fault: ChainFault | null;
  differences_found: number;
  differences: LedgerDifference[];
}

/** An entry in D1, with the ledger's field names. */
export type ProjectedEntry = Omit<LedgerEntry, "kind" | "hash"> & { kind: string; hash: string | null };

/** Lists, by number, every entry that is missing or different on one side. */
export function compareLedgers(held: readonly LedgerEntry[], projected: readonly ProjectedEntry[]): LedgerDifference[] {
  const shown = new Map(projected.map((entry) => [entry.number, entry]));
  const numbers = new Set(held.map(({ number }) => number));
  const differences = held.flatMap((entry): LedgerDifference[] => {
    const { number } = entry;
    const other = shown.get(number);
    if (other === undefined) return [{ number, difference: "not_projected", fields: [] }];
    const fields = Object.entries(other).flatMap(([name, value]) =>
      value === entry[name as keyof LedgerEntry] ? [] : [name],
    );
    return fields.length === 0 ? [] : [{ number, difference: "different", fields }];
  });
  const unknown = projected.filter(({ number }) => !numbers.has(number));
  return [
    ...differences,
    ...unknown.map(({ number }): LedgerDifference => ({ number, difference: "unknown", fields: [] })),
  ].sort((a, b) => a.number - b.number);
}

/** Checks one affiliate's complete ledger in a program. Changes nothing. */
export async function checkLedger(
  db: Database,
  accounts: Env["ACCOUNTS"],
  account: { program_id: number; affiliate_id: number },
): Promise<LedgerCheck> {
  // Read D1 first, so that entries posted meanwhile appear as not projected, never as unknown.
  const projected = await db
    .select(columns)
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.affiliate_id, account.affiliate_id), eq(ledgerEntries.program_id, account.program_id)))
    .orderBy(ledgerEntries.number);
  const held = await readWholeLedger(accounts, account);
  const fault = checkChain(held);
  const differences = compareLedgers(held, projected);
  return {
    whole: fault === null && differences.length === 0,
    ...headOf(held),
    fault,
    differences_found: differences.length,
    differences: differences.slice(0, SHOWN_MAX),
  };
}

const columns = {
  id: ledgerEntries.id,
  program_id: ledgerEntries.program_id,
  affiliate_id: ledgerEntries.affiliate_id,
  number: ledgerEntries.number,
  kind: ledgerEntries.kind,
  amount: ledgerEntries.amount,
  currency: ledgerEntries.currency,
  conversion: ledgerEntries.conversion,
  from_affiliate_id: ledgerEntries.from_affiliate_id,
  base_amount: ledgerEntries.base_amount,
  rule: ledgerEntries.rule,
  own_rates_from: ledgerEntries.own_rates_from,
  rate_bps: ledgerEntries.rate_bps,
  rate_fraction: ledgerEntries.rate_fraction,
  flat: ledgerEntries.flat,
  tier: ledgerEntries.tier,
  tier_at: ledgerEntries.tier_at,
  terms_version: ledgerEntries.terms_version,
  reason: ledgerEntries.reason,
  occurred_at: ledgerEntries.occurred_at,
  clears_at: ledgerEntries.clears_at,
  corrects: ledgerEntries.corrects,
  hash: ledgerEntries.hash,
};
