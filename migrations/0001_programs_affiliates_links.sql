-- What the merchant sets up. Times are integer milliseconds since the epoch, UTC.
-- Foreign keys never cascade: nothing that a figure rests on is deleted as a side effect.

CREATE TABLE programs (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  destination_hosts TEXT NOT NULL, -- JSON array of hosts, each with its port where it is not the default
  cookie_domain TEXT,
  fallback_url TEXT,
  created_at INTEGER NOT NULL
);

-- Versions of a programme's terms: inserted, never updated.
CREATE TABLE program_terms (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  version INTEGER NOT NULL,
  effective_from INTEGER NOT NULL,
  terms TEXT NOT NULL, -- JSON, see src/programs/terms.ts
  PRIMARY KEY (program_id, version)
) WITHOUT ROWID;

CREATE TABLE affiliates (
  id INTEGER PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  sponsor_id INTEGER REFERENCES affiliates (id),
  created_at INTEGER NOT NULL
);

CREATE TABLE enrolments (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'suspended')),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (program_id, affiliate_id)
) WITHOUT ROWID;

CREATE TABLE links (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  destination TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('affiliate', 'tracking')),
  channel TEXT,
  expires_at INTEGER,
  disabled INTEGER NOT NULL DEFAULT 0,
  forward_query INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);

CREATE INDEX links_by_affiliate ON links (affiliate_id, program_id);

-- Webhook endpoints. The secret is sealed with the VAULT_KEY: a copy of the database opens none of them.
CREATE TABLE endpoints (
  id TEXT PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  source TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
