/** Stores what is known about payments in files. Throws if D1 is unavailable. */
import { sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "../../db/database.ts";
import { disputedPayments, downloadedFiles } from "../tables.ts";
import type { Confirmation } from "./judge-results.ts";
import { cutInto } from "./payment.ts";

/** D1 allows values of 2 MB. */
const ROWS_AT_ONCE = 2_000;

/** Replaces what earlier reports of a run said about the statements that this one mentions. `reported_at` in ms. */
export async function storeConfirmations(
  db: Database,
  runId: string,
  { disputed, confirmed }: Confirmation,
  reported_at: number,
): Promise<void> {
  for (const piece of cutInto(confirmed, ROWS_AT_ONCE)) {
    const ids = sql`(SELECT value FROM json_each(${JSON.stringify(piece)}))`;
    await db.delete(disputedPayments).where(sql`${disputedPayments.statement_id} IN ${ids}`);
  }
  for (const piece of cutInto(disputed, ROWS_AT_ONCE)) {
    const rows = sql`SELECT value ->> 'statement', ${runId}, value ->> 'affiliate_id', value ->> 'code',
      value ->> 'detail', ${reported_at} FROM json_each(${JSON.stringify(piece)}) WHERE true`;
    await db
      .insert(disputedPayments)
      .select(rows)
      .onConflictDoUpdate({
        target: disputedPayments.statement_id,
        set: { code: sql`excluded.code`, detail: sql`excluded.detail`, reported_at: sql`excluded.reported_at` },
      });
  }
}

/** Records which payments a downloaded file contains, with `record`, the entry of the audit log, for each download. */
export async function storeDownload(
  db: Database,
  file: typeof downloadedFiles.$inferInsert,
  record: BatchItem<"sqlite">,
): Promise<void> {
  await db.batch([db.insert(downloadedFiles).values(file).onConflictDoNothing(), record]);
}
