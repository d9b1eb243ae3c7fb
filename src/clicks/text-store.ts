import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";

const HOURS_PER_DAY = MS_PER_DAY / MS_PER_HOUR;
const TEXTS_A_STEP = 10_000;

/**
 * Parameters: after which text, up to which, the first day that is kept. A click holds no text whose last day is before
 * its own, so that no click is left to hold one of these once the clicks before that day are gone; while there are any,
 * late ones among them, it deletes nothing.
 */
const DELETE_TEXTS = `
  DELETE FROM texts WHERE id > ?1 AND id <= ?2 AND last_day < ?3
  AND NOT EXISTS (SELECT 1 FROM links l CROSS JOIN clicks c WHERE c.link_id = l.id AND c.hour < ?3 * 24)`;

/** What is forgotten, and by when it must be done. */
export interface TextCleanup {
  first_kept_day: number;
  /** Milliseconds since the epoch; says whose turn it is. */
  now: number;
  /** By the real clock. */
  deadline: number;
}

/**
 * Deletes texts that no click holds any more. They are looked at in steps, each step in its own hour of the day: an index
 * by day would cost a written row whenever a text's last day moves.
 */
export async function deleteUnusedTexts(db: D1Database, { first_kept_day, now, deadline }: TextCleanup): Promise<void> {
  const last = (await db.prepare("SELECT max(id) AS id FROM texts").first<number | null>("id")) ?? 0;
  const hour = Math.floor(now / MS_PER_HOUR) % HOURS_PER_DAY;
  for (let after = hour * TEXTS_A_STEP; after < last; after += HOURS_PER_DAY * TEXTS_A_STEP) {
    if (Date.now() > deadline) return;
    await db
      .prepare(DELETE_TEXTS)
      .bind(after, after + TEXTS_A_STEP, first_kept_day)
      .run();
  }
}
