-- The click log. The key is the link and the click id made at the edge (UUIDv7, 16 bytes), so that a row is its own
-- idempotency record, a link's clicks lie together in the order of time, and one click writes one row.
CREATE TABLE clicks (
  link_id INTEGER NOT NULL REFERENCES links (id),
  id BLOB NOT NULL,
  verdict INTEGER NOT NULL, -- position in VERDICTS, src/redirect/click.ts
  reason TEXT,
  country TEXT,
  referrer TEXT,
  subs TEXT, -- JSON array of sub1..sub5 with trailing nulls cut, null where there is none
  PRIMARY KEY (link_id, id)
) WITHOUT ROWID;

-- Exact counts, written in the same batch as the rows that they count.
CREATE TABLE click_days (
  link_id INTEGER NOT NULL REFERENCES links (id),
  day INTEGER NOT NULL, -- days since the epoch, UTC
  verdict INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  PRIMARY KEY (link_id, day, verdict)
) WITHOUT ROWID;

-- Who was seen on which link and when, for an hour's worth of duplicates. Nothing else is known of a visitor, and rows go
-- after two days: the day leads the key, so that they go without a search.
CREATE TABLE visits (
  day INTEGER NOT NULL, -- of seen_at
  link_id INTEGER NOT NULL REFERENCES links (id),
  visitor BLOB NOT NULL, -- eight bytes: of the cookie, or of a keyed hash; never an address
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (day, link_id, visitor, seen_at)
) WITHOUT ROWID;

-- The keys of those hashes, one per programme and day. A key that is gone makes its hashes meaningless for ever.
CREATE TABLE visitor_keys (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  day INTEGER NOT NULL, -- days since the epoch, UTC
  key BLOB NOT NULL,
  PRIMARY KEY (program_id, day)
) WITHOUT ROWID;
