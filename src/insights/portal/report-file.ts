/** A report as a file for spreadsheets. */

import { type Cell, writeCsv } from "../../lib/csv.ts";
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";
import type { Report, ReportKind, ReportRow } from "../report-queries.ts";
import { nameReport, nameValue, OTHER_VALUES } from "./report-words.ts";

/** Spreadsheets take a file for UTF-8 by it. */
const BYTE_ORDER_MARK = "\uFEFF";

/** The report as CSV: a line for each value, amounts as plain decimals in a column for each currency, no line of totals. */
export function writeReportFile(kind: ReportKind, { rows, other, total }: Report): string {
  const currencies = total.earned.map(({ currency }) => currency);
  const head = [nameReport(kind).value, "Clicks", "Leads", "Trials", "Sales"];
  const lines = rows.map((row) => writeRow(nameValue(kind, row.value), row, currencies));
  if (other !== null) lines.push(writeRow(OTHER_VALUES, other, currencies));
  return BYTE_ORDER_MARK + writeCsv([[...head, ...currencies.map((currency) => `Earned (${currency})`)], ...lines]);
}

function writeRow(
  name: string,
  { clicks, lead, trial, sale, earned }: ReportRow,
  currencies: readonly string[],
): Cell[] {
  const amounts = currencies.map((currency) => {
    const amount = earned.find((money) => money.currency === currency)?.amount ?? 0;
    return shiftPoint(amount, minorDigitsOf(currency));
  });
  return [name, clicks, lead, trial, sale, ...amounts];
}
