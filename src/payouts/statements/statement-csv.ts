/** A statement as a spreadsheet file. */

import { nameKind } from "../../commissions/ledger.ts";
import { dayOf, toIsoDay } from "../../lib/calendar.ts";
import { type Cell, writeCsv } from "../../lib/csv.ts";
import { writeAmount } from "../files/payment.ts";
import { carriedOf, type PaidBy } from "./statement.ts";
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
  "payment_method",
  "payment_reference",
];

/**
 * Writes one line each for the opening balance, every entry, the total, the amount paid and the amount carried over.
 * Opening balance and entries add up to the total. So do paid and carried amounts, unless the payment failed or was
 * canceled. The line of the amount paid has the payment's method and reference, as far as they are known.
 */
export function writeStatementCsv({ statement, lines }: WholeStatement): string {
  const { currency, opening, total, payable, status, drafted_at, changed_at, paid_by } = statement;
  const sum = (name: string, at: number, amount: number, by?: PaidBy): Cell[] => [
    ...[name, toDay(at), writeAmount(amount, currency), currency],
    ...HEADER.slice(4, -2).map(() => null),
    ...[by?.method ?? null, by?.reference ?? null],
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
      null,
      null,
    ]),
    sum("Total", drafted_at, total),
    sum(
      status === "drafted" ? "To be paid" : "Paid",
      changed_at,
      status === "drafted" || isPaid ? payable : 0,
      paid_by,
    ),
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
