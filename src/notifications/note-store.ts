/**
 * What affiliates are to be told by email, noted in the batch that projects it: no crash comes between, and a key of its own
 * for each thing lets none be noted twice, however often it is projected. See `src/notifications/` for what becomes of it.
 */
import { type SQL, sql } from "drizzle-orm";
import type { ConversionRecord } from "../customers/conversion.ts";
import type { Database } from "../db/database.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import type { Statement } from "../payouts/statements/statement.ts";
import { notifications, notifiedAffiliates } from "./tables.ts";

/** What is older when it is noted is an import, or a projection made again: no news. */
export const NEWS_MS = MS_PER_DAY;

/**
 * The statements that note a sale for anyone who is credited with it. `now`, ms, is null where no letters can be sent. None for
 * what is no news: a lead, a trial, test mode, what is reversed in full, what is old.
 */
export function noteSale(db: Database, record: ConversionRecord, now: number | null) {
  const { id, revision, credit, occurred_at, status } = record;
  const affiliate_id = credit.touch?.affiliate_id ?? null;
  if (now === null || affiliate_id === null || record.type !== "sale" || record.test) return [];
  if (occurred_at <= now - NEWS_MS || status === "waiting" || isTakenBack(record)) return [];
  const noted = { affiliate_id, kind: "sale" as const, subject: id };
  // Should this revision have come late, the one that is kept says what holds.
  const isKept = sql`EXISTS (SELECT 1 FROM conversions WHERE id = ${id} AND revision = ${revision})`;
  return note(db, noted, { happened_at: occurred_at, now, isKept, isUnwanted: sql`chosen.sales = 'never'` });
}

/** As {@link noteSale}, for a payment that was made, was not, or came back. */
export function notePayout(db: Database, statement: Statement, now: number | null) {
  const { id, affiliate_id, revision, status, changed_at } = statement;
  if (now === null || changed_at <= now - NEWS_MS) return [];
  if (status !== "paid" && status !== "failed" && status !== "returned") return [];
  const noted = { affiliate_id, kind: status, subject: id };
  const isKept = sql`EXISTS (SELECT 1 FROM statements WHERE id = ${id} AND revision = ${revision})`;
  return note(db, noted, { happened_at: changed_at, now, isKept, isUnwanted: sql`chosen.payouts = 0` });
}

function isTakenBack({ status, refunded, amount }: ConversionRecord): boolean {
  return status === "refunded" && refunded >= (amount ?? 0);
}

interface Noting {
  happened_at: number;
  now: number;
  isKept: SQL;
  isUnwanted: SQL;
}

/** What is not wanted is noted as told, so that it does not become news again when it is wanted; nothing of who was erased. */
function note(
  db: Database,
  noted: Pick<typeof notifications.$inferSelect, "affiliate_id" | "kind" | "subject">,
  { happened_at, now, isKept, isUnwanted }: Noting,
) {
  const { affiliate_id, kind, subject } = noted;

  // A payment is told at once. Of a further sale nobody needs to be woken: the first has set when the letter is due.
  const due =
    kind === "sale"
      ? sql`coalesce(due_at, excluded.due_at)`
      : // Where a letter was refused it is not tried more often for it.
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
