/** Transactions as a CSV file for spreadsheets. */
import { type Cell, writeCsv } from "../../lib/csv.ts";
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";
import { nameKind } from "../ledger.ts";
import type { Transaction } from "./transaction-queries.ts";

/** Makes spreadsheet programs read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** The first line of the file. */
export function writeHeader(): string {
  return (
    BYTE_ORDER_MARK +
    writeCsv([
      ["Number", "Date (UTC)", "Type", "Description", "Amount", "Balance", "Currency", "Clears (UTC)", "Entry", "Sale"],
    ])
  );
}

/** A line for each entry. Amounts are plain decimals. */
export function writeTransactions(entries: readonly Transaction[]): string {
  return writeCsv(entries.map(toCells));
}

function toCells(entry: Transaction): Cell[] {
  const decimal = (amount: number) => shiftPoint(amount, minorDigitsOf(entry.currency));
  return [
    entry.number,
    new Date(entry.occurred_at).toISOString(),
    nameKind(entry.kind),
    entry.explanation,
    decimal(entry.amount),
    decimal(entry.balance),
    entry.currency,
    new Date(entry.clears_at).toISOString(),
    entry.id,
    entry.conversion,
  ];
}
