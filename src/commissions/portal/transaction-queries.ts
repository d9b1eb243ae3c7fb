/** An affiliate's ledger in a program as an account statement: entries, newest first, with the balance after each. */
import { and, asc, desc, eq, gt, gte, lt, sql } from "drizzle-orm";
import type { AccountKey } from "../../affiliates/enrollment.ts";
import type { Database } from "../../db/database.ts";
import { startOfDay } from "../../lib/calendar.ts";
import { type List, pageOf } from "../../lib/paging.ts";
import { type EntryProgram, type EntryRow, entryColumns, explainRows } from "../entry-queries.ts";
import { ledgerEntries, ledgerSums } from "../tables.ts";
import { isListed, type TransactionFilters } from "./filter.ts";

/** Entries of one block of `ledger_sums`. Migration 0055 and its triggers have the same number. */
const BLOCK = sql.raw("512");
const FILE_PAGE = 1_000;

/** An entry with its explanation, and the balance of its currency after it. */
export interface Transaction extends EntryRow {
  explanation: string | null;
  /** Minor units. */
  balance: number;
}

const { number, currency, kind, occurred_at: occurredAt } = ledgerEntries;

const isOwnEntry = ({ affiliate_id, program_id }: AccountKey) =>
  and(eq(ledgerEntries.affiliate_id, affiliate_id), eq(ledgerEntries.program_id, program_id));

/**
 * The balance after an entry: the sums of the blocks before its own, and its own block up to the entry. The rows that are read
 * for it grow by one with every 512 entries.
 */
const BALANCE = sql<number>`(SELECT coalesce(sum(s.amount), 0) FROM ${ledgerSums} s
    WHERE s.affiliate_id = ${ledgerEntries.affiliate_id} AND s.program_id = ${ledgerEntries.program_id}
      AND s.currency = ${currency} AND s.block < ${number} / ${BLOCK})
  + (SELECT sum(e.amount) FROM ${ledgerEntries} e
    WHERE e.affiliate_id = ${ledgerEntries.affiliate_id} AND e.program_id = ${ledgerEntries.program_id}
      AND e.number BETWEEN ${number} / ${BLOCK} * ${BLOCK} AND ${number} AND +e.currency = ${currency})`;

/** A page of the entries that pass the filters, newest first. The balances count all entries. */
export async function listTransactions(
  db: Database,
  program: EntryProgram,
  account: AccountKey,
  filters: TransactionFilters,
  limit: number,
): Promise<List<Transaction>> {
  const { period, cursor } = filters;
  const rows = await db
    .select({ ...entryColumns, balance: BALANCE.as("balance") })
    .from(ledgerEntries)
    .where(
      and(
        isOwnEntry(account),
        filters.kind === null ? undefined : eq(kind, filters.kind),
        filters.currency === null ? undefined : eq(currency, filters.currency),
        period === null ? undefined : gte(occurredAt, startOfDay(period.first_day)),
        period === null ? undefined : lt(occurredAt, startOfDay(period.last_day + 1)),
        cursor === null ? undefined : lt(number, cursor),
      ),
    )
    .orderBy(desc(number))
    .limit(limit + 1);
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => String(row.number),
  );
  return { ...page, data: await explainRows(db, program, page.data, "affiliate") };
}

/** The currencies of an account's entries. */
export async function listCurrencies(db: Database, { affiliate_id, program_id }: AccountKey): Promise<string[]> {
  const rows = await db
    .selectDistinct({ currency: ledgerSums.currency })
    .from(ledgerSums)
    .where(and(eq(ledgerSums.affiliate_id, affiliate_id), eq(ledgerSums.program_id, program_id)))
    .orderBy(ledgerSums.currency);
  return rows.map((row) => row.currency);
}

/** All entries that pass the filters, oldest first, in pages. Each entry is read once; the balances count all of them. */
export async function* readTransactions(
  db: Database,
  program: EntryProgram,
  account: AccountKey,
  filters: TransactionFilters,
): AsyncGenerator<Transaction[]> {
  const balances = new Map<string, number>();
  let last = 0;
  for (let more = true; more; ) {
    const rows = await db
      .select(entryColumns)
      .from(ledgerEntries)
      .where(and(isOwnEntry(account), gt(number, last)))
      .orderBy(asc(number))
      .limit(FILE_PAGE);
    const summed = rows.map((row) => {
      const balance = (balances.get(row.currency) ?? 0) + row.amount;
      balances.set(row.currency, balance);
      return { ...row, balance };
    });
    yield await explainRows(
      db,
      program,
      summed.filter((row) => isListed(filters, row)),
      "affiliate",
    );
    last = rows.at(-1)?.number ?? last;
    more = rows.length === FILE_PAGE;
  }
}
