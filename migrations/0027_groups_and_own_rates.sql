-- Groups of a program's enrollments, and rates of single affiliates. Both apply from a time on: a sale has those of its own time.

-- A program's default group has a row only if it was renamed.
CREATE TABLE program_groups (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  slug TEXT NOT NULL, -- terms refer to it, so it never changes
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (program_id, slug)
) WITHOUT ROWID;

-- An enrollment is in the default group before its first row.
CREATE TABLE enrollment_groups (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  at INTEGER NOT NULL,
  group_slug TEXT NOT NULL,
  PRIMARY KEY (program_id, affiliate_id, at)
) WITHOUT ROWID;

CREATE TABLE own_rates (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  at INTEGER NOT NULL,
  rates TEXT, -- JSON; null where they end
  PRIMARY KEY (program_id, affiliate_id, at)
) WITHOUT ROWID;

-- The own rates that an entry's rule is from. Null for a rule of the terms.
ALTER TABLE ledger_entries ADD COLUMN own_rates_from INTEGER;
