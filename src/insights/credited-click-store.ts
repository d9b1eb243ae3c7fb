/** The clicks that conversions are credited to, kept with what reports tell them apart by. */
import { and, eq, lt, sql } from "drizzle-orm";
import { clicks, texts } from "../clicks/tables.ts";
import type { ConversionRecord } from "../customers/conversion.ts";
import type { Database } from "../db/database.ts";
import { MS_PER_HOUR } from "../lib/time.ts";
import { timeOfClickId } from "../redirect/click.ts";
import { creditedClicks } from "./tables.ts";

const CLICK_ID = /^[0-9a-f]{32}$/;
/** A conversion can come before its click has reached the log, but not by this much. */
const SOUGHT_HOURS = 24;
/** Looked for in one run of the cron. */
const SOUGHT_AT_ONCE = 100;
/** Of more, the minute's look takes its turn. */
const WAITING_AT_ONCE = 1_000;

/**
 * The statements that keep the click of a conversion's credit, and look it up in the log; none where it was no click. Told
 * again they change nothing. The look-up reads the rows of one link and hour.
 */
export function keepCreditedClick(db: Database, { credit, test }: ConversionRecord) {
  const { touch } = credit;
  if (test || touch === null || touch.source !== "click" || touch.link_id === null) return [];
  if (!CLICK_ID.test(touch.click_id)) return [];
  const hour = Math.floor(timeOfClickId(Uint8Array.fromHex(touch.click_id)) / MS_PER_HOUR);
  return [
    db.insert(creditedClicks).values({ id: touch.click_id, link_id: touch.link_id, hour }).onConflictDoNothing(),
    findInLog(db, eq(creditedClicks.id, touch.click_id)),
  ] as const;
}

/** Looks again for clicks that were not in the log when their conversion came, and gives up on old ones. */
export async function seekCreditedClicks(db: Database, now: number): Promise<void> {
  const { id, sought, hour } = creditedClicks;
  const isSought = sql`${sought} = 1`; // written out, so that the partial index serves
  const some = db.select({ id }).from(creditedClicks).where(isSought).orderBy(hour).limit(SOUGHT_AT_ONCE);
  const oldest = Math.floor(now / MS_PER_HOUR) - SOUGHT_HOURS;
  await db.batch([
    findInLog(db, sql`${id} IN ${some}`),
    db
      .update(creditedClicks)
      .set({ sought: false })
      .where(and(isSought, lt(hour, oldest))),
  ]);
}

/**
 * Looks for the clicks of conversions that came before them, among those that have just reached the log. Never
 * throws: the minute's look makes up for it.
 */
export async function findCreditedClicks(db: Database, stored: readonly unknown[]): Promise<void> {
  try {
    const { id, sought } = creditedClicks;
    const waiting = await db.select({ id }).from(creditedClicks).where(sql`${sought} = 1`).limit(WAITING_AT_ONCE);
    if (waiting.length === 0) return;
    const ids = new Set(stored.flatMap(idsOf));
    const [first, ...others] = waiting.filter((row) => ids.has(row.id)).map((row) => findInLog(db, eq(id, row.id)));
    if (first !== undefined) await db.batch([first, ...others]);
  } catch (error) {
    console.error("credited clicks not found", error);
  }
}

/** The ids of a message of clicks, whatever version has sent it. */
function idsOf(message: unknown): unknown[] {
  return Array.isArray(message) ? message.map((click: { id?: unknown } | null) => click?.id) : [];
}

function findInLog(db: Database, isAsked: ReturnType<typeof eq>) {
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
        isAsked,
        eq(creditedClicks.sought, true),
        eq(clicks.link_id, creditedClicks.link_id),
        eq(clicks.hour, creditedClicks.hour),
        eq(clicks.id, sql`unhex(${creditedClicks.id})`),
      ),
    );
}
