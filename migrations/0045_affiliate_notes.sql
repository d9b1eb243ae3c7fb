-- Notes about an affiliate in a program, which only the merchant's users read.
CREATE TABLE affiliate_notes (
  id TEXT NOT NULL PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  created_at INTEGER NOT NULL,
  user_id TEXT REFERENCES users (id),
  key_id TEXT,
  text TEXT NOT NULL
);
CREATE INDEX affiliate_notes_by_affiliate ON affiliate_notes (affiliate_id, program_id, id);
