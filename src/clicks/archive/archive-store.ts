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

/** Parameters: the first day that is kept, and the maximum number of clicks. All are of one day, the oldest that has any. */
const READ_OLDEST = `
  WITH oldest AS MATERIALIZED (
    SELECT min(hour) / 24 AS day
    FROM (SELECT (SELECT min(c.hour) FROM clicks c WHERE c.link_id = l.id) AS hour FROM links l)
  )
  SELECT lower(hex(c.id)) AS id, c.hour, lower(hex(c.visitor)) AS visitor, c.link_id, l.slug AS link, p.slug AS program,
         a.username AS affiliate, c.verdict, c.is_first, reasons.text AS reason,
         lower(nullif(hex(c.repeats), '')) AS repeats, c.country, c.device, referrers.text AS referrer,
         user_agents.text AS user_agent, c.subs, c.navigation
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
 * Fails, and with it the whole batch, if one of the clicks is no longer in the log, as `clicks` is NOT NULL. The same key twice
 * means that archived clicks were recorded again; it stays one object.
 */
const INSERT_ARCHIVE = `
  INSERT INTO click_archives (day, key, clicks, bytes, sha256, archived_at)
  SELECT ?2, ?3, iif(count(*) = ?4, ?4, NULL), ?5, ?6, ?7 FROM (${GIVEN_KEYS}) g CROSS JOIN clicks c
  WHERE (c.link_id, c.hour, c.visitor, c.id) = (g.link_id, g.hour, g.visitor, g.id)
  ON CONFLICT DO NOTHING`;

/** The error of {@link INSERT_ARCHIVE} for clicks that are no longer in the log. */
const CLICKS_GONE = "NOT NULL constraint failed: click_archives.clicks";

/** By key, never by range: clicks that arrived after the read stay. */
const DELETE_GIVEN = `DELETE FROM clicks WHERE (link_id, hour, visitor, id) IN (${GIVEN_KEYS})`;

/** One step of archiving. */
export interface ArchiveStep {
  db: D1Database;
  bucket: R2Bucket;
  /** Days since the epoch, UTC; older clicks are archived. */
  first_kept_day: number;
  clicks_max: number;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Moves the oldest clicks, up to `clicks_max` and of one day, into a new object. Returns how many, 0 if there are none left.
 * They are deleted from D1 in the transaction that records the object, after the bucket has confirmed the complete upload. A
 * failure at any point leaves at most an object that no row refers to. Of two steps that read the same clicks, one throws and
 * changes nothing.
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
      db.prepare(INSERT_ARCHIVE).bind(keys, day, key, clicks, bytes, sha256, archived_at),
      db.prepare(DELETE_GIVEN).bind(keys),
    ]);
  } catch (error) {
    if (!String(error).includes(CLICKS_GONE)) throw error;
    throw new Error(`another run has archived some of the clicks of ${key}; this run changed nothing`, {
      cause: error,
    });
  }
  return clicks;
}

/** With the metadata the bucket can be read without D1: a day's objects share its prefix, and a click in two of them is one click. */
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
    // The bucket verifies the upload.
    sha256: await hashBytes(packed),
    httpMetadata: { contentType: "application/gzip" },
    customMetadata: { day: toIsoDay(day), clicks: String(clicks.length), sha256 },
  });
  return { day, key, clicks: clicks.length, bytes: packed.length, sha256, archived_at: now };
}
