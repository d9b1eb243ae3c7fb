import { dayOf } from "../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";
import { DEVICES } from "../links/choose-destination.ts";
import { type Click, DUPLICATE_WINDOW_MS, VERDICTS, VISITOR_HASH_DIGITS } from "../redirect/click.ts";
import { splitByBytes } from "./click-bytes.ts";
import { COUNT_JUDGED } from "./counts/count-details.ts";
import { type JudgedClick, judgeBatch } from "./judge-batch.ts";

const COUNTED = VERDICTS.indexOf("counted");
const DUPLICATE = VERDICTS.indexOf("duplicate");
const VISITOR_DIGITS = 16;

/** Parameter 1: JSON array of {@link rowOf}'s rows; ids and visitors in hex. */
const GIVEN = `
  SELECT key AS place, value ->> 0 AS link_id, unhex(value ->> 1) AS id, value ->> 2 AS at, value ->> 3 AS verdict,
         value ->> 4 AS reason, unhex(value ->> 5) AS repeats, value ->> 6 AS country, value ->> 7 AS device,
         value ->> 8 AS referrer, value ->> 9 AS user_agent, value ->> 10 AS subs,
         unhex(value ->> 11) AS visitor, unhex(value ->> 12) AS visitor_from, unhex(value ->> 13) AS visitor_to,
         unhex(value ->> 14) AS repeats_here, value ->> 15 AS seen_here, value ->> 16 AS navigation,
         (value ->> 2) / ${MS_PER_HOUR} AS hour, (value ->> 2) / ${MS_PER_DAY} AS day
  FROM jsonb_each(?1)`;

/** New texts that the clicks of a link and day can add. An ordinary day adds few: most browsers and sites are known. */
const NEW_TEXTS_MAX = 500;
/** Stands for all texts beyond that. */
const OTHER_TEXT = "(other)";

/** Parameter 1: JSON array of {@link textsOf}'s rows. */
const GIVEN_TEXTS = `
  SELECT g.key AS place, g.value ->> 0 AS text, g.value ->> 1 AS last_day, g.value ->> 2 AS link_id, g.value ->> 3 AS day,
         t.id IS NULL AS is_new, t.last_day AS known_day
  FROM json_each(?1) g LEFT JOIN texts t ON t.text = g.value ->> 0`;

/** Counts the new texts of each link and day, and how many of them are allowed. */
const COUNT_NEW_TEXTS = `
  INSERT INTO link_texts (day, link_id, texts, allowed)
  SELECT day, link_id, min(count(*), ${NEW_TEXTS_MAX}), min(count(*), ${NEW_TEXTS_MAX})
  FROM (${GIVEN_TEXTS}) WHERE is_new GROUP BY day, link_id
  ON CONFLICT (day, link_id) DO UPDATE
  SET texts = min(texts + excluded.texts, ${NEW_TEXTS_MAX}), allowed = min(excluded.texts, ${NEW_TEXTS_MAX} - texts)`;

/** Adds the new texts that are allowed. A known text is written once a day. */
const UPSERT_TEXTS = `
  INSERT INTO texts (text, last_day)
  SELECT iif(is_new AND new_place > allowed, '${OTHER_TEXT}', text) AS kept, max(last_day)
  FROM (SELECT *, row_number() OVER (PARTITION BY link_id, day, is_new ORDER BY place) AS new_place FROM (${GIVEN_TEXTS}))
  LEFT JOIN link_texts USING (day, link_id)
  WHERE is_new OR known_day < last_day
  GROUP BY kept
  ON CONFLICT (text) DO UPDATE SET last_day = excluded.last_day WHERE excluded.last_day > last_day`;

/** Records which clicks are stored already, for the following statements; usually none. */
const FIND_STORED = `
  INSERT INTO stored_before (place)
  SELECT g.place FROM (${GIVEN}) g
  WHERE EXISTS (SELECT 1 FROM clicks c WHERE (c.link_id, c.hour, c.visitor, c.id) = (g.link_id, g.hour, g.visitor, g.id))`;

const CLEAR_STORED = "DELETE FROM stored_before";

/**
 * The last stored click of g's visitor on g's link, less than an hour before or after g. A later click counts only if it is no
 * duplicate itself: it may be a duplicate of g.
 */
const STORED_NEIGHBOR = `
  SELECT max(v.id) FROM (VALUES (-1), (0), (1)) AS near CROSS JOIN clicks v
  WHERE v.link_id = g.link_id AND v.hour = g.hour + near.column1 AND v.visitor BETWEEN g.visitor_from AND g.visitor_to
  AND v.id >= unhex(printf('%012x', g.at - ${DUPLICATE_WINDOW_MS - 1}))
  AND v.id < unhex(printf('%012x', g.at + ${DUPLICATE_WINDOW_MS}))
  AND (v.id < g.id OR v.verdict = ${COUNTED})`;

/** Any stored click of g's visitor on g's link and day: one index lookup per hour. */
const STORED_THAT_DAY = `
  SELECT 1 FROM (VALUES ${Array.from({ length: 24 }, (_, hour) => `(${hour})`).join()}) AS today CROSS JOIN clicks v
  WHERE v.link_id = g.link_id AND v.hour = g.day * 24 + today.column1
  AND v.visitor BETWEEN g.visitor_from AND g.visitor_to`;

const textIdOf = (column: string) => `
  (SELECT t.id FROM texts t WHERE ${column} IS NOT NULL AND t.text IN (${column}, '${OTHER_TEXT}')
   ORDER BY t.text <> ${column} LIMIT 1)`;

/**
 * Inserts clicks with their final verdict on duplicates and new visitors, by stored clicks and by earlier clicks of the same
 * batch. The verdict is by order of arrival and never revised: of three clicks that are each less than an hour apart, two are
 * counted if the middle one arrives last. A click without a visitor is a visitor of its own.
 */
const INSERT_CLICKS = `
  WITH given AS MATERIALIZED (${GIVEN}),
  looked_up AS MATERIALIZED (
    SELECT *,
           CASE WHEN verdict = ${COUNTED} AND visitor <> x'' THEN coalesce(repeats_here, (${STORED_NEIGHBOR})) END AS repeated,
           CASE WHEN visitor = x'' THEN verdict = ${COUNTED} ELSE NOT (seen_here OR EXISTS (${STORED_THAT_DAY})) END AS is_first
    FROM given g WHERE place NOT IN (SELECT place FROM stored_before)
  )
  INSERT INTO clicks (link_id, hour, visitor, id, verdict, is_first, repeats, country, device, referrer, user_agent, reason, subs, navigation)
  SELECT link_id, hour, visitor, id, iif(repeated IS NULL, verdict, ${DUPLICATE}), is_first, coalesce(repeats, repeated),
         country, device, ${textIdOf("referrer")}, ${textIdOf("user_agent")}, ${textIdOf("reason")}, subs, navigation
  FROM looked_up`;

/** Counts the inserted clicks. */
const COUNT_CLICKS = `
  WITH judged AS MATERIALIZED (
    SELECT c.link_id, c.hour, g.day, c.verdict, c.is_first, c.country, c.device, t.text AS referrer, c.subs, c.navigation
    FROM (${GIVEN}) g CROSS JOIN clicks c LEFT JOIN texts t ON t.id = c.referrer
    WHERE (c.link_id, c.hour, c.visitor, c.id) = (g.link_id, g.hour, g.visitor, g.id)
    AND g.place NOT IN (SELECT place FROM stored_before)
  ), ${COUNT_JUDGED}
  INSERT INTO click_days (link_id, day, verdict, clicks, visitors, details)
  SELECT link_id, day, verdict, clicks, visitors, details FROM counted WHERE true
  ON CONFLICT (link_id, day, verdict) DO UPDATE
  SET clicks = clicks + excluded.clicks, visitors = visitors + excluded.visitors, details = excluded.details`;

/** Limits of one D1 batch. A D1 parameter has at most 2 MB; typical clicks take a tenth of that. */
const CLICKS_MAX = 1_000;
const BYTES_MAX = 1_800_000;

/**
 * Writes clicks and their counts in D1 batches, each of which is one transaction: clicks that are stored already are skipped,
 * the rest is inserted and counted. Idempotent for the same clicks in any grouping; D1 serializes concurrent batches.
 */
export async function recordClicks(db: D1Database, clicks: readonly Click[]): Promise<void> {
  for (const some of splitByBytes(clicks, CLICKS_MAX, BYTES_MAX)) {
    const judged = judgeBatch(some);
    const rows = JSON.stringify(judged.map(rowOf));
    const texts = JSON.stringify(textsOf(judged));
    await db.batch([
      db.prepare(COUNT_NEW_TEXTS).bind(texts),
      db.prepare(UPSERT_TEXTS).bind(texts),
      db.prepare(FIND_STORED).bind(rows),
      db.prepare(INSERT_CLICKS).bind(rows),
      db.prepare(COUNT_CLICKS).bind(rows),
      db.prepare(CLEAR_STORED),
    ]);
  }
}

/** The texts of clicks: each with the last day on which it was used, and the link and day that used it first. */
function textsOf(judged: readonly JudgedClick[]): [text: string, last_day: number, link_id: number, day: number][] {
  const found = new Map<string, [string, number, number, number]>();
  for (const { click } of judged) {
    const day = dayOf(click.at);
    for (const text of [click.reason, click.referrer, click.user_agent]) {
      if (text === null) continue;
      const known = found.get(text);
      if (known === undefined) found.set(text, [text, day, click.link_id, day]);
      else known[1] = day;
    }
  }
  return [...found.values()];
}

function rowOf({ click, repeats, seen_that_day }: JudgedClick) {
  const visitor = click.visitor ?? "";
  const known = click.visitor_by_hash ? visitor.slice(0, VISITOR_HASH_DIGITS) : visitor;
  return [
    click.link_id,
    click.id,
    click.at,
    VERDICTS.indexOf(click.verdict),
    click.reason,
    click.repeats,
    click.country,
    click.device === null ? null : DEVICES.indexOf(click.device),
    click.referrer,
    click.user_agent,
    click.subs,
    visitor,
    known.padEnd(VISITOR_DIGITS, "0"),
    known.padEnd(VISITOR_DIGITS, "f"),
    repeats,
    seen_that_day,
    click.navigation,
  ];
}
