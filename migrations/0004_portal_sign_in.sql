-- Secrets of the portal are stored as SHA-256 hashes only.

CREATE TABLE sign_in_links (
  token_hash TEXT PRIMARY KEY,
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
