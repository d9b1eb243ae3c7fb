/**
 * Records email notifications in the same batch as the projection they are about, so that none is lost in a crash. Each
 * has a unique key, so that repeated projections don't repeat it. See `src/notifications/` for how they are sent.
 */
import { type SQL, sql } from "drizzle-orm";
import type { ConversionRecord } from "../customers/conversion.ts";
import type { Database } from "../db/database.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import type { Statement } from "../payouts/statements/statement.ts";
import { notifications, notifiedAffiliates } from "./tables.ts";

/** Anything older than this when it is recorded is an import or a repeated projection, not news. */
export const NEWS_MS = MS_PER_DAY;

/**
 * The statements that record a sale for the affiliates credited with it. `now` (ms) is null if emails can't be sent.
 * Leads, trials, test sales, fully reversed sales and old sales are not news.
 */
export function noteSale(db: Database, record: ConversionRecord, now: number | null) {
  const { id, revision, credit, occurred_at, status } = record;
  const affiliate_id = credit.touch?.affiliate_id ?? null;
  if (now === null || affiliate_id === null || record.type !== "sale" || record.test) return [];
  if (occurred_at <= now - NEWS_MS || status === "waiting" || isReversed(record)) return [];
  const noted = { affiliate_id, kind: "sale" as const, subject: id };
  // If a newer revision is already stored, that one applies instead.
  const isKept = sql`EXISTS (SELECT 1 FROM conversions WHERE id = ${id} AND revision = ${revision})`;
  return note(db, noted, { happened_at: occurred_at, now, isKept, isUnwanted: sql`chosen.sales = 'never'` });
}

/** Like {@link noteSale}, for a payment that was made, failed or was returned. */
export function notePayout(db: Database, statement: Statement, now: number | null) {
  const { id, affiliate_id, revision, status, changed_at } = statement;
  if (now === null || changed_at <= now - NEWS_MS) return [];
  if (status !== "paid" && status !== "failed" && status !== "returned") return [];
  const noted = { affiliate_id, kind: status, subject: id };
  const isKept = sql`EXISTS (SELECT 1 FROM statements WHERE id = ${id} AND revision = ${revision})`;
  return note(db, noted, { happened_at: changed_at, now, isKept, isUnwanted: sql`chosen.payouts = 0` });
}

function isReversed({ status, refunded, amount }: ConversionRecord): boolean {
  return status === "refunded" && refunded >= (amount ?? 0);
}

interface Noting {
  happened_at: number;
  now: number;
  isKept: SQL;
  isUnwanted: SQL;
}

/**
 * Unwanted notifications are recorded as already sent, so that they don't become news if the setting changes. Nothing
 * is recorded for an erased affiliate.
 */
function note(
  db: Database,
  noted: Pick<typeof notifications.$inferSelect, "affiliate_id" | "kind" | "subject">,
  { happened_at, now, isKept, isUnwanted }: Noting,
) {
  const { affiliate_id, kind, subject } = noted;

  // Payments are sent at once. For sales, the first pending one sets when the email is due.
  const due =
    kind === "sale"
      ? sql`coalesce(due_at, excluded.due_at)`
      : // A refused email isn't retried sooner because of a new notification.
        sql`CASE WHEN attempts > 0 THEN coalesce(due_at, excluded.due_at)
          ELSE min(coalesce(due_at, excluded.due_at), excluded.due_at) END`;
  return [
    db
      .insert(notifications)
      .select(sql`
        SELECT id, ${kind}, ${subject}, ${happened_at}, ${now}, CASE WHEN ${isUnwanted} THEN ${now} END
        FROM affiliates LEFT JOIN notified_affiliates AS chosen ON chosen.affiliate_id = affiliates.id
        WHERE id = ${affiliate_id} AND erased_at IS NULL AND ${isKept}`)
      .onConflictDoNothing(),
    db
      .insert(notifiedAffiliates)
      .select(sql`
        SELECT affiliate_id, 'each', 1, NULL, ${now}, 0, 0, NULL FROM notifications
        WHERE affiliate_id = ${affiliate_id} AND kind = ${kind} AND subject = ${subject} AND told_at IS NULL`)
      .onConflictDoUpdate({ target: notifiedAffiliates.affiliate_id, set: { due_at: due } }),
  ] as const;
}
