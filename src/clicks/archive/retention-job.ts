import { dayOf } from "../../lib/calendar.ts";
import { withTimeout } from "../../lib/platform/with-timeout.ts";
import { MS_PER_MINUTE } from "../../lib/time.ts";
import { deleteUnusedTexts } from "../text-store.ts";
import { archiveClicks } from "./archive-store.ts";

/**
 * What one run may do: 200,000 clicks an hour are 146 million a month. A click of the longest strings anyone can send is
 * 3.5 KB as JSON, so that a step is 9 MB at most; a usual one is 1 MB.
 */
const LIMITS = { steps: 80, clicks_a_step: 2_500 };

/** The platform ends a run after fifteen minutes. */
const RUN_MAX_MS = 10 * MS_PER_MINUTE;
const STEP_MAX_MS = MS_PER_MINUTE;

/** The oldest clicks first within each link; a seek for each link, and no more rows than go. */
const OLDEST = `
  SELECT c.link_id, c.hour, c.visitor, c.id FROM links l CROSS JOIN clicks c
  WHERE c.link_id = l.id AND c.hour < ?1 * 24 LIMIT ?2`;
const DELETE_OLDEST = `DELETE FROM clicks WHERE (link_id, hour, visitor, id) IN (${OLDEST})`;

/** So that nobody takes what is left of a day for the whole of it. */
const NAME_GAPS = `
  INSERT INTO click_gaps (day) SELECT DISTINCT hour / 24 FROM (${OLDEST}) WHERE true ON CONFLICT DO NOTHING`;

/** What a run is given. */
export interface Retention {
  db: D1Database;
  /** Where clicks go before they leave D1; without one they are deleted. */
  bucket: R2Bucket | undefined;
  /** Whole days, UTC, before today. */
  retention_days: number;
  /** Milliseconds since the epoch. */
  now: number;
  limits?: typeof LIMITS;
}

/**
 * Takes clicks past their retention out of D1, in steps, and then the strings that none holds any more. What a run does
 * not get to, the next one does; runs at once, or one that dies half way, lose and double nothing. Throws where a step
 * fails: nothing of it is done then, or all of it where only D1's answer was lost.
 */
export async function applyRetention(retention: Retention): Promise<void> {
  const { db, retention_days, now, limits = LIMITS } = retention;
  const first_kept_day = dayOf(now) - retention_days;
  const deadline = Date.now() + RUN_MAX_MS;
  for (let step = 0; step < limits.steps && Date.now() < deadline; step += 1) {
    const gone = await withTimeout(STEP_MAX_MS, takeStep(retention, first_kept_day, limits.clicks_a_step));
    if (gone === 0) return deleteUnusedTexts(db, { first_kept_day, now, deadline });
  }
  console.warn("clicks past their retention are left for the next run");
}

/** How many clicks went. */
async function takeStep({ db, bucket, now }: Retention, first_kept_day: number, clicks_max: number): Promise<number> {
  if (bucket !== undefined) return archiveClicks({ db, bucket, first_kept_day, clicks_max, now });
  const [, deletion] = await db.batch(
    [NAME_GAPS, DELETE_OLDEST].map((sql) => db.prepare(sql).bind(first_kept_day, clicks_max)),
  );
  return deletion?.meta.changes ?? 0;
}
