import { type Click, VERDICTS } from "../redirect/click.ts";

const MS_PER_DAY = 86_400_000;

/** Parameter 1: JSON array of [link_id, id in hex, day, verdict, reason, country, referrer, subs]. */
const ROWS = `
  SELECT value ->> 0 AS link_id, unhex(value ->> 1) AS id, value ->> 2 AS day, value ->> 3 AS verdict,
         value ->> 4 AS reason, value ->> 5 AS country, value ->> 6 AS referrer, value ->> 7 AS subs
  FROM json_each(?1)`;

const COUNT_NEW_CLICKS = `
  INSERT INTO click_days (link_id, day, verdict, clicks)
  SELECT r.link_id, r.day, r.verdict, count(*) FROM (${ROWS}) r
  WHERE NOT EXISTS (SELECT 1 FROM clicks c WHERE c.link_id = r.link_id AND c.id = r.id)
  GROUP BY 1, 2, 3
  ON CONFLICT (link_id, day, verdict) DO UPDATE SET clicks = clicks + excluded.clicks`;

const INSERT_NEW_CLICKS = `
  INSERT INTO clicks (link_id, id, verdict, reason, country, referrer, subs)
  SELECT link_id, id, verdict, reason, country, referrer, subs FROM (${ROWS}) WHERE true
  ON CONFLICT (link_id, id) DO NOTHING`;

/**
 * Writes clicks and their counts in one D1 batch, which is one transaction: first the counts of ids not yet stored, then
 * the rows. The same clicks again, in any grouping, change nothing.
 */
export async function recordClicks(db: D1Database, clicks: readonly Click[]): Promise<void> {
  if (clicks.length === 0) return;
  const byId = new Map(clicks.map((click) => [click.id, click]));
  const rows = JSON.stringify([...byId.values()].map(rowOf));
  await db.batch([db.prepare(COUNT_NEW_CLICKS).bind(rows), db.prepare(INSERT_NEW_CLICKS).bind(rows)]);
}

function rowOf(click: Click) {
  return [
    click.link_id,
    click.id,
    Math.floor(click.at / MS_PER_DAY),
    VERDICTS.indexOf(click.verdict),
    click.reason,
    click.country,
    click.referrer,
    click.subs,
  ];
}
