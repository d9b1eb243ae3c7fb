/** Reads a run's payments and their payment details. Throws if D1 is unavailable. */
import { and, eq, gt, inArray, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { openSealer } from "../../lib/platform/vault.ts";
import { openDetails } from "../payees/payee-store.ts";
import type { Run } from "../runs/run-store.ts";
import type { StatementStatus } from "../statements/statement.ts";
import { payees, statements } from "../tables.ts";
import type { Payment } from "./payment.ts";

/** Paid and returned statements stay included, so that an uploaded file never changes. */
const IN_FILES: StatementStatus[] = ["drafted", "paid", "returned"];

/** Whether a statement with a payment is in its run's files. */
export function isInFiles({ status }: { status: StatementStatus }): boolean {
  return IN_FILES.includes(status);
}

/** The number of payment details opened at a time. */
const OPENED_AT_ONCE = 500;

/** A statement with a payment, as projected in D1. */
export interface PayingStatement {
  id: string;
  number: number;
  affiliate_id: number;
  status: StatementStatus;
  currency: string;
  /** Minor units, above 0. */
  payable: number;
}

/** All statements of a run with a payment, in any status. */
export async function listPaying(db: Database, run: Pick<Run, "id">): Promise<PayingStatement[]> {
  const rows = await db
    .select({
      id: statements.id,
      number: statements.number,
      affiliate_id: statements.affiliate_id,
      status: statements.status,
      currency: statements.currency,
      payable: statements.payable,
    })
    .from(statements)
    .where(and(eq(statements.run_id, run.id), gt(statements.payable, 0)))
    .orderBy(statements.id);
  return rows.map((row) => ({ ...row, status: row.status as StatementStatus }));
}

/**
 * The payments of an approved run, with the payment details from when it was approved: later changes don't affect it.
 * Details erased since then are missing.
 */
export async function loadPayments(
  db: Database,
  vaultKey: Uint8Array<ArrayBuffer>,
  run: Pick<Run, "id" | "month" | "approvals">,
): Promise<Payment[]> {
  const approved_at = Math.max(...run.approvals.map(({ at }) => at));
  const ofThen = sql`(SELECT max(version) FROM payees AS earlier WHERE earlier.affiliate_id = ${statements.affiliate_id}
    AND earlier.changed_at <= ${approved_at})`;
  const rows = await db
    .select({
      id: statements.id,
      number: statements.number,
      affiliate_id: statements.affiliate_id,
      currency: statements.currency,
      payable: statements.payable,
      sealed: payees.sealed_details,
    })
    .from(statements)
    .leftJoin(payees, and(eq(payees.affiliate_id, statements.affiliate_id), eq(payees.version, ofThen)))
    .where(and(eq(statements.run_id, run.id), gt(statements.payable, 0), inArray(statements.status, IN_FILES)))
    .orderBy(statements.id);
  const sealer = await openSealer(vaultKey, "payment details");
  const payments: Payment[] = [];
  for (let from = 0; from < rows.length; from += OPENED_AT_ONCE) {
    const opened = rows.slice(from, from + OPENED_AT_ONCE).map(async (row) => ({
      statement: row.id,
      note: `Affiliate commission, statement ${row.number}, ${run.month}`,
      amount: row.payable,
      currency: row.currency,
      details: row.sealed === null ? null : await openDetails(sealer, row.affiliate_id, row.sealed),
    }));
    payments.push(...(await Promise.all(opened)));
  }
  return payments;
}
