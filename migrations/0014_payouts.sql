-- Payout runs, what each pays to whom, and the keys of those who may command it.

CREATE TABLE payout_runs (
  id TEXT PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  month TEXT NOT NULL, -- of the payment, 2026-03
  status TEXT NOT NULL CHECK (status IN ('drafting', 'draft', 'approved', 'paying', 'paid', 'cancelling', 'cancelled')),
  cursor INTEGER NOT NULL, -- the last affiliate of the step that is under way
  terms_version INTEGER NOT NULL,
  payout TEXT NOT NULL, -- JSON: the payout terms of that version
  drafted_at INTEGER NOT NULL, -- what had cleared by then is looked at
  progress TEXT NOT NULL, -- JSON: affiliates handled, and totals by currency
  created_by TEXT NOT NULL, -- 'first', 'cron' or an id of admin_keys
  approvals TEXT NOT NULL, -- JSON: by whom, and when
  paid_at INTEGER,
  finished_at INTEGER
);

CREATE INDEX payout_runs_by_program ON payout_runs (program_id, month);

-- At most one run of a programme is under way.
CREATE UNIQUE INDEX payout_runs_open ON payout_runs (program_id) WHERE status NOT IN ('paid', 'cancelled');

-- Every command that was taken, by its Idempotency-Key.
CREATE TABLE payout_commands (
  program_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  run_id TEXT NOT NULL,
  command TEXT NOT NULL, -- with what it was about: create 2026-03, approve run_…, fail st_1_2_3
  commanded_by TEXT NOT NULL,
  commanded_at INTEGER NOT NULL,
  PRIMARY KEY (program_id, key)
) WITHOUT ROWID;

-- A projection of the Account objects: what a run pays to an affiliate in a currency, and what it carries over.
CREATE TABLE statements (
  id TEXT PRIMARY KEY,
  program_id INTEGER NOT NULL,
  affiliate_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  status TEXT NOT NULL,
  currency TEXT NOT NULL,
  payable INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  statement TEXT NOT NULL -- JSON, keys in order
);

CREATE UNIQUE INDEX statements_by_account ON statements (affiliate_id, program_id, number);

CREATE INDEX statements_by_run ON statements (run_id, id);

-- Keys of the admin API beside ADMIN_TOKEN.
CREATE TABLE admin_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE, -- SHA-256 of 256 random bits, hex
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
);

-- How many keys must approve a run, and whether the cron drafts one on the first day of the window.
ALTER TABLE programs ADD COLUMN payout_approvals INTEGER NOT NULL DEFAULT 1;
ALTER TABLE programs ADD COLUMN payout_auto_draft INTEGER NOT NULL DEFAULT 1;
