import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";

const HOURS_PER_DAY = MS_PER_DAY / MS_PER_HOUR;
const TEXTS_PER_STEP = 10_000;

/**
 * Parameters: after which id, up to which id, the first day that is kept. A text's last day is never before the day of a click
 * that uses it, so once the clicks before that day are gone, none uses these texts. While older clicks exist (some arrive late),
 * nothing is deleted.
 */
const DELETE_TEXTS = `
  DELETE FROM texts WHERE id > ?1 AND id <= ?2 AND last_day < ?3
  AND NOT EXISTS (SELECT 1 FROM links l CROSS JOIN clicks c WHERE c.link_id = l.id AND c.hour < ?3 * 24)`;

/** Which texts to delete, and the deadline of the run. */
export interface TextCleanup {
  first_kept_day: number;
  /** Milliseconds since the epoch; selects the ids of this hour. */
  now: number;
  /** Milliseconds since the epoch, by the real clock. */
  deadline: number;
}

/**
 * Deletes texts that no click uses. Each hour of the day scans its share of the ids: an index by last day would cost a written
 * row each time a text's last day changes.
 */
export async function deleteUnusedTexts(db: D1Database, { first_kept_day, now, deadline }: TextCleanup): Promise<void> {
  await db.prepare("DELETE FROM link_texts WHERE day < ?1").bind(first_kept_day).run();
  const last = (await db.prepare("SELECT max(id) AS id FROM texts").first<number | null>("id")) ?? 0;
  const hour = Math.floor(now / MS_PER_HOUR) % HOURS_PER_DAY;
  for (let after = hour * TEXTS_PER_STEP; after < last; after += HOURS_PER_DAY * TEXTS_PER_STEP) {
    if (Date.now() > deadline) return;
    await db
      .prepare(DELETE_TEXTS)
      .bind(after, after + TEXTS_PER_STEP, first_kept_day)
      .run();
  }
}
