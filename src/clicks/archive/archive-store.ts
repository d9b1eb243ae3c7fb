import { toIsoDay } from "../../lib/calendar.ts";
import {
  type ArchivedClick,
  archiveKeyOf,
  type ClickArchive,
  gzip,
  hashBytes,
  type StoredClick,
  toArchivedClick,
  toLines,
} from "./archived-click.ts";

/** Parameters: the first day that is kept, and how many clicks at most. All are of one day, the oldest that has any. */
const READ_OLDEST = `
  WITH oldest AS MATERIALIZED (
    SELECT min(hour) / 24 AS day
    FROM (SELECT (SELECT min(c.hour) FROM clicks c WHERE c.link_id = l.id) AS hour FROM links l)
  )
  SELECT lower(hex(c.id)) AS id, c.hour, lower(hex(c.visitor)) AS visitor, c.link_id, l.slug AS link, p.slug AS program,
         a.username AS affiliate, c.verdict, c.is_first, reasons.text AS reason,
         lower(nullif(hex(c.repeats), '')) AS repeats, c.country, c.device, referrers.text AS referrer,
         user_agents.text AS user_agent, c.subs
  FROM oldest CROSS JOIN links l CROSS JOIN clicks c
  LEFT JOIN programs p ON p.id = l.program_id
  LEFT JOIN affiliates a ON a.id = l.affiliate_id
  LEFT JOIN texts reasons ON reasons.id = c.reason
  LEFT JOIN texts referrers ON referrers.id = c.referrer
  LEFT JOIN texts user_agents ON user_agents.id = c.user_agent
  WHERE oldest.day < ?1 AND c.link_id = l.id AND c.hour BETWEEN oldest.day * 24 AND oldest.day * 24 + 23
  LIMIT ?2`;

/** Parameter 1: JSON array of `[link_id, hour, visitor, id]`, the last two in hex. */
const GIVEN_KEYS = `
  SELECT value ->> 0 AS link_id, value ->> 1 AS hour, unhex(value ->> 2) AS visitor, unhex(value ->> 3) AS id
  FROM json_each(?1)`;

/**
 * Fails, and with it the whole batch, where one of the clicks is in the log no more: `clicks` may not be null. The same
 * object twice can only be what was recorded anew after it had been archived; it stays one object.
 */
const NAME_ARCHIVE = `
  INSERT INTO click_archives (day, key, clicks, bytes, sha256, archived_at)
  SELECT ?2, ?3, iif(count(*) = ?4, ?4, NULL), ?5, ?6, ?7 FROM (${GIVEN_KEYS}) g CROSS JOIN clicks c
  WHERE (c.link_id, c.hour, c.visitor, c.id) = (g.link_id, g.hour, g.visitor, g.id)
  ON CONFLICT DO NOTHING`;

/** What D1 says when {@link NAME_ARCHIVE} fails on purpose. */
const TAKEN = "NOT NULL constraint failed: click_archives.clicks";

/** By key, never by range: what has come in since it was read stays. */
const DELETE_GIVEN = `DELETE FROM clicks WHERE (link_id, hour, visitor, id) IN (${GIVEN_KEYS})`;

/** What a step is given. */
export interface ArchiveStep {
  db: D1Database;
  bucket: R2Bucket;
  /** Days since the epoch, UTC: what is older goes. */
  first_kept_day: number;
  clicks_max: number;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Moves the oldest clicks, at most so many and of one day, into an object of their own; returns how many, 0 at the end.
 * They leave D1 in the transaction that names the object, and after the bucket has said that it holds it whole. What is
 * left half done, by a failure at any point, is at most an object that no row names. Of two steps that read the same
 * clicks, one throws and changes nothing.
 */
export async function archiveClicks(step: ArchiveStep): Promise<number> {
  const { db, bucket, first_kept_day, clicks_max, now } = step;
  const { results } = await db.prepare(READ_OLDEST).bind(first_kept_day, clicks_max).all<StoredClick>();
  const [first] = results;
  if (first === undefined) return 0;
  const archive = await putArchive(bucket, Math.floor(first.hour / 24), results.map(toArchivedClick), now);
  const { day, key, clicks, bytes, sha256, archived_at } = archive;
  const keys = JSON.stringify(results.map(({ link_id, hour, visitor, id }) => [link_id, hour, visitor, id]));
  try {
    await db.batch([
      db.prepare(NAME_ARCHIVE).bind(keys, day, key, clicks, bytes, sha256, archived_at),
      db.prepare(DELETE_GIVEN).bind(keys),
    ]);
  } catch (error) {
    if (!String(error).includes(TAKEN)) throw error;
    throw new Error(`another run has taken some of the clicks of ${key}: this one changed nothing`, { cause: error });
  }
  return clicks;
}

/** The metadata make the bucket stand alone: a day's objects are those under its prefix, and a click in two of them is one. */
async function putArchive(
  bucket: R2Bucket,
  day: number,
  clicks: readonly ArchivedClick[],
  now: number,
): Promise<ClickArchive> {
  const lines = toLines(clicks);
  const [sha256, packed] = await Promise.all([hashBytes(lines), gzip(lines)]);
  const key = archiveKeyOf(day, sha256);
  await bucket.put(key, packed, {
    // The bucket compares what has arrived, and refuses what differs.
    sha256: await hashBytes(packed),
    httpMetadata: { contentType: "application/gzip" },
    customMetadata: { day: toIsoDay(day), clicks: String(clicks.length), sha256 },
  });
  return { day, key, clicks: clicks.length, bytes: packed.length, sha256, archived_at: now };
}
