/**
 * Changes a statement's status: paid, left unpaid, carried over, failed, returned or canceled. A statement that wasn't
 * paid can still be paid while no later statement includes its amount.
 */
import { blankEntry, type NumberEntry, type UnchainedEntry } from "../../commissions/ledger.ts";
import { explainLeftOut } from "../files/explain-unpaid.ts";
import { refusePayment } from "../files/refuse-payment.ts";
import type { PaymentMethod } from "../payees/payment-details.ts";
import type { PaidBy, Statement, StatementStatus } from "./statement.ts";

/** A changed statement and the entries its change posts. */
export interface StatementChange {
  statement: Statement;
  posted: UnchainedEntry[];
}

/** What a run knows about an affiliate's payments when it is paid. */
export interface Paying {
  /** The payout method when the run was approved, or null if there was none. */
  method: PaymentMethod | null;
  /** Whether the affiliate changed it too shortly before the approval, so that no file contains the payment. */
  is_waiting?: boolean;
  /** Whether its details still exist. If they were erased since, the current files don't contain the payment. */
  has_details: boolean;
  /** If they were erased: the statements, by id, in a file that was downloaded before. */
  downloaded: readonly string[];
  /** Why a provider's report doesn't confirm a payment, in words, by statement id. */
  disputed: Readonly<Record<string, string>>;
}

/**
 * Settles a drafted statement when its run is paid: paid if a file contains it and no report disputes it, otherwise
 * unpaid with the reason, or carried over if there is nothing to pay. Null if it isn't drafted.
 */
export function settleStatement(
  before: Statement,
  paid_at: number,
  paying: Paying,
  next: NumberEntry,
): StatementChange | null {
  if (before.status !== "drafted") return null;
  if (before.payable === 0) return { statement: changeTo(before, "carried", paid_at), posted: [] };
  const reason = refuseToPay(before, paying);
  if (reason !== null) return { statement: changeTo(before, "unpaid", paid_at, { reason }), posted: [] };
  return payStatement(before, { paid_at, paid_by: paidByFile(before, paying.method) }, next);
}

/** How a statement in a payment file was paid. */
export function paidByFile({ id }: Pick<Statement, "id">, method: PaymentMethod | null): PaidBy {
  return { source: "file", method: method ?? "other", reference: id, is_late: false };
}

function refuseToPay({ id, payable, currency }: Statement, paying: Paying): string | null {
  const { method, has_details, downloaded, disputed, is_waiting = false } = paying;
  const dispute = Object.hasOwn(disputed, id) ? disputed[id] : undefined;
  if (dispute !== undefined) return dispute;
  const isKnown = has_details || downloaded.includes(id);
  const left_out = refusePayment({ statement: id, amount: payable, currency }, isKnown ? method : null, is_waiting);
  return left_out === null ? null : explainLeftOut(left_out);
}

/** When and how a payment was made. */
export interface PaymentMade {
  /** Milliseconds since the epoch. */
  paid_at: number;
  paid_by: PaidBy;
}

/** Pays a statement that has a payment and wasn't paid; null for any other. */
export function payStatement(
  before: Statement,
  { paid_at, paid_by }: PaymentMade,
  next: NumberEntry,
): StatementChange | null {
  if (before.payable === 0 || !isPayable(before)) return null;
  const payment: UnchainedEntry = {
    ...moneyOf(before, next),
    amount: -before.payable,
    reason: `Statement ${before.number}, paid in ${before.month}${describePayment(paid_by)}.`,
    occurred_at: paid_at,
    clears_at: paid_at,
  };
  const paid = changeTo(before, "paid", paid_at, { payment: payment.id, reason: null });
  const is_late = paid_by.is_late || before.status === "unpaid";
  return { statement: { ...paid, paid_by: { ...paid_by, is_late } }, posted: [payment] };
}

/** Whether a statement's payment can still be made. */
function isPayable({ status }: Statement): boolean {
  return status === "drafted" || status === "unpaid" || status === "failed";
}

/** Payments from files are described as in earlier releases. */
function describePayment({ source, method, reference }: PaidBy): string {
  if (source === "file") return "";
  return reference === null ? ` by ${method}` : ` by ${method}, reference ${reference}`;
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
  if ((before.status === "drafted" || before.status === "unpaid") && before.payable > 0) {
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
  details: Partial<Pick<Statement, "payment" | "returned" | "reason">> = {},
): Statement {
  return { ...before, ...details, status, changed_at, revision: before.revision + 1 };
}
