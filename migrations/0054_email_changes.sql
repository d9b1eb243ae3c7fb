-- A new email address that an affiliate has asked for. It is confirmed at both addresses. Tokens are stored as hashes.
CREATE TABLE email_changes (
  affiliate_id INTEGER NOT NULL PRIMARY KEY REFERENCES affiliates (id),
  email TEXT NOT NULL,
  old_token_hash TEXT NOT NULL,
  new_token_hash TEXT NOT NULL,
  old_confirmed_at INTEGER,
  new_confirmed_at INTEGER,
  created_at INTEGER NOT NULL
);
