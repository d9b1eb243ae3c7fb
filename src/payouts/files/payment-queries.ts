/** Reads a run's payments and their payment details. Throws if D1 is unavailable. */
import { and, eq, gt, inArray, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { openSealer } from "../../lib/platform/vault.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { openDetails } from "../payees/payee-store.ts";
import type { Run } from "../runs/run-store.ts";
import type { Paying } from "../statements/change-statement.ts";
import type { PaidBy, StatementStatus } from "../statements/statement.ts";
import { disputedPayments, downloadedFiles, payees, statements } from "../tables.ts";
import { explainDispute } from "./explain-unpaid.ts";
import type { Payment } from "./payment.ts";

/** Settled statements stay included, so that an uploaded file never changes. */
const IN_FILES: StatementStatus[] = ["drafted", "paid", "unpaid", "returned"];

/** Whether a statement with a payment is in its run's files or among those left out. */
export function isInFiles({ status, source }: Pick<PayingStatement, "status" | "source">): boolean {
  return IN_FILES.includes(status) && source !== "manual";
}

const paidSource = sql<PaidBy["source"] | null>`json_extract(${statements.statement}, '$.paid_by.source')`;

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
  /** How it was paid; null if it wasn't, or by an earlier release. */
  source: PaidBy["source"] | null;
  reason: string | null;
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
      source: paidSource,
      reason: sql<string | null>`json_extract(${statements.statement}, '$.reason')`,
    })
    .from(statements)
    .where(and(eq(statements.run_id, run.id), gt(statements.payable, 0)))
    .orderBy(statements.id);
  return rows.map((row) => ({ ...row, status: row.status as StatementStatus }));
}

/** The payments of a run in D1 by currency, as they were drafted: before the approval took refunds into account. */
export async function sumDrafted(
  db: Database,
  run: Pick<Run, "id">,
): Promise<Map<string, { payments: number; amount: number }>> {
  const drafted = sql`coalesce(json_extract(${statements.statement}, '$.drafted_as.payable'), ${statements.payable})`;
  const rows = await db
    .select({
      currency: statements.currency,
      payments: sql<number>`sum(${drafted} > 0)`,
      amount: sql<number>`sum(${drafted})`,
    })
    .from(statements)
    .where(eq(statements.run_id, run.id))
    .groupBy(statements.currency);
  return new Map(rows.map(({ currency, payments, amount }) => [currency, { payments, amount }]));
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
  const ofThen = versionAtApproval(run, sql`${statements.affiliate_id}`);
  const isFiled = or(isNull(paidSource), ne(paidSource, "manual"));
  const rows = await db
    .select({
      id: statements.id,
      number: statements.number,
      affiliate_id: statements.affiliate_id,
      currency: statements.currency,
      payable: statements.payable,
      sealed: payees.sealed_details,
      is_waiting: waitsAfterApproval(run),
    })
    .from(statements)
    .leftJoin(payees, and(eq(payees.affiliate_id, statements.affiliate_id), eq(payees.version, ofThen)))
    .where(and(eq(statements.run_id, run.id), gt(statements.payable, 0), inArray(statements.status, IN_FILES), isFiled))
    .orderBy(statements.id);
  const sealer = await openSealer(vaultKey, "payment details");
  const payments: Payment[] = [];
  for (let from = 0; from < rows.length; from += OPENED_AT_ONCE) {
    const opened = rows.slice(from, from + OPENED_AT_ONCE).map(async (row) => ({
      statement: row.id,
      note: `Affiliate commission, statement ${row.number}, ${run.month}`,
      amount: row.payable,
      currency: row.currency,
      is_waiting: row.is_waiting === 1,
      details: row.sealed === null ? null : await openDetails(sealer, row.affiliate_id, row.sealed),
    }));
    payments.push(...(await Promise.all(opened)));
  }
  return payments;
}

/** The version of an affiliate's payment details when a run was approved. */
function versionAtApproval({ approvals }: Pick<Run, "approvals">, affiliateId: SQL): SQL {
  const approved_at = Math.max(...approvals.map(({ at }) => at));
  return sql`(SELECT max(version) FROM payees AS earlier WHERE earlier.affiliate_id = ${affiliateId}
    AND earlier.changed_at <= ${approved_at})`;
}

/** Whether an affiliate changed its details (`payees`) too shortly before a run was approved. First details don't wait. */
function waitsAfterApproval({ approvals }: Pick<Run, "approvals">): SQL<number | null> {
  const last = approvals.toSorted((a, b) => b.at - a.at)[0];
  const since = (last?.at ?? 0) - (last?.details_wait_days ?? 0) * MS_PER_DAY;
  return sql<number | null>`(${payees.changed_by} = 'affiliate' AND ${payees.changed_at} > ${since} AND EXISTS (
    SELECT 1 FROM payees AS earlier WHERE earlier.affiliate_id = payees.affiliate_id AND earlier.version < payees.version
    AND earlier.method IS NOT NULL))`;
}

/** What an approved run knows about the payments of some affiliates. Returns it by affiliate id. */
export async function loadPaying(
  db: Database,
  run: Pick<Run, "id" | "approvals">,
  affiliates: readonly number[],
): Promise<(affiliateId: number) => Paying> {
  const among = (column: typeof payees.affiliate_id | typeof disputedPayments.affiliate_id) =>
    sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(affiliates)}))`;
  const [details, disputes] = await db.batch([
    db
      .select({
        affiliate_id: payees.affiliate_id,
        method: payees.method,
        has_details: sql<number>`${payees.sealed_details} IS NOT NULL`,
        is_waiting: waitsAfterApproval(run),
      })
      .from(payees)
      .where(
        and(
          among(payees.affiliate_id),
          eq(payees.version, versionAtApproval(run, sql`${payees}.${sql.identifier("affiliate_id")}`)),
        ),
      ),
    db
      .select({
        affiliate_id: disputedPayments.affiliate_id,
        statement: disputedPayments.statement_id,
        code: disputedPayments.code,
        detail: disputedPayments.detail,
      })
      .from(disputedPayments)
      .where(and(eq(disputedPayments.run_id, run.id), among(disputedPayments.affiliate_id))),
  ]);
  const isErased = details.some(({ method, has_details }) => method !== null && has_details === 0);
  const downloaded = isErased ? await listDownloaded(db, run.id) : [];
  const byAffiliate = new Map(details.map((row) => [row.affiliate_id, row]));
  const disputesOf = Map.groupBy(disputes, ({ affiliate_id }) => affiliate_id);
  return (affiliateId) => {
    const { method = null, has_details = 0, is_waiting = 0 } = byAffiliate.get(affiliateId) ?? {};
    const own = (disputesOf.get(affiliateId) ?? []).map((one) => [one.statement, explainDispute(one)] as const);
    const isOwn = (statement: string) => statement.split("_")[2] === String(affiliateId);
    return {
      method,
      has_details: has_details === 1,
      is_waiting: is_waiting === 1,
      downloaded: has_details === 1 ? [] : downloaded.filter(isOwn),
      disputed: Object.fromEntries(own),
    };
  };
}

/** What the reports of a run say about payments that they don't confirm, by statement id. */
export async function listDisputed(db: Database, runId: string): Promise<Map<string, string>> {
  const { statement_id, code, detail } = disputedPayments;
  const rows = await db
    .select({ statement_id, code, detail })
    .from(disputedPayments)
    .where(eq(disputedPayments.run_id, runId));
  return new Map(rows.map((row) => [row.statement_id, explainDispute(row)]));
}

/** The statements, by id, in files of a run that were downloaded. */
export async function listDownloaded(db: Database, runId: string): Promise<string[]> {
  const files = await db
    .select({ statements: downloadedFiles.statements })
    .from(downloadedFiles)
    .where(eq(downloadedFiles.run_id, runId));
  return [...new Set(files.flatMap((file) => file.statements))];
}
