-- Clicks that could not be stored, one row for those of a message, until they are replayed, given up, or past the retention
-- of the click log.
CREATE TABLE dead_clicks (
  id TEXT PRIMARY KEY, -- SHA-256 of the body in hex, so that the same message again is the same row
  received_at INTEGER NOT NULL, -- when it came to the dead-letter queue: ms since the epoch
  clicks INTEGER NOT NULL,
  error TEXT NOT NULL,
  body TEXT NOT NULL, -- JSON array of the clicks as they came
  replayed_at INTEGER -- ms since the epoch; null while some of them are not stored
);
CREATE INDEX dead_clicks_by_time ON dead_clicks (received_at, id);
