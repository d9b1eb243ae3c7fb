/** What statements say in codes, said in words. */

import { startOfMonth } from "../../lib/calendar.ts";
import { formatDate } from "../../lib/format-date.ts";
import { formatMoney } from "../../lib/format-money.ts";
import type { Statement, StatementStatus } from "../statements/statement.ts";

const STATUS_NAMES: Readonly<Record<StatementStatus, string>> = {
  drafted: "Being prepared",
  paid: "Paid",
  carried: "Carried over",
  failed: "Payment failed",
  returned: "Payment came back",
  cancelled: "Cancelled",
};

/** A statement's status as a label. */
export function nameStatementStatus(status: StatementStatus): string {
  return STATUS_NAMES[status];
}

const monthFormat = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "long", year: "numeric" });

/** `March 2026` of `2026-03`. */
export function sayMonth(month: string): string {
  return monthFormat.format(startOfMonth(month));
}

/** What has become of a statement, or is going to, in a sentence or two. */
export function sayStatement(statement: Statement): string {
  const { status, payable, total, currency, month, changed_at, reason } = statement;
  const paid = formatMoney(payable, currency);
  const day = formatDate(changed_at);
  const why = reason === null ? "" : ` The reason that was given: ${reason}`;
  switch (status) {
    case "drafted":
      return payable > 0
        ? `${paid} is going to be paid in ${sayMonth(month)}, once the merchant has approved it.`
        : `Nothing is going to be paid of it: ${formatMoney(total, currency)} is carried over.`;
    case "paid":
      return `${paid} was paid on ${day}.`;
    case "carried":
      return `Nothing was paid of it: ${formatMoney(total, currency)} is carried over.`;
    case "failed":
      return `The payment of ${paid} failed on ${day}, and is carried over.${why}`;
    case "returned":
      return `The payment of ${paid} came back on ${day}: the next statement has it again.${why}`;
    case "cancelled":
      return "The merchant has cancelled this payout: the next one states all of it again.";
  }
}
