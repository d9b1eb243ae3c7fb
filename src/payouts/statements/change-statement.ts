/** What becomes of a statement: paid, carried over, failed, returned or cancelled. Each is final but for a return. */
import { blankEntry, type NumberEntry, type UnchainedEntry } from "../../commissions/ledger.ts";
import type { Statement, StatementStatus } from "./statement.ts";

/** A changed statement, and what its change posts to the ledger. */
export interface StatementChange {
  statement: Statement;
  posted: UnchainedEntry[];
}

/** Pays what a drafted statement pays, or carries it over; null where it is no longer drafted. Times in ms. */
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
 * Takes back a payment: one that was not made yet never is, and one that was made has come back, which the ledger says by an
 * entry. Null where there is nothing to reverse.
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

/** Cancels a drafted statement: what it states is stated by the next run. Null where it is no longer drafted. */
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
