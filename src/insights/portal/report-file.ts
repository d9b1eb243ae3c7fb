/** A report as a CSV file. */
import { type Cell, writeCsv } from "../../lib/csv.ts";
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";
import type { Report, ReportKind, ReportRow } from "../report-queries.ts";
import { nameValue, OTHER_VALUES, wordsOfReport } from "./report-words.ts";

/** Makes spreadsheet programs read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** One row per value, one column per currency with plain decimal amounts, and no total row. */
export function writeReportFile(kind: ReportKind, { rows, other, total }: Report): string {
  const currencies = total.earned.map(({ currency }) => currency);
  const header = [
    ...[wordsOfReport(kind).label, "Clicks", "Leads", "Trials", "Sales"],
    ...currencies.map((currency) => `Earned (${currency})`),
  ];
  const lines = rows.map((row) => toCells(nameValue(kind, row.value), row, currencies));
  if (other !== null) lines.push(toCells(OTHER_VALUES, other, currencies));
  return BYTE_ORDER_MARK + writeCsv([header, ...lines]);
}

function toCells(
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
