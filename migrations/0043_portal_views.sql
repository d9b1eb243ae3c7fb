-- A user of the merchant who looks at an affiliate's portal, read only. Apart from sessions: the previous Worker lets those change things.
CREATE TABLE portal_views (
  token_hash TEXT NOT NULL PRIMARY KEY,
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  user_id TEXT REFERENCES users (id),
  key_id TEXT,
  opened_at INTEGER,
  expires_at INTEGER NOT NULL
);
