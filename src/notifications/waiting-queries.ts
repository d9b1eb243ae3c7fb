/** An affiliate's waiting notices, with their current state. */
import { sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import type { Statement } from "../payouts/statements/statement.ts";
import type { NoticeState, Waiting } from "./plan-email.ts";
import type { PayoutNotice, SaleNotice } from "./write-email.ts";

/** A sale or a payout that waits to be sent. `notice` is null unless it is current. */
export type WaitingSale = Waiting & { kind: "sale"; subject: string; notice: SaleNotice | null };
export type WaitingPayout = Waiting & { kind: PayoutNotice["kind"]; subject: string; notice: PayoutNotice | null };
export type WaitingNotice = WaitingSale | WaitingPayout;

/** If there are more sales, the rest waits for the next email. */
const SALES_MAX = 500;

/** The recipient of emails; null if the affiliate was erased. */
export async function readRecipient(
  db: Database,
  affiliateId: number,
): Promise<{ name: string; email: string } | null> {
  const row = await db.get<{ name: string; email: string } | undefined>(
    sql`SELECT name, email FROM affiliates WHERE id = ${affiliateId} AND erased_at IS NULL`,
  );
  return row ?? null;
}

/** All waiting notices of an affiliate, oldest first. */
export async function readWaiting(db: Database, affiliateId: number): Promise<WaitingNotice[]> {
  return [...(await readPayouts(db, affiliateId)), ...(await readSales(db, affiliateId))];
}

interface SaleRow {
  subject: string;
  noted_at: number;
  affiliate_id: number | null;
  status: string | null;
  amount: number | null;
  refunded: number;
  currency: string | null;
  product: string | null;
  program: string;
  slug: string;
  test: number;
  found: number;
}

interface EntryRow {
  conversion: string;
  kind: string;
  amount: number;
  currency: string;
  clears_at: number;
  reason: string | null;
}

async function readSales(db: Database, affiliateId: number): Promise<WaitingSale[]> {
  const rows = await db.all<SaleRow>(sql`
    SELECT subject, noted_at, c.affiliate_id, c.status, c.amount, c.refunded, c.currency, c.test, c.id IS NOT NULL AS found,
      json_extract(c.record, '$.product') AS product, p.name AS program, p.slug
    FROM notifications AS n LEFT JOIN conversions AS c ON c.id = n.subject LEFT JOIN programs AS p ON p.id = c.program_id
    WHERE n.affiliate_id = ${affiliateId} AND n.kind = 'sale' AND told_at IS NULL
    ORDER BY noted_at, subject LIMIT ${SALES_MAX}`);
  const ids = JSON.stringify(rows.map(({ subject }) => subject));
  const entries = await db.all<EntryRow>(sql`
    SELECT conversion, kind, amount, currency, clears_at, reason FROM ledger_entries
    WHERE conversion IN (SELECT value FROM json_each(${ids})) AND +affiliate_id = ${affiliateId}
      AND kind IN ('commission', 'reversal')
    ORDER BY number`);
  const byConversion = Map.groupBy(entries, ({ conversion }) => conversion);
  return rows.map((row) => {
    const { subject, noted_at, amount, refunded, currency, product, program, slug } = row;
    const state = stateOf(row, affiliateId);
    const commission = sumEntries(byConversion.get(subject) ?? []);
    const notice = {
      conversion: subject,
      program,
      program_slug: slug,
      amount,
      refunded,
      currency,
      product,
      commission,
    };
    return { kind: "sale", subject, noted_at, state, notice: state === "current" ? notice : null };
  });
}

function stateOf(row: SaleRow, affiliateId: number): NoticeState {
  if (row.found === 0) return "unavailable";
  const isReversed = row.status !== "recorded" && row.refunded >= (row.amount ?? 0);
  return row.affiliate_id !== affiliateId || isReversed || row.test !== 0 ? "outdated" : "current";
}

/** The sum of a sale's entries, with the latest reason; null if there are none. */
function sumEntries(entries: readonly EntryRow[]): SaleNotice["commission"] {
  const [first] = entries;
  if (first === undefined) return null;
  const amount = entries.reduce((sum, entry) => sum + entry.amount, 0);
  const clears_at = Math.max(...entries.map((entry) => entry.clears_at));
  return {
    amount,
    currency: first.currency,
    clears_at,
    reason: entries.findLast(({ reason }) => reason !== null)?.reason ?? null,
  };
}

interface PayoutRow {
  kind: PayoutNotice["kind"];
  subject: string;
  noted_at: number;
  statement: string | null;
  program: string;
  slug: string;
  method: PayoutNotice["method"];
  masked: string | null;
}

/** A payout goes to the payment details that were on file when its run was approved. */
async function readPayouts(db: Database, affiliateId: number): Promise<WaitingPayout[]> {
  const approvedAt = sql`(SELECT max(json_extract(value, '$.at')) FROM json_each(r.approvals))`;
  const rows = await db.all<PayoutRow>(sql`
    SELECT n.kind, n.subject, n.noted_at, s.statement, p.name AS program, p.slug, y.method, y.masked
    FROM notifications AS n LEFT JOIN statements AS s ON s.id = n.subject LEFT JOIN programs AS p ON p.id = s.program_id
      LEFT JOIN payout_runs AS r ON r.id = s.run_id
      LEFT JOIN payees AS y ON y.affiliate_id = n.affiliate_id AND y.version =
        (SELECT max(version) FROM payees WHERE affiliate_id = n.affiliate_id AND changed_at <= ${approvedAt})
    WHERE n.affiliate_id = ${affiliateId} AND n.kind <> 'sale' AND n.told_at IS NULL ORDER BY n.noted_at, n.subject`);
  return rows.map(({ kind, subject, noted_at, statement: text, program, slug, method, masked }) => {
    const statement: Statement | null = text === null ? null : JSON.parse(text);
    if (statement === null) return { kind, subject, noted_at, state: "unavailable", notice: null };
    if (statement.status !== kind) return { kind, subject, noted_at, state: "outdated", notice: null };
    const { number, payable: amount, currency, reason } = statement;
    // A payment recorded by hand didn't go to the payment details.
    const paidTo = statement.paid_by?.source === "manual" ? { method: null, masked: null } : { method, masked };
    const notice = { kind, number, program, program_slug: slug, amount, currency, ...paidTo, reason };
    return { kind, subject, noted_at, state: "current", notice };
  });
}
