import { MS_PER_DAY } from "../time.ts";

/** What one statement deletes, so that none holds up the clicks for long. */
const STEP_ROWS = 10_000;
const STEPS_MAX = 50;

/** Deletes who was seen on days that ended more than a day before `now`, ms, in steps; what is left goes the next time. */
export async function forgetVisits(db: D1Database, now: number): Promise<void> {
  const firstKept = Math.floor(now / MS_PER_DAY) - 1;
  const step = db
    .prepare(
      `DELETE FROM visits WHERE (day, link_id, visitor, seen_at) IN
       (SELECT day, link_id, visitor, seen_at FROM visits WHERE day < ?1 LIMIT ?2)`,
    )
    .bind(firstKept, STEP_ROWS);
  for (let count = 1; count <= STEPS_MAX; count += 1) {
    const { meta } = await step.run();
    if (meta.changes < STEP_ROWS) return;
  }
}
