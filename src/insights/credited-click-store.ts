/** Stores the clicks that conversions are credited to, with the dimensions that reports group by. */

import { and, eq, lt, sql } from "drizzle-orm";
import { clicks, texts } from "../clicks/tables.ts";
import type { ConversionRecord } from "../customers/conversion.ts";
import type { Database } from "../db/database.ts";
import { logError } from "../lib/platform/log.ts";
import { MS_PER_HOUR } from "../lib/time.ts";
import { timeOfClickId } from "../redirect/click.ts";
import { creditedClicks } from "./tables.ts";

const CLICK_ID = /^[0-9a-f]{32}$/;
/** A conversion may arrive before its click reaches the log, but never this long before. */
const SEARCH_HOURS = 24;
/** Searched for in one cron run. */
const RETRY_BATCH = 100;
/** If more are missing, the cron run finds the rest. */
const MATCH_BATCH = 1_000;

/**
 * The statements that store the click a conversion is credited to and copy its dimensions from the log. Empty if the credit
 * isn't based on a click. Idempotent. The lookup reads the clicks of one link and hour.
 */
export function recordCreditedClick(db: Database, { credit, test }: ConversionRecord) {
  const { touch } = credit;
  if (test || touch === null || touch.source !== "click" || touch.link_id === null) return [];
  if (!CLICK_ID.test(touch.click_id)) return [];
  const hour = Math.floor(timeOfClickId(Uint8Array.fromHex(touch.click_id)) / MS_PER_HOUR);
  return [
    db.insert(creditedClicks).values({ id: touch.click_id, link_id: touch.link_id, hour }).onConflictDoNothing(),
    copyFromLog(db, eq(creditedClicks.id, touch.click_id)),
  ] as const;
}

/** Searches again for clicks that weren't in the log when their conversion arrived. Stops searching for old ones. */
export async function retryCreditedClicks(db: Database, now: number): Promise<void> {
  const { id, sought, hour } = creditedClicks;
  const isSought = sql`${sought} = 1`; // a literal, so that SQLite uses the partial index
  const some = db.select({ id }).from(creditedClicks).where(isSought).orderBy(hour).limit(RETRY_BATCH);
  const oldest = Math.floor(now / MS_PER_HOUR) - SEARCH_HOURS;
  await db.batch([
    copyFromLog(db, sql`${id} IN ${some}`),
    db
      .update(creditedClicks)
      .set({ sought: false })
      .where(and(isSought, lt(hour, oldest))),
  ]);
}

/**
 * Copies dimensions for conversions that arrived before their click, from clicks that have just reached the log. Never throws:
 * the cron run tries again.
 */
export async function matchCreditedClicks(db: Database, stored: readonly unknown[]): Promise<void> {
  try {
    const { id, sought } = creditedClicks;
    const waiting = await db.select({ id }).from(creditedClicks).where(sql`${sought} = 1`).limit(MATCH_BATCH);
    if (waiting.length === 0) return;
    const ids = new Set(stored.flatMap(idsOf));
    const [first, ...others] = waiting.filter((row) => ids.has(row.id)).map((row) => copyFromLog(db, eq(id, row.id)));
    if (first !== undefined) await db.batch([first, ...others]);
  } catch (error) {
    logError("credited_clicks_not_matched", { error });
  }
}

/** The click ids in a queue message of any version. */
function idsOf(message: unknown): unknown[] {
  return Array.isArray(message) ? message.map((click: { id?: unknown } | null) => click?.id) : [];
}

function copyFromLog(db: Database, isSelected: ReturnType<typeof eq>) {
  const referrer = db.select({ text: texts.text }).from(texts).where(eq(texts.id, clicks.referrer));
  return db
    .update(creditedClicks)
    .set({
      sought: false,
      country: sql`${clicks.country}`,
      device: sql`${clicks.device}`,
      referrer: sql`(${referrer})`,
      subs: sql`${clicks.subs}`,
    })
    .from(clicks)
    .where(
      and(
        isSelected,
        eq(creditedClicks.sought, true),
        eq(clicks.link_id, creditedClicks.link_id),
        eq(clicks.hour, creditedClicks.hour),
        eq(clicks.id, sql`unhex(${creditedClicks.id})`),
      ),
    );
}
