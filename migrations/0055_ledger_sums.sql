-- Sums of ledger entries by blocks of 512, so that the balance after an entry is read from few rows, and entries by kind.

CREATE TABLE ledger_sums (
  affiliate_id INTEGER NOT NULL,
  program_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  block INTEGER NOT NULL, -- the entry's number / 512
  amount INTEGER NOT NULL,
  PRIMARY KEY (affiliate_id, program_id, currency, block)
) WITHOUT ROWID;

INSERT INTO ledger_sums (affiliate_id, program_id, currency, block, amount)
  SELECT affiliate_id, program_id, currency, number / 512, sum(amount) FROM ledger_entries GROUP BY 1, 2, 3, 4;

-- Triggers, because the previous Worker writes entries too. An entry's amount never changes.
CREATE TRIGGER ledger_entries_added AFTER INSERT ON ledger_entries
BEGIN
  INSERT INTO ledger_sums (affiliate_id, program_id, currency, block, amount)
    VALUES (NEW.affiliate_id, NEW.program_id, NEW.currency, NEW.number / 512, NEW.amount)
    ON CONFLICT (affiliate_id, program_id, currency, block) DO UPDATE SET amount = amount + excluded.amount;
END;

CREATE TRIGGER ledger_entries_removed AFTER DELETE ON ledger_entries
BEGIN
  UPDATE ledger_sums SET amount = amount - OLD.amount
    WHERE affiliate_id = OLD.affiliate_id AND program_id = OLD.program_id AND currency = OLD.currency
      AND block = OLD.number / 512;
END;

CREATE INDEX ledger_entries_by_kind ON ledger_entries (affiliate_id, program_id, kind, number);
