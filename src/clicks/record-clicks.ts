import { type Click, DUPLICATE_WINDOW_MS, VERDICTS } from "../redirect/click.ts";
import { MS_PER_DAY } from "../time.ts";

const COUNTED = VERDICTS.indexOf("counted");
const DUPLICATE = VERDICTS.indexOf("duplicate");
const IS_PERSON = `verdict IN (${COUNTED}, ${DUPLICATE})`;

/** Parameter 1: JSON array of what {@link rowOf} makes of clicks, ids and visitors in hex. */
const ROWS = `
  SELECT value ->> 0 AS link_id, unhex(value ->> 1) AS id, value ->> 2 AS at, value ->> 3 AS verdict,
         value ->> 4 AS reason, value ->> 5 AS country, value ->> 6 AS referrer, value ->> 7 AS subs,
         unhex(value ->> 8) AS visitor, unhex(value ->> 9) AS new_visitor
  FROM json_each(?1)`;

/**
 * The rows not yet stored, each with its last word on duplicates: a person seen on the same link less than an hour before or
 * after (by what is stored, or by an earlier row of this very batch) is not counted again. It is said as clicks arrive, and
 * not taken back: of three that are each less than an hour apart, a middle one that comes last leaves two counted.
 */
const JUDGED = `
  SELECT link_id, id, at, country, referrer, subs,
         CASE WHEN repeats THEN ${DUPLICATE} ELSE verdict END AS verdict,
         CASE WHEN repeats THEN 'the same visitor within the hour' ELSE reason END AS reason
  FROM (
    SELECT r.*, verdict = ${COUNTED} AND visitor IS NOT NULL AND (
      EXISTS (SELECT 1 FROM visits v
              WHERE v.day IN ((r.at - ${DUPLICATE_WINDOW_MS}) / ${MS_PER_DAY}, (r.at + ${DUPLICATE_WINDOW_MS}) / ${MS_PER_DAY})
              AND v.link_id = r.link_id AND v.visitor = r.visitor AND abs(v.seen_at - r.at) < ${DUPLICATE_WINDOW_MS})
      OR coalesce(at - lag(at) OVER (PARTITION BY link_id, visitor, ${IS_PERSON} ORDER BY at, id)
                  < ${DUPLICATE_WINDOW_MS}, 0)
    ) AS repeats
    FROM (${ROWS}) r
    WHERE NOT EXISTS (SELECT 1 FROM clicks c WHERE c.link_id = r.link_id AND c.id = r.id)
  )`;

const COUNT_CLICKS = `
  INSERT INTO click_days (link_id, day, verdict, clicks)
  SELECT link_id, at / ${MS_PER_DAY}, verdict, count(*) FROM (${JUDGED}) WHERE true GROUP BY 1, 2, 3
  ON CONFLICT (link_id, day, verdict) DO UPDATE SET clicks = clicks + excluded.clicks`;

const INSERT_CLICKS = `
  INSERT INTO clicks (link_id, id, verdict, reason, country, referrer, subs)
  SELECT link_id, id, verdict, reason, country, referrer, subs FROM (${JUDGED}) WHERE true
  ON CONFLICT (link_id, id) DO NOTHING`;

/** Who came without a cookie and left with one is remembered under both. */
const REMEMBER_VISITS = `
  INSERT INTO visits (day, link_id, visitor, seen_at)
  SELECT at / ${MS_PER_DAY}, link_id, visitor, at FROM (${ROWS}) WHERE visitor IS NOT NULL AND ${IS_PERSON}
  UNION
  SELECT at / ${MS_PER_DAY}, link_id, new_visitor, at FROM (${ROWS}) WHERE new_visitor IS NOT NULL AND ${IS_PERSON}
  ON CONFLICT DO NOTHING`;

/**
 * Writes clicks and their counts in one D1 batch, which is one transaction: first the counts of ids not yet stored, then
 * the rows, then who was seen. The same clicks again, in any grouping, change nothing; batches that race are in an order.
 */
export async function recordClicks(db: D1Database, clicks: readonly Click[]): Promise<void> {
  if (clicks.length === 0) return;
  const byId = new Map(clicks.map((click) => [click.id, click]));
  const rows = JSON.stringify([...byId.values()].map(rowOf));
  await db.batch([COUNT_CLICKS, INSERT_CLICKS, REMEMBER_VISITS].map((sql) => db.prepare(sql).bind(rows)));
}

function rowOf(click: Click) {
  return [
    click.link_id,
    click.id,
    click.at,
    VERDICTS.indexOf(click.verdict),
    click.reason,
    click.country,
    click.referrer,
    click.subs,
    click.visitor,
    click.new_visitor,
  ];
}
