-- What payouts need to record as paid only what was paid.

-- Payments that a provider's report doesn't confirm: they are open, or differ from the statement.
CREATE TABLE disputed_payments (
  statement_id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  affiliate_id INTEGER NOT NULL,
  code TEXT NOT NULL, -- pending, amount_differs, …: see src/payouts/files/read-results.ts
  detail TEXT NOT NULL, -- in the report's words
  reported_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX disputed_payments_by_run ON disputed_payments (run_id, affiliate_id);

-- Files that were downloaded. A payment in one may have been made even if the payment details were erased since.
CREATE TABLE downloaded_files (
  run_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  downloaded_at INTEGER NOT NULL, -- for the first time
  statements TEXT NOT NULL, -- JSON: the ids
  PRIMARY KEY (run_id, sha256)
) WITHOUT ROWID;
