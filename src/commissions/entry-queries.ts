import { and, desc, eq, lt, sql } from "drizzle-orm";
import { ownRates } from "../affiliates/tables.ts";
import type { Database } from "../db/database.ts";
import { type List, type PageRequest, pageOf } from "../lib/paging.ts";
import { withGroupNames } from "../programs/describe-rule.ts";
import { loadGroupNames } from "../programs/group-queries.ts";
import type { RateRule } from "../programs/terms.ts";
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
  /** The username of the affiliate whose sale a second-tier commission is for. */
  from: sql<string | null>`(SELECT username FROM affiliates WHERE affiliates.id = from_affiliate_id)`,
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

/**
 * Filters entries found by conversion to one affiliate. The unary plus keeps SQLite from scanning the affiliate's whole
 * ledger instead of using the conversion index.
 */
export const isEntryOf = (affiliateId: number) => sql`+${ledgerEntries.affiliate_id} = ${affiliateId}`;

/** A row of {@link entryColumns}, with the API's field names. Fields that don't apply to an entry are null. */
export type EntryRow = Pick<
  LedgerEntry,
  | "id"
  | "number"
  | "amount"
  | "currency"
  | "conversion"
  | "base_amount"
  | "rule"
  | "own_rates_from"
  | "rate_bps"
  | "rate_fraction"
  | "flat"
  | "tier"
  | "tier_at"
  | "terms_version"
  | "reason"
  | "occurred_at"
  | "clears_at"
  | "corrects"
> & { kind: string; from: string | null; hash: string | null };

/** An entry with an explanation in words. */
export type ExplainedRow = EntryRow & { explanation: string | null };

/** The program's fields needed to read its entries. */
export interface EntryProgram {
  id: number;
  currency: string;
}

/** Explains entries of one program by their terms and own rates. Each version of the terms is read once. */
export async function explainRows<Row extends EntryRow>(
  db: Database,
  program: EntryProgram,
  rows: readonly Row[],
  reader: EntryReading["reader"],
): Promise<(Row & Pick<ExplainedRow, "explanation">)[]> {
  const originals = await loadOriginals(db, rows);
  const named = [...rows, ...originals.values()].flatMap(({ rule, terms_version }) =>
    rule === null ? [] : (terms_version ?? []),
  );
  const [versions, groups, own] = await Promise.all([
    loadVersions(db, program.id, named),
    loadGroupNames(db, program.id),
    loadOwnRates(db, [...rows, ...originals.values()]),
  ]);
  const { currency } = program;
  const rulesOf = (row: EntryRow) => {
    const rules = row.own_rates_from === null ? versions.get(row.terms_version ?? 0)?.rates : own.get(row.id);
    return rules === undefined ? null : withGroupNames(rules, groups);
  };
  return rows.map((row) => {
    const corrected = originals.get(row.corrects ?? "");
    const original = corrected && { entry: corrected, rules: rulesOf(corrected) };
    return { ...row, explanation: explainEntry(row, { rules: rulesOf(row), currency, reader, original }) };
  });
}

/** The own rates that entries' rules are from, by the entries' ids. */
async function loadOwnRates(db: Database, rows: readonly EntryRow[]): Promise<Map<string, RateRule[]>> {
  const wanted = rows.flatMap(({ id, own_rates_from }) => (own_rates_from === null ? [] : [id]));
  if (wanted.length === 0) return new Map();
  const found = await db
    .select({ id: ledgerEntries.id, rates: ownRates.rates })
    .from(ledgerEntries)
    .innerJoin(
      ownRates,
      and(
        eq(ownRates.program_id, ledgerEntries.program_id),
        eq(ownRates.affiliate_id, ledgerEntries.affiliate_id),
        eq(ownRates.at, ledgerEntries.own_rates_from),
      ),
    )
    .where(sql`${ledgerEntries.id} IN (SELECT value FROM json_each(${JSON.stringify(wanted)}))`);
  return new Map(found.map(({ id, rates }) => [id, rates ?? []]));
}

/** The entries that others correct, by id. */
async function loadOriginals(db: Database, rows: readonly EntryRow[]): Promise<Map<string, EntryRow>> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const wanted = new Set(rows.flatMap(({ corrects }) => (corrects === null ? [] : corrects)));
  const missing = [...wanted].filter((id) => !byId.has(id));
  if (missing.length > 0) {
    const isWanted = sql`${ledgerEntries.id} IN (SELECT value FROM json_each(${JSON.stringify(missing)}))`;
    for (const row of await db.select(entryColumns).from(ledgerEntries).where(isWanted)) byId.set(row.id, row);
  }
  return byId;
}

/** The same, with times in the API's format. */
type Written<Row> = Omit<Row, "own_rates_from" | "tier_at" | "occurred_at" | "clears_at"> & {
  own_rates_from: string | null;
  tier_at: string | null;
  occurred_at: string;
  clears_at: string;
};

/** A ledger entry as shown by the API. */
export type EntryView = Written<ExplainedRow>;

const toIsoTime = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

export function viewEntry<Row extends EntryRow>(row: Row): Written<Row> {
  return {
    ...row,
    own_rates_from: toIsoTime(row.own_rates_from),
    tier_at: toIsoTime(row.tier_at),
    occurred_at: new Date(row.occurred_at).toISOString(),
    clears_at: new Date(row.clears_at).toISOString(),
  };
}

/** Reads an affiliate's ledger in a program, newest first, with explanations. */
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
