/** A statement as a file for a spreadsheet. */

import { nameKind } from "../../commissions/ledger.ts";
import { dayOf, toIsoDay } from "../../lib/calendar.ts";
import { type Cell, writeCsv } from "../../lib/csv.ts";
import { writeAmount } from "../files/payment.ts";
import { carriedOf } from "./statement.ts";
import type { WholeStatement } from "./whole-statement-queries.ts";

const HEADER = [
  "line",
  "date",
  "amount",
  "currency",
  "conversion",
  "entry",
  "corrects",
  "explanation",
  "terms_version",
];

/**
 * What it opens with, each entry, its total, what is paid of it and what is carried over, a line each. The amounts from the
 * opening to the last entry add up to the total; the paid and the carried do so too, unless it failed or was cancelled.
 */
export function writeStatementCsv({ statement, lines }: WholeStatement): string {
  const { currency, opening, total, payable, status, drafted_at, changed_at } = statement;
  const sum = (name: string, at: number, amount: number): Cell[] => [
    name,
    toDay(at),
    writeAmount(amount, currency),
    currency,
    ...HEADER.slice(4).map(() => null),
  ];
  const isPaid = status === "paid" || status === "returned";
  return writeCsv([
    HEADER,
    sum("Opening balance", drafted_at, opening),
    ...lines.map((line): Cell[] => [
      nameKind(line.kind),
      toDay(line.occurred_at),
      writeAmount(line.amount, line.currency),
      line.currency,
      line.conversion,
      line.id,
      line.corrects,
      line.explanation,
      line.terms_version,
    ]),
    sum("Total", drafted_at, total),
    sum(status === "drafted" ? "To be paid" : "Paid", changed_at, status === "drafted" || isPaid ? payable : 0),
    sum("Carried over", changed_at, status === "drafted" ? total - payable : carriedOf(statement)),
  ]);
}

/** `acme-jane-statement-3.csv`. */
export function nameStatementFile({ program, affiliate, statement }: WholeStatement, ending: "csv" | "html"): string {
  return `${program.slug}-${affiliate.username}-statement-${statement.number}.${ending}`;
}

function toDay(ms: number): string {
  return toIsoDay(dayOf(ms));
}
