/** The SQL that turns clicks into counts, shared by the code that adds to the counts and the code that checks them. */
import { DEVICES } from "../../links/choose-destination.ts";
import { COUNTED } from "../../redirect/click.ts";
import { GESTURE_BIT } from "../../redirect/verdict/navigation.ts";
import { GESTURES, UNBOUNDED_DIMENSIONS, VALUES_MAX } from "../click-details.ts";

const UNBOUNDED = `(${UNBOUNDED_DIMENSIONS.map((name) => `'${name}'`).join()})`;

const nameOfDevice = DEVICES.map((name, place) => `WHEN ${place} THEN '${name}'`).join(" ");

/**
 * Sums `judged` (link_id, hour, day, verdict, country, device, referrer as text, subs, navigation) to link_id, day, verdict,
 * dimension, value, clicks. Every verdict is broken down by hour; the other dimensions are for counted clicks only. D1 allows
 * five terms in a compound SELECT, so the dimensions with one value a click share one.
 */
export const SUM_DETAILS = `
  SELECT link_id, day, verdict, dimension, value, count(*) AS clicks FROM (
    SELECT link_id, day, verdict, 'hour' AS dimension, CAST(hour % 24 AS TEXT) AS value FROM judged
    UNION ALL
    SELECT * FROM (
      SELECT link_id, day, verdict, single.column1 AS dimension, CASE single.column1
        WHEN 'country' THEN country
        WHEN 'device' THEN CASE device ${nameOfDevice} END
        WHEN 'referrer' THEN referrer
        ELSE CASE navigation & ${GESTURE_BIT} WHEN 0 THEN '${GESTURES.missing}' WHEN 1 THEN '${GESTURES.reported}' END
      END AS value
      FROM judged CROSS JOIN (VALUES ('country'), ('device'), ('referrer'), ('gesture')) AS single
      WHERE verdict = ${COUNTED}
    ) WHERE value IS NOT NULL
    UNION ALL
    SELECT link_id, day, verdict, 'sub' || (s.key + 1), s.value FROM judged, json_each(subs) s
    WHERE verdict = ${COUNTED} AND subs IS NOT NULL AND s.value IS NOT NULL
  ) GROUP BY 1, 2, 3, 4, 5`;

/** The details of counts as rows; `days` has the keys of the counts. Invalid JSON is read as empty. */
export const readDetails = (days: string) => `
  SELECT d.link_id, d.day, d.verdict, dimension.key AS dimension, counts.key AS value, counts.value AS clicks
  FROM ${days} k CROSS JOIN click_days d CROSS JOIN json_each(iif(json_valid(d.details), d.details, '{}')) dimension
  CROSS JOIN json_each(dimension.value) counts
  WHERE (d.link_id, d.day, d.verdict) = (k.link_id, k.day, k.verdict)`;

/**
 * Common table expressions from `judged` to `counted`: the clicks to add to each day of a link, and its details merged with the
 * stored ones.
 */
export const COUNT_JUDGED = `
  totals AS (
    SELECT link_id, day, verdict, count(*) AS clicks, sum(is_first) AS visitors FROM judged GROUP BY 1, 2, 3
  ),
  merged AS (
    SELECT link_id, day, verdict, dimension, value, sum(clicks) AS clicks, max(is_known) AS is_known
    FROM (SELECT *, 1 AS is_known FROM (${readDetails("totals")}) UNION ALL SELECT *, 0 FROM (${SUM_DETAILS}))
    GROUP BY 1, 2, 3, 4, 5
  ),
  placed AS (
    SELECT link_id, day, verdict, dimension, clicks,
           CASE WHEN is_known OR dimension NOT IN ${UNBOUNDED} OR place <= ${VALUES_MAX} THEN value ELSE '' END AS value
    FROM (SELECT *, row_number() OVER (PARTITION BY link_id, day, verdict, dimension
                                       ORDER BY is_known DESC, clicks DESC, value) AS place FROM merged)
  ),
  dimensions AS (
    SELECT link_id, day, verdict, dimension, json_group_object(value, clicks) AS counts
    FROM (SELECT link_id, day, verdict, dimension, value, sum(clicks) AS clicks FROM placed GROUP BY 1, 2, 3, 4, 5)
    GROUP BY 1, 2, 3, 4
  ),
  packed AS (
    SELECT link_id, day, verdict, json_group_object(dimension, json(counts)) AS details FROM dimensions GROUP BY 1, 2, 3
  ),
  counted AS (SELECT * FROM totals JOIN packed USING (link_id, day, verdict))`;
