import { dayOf } from "../../lib/calendar.ts";
import { logWarning } from "../../lib/platform/log.ts";
import { withTimeout } from "../../lib/platform/with-timeout.ts";
import { MS_PER_MINUTE } from "../../lib/time.ts";
import { deleteUnusedTexts } from "../text-store.ts";
import { archiveClicks } from "./archive-store.ts";

/**
 * Limits of one run: 200,000 clicks an hour are 146 million a month. A click with the longest possible texts is 3.5 KB of JSON,
 * so a step is 9 MB at most; a typical one is 1 MB.
 */
const LIMITS = { steps: 80, clicks_per_step: 2_500 };

/** Below the platform's limit of fifteen minutes. */
const RUN_MAX_MS = 10 * MS_PER_MINUTE;
const STEP_MAX_MS = MS_PER_MINUTE;

/** The oldest clicks of each link; one index lookup per link, and no more rows than are deleted. */
const OLDEST = `
  SELECT c.link_id, c.hour, c.visitor, c.id FROM links l CROSS JOIN clicks c
  WHERE c.link_id = l.id AND c.hour < ?1 * 24 LIMIT ?2`;
const DELETE_OLDEST = `DELETE FROM clicks WHERE (link_id, hour, visitor, id) IN (${OLDEST})`;

/** Marks days as incomplete. */
const INSERT_GAPS = `
  INSERT INTO click_gaps (day) SELECT DISTINCT hour / 24 FROM (${OLDEST}) WHERE true ON CONFLICT DO NOTHING`;

/** One run of the retention job. */
export interface Retention {
  db: D1Database;
  /** Where clicks are archived; without one they are deleted. */
  bucket: R2Bucket | undefined;
  /** Full UTC days before today. */
  retention_days: number;
  /** Milliseconds since the epoch. */
  now: number;
  limits?: typeof LIMITS;
}

/**
 * Removes clicks past their retention from D1, in steps, and then the texts that no click uses. The next run continues where
 * this one stops; concurrent or interrupted runs neither lose nor duplicate clicks. Throws if a step fails: then none of the
 * step is done, or all of it if only D1's response was lost.
 */
export async function applyRetention(retention: Retention): Promise<void> {
  const { db, retention_days, now, limits = LIMITS } = retention;
  const first_kept_day = dayOf(now) - retention_days;
  const deadline = Date.now() + RUN_MAX_MS;
  for (let step = 0; step < limits.steps && Date.now() < deadline; step += 1) {
    const removed = await withTimeout(STEP_MAX_MS, removeStep(retention, first_kept_day, limits.clicks_per_step));
    if (removed === 0) return deleteUnusedTexts(db, { first_kept_day, now, deadline });
  }
  logWarning("expired_clicks_left");
}

/** Returns how many clicks were removed. */
async function removeStep({ db, bucket, now }: Retention, first_kept_day: number, clicks_max: number): Promise<number> {
  if (bucket !== undefined) return archiveClicks({ db, bucket, first_kept_day, clicks_max, now });
  const [, deletion] = await db.batch(
    [INSERT_GAPS, DELETE_OLDEST].map((sql) => db.prepare(sql).bind(first_kept_day, clicks_max)),
  );
  return deletion?.meta.changes ?? 0;
}
