-- What is known of the clicks that conversions are credited to: reports tell sales by sub-id, country, device and referring
-- site long after the click has left the log. One row a click, however many payments follow from it.
CREATE TABLE credited_clicks (
  id TEXT PRIMARY KEY, -- of the click, in hex
  link_id INTEGER NOT NULL,
  hour INTEGER NOT NULL, -- in which the log has it
  sought INTEGER NOT NULL DEFAULT 1, -- until it is found in the log, or will not be
  country TEXT,
  device INTEGER, -- as in clicks
  referrer TEXT,
  subs TEXT -- JSON, as in clicks
) WITHOUT ROWID;
CREATE INDEX credited_clicks_sought ON credited_clicks (hour) WHERE sought = 1;

-- Whom an affiliate has brought in.
CREATE INDEX affiliates_by_sponsor ON affiliates (sponsor_id) WHERE sponsor_id IS NOT NULL;
