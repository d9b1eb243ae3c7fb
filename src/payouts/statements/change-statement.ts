/**
 * Changes a statement's status: paid, carried over, failed, returned or canceled. Only a paid statement can change
 * again.
 */
import { blankEntry, type NumberEntry, type UnchainedEntry } from "../../commissions/ledger.ts";
import type { Statement, StatementStatus } from "./statement.ts";

/** A changed statement and the entries its change posts. */
export interface StatementChange {
  statement: Statement;
  posted: UnchainedEntry[];
}

/** Pays a drafted statement or carries it over; null if it isn't drafted. Times in ms. */
export function payStatement(before: Statement, paid_at: number, next: NumberEntry): StatementChange | null {
  if (before.status !== "drafted") return null;
  if (before.payable === 0) return { statement: changeTo(before, "carried", paid_at), posted: [] };
  const payment: UnchainedEntry = {
    ...moneyOf(before, next),
    amount: -before.payable,
    reason: `Statement ${before.number}, paid in ${before.month}.`,
    occurred_at: paid_at,
    clears_at: paid_at,
  };
  return { statement: changeTo(before, "paid", paid_at, { payment: payment.id }), posted: [payment] };
}

/**
 * Reverses a payment. A payment that wasn't made yet fails; one that was made is returned, with a ledger entry. Null if
 * there is no payment to reverse.
 */
export function failStatement(
  before: Statement,
  { reason, failed_at }: { reason: string; failed_at: number },
  next: NumberEntry,
): StatementChange | null {
  if (before.status === "drafted" && before.payable > 0) {
    return { statement: changeTo(before, "failed", failed_at, { reason }), posted: [] };
  }
  if (before.status !== "paid") return null;
  const returned: UnchainedEntry = {
    ...moneyOf(before, next),
    amount: before.payable,
    reason: `The payment of statement ${before.number} came back: ${reason}`,
    occurred_at: failed_at,
    clears_at: failed_at,
    corrects: before.payment,
  };
  return { statement: changeTo(before, "returned", failed_at, { reason, returned: returned.id }), posted: [returned] };
}

/** Cancels a drafted statement, so that the next run includes its entries. Null if it isn't drafted. */
export function cancelStatement(before: Statement, cancelled_at: number): StatementChange | null {
  return before.status === "drafted" ? { statement: changeTo(before, "cancelled", cancelled_at), posted: [] } : null;
}

function moneyOf({ program_id, affiliate_id, currency }: Statement, next: NumberEntry) {
  return { ...blankEntry, ...next(), program_id, affiliate_id, currency, kind: "payout" as const };
}

function changeTo(
  before: Statement,
  status: StatementStatus,
  changed_at: number,
  told: Partial<Pick<Statement, "payment" | "returned" | "reason">> = {},
): Statement {
  return { ...before, ...told, status, changed_at, revision: before.revision + 1 };
}
