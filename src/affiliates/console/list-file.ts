/** A program's affiliates as a CSV file. */
import { type Cell, writeCsv } from "../../lib/csv.ts";
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";
import type { ListedView } from "./views.ts";

/** Makes spreadsheet programs read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

const HEADER = [
  ...["username", "name", "status", "reason", "group", "tier", "clicks", "sales"],
  ...["currency", "earned", "reserve", "due", "paid", "last_activity_at", "created_at"],
];

/** The beginning of the file. */
export function writeHeader(): string {
  return BYTE_ORDER_MARK + writeCsv([HEADER]);
}

/** A line for each affiliate and currency. */
export function writeRows(rows: readonly ListedView[]): string {
  return writeCsv(rows.flatMap(toLines));
}

function toLines(row: ListedView): Cell[][] {
  const { affiliate, name, status, reason, group, tier, clicks, sales, last_activity_at, created_at } = row;
  return row.balances.map(({ currency, earned, reserve, due, paid }) => {
    const amounts = [earned, reserve, due, paid].map((amount) => shiftPoint(amount, minorDigitsOf(currency)));
    return [
      ...[affiliate, name, status, reason, group, tier, clicks, sales],
      ...[currency, ...amounts, last_activity_at, created_at],
    ];
  });
}
