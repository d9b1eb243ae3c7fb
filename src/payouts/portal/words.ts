/** Statement statuses in words. */

import { addToMonth, startOfMonth } from "../../lib/calendar.ts";
import { formatDate } from "../../lib/format-date.ts";
import { formatMoney } from "../../lib/format-money.ts";
import { messages } from "../../lib/messages/messages.ts";
import { isOver } from "../payout-window.ts";
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

/** When a statement is described, in ms, and its payout window. Without the window, the month is named. */
export interface StatementSchedule {
  now: number;
  window: { from: number; to: number } | null;
}

/** What has happened or will happen to a statement, in a sentence or two. */
export function describeStatement(statement: Statement, schedule: StatementSchedule): string {
  const { status, payable, total, currency, month, changed_at, reason } = statement;
  const { sentences } = messages.portal.statements;
  const amount = formatMoney(payable, currency);
  const date = formatDate(changed_at);
  const carried = formatMoney(total, currency);
  switch (status) {
    case "drafted":
      if (payable <= 0) return sentences.to_be_carried(carried);
      return isLate(month, schedule)
        ? sentences.awaits_approval(amount, describeSchedule(month, schedule))
        : sentences.to_be_paid(amount, formatMonth(month));
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

function isLate(month: string, { now, window }: StatementSchedule): boolean {
  return window === null ? now >= startOfMonth(addToMonth(month, 1)) : isOver(window, now);
}

function describeSchedule(month: string, { window }: StatementSchedule): string {
  const { in_month, in_window } = messages.portal.statements.sentences;
  return window === null ? in_month(formatMonth(month)) : in_window(formatDate(window.from), formatDate(window.to));
}
