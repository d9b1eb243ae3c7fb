import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { type List, type PageRequest, pageOf } from "../lib/paging.ts";
import { loadVersions } from "../programs/terms-queries.ts";
import { type EntryReading, explainEntry } from "./explain-entry.ts";
import type { LedgerEntry } from "./ledger.ts";
import { ledgerEntries } from "./tables.ts";

/** The columns of a ledger entry that are shown. */
export const entryColumns = {
  id: ledgerEntries.id,
  number: ledgerEntries.number,
  kind: ledgerEntries.kind,
  amount: ledgerEntries.amount,
  currency: ledgerEntries.currency,
  conversion: ledgerEntries.conversion,
  /** Whose sale an override is of, by username. */
  from: sql<string | null>`(SELECT username FROM affiliates WHERE affiliates.id = from_affiliate_id)`,
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

/**
 * That entries which are looked for by their conversion are this affiliate's. The plus keeps SQLite from reading the
 * affiliate's whole ledger instead of the few entries that are of the conversion.
 */
export const isEntryOf = (affiliateId: number) => sql`+${ledgerEntries.affiliate_id} = ${affiliateId}`;

/** A row of {@link entryColumns}. Names are the API's; what does not apply to an entry is null. */
export type EntryRow = Pick<
  LedgerEntry,
  | "id"
  | "number"
  | "amount"
  | "currency"
  | "conversion"
  | "base_amount"
  | "rule"
  | "rate_bps"
  | "flat"
  | "tier"
  | "terms_version"
  | "reason"
  | "occurred_at"
  | "clears_at"
  | "corrects"
> & { kind: string; from: string | null; hash: string | null };

/** An entry with how it came about, in words. */
export type ExplainedRow = EntryRow & { explanation: string | null };

/** A program, as far as its entries are read by it. */
export interface EntryProgram {
  id: number;
  currency: string;
}

/** Explains entries of one program by the terms that they name, each version of which is read once. */
export async function explainRows(
  db: Database,
  program: EntryProgram,
  rows: readonly EntryRow[],
  reader: EntryReading["reader"],
): Promise<ExplainedRow[]> {
  const named = rows.flatMap(({ rule, terms_version }) => (rule === null ? [] : (terms_version ?? [])));
  const versions = await loadVersions(db, program.id, named);
  const { currency } = program;
  return rows.map((row) => {
    const terms = versions.get(row.terms_version ?? 0) ?? null;
    return { ...row, explanation: explainEntry(row, { terms, currency, reader }) };
  });
}

/** The same with its times as the API writes them. */
type Written<Row> = Omit<Row, "occurred_at" | "clears_at"> & { occurred_at: string; clears_at: string };

/** A ledger entry as the API shows it. */
export type EntryView = Written<ExplainedRow>;

export function viewEntry<Row extends EntryRow>(row: Row): Written<Row> {
  return {
    ...row,
    occurred_at: new Date(row.occurred_at).toISOString(),
    clears_at: new Date(row.clears_at).toISOString(),
  };
}

/** An affiliate's ledger in a program, newest first, explained to anyone who reads it. */
export async function readEntries(
  db: Database,
  account: { program: EntryProgram; affiliate_id: number },
  page: PageRequest,
  reader: EntryReading["reader"] = "other",
): Promise<List<EntryView>> {
  const rows = await db
    .select(entryColumns)
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.affiliate_id, account.affiliate_id),
        eq(ledgerEntries.program_id, account.program.id),
        page.cursor === null ? undefined : lt(ledgerEntries.number, Number(page.cursor)),
      ),
    )
    .orderBy(desc(ledgerEntries.number))
    .limit(page.limit + 1);
  const explained = await explainRows(db, account.program, rows, reader);
  return pageOf(explained, page.limit, viewEntry, (row) => String(row.number));
}
