/** The console's list of conversions as a CSV file. */
import { type Cell, writeCsv } from "../../lib/csv.ts";
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";
import type { ConversionRow } from "./views.ts";

/** The most conversions of a file: each page of them is a few queries. */
export const FILE_ROWS_MAX = 10_000;

/** Makes spreadsheet programs read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

const COLUMNS: readonly (readonly [string, (row: ConversionRow) => Cell])[] = [
  ["Conversion", ({ id }) => id],
  ["Time (UTC)", ({ occurred_at }) => occurred_at],
  ["Type", ({ type }) => type],
  ["Status", ({ status }) => status],
  ["Affiliate", ({ attributed_to }) => attributed_to],
  ["Link", ({ link }) => link],
  ["Reason", ({ reason }) => reason],
  ["Customer", ({ customer }) => customer],
  ["Payment", ({ payment }) => payment],
  ["Payment number", ({ payment_number }) => payment_number],
  ["Subscription", ({ subscription }) => subscription],
  ["Product", ({ product }) => product],
  ["Amount", ({ amount, currency }) => toDecimal(amount, currency)],
  ["Refunded", ({ refunded, currency }) => toDecimal(refunded, currency)],
  ["Currency", ({ currency }) => currency],
  ["Commission", ({ commission }) => commission && toDecimal(commission.amount, commission.currency)],
  ["Commission currency", ({ commission }) => commission?.currency ?? null],
  ["Commission state", ({ commission }) => commission?.state ?? null],
  ["Country", ({ country }) => country],
  ["Platform", ({ platform }) => platform],
  ["Test", ({ test }) => (test ? "yes" : "no")],
];

/** One row for each conversion, with plain decimal amounts. `is_complete` is false if there are more than the file has. */
export function writeSalesFile(rows: readonly ConversionRow[], is_complete: boolean): string {
  const lines = rows.map((row) => COLUMNS.map(([, cellOf]) => cellOf(row)));
  const more: Cell[][] = is_complete
    ? []
    : [[`Only the first ${rows.length} conversions are in this file. Filter by days for the others.`]];
  return BYTE_ORDER_MARK + writeCsv([COLUMNS.map(([name]) => name), ...lines, ...more]);
}

function toDecimal(amount: number | null, currency: string | null): string | null {
  return amount === null || currency === null ? null : shiftPoint(amount, minorDigitsOf(currency));
}
