-- The click log as it is kept from here on; README.md beside this file says of every table what it holds and costs.

-- Strings that repeat: user agents, referring hosts, reasons. A click holds the number.
CREATE TABLE texts (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE,
  last_day INTEGER NOT NULL -- the last day, UTC, of a click that holds it
);

-- One row a click, which is at once its idempotency record, its place in the log (by hour, then id), and what duplicates
-- and new visitors are told by (a visitor's clicks of an hour lie together). No other table or index is written for it.
CREATE TABLE click_log (
  link_id INTEGER NOT NULL REFERENCES links (id),
  hour INTEGER NOT NULL, -- of the id's time: hours since the epoch, UTC
  visitor BLOB NOT NULL, -- eight bytes, see src/redirect/visitor.ts; empty where nobody is known
  id BLOB NOT NULL, -- UUIDv7
  verdict INTEGER NOT NULL, -- position in VERDICTS, src/redirect/click.ts
  is_first INTEGER NOT NULL, -- whether it is the visitor's first on this link on this day
  repeats BLOB, -- the click that a duplicate repeats
  country TEXT,
  device INTEGER, -- position in DEVICES, src/redirect/click.ts
  -- Numbers of texts. They carry no REFERENCES: without an index on each of them, deleting a text would read the whole
  -- log. What keeps them whole is last_day: a text goes once no click of that day or an earlier one is left.
  referrer INTEGER,
  user_agent INTEGER,
  reason INTEGER,
  subs TEXT, -- JSON array of sub1..sub5 with trailing nulls cut, null where there is none
  PRIMARY KEY (link_id, hour, visitor, id)
) WITHOUT ROWID;

-- Used within one transaction and empty between them: which clicks of a batch were stored by an earlier delivery.
CREATE TABLE stored_before (place INTEGER PRIMARY KEY);

-- What was logged so far. Who clicked was not kept with it, so that each counted click was a visitor of its own.
INSERT INTO texts (text, last_day)
SELECT text, unixepoch() / 86400 FROM (
  SELECT referrer AS text FROM clicks UNION SELECT reason FROM clicks
) WHERE text IS NOT NULL;

INSERT INTO click_log (link_id, hour, visitor, id, verdict, is_first, country, referrer, reason, subs)
SELECT
  link_id,
  -- The first twelve hex digits of the id are its milliseconds.
  (SELECT sum((instr('0123456789ABCDEF', substr(hex(clicks.id), value, 1)) - 1) << (4 * (12 - value)))
   FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12]')) / 3600000,
  x'', id, verdict, verdict = 0, country,
  (SELECT t.id FROM texts t WHERE t.text = referrer), (SELECT t.id FROM texts t WHERE t.text = reason), subs
FROM clicks;

-- Moved above; no other table refers to either. Who was seen when is told by the log itself now.
DROP TABLE clicks;
DROP TABLE visits;
ALTER TABLE click_log RENAME TO clicks;

-- A link's day with its verdict tells how often, by how many, and in details when: {"hour": {"13": 5}}; with the verdict
-- that counts also from where: {"country": {"DE": 3}, "device": {…}, "referrer": {…}, "sub1": {…} … "sub5": {…}}, where the
-- values that are not told apart are together under "".
ALTER TABLE click_days ADD COLUMN visitors INTEGER NOT NULL DEFAULT 0;
ALTER TABLE click_days ADD COLUMN details TEXT NOT NULL DEFAULT '{}';

WITH detail AS (
  SELECT link_id, hour / 24 AS day, verdict, 'hour' AS dimension, CAST(hour % 24 AS TEXT) AS value FROM clicks
  UNION ALL SELECT link_id, hour / 24, verdict, 'country', country FROM clicks WHERE country IS NOT NULL AND verdict = 0
  UNION ALL SELECT link_id, hour / 24, verdict, 'referrer', t.text
    FROM clicks c JOIN texts t ON t.id = c.referrer WHERE verdict = 0
  UNION ALL SELECT link_id, hour / 24, verdict, 'sub' || (s.key + 1), s.value
    FROM clicks c, json_each(c.subs) s WHERE verdict = 0 AND c.subs IS NOT NULL AND s.value IS NOT NULL
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY link_id, day, verdict, dimension ORDER BY clicks DESC, value) AS place
  FROM (SELECT link_id, day, verdict, dimension, value, count(*) AS clicks FROM detail GROUP BY 1, 2, 3, 4, 5)
),
placed AS (
  SELECT link_id, day, verdict, dimension, sum(clicks) AS clicks,
         iif(dimension IN ('hour', 'country') OR place <= 100, value, '') AS value
  FROM ranked GROUP BY link_id, day, verdict, dimension, 6
),
dimension AS (
  SELECT link_id, day, verdict, dimension, json_group_object(value, clicks) AS counts FROM placed GROUP BY 1, 2, 3, 4
),
packed AS (
  SELECT link_id, day, verdict, json_group_object(dimension, json(counts)) AS details FROM dimension GROUP BY 1, 2, 3
)
UPDATE click_days SET
  details = coalesce(
    (SELECT p.details FROM packed p
     WHERE (p.link_id, p.day, p.verdict) = (click_days.link_id, click_days.day, click_days.verdict)), '{}'),
  visitors = iif(verdict = 0, clicks, 0);
