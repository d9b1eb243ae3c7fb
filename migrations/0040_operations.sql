-- What `GET /v1/status` and its alerts remember.

-- When the status was last checked, and which alert channels failed then (a JSON list). One row.
CREATE TABLE status_checks (
  id INTEGER PRIMARY KEY,
  checked_at INTEGER NOT NULL,
  failed_channels TEXT NOT NULL DEFAULT '[]'
);

-- Items that are not ok, or were not when they were last reported.
CREATE TABLE status_items (
  name TEXT PRIMARY KEY,
  status TEXT NOT NULL CHECK (status IN ('warning', 'failing')),
  since INTEGER NOT NULL,
  ok_since INTEGER, -- null while it is not ok
  alerted_at INTEGER, -- null until an alert was sent
  alerted_as TEXT
) WITHOUT ROWID;

-- The size of the database at the end of each day, for its growth.
CREATE TABLE database_sizes (
  day INTEGER PRIMARY KEY,
  bytes INTEGER NOT NULL
);

-- Accounts whose outbox was not empty after a relay.
CREATE TABLE unrelayed_accounts (
  program_id INTEGER NOT NULL,
  affiliate_id INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (program_id, affiliate_id)
) WITHOUT ROWID;

-- Counts dead clicks without reading their bodies.
CREATE INDEX dead_clicks_unreplayed ON dead_clicks (received_at, clicks) WHERE replayed_at IS NULL;
