/** What a run pays, with where to. Throws while D1 is away. */
import { and, eq, gt, inArray, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { openSealer } from "../../lib/platform/vault.ts";
import { openDetails } from "../payees/payee-store.ts";
import type { Run } from "../runs/run-store.ts";
import type { StatementStatus } from "../statements/statement.ts";
import { payees, statements } from "../tables.ts";
import type { Payment } from "./payment.ts";

/** What is to be sent, was sent, or was sent and came back: a file that was uploaded stays what it is. */
const IN_FILES: StatementStatus[] = ["drafted", "paid", "returned"];

/** Whether a statement that pays something is in its run's files. */
export function isInFiles({ status }: { status: StatementStatus }): boolean {
  return IN_FILES.includes(status);
}

/** Details opened at a time. */
const OPENED_AT_ONCE = 500;

/** A statement that pays something, as D1 knows it. */
export interface PayingStatement {
  id: string;
  number: number;
  affiliate_id: number;
  status: StatementStatus;
  currency: string;
  /** Minor units, above 0. */
  payable: number;
}

/** All statements of a run that pay something, whatever has become of them. */
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
 * The payments of a run that was approved, to the details of then: what was approved is what is paid, anyone who changes what
 * meanwhile. Details that were erased since are gone, and so is where to pay.
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
