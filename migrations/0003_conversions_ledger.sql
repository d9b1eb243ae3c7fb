-- Projections: what people query. The Customer and Account objects hold the truth and write these through their outboxes.

CREATE TABLE conversions (
  id TEXT PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER REFERENCES affiliates (id), -- who got the credit, null for nobody
  link_id INTEGER REFERENCES links (id), -- the link of the click that earned it
  type TEXT NOT NULL, -- lead, trial or sale
  status TEXT NOT NULL, -- recorded, refunded (in part or whole) or waiting (a refund whose sale has not arrived)
  amount INTEGER, -- minor units
  refunded INTEGER NOT NULL,
  currency TEXT,
  occurred_at INTEGER NOT NULL,
  reason TEXT NOT NULL, -- a code of src/customers/credit.ts
  record TEXT NOT NULL, -- JSON of the whole ConversionRecord with its explanation
  revision INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX conversions_by_program ON conversions (program_id, occurred_at);
CREATE INDEX conversions_by_affiliate ON conversions (affiliate_id, program_id, occurred_at);

-- The ledger as its Account objects posted it; append-only.
CREATE TABLE ledger_entries (
  id TEXT PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  number INTEGER NOT NULL, -- 1, 2, 3 … within the account
  kind TEXT NOT NULL,
  amount INTEGER NOT NULL, -- signed minor units
  currency TEXT NOT NULL,
  conversion TEXT,
  base_amount INTEGER, -- what the rate was applied to
  rate_bps INTEGER,
  terms_version INTEGER,
  occurred_at INTEGER NOT NULL,
  clears_at INTEGER NOT NULL,
  corrects TEXT
) WITHOUT ROWID;

CREATE UNIQUE INDEX ledger_entries_by_account ON ledger_entries (affiliate_id, program_id, number);
CREATE INDEX ledger_entries_by_conversion ON ledger_entries (conversion);
