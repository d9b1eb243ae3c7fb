/** Statement statuses in words. */

import { startOfMonth } from "../../lib/calendar.ts";
import { formatDate } from "../../lib/format-date.ts";
import { formatMoney } from "../../lib/format-money.ts";
import { messages } from "../../lib/messages/messages.ts";
import type { PaidBy, Statement, StatementStatus } from "../statements/statement.ts";

/** A statement's status as a label. */
export function nameStatementStatus(status: StatementStatus): string {
  return messages.portal.statements.statuses[status];
}

const monthFormat = new Intl.DateTimeFormat(messages.locale, { timeZone: "UTC", month: "long", year: "numeric" });

/** `March 2026` for `2026-03`. */
export function formatMonth(month: string): string {
  return monthFormat.format(startOfMonth(month));
}

/** How a payment was made: `PayPal, reference st_1_2_3`. */
export function describePaidBy({ method, reference }: PaidBy): string {
  const names: Readonly<Record<string, string>> = messages.payouts.methods;
  return messages.payouts.paid_by(names[method] ?? method, reference);
}

/** What has happened or will happen to a statement, in a sentence or two. */
export function describeStatement(statement: Statement): string {
  const { status, payable, total, currency, month, changed_at, reason } = statement;
  const { sentences } = messages.portal.statements;
  const amount = formatMoney(payable, currency);
  const date = formatDate(changed_at);
  const carried = formatMoney(total, currency);
  switch (status) {
    case "drafted":
      return payable > 0 ? sentences.to_be_paid(amount, formatMonth(month)) : sentences.to_be_carried(carried);
    case "paid":
      return sentences.paid(amount, date);
    case "carried":
      return sentences.carried(carried);
    case "unpaid":
      return sentences.unpaid(amount, reason);
    case "failed":
      return sentences.failed(amount, date, reason);
    case "returned":
      return sentences.returned(amount, date, reason);
    case "cancelled":
      return sentences.cancelled;
  }
}
