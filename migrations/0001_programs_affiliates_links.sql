-- What the merchant sets up. Times are integer milliseconds since the epoch, UTC.
-- Foreign keys never cascade: nothing that a figure rests on is deleted as a side effect.

CREATE TABLE programs (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  destination_hosts TEXT NOT NULL, -- JSON array of hosts, each with its port where it is not the default
  -- Where the programme's links live. Null: the namespace that all programmes without a host of their own share.
  redirect_host TEXT UNIQUE,
  cookie_mode TEXT NOT NULL DEFAULT 'always' CHECK (cookie_mode IN ('always', 'consent', 'cookieless')),
  cookie_domain TEXT,
  fallback_url TEXT,
  referral_parameter TEXT, -- the parameter that names the affiliate on the merchant's own pages: via, ref, fpr …
  deep_links INTEGER NOT NULL DEFAULT 0,
  is_reward INTEGER NOT NULL DEFAULT 0, -- visitors joined for a reward: Global Privacy Control does not stop the cookie
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

-- Every status that an enrolment has had: who was approved when a sale was made does not change afterwards.
CREATE TABLE enrolment_statuses (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  at INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'suspended')),
  PRIMARY KEY (program_id, affiliate_id, at)
) WITHOUT ROWID;

CREATE TABLE links (
  id INTEGER PRIMARY KEY,
  host TEXT NOT NULL DEFAULT '', -- the redirect host whose namespace it is in, empty for the shared one
  slug TEXT NOT NULL,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  destination TEXT NOT NULL,
  targets TEXT, -- JSON, see src/redirect/choose-destination.ts; null where all go to the destination
  kind TEXT NOT NULL CHECK (kind IN ('affiliate', 'tracking')),
  channel TEXT,
  starts_at INTEGER,
  expires_at INTEGER,
  click_cap INTEGER,
  disabled INTEGER NOT NULL DEFAULT 0,
  forward_query INTEGER NOT NULL DEFAULT 0,
  deep_links INTEGER, -- null: as the programme says
  created_at INTEGER NOT NULL
);

CREATE UNIQUE INDEX links_by_slug ON links (host, slug);
CREATE INDEX links_by_affiliate ON links (affiliate_id, program_id);

-- Webhook endpoints. The secret is sealed with the VAULT_KEY: a copy of the database opens none of them.
CREATE TABLE endpoints (
  id TEXT PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  source TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Every event id that an endpoint has taken, for ever: the same id with another body is refused.
CREATE TABLE webhook_events (
  endpoint_id TEXT NOT NULL REFERENCES endpoints (id),
  id TEXT NOT NULL,
  digest TEXT NOT NULL, -- SHA-256 of the body, in hex
  received_at INTEGER NOT NULL,
  PRIMARY KEY (endpoint_id, id)
) WITHOUT ROWID;
