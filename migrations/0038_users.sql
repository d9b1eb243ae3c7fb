-- The merchant's team. A removed user stays, because the audit log and payout runs name it. `program_ids` is null for all programs.
CREATE TABLE users (
  id TEXT PRIMARY KEY NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'finance', 'developer', 'viewer')),
  program_ids TEXT,
  created_at INTEGER NOT NULL,
  removed_at INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_email ON users (email) WHERE removed_at IS NULL;

-- Keys of earlier releases are owner keys that belong to no user.
ALTER TABLE admin_keys ADD COLUMN role TEXT NOT NULL DEFAULT 'owner' CHECK (role IN ('owner', 'manager', 'finance', 'developer', 'viewer'));
ALTER TABLE admin_keys ADD COLUMN program_ids TEXT;
ALTER TABLE admin_keys ADD COLUMN user_id TEXT REFERENCES users (id);

-- Sign-in to the console, by a one-time link or with an API key. A session of a key ends with the key.
CREATE TABLE user_sign_in_links (
  token_hash TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id),
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE user_sessions (
  token_hash TEXT PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  user_id TEXT REFERENCES users (id),
  key_id TEXT,
  key_hash TEXT,
  browser TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_sessions_by_user ON user_sessions (user_id);
