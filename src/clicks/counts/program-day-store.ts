/** Sums up the counted clicks of programs' days that have ended. */
import { dayOf } from "../../lib/calendar.ts";
import { COUNTED } from "../../redirect/click.ts";

/** The longest period of an overview with the one before it. */
const DAYS_SUMMED = 732;
/** A day reads the counts of all links of its program. */
const DAYS_A_RUN = 100;

/** Parameters: today, limit. The newest days first. */
const MISSING = `
  SELECT p.id AS program_id, ?1 - d.value AS day FROM programs p
  CROSS JOIN (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ${DAYS_SUMMED}) SELECT value FROM n) d
  WHERE NOT EXISTS (SELECT 1 FROM program_click_days s WHERE s.program_id = p.id AND s.day = ?1 - d.value)
  ORDER BY day DESC, p.id LIMIT ?2`;

/** Parameters: program, day. One statement, so that no click is counted in between. */
const SUM_UP = `
  WITH counted AS MATERIALIZED (
    SELECT d.clicks, iif(json_valid(d.details), d.details, '{}') AS details FROM links l CROSS JOIN click_days d
    WHERE l.program_id = ?1 AND d.link_id = l.id AND d.day = ?2 AND d.verdict = ${COUNTED}
  ),
  hours AS (SELECT h.key AS value, sum(h.value) AS clicks FROM counted c, json_each(c.details, '$.hour') h GROUP BY 1),
  countries AS (SELECT h.key AS value, sum(h.value) AS clicks FROM counted c, json_each(c.details, '$.country') h GROUP BY 1)
  INSERT INTO program_click_days (program_id, day, clicks, details)
  VALUES (?1, ?2, coalesce((SELECT sum(clicks) FROM counted), 0), json_object(
    'hour', json((SELECT json_group_object(value, clicks) FROM hours)),
    'country', json((SELECT json_group_object(value, clicks) FROM countries))))
  ON CONFLICT DO NOTHING`;

/** Sums up days that aren't yet, or whose counts changed since, each in a transaction of its own. Days without clicks have a sum too. */
export async function sumProgramDays(db: D1Database, now: number, days = DAYS_A_RUN): Promise<void> {
  const { results } = await db.prepare(MISSING).bind(dayOf(now), days).all<{ program_id: number; day: number }>();
  for (const { program_id, day } of results) await db.prepare(SUM_UP).bind(program_id, day).run();
}
