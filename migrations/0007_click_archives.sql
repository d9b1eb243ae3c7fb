-- What has left the click log for the bucket: one row an object, inserted in the transaction that deletes its clicks, so
-- that each click is in the log or in exactly one object that is named here.
CREATE TABLE click_archives (
  day INTEGER NOT NULL, -- days since the epoch, UTC
  key TEXT NOT NULL, -- of the object in the bucket
  clicks INTEGER NOT NULL, -- lines of the object
  bytes INTEGER NOT NULL, -- of the object, compressed
  sha256 TEXT NOT NULL, -- of its lines, before compression, in hex
  archived_at INTEGER NOT NULL,
  PRIMARY KEY (day, key)
) WITHOUT ROWID;
