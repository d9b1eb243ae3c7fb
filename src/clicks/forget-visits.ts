/** A visitor's hash is of use for an hour, and of none once its day's key is gone. */
const VISITS_KEPT_MS = 172_800_000;

/** Deletes who was last seen more than 48 hours before `now`, ms. */
export async function forgetVisits(db: D1Database, now: number): Promise<void> {
  await db
    .prepare("DELETE FROM visits WHERE seen_at < ?1")
    .bind(now - VISITS_KEPT_MS)
    .run();
}
