/** Whether a ledger is whole: its chain in the Account object, and what D1 shows of it. */
import { and, eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import type { Env } from "../env.ts";
import { type ChainFault, type ChainHead, checkChain, headOf } from "./chain.ts";
import type { LedgerEntry } from "./ledger.ts";
import { readWholeLedger } from "./ledger-file-queries.ts";
import { ledgerEntries } from "./tables.ts";

/** More than anybody reads; `differences_found` counts all. */
const SHOWN_MAX = 100;

/** An entry that D1 shows otherwise than the object holds it. */
export interface LedgerDifference {
  number: number;
  /** `not_projected`: D1 has not got it (yet); `unknown`: the object has not; `different`: in the fields named. */
  difference: "not_projected" | "unknown" | "different";
  fields: string[];
}

/** What was found; nothing is wrong where `whole` is true. */
export interface LedgerCheck extends ChainHead {
  whole: boolean;
  /** The first place where the object's own chain is broken. */
  fault: ChainFault | null;
  differences_found: number;
  differences: LedgerDifference[];
}

/** An entry in D1, by the ledger's names. */
export type ProjectedEntry = Omit<LedgerEntry, "kind" | "hash"> & { kind: string; hash: string | null };

/** Every entry that is not in both, or not the same in both, by number. */
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

/** Checks one affiliate's ledger in a program, all of it. Changes nothing. */
export async function checkLedger(
  db: Database,
  accounts: Env["ACCOUNTS"],
  account: { program_id: number; affiliate_id: number },
): Promise<LedgerCheck> {
  // D1 first: what is posted meanwhile then shows as not projected, which it may well be, and never as unknown.
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
  rate_bps: ledgerEntries.rate_bps,
  flat: ledgerEntries.flat,
  tier: ledgerEntries.tier,
  terms_version: ledgerEntries.terms_version,
  reason: ledgerEntries.reason,
  occurred_at: ledgerEntries.occurred_at,
  clears_at: ledgerEntries.clears_at,
  corrects: ledgerEntries.corrects,
  hash: ledgerEntries.hash,
};
