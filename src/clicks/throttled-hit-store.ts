import { VERDICTS } from "../redirect/click.ts";
import type { ThrottledHits } from "./throttled-hit-producer.ts";

/** The stored form of the verdict on hits that are counted but not logged. */
export const THROTTLED = VERDICTS.indexOf("throttled");

/** Parameter 1: JSON array of `[link_id, day, hits]`. */
const ADD_HITS = `
  INSERT INTO click_days (link_id, day, verdict, clicks)
  SELECT value ->> 0, value ->> 1, ${THROTTLED}, value ->> 2 FROM json_each(?1)
  WHERE EXISTS (SELECT 1 FROM links WHERE id = value ->> 0)
  ON CONFLICT (link_id, day, verdict) DO UPDATE SET clicks = clicks + excluded.clicks`;

/** Adds throttled hits to the counts of their links and days. Not idempotent: a number that is stored twice is counted twice. */
export async function recordThrottledHits(db: D1Database, hits: readonly ThrottledHits[]): Promise<void> {
  const rows = hits.map(({ link_id, day, hits: number }) => [link_id, day, number]);
  await db.prepare(ADD_HITS).bind(JSON.stringify(rows)).run();
}
