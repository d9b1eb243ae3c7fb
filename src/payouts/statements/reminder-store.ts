/** When affiliates were reminded: at most once in {@link REMINDED_EVERY_MS}, whoever reminds them. */
import { and, eq, lte } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { payoutReminders } from "../tables.ts";

/** The least time between two reminders of one affiliate. */
export const REMINDED_EVERY_MS = 7 * MS_PER_DAY;

/** Claims the reminder of an affiliate before it is sent, so that two calls don't send two. False if there was one lately. */
export async function claimReminder(db: Database, affiliate_id: number, now: number): Promise<boolean> {
  const claimed = await db
    .insert(payoutReminders)
    .values({ affiliate_id, sent_at: now })
    .onConflictDoUpdate({
      target: payoutReminders.affiliate_id,
      set: { sent_at: now },
      setWhere: lte(payoutReminders.sent_at, now - REMINDED_EVERY_MS),
    })
    .returning({ affiliate_id: payoutReminders.affiliate_id });
  return claimed.length > 0;
}

/** Gives a claim up, because its email wasn't sent. */
export async function releaseReminder(db: Database, affiliate_id: number, now: number): Promise<void> {
  await db
    .delete(payoutReminders)
    .where(and(eq(payoutReminders.affiliate_id, affiliate_id), eq(payoutReminders.sent_at, now)));
}
